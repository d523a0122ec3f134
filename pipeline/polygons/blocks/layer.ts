/**
 * A raster of one byte a pixel on disk, cut into square blocks that are deflated one by one. What a pass of the polygons stage
 * reads and writes: any block at any time, in memory no more than a few of them.
 *
 * The file: the blocks in the order they were written, then the index (offset and length of each, by 8 and 4 bytes), then its
 * own offset and the layer's width, height and block side (8, 4, 4 and 4 bytes). Little endian.
 */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { asDiskFault, writeAll } from '../../disk.ts';
import { cutInDalles, type PixelWindow } from '../../grid.ts';
import type { Framed } from './framed.ts';

export interface LayerShape {
  widthPx: number;
  heightPx: number;
  /** Side of a block; those of the last row and column may be smaller. */
  blockPx: number;
}

export interface Layer extends LayerShape {
  path: string;
  /** Blocks, row by row from the top left. */
  blocks: PixelWindow[];
  /** Pixels of block `index`, not to be changed: others get the same array. */
  readBlock(index: number): Promise<Uint8Array>;
  /** Any window, with pixels round it. */
  readFramed(block: PixelWindow, framePx: number): Promise<Framed>;
  close(): Promise<void>;
}

/** A layer being written. It has its name only once it is whole. */
export interface LayerWriter {
  /** Takes one of the layer's blocks; they come in any order, also side by side. Throws `DiskFault`. */
  write(block: PixelWindow, pixels: Uint8Array): Promise<void>;
  /** Throws when blocks are missing, and `DiskFault`. */
  finish(): Promise<void>;
  /** Removes what was written; harmless after `finish`. */
  abort(): Promise<void>;
}

/**
 * Blocks kept for the next who asks, of all open layers of a thread together: enough that three layers of blocks of a million
 * pixels are read with their neighbours and nothing is inflated twice.
 */
const CACHED_BYTES = 1 << 25;
const cache = new Map<string, { pixels: Promise<Uint8Array>; bytes: number }>();
let cachedBytes = 0;
let opened = 0;

const ENTRY_BYTES = 12;
const TAIL_BYTES = 20;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** The blocks of a layer of this shape. */
export const blocksOf = ({ widthPx, heightPx, blockPx }: LayerShape): PixelWindow[] =>
  cutInDalles({ widthPx, heightPx, srid: 0, originX: 0, originY: 0, resolutionM: 1 }, blockPx);

export async function createLayer(path: string, shape: LayerShape): Promise<LayerWriter> {
  const temporary = `${path}.${process.pid}.part`;
  const blocks = blocksOf(shape);
  const columns = Math.ceil(shape.widthPx / shape.blockPx);
  const index = Buffer.alloc(blocks.length * ENTRY_BYTES);
  let [end, missing] = [0, blocks.length];
  const file = await orDiskFault(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(temporary, 'w');
  });
  return {
    write: (block, pixels) =>
      orDiskFault(path, async () => {
        const bytes = await deflate(pixels, { level: 1 });
        const at = (block.yPx / shape.blockPx) * columns + block.xPx / shape.blockPx;
        const offset = end;
        end += bytes.length;
        missing--;
        index.writeBigUInt64LE(BigInt(offset), at * ENTRY_BYTES);
        index.writeUInt32LE(bytes.length, at * ENTRY_BYTES + 8);
        await writeAll(file, bytes, offset);
      }),
    finish: () =>
      orDiskFault(path, async () => {
        if (missing !== 0) throw new Error(`${path}: ${missing} of ${blocks.length} blocks are missing`);
        await writeAll(file, Buffer.concat([index, tailOf(end, shape)]), end);
        await file.sync();
        await file.close();
        await rename(temporary, path);
      }),
    async abort() {
      await file.close();
      await rm(temporary, { force: true });
    },
  };
}

/** Opens a layer that is whole. */
export async function openLayer(path: string): Promise<Layer> {
  const file = await open(path, 'r');
  const { shape, index } = await readIndex(file);
  const blocks = blocksOf(shape);
  const name = `${opened++}`;
  const read = async (at: number): Promise<Uint8Array> => {
    const length = index.readUInt32LE(at * ENTRY_BYTES + 8);
    const bytes = Buffer.allocUnsafe(length);
    await file.read(bytes, 0, length, Number(index.readBigUInt64LE(at * ENTRY_BYTES)));
    const { buffer, byteOffset, byteLength } = await inflate(bytes);
    return new Uint8Array(buffer, byteOffset, byteLength); // of a Buffer, slice() is no copy
  };
  const readBlock = (at: number): Promise<Uint8Array> => {
    const { widthPx, heightPx } = blocks[at]!;
    return cached(`${name} ${at}`, widthPx * heightPx, () => read(at));
  };
  return {
    ...shape,
    path,
    blocks,
    readBlock,
    readFramed: (block, framePx) => readFramed({ shape, blocks, readBlock }, block, framePx),
    close: () => {
      for (const index of blocks.keys()) forget(`${name} ${index}`);
      return file.close();
    },
  };
}

/** What was used last goes last. */
function cached(key: string, bytes: number, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const pixels = cache.get(key)?.pixels ?? make();
  forget(key);
  cache.set(key, { pixels, bytes });
  cachedBytes += bytes;
  for (const oldest of cache.keys()) {
    if (cachedBytes <= CACHED_BYTES || oldest === key) break;
    forget(oldest);
  }
  return pixels;
}

function forget(key: string): void {
  cachedBytes -= cache.get(key)?.bytes ?? 0;
  cache.delete(key);
}

async function readFramed(
  { shape, blocks, readBlock }: { shape: LayerShape; blocks: PixelWindow[]; readBlock: Layer['readBlock'] },
  block: PixelWindow,
  framePx: number,
): Promise<Framed> {
  const { widthPx, heightPx, blockPx } = shape;
  const columns = Math.ceil(widthPx / blockPx);
  const [left, top] = [block.xPx - framePx, block.yPx - framePx];
  const [width, height] = [block.widthPx + 2 * framePx, block.heightPx + 2 * framePx];
  const [right, bottom] = [Math.min(widthPx, left + width), Math.min(heightPx, top + height)];
  const pixels = new Uint8Array(width * height);
  for (let row = Math.floor(Math.max(0, top) / blockPx); row * blockPx < bottom; row++) {
    for (let column = Math.floor(Math.max(0, left) / blockPx); column * blockPx < right; column++) {
      const at = row * columns + column;
      const from = await readBlock(at);
      const { xPx, yPx, widthPx: blockWidth, heightPx: blockHeight } = blocks[at]!;
      const [x0, x1] = [Math.max(left, xPx), Math.min(right, xPx + blockWidth)];
      for (let y = Math.max(top, yPx); y < Math.min(bottom, yPx + blockHeight); y++) {
        const start = (y - yPx) * blockWidth - xPx;
        pixels.set(from.subarray(start + x0, start + x1), (y - top) * width + x0 - left);
      }
    }
  }
  return { ...windowOf(block), framePx, pixels };
}

const windowOf = ({ xPx, yPx, widthPx, heightPx }: PixelWindow): PixelWindow => ({ xPx, yPx, widthPx, heightPx });

function tailOf(end: number, { widthPx, heightPx, blockPx }: LayerShape): Buffer {
  const tail = Buffer.alloc(TAIL_BYTES);
  tail.writeBigUInt64LE(BigInt(end));
  [widthPx, heightPx, blockPx].forEach((value, i) => {
    tail.writeUInt32LE(value, 8 + 4 * i);
  });
  return tail;
}

async function readIndex(file: FileHandle): Promise<{ shape: LayerShape; index: Buffer }> {
  const { size } = await file.stat();
  const tail = Buffer.alloc(TAIL_BYTES);
  await file.read(tail, 0, TAIL_BYTES, size - TAIL_BYTES);
  const end = Number(tail.readBigUInt64LE());
  const shape = { widthPx: tail.readUInt32LE(8), heightPx: tail.readUInt32LE(12), blockPx: tail.readUInt32LE(16) };
  const index = Buffer.alloc(size - TAIL_BYTES - end);
  await file.read(index, 0, index.length, end);
  return { shape, index };
}

async function orDiskFault<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw asDiskFault(error, path);
  }
}
