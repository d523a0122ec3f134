/** The raster of regions, made again from the blocks and the numbers their pieces were given. */
import { type FileHandle, open } from 'node:fs/promises';
import { asDiskFault, writeAll } from '../../disk.ts';
import type { PixelWindow } from '../../grid.ts';
import { connectedRegions } from '../../regions.ts';
import type { Layer } from '../blocks/layer.ts';
import type { SortedSpool } from './spool.ts';

const PAGE_NUMBERS = 1 << 16;
/** Blocks of numbers kept while windows are cut from them. */
const CACHED_BYTES = 1 << 26;

/** Writes the number of each piece (0: nodata), in the order of the pieces, 4 bytes each. Throws `DiskFault`. */
export async function writeNumbers(path: string, numbers: SortedSpool): Promise<void> {
  try {
    const file = await open(path, 'w');
    try {
      const page = Buffer.alloc(4 * PAGE_NUMBERS);
      let [at, filled] = [0, 0];
      for await (const records of numbers.sorted()) {
        for (const { payload } of records) {
          page.set(payload, filled);
          filled += 4;
          if (filled < page.length) continue;
          await writeAll(file, page, at);
          [at, filled] = [at + filled, 0];
        }
      }
      await writeAll(file, page.subarray(0, filled), at);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asDiskFault(error, path);
  }
}

/** Reads windows of the raster of regions, of `layer` cut in pieces as it was traced. */
export async function openRegionNumbers(path: string, layer: Layer, partStarts: number[]) {
  const file: FileHandle = await open(path, 'r');
  const columns = Math.ceil(layer.widthPx / layer.blockPx);
  const cache = new Map<number, Promise<Uint32Array>>();
  const cached = Math.max(2, Math.floor(CACHED_BYTES / 4 / layer.blockPx ** 2));
  const makeBlock = async (index: number): Promise<Uint32Array> => {
    const [start, end] = [partStarts[index]!, partStarts[index + 1]!];
    const numbers = new Uint32Array(end - start);
    await file.read(new Uint8Array(numbers.buffer), 0, 4 * numbers.length, 4 * start);
    const { widthPx, heightPx } = layer.blocks[index]!;
    // as traced: nodata are regions too
    const values = new Uint16Array(await layer.readBlock(index));
    for (let i = 0; i < values.length; i++) values[i]!++;
    const { labels } = connectedRegions(values, widthPx, heightPx);
    const block = new Uint32Array(labels.length);
    for (let i = 0; i < block.length; i++) block[i] = numbers[labels[i]! - 1]!;
    return block;
  };
  const blockAt = (index: number): Promise<Uint32Array> => {
    const block = cache.get(index) ?? makeBlock(index);
    cache.delete(index);
    cache.set(index, block);
    if (cache.size > cached) cache.delete(cache.keys().next().value!);
    return block;
  };
  return {
    close: () => file.close(),
    async read({ xPx, yPx, widthPx, heightPx }: PixelWindow): Promise<Uint32Array> {
      const { blockPx } = layer;
      const out = new Uint32Array(widthPx * heightPx);
      for (let row = Math.floor(yPx / blockPx); row * blockPx < yPx + heightPx; row++) {
        for (let column = Math.floor(xPx / blockPx); column * blockPx < xPx + widthPx; column++) {
          const index = row * columns + column;
          const [from, block] = [await blockAt(index), layer.blocks[index]!];
          const [x0, x1] = [Math.max(xPx, block.xPx), Math.min(xPx + widthPx, block.xPx + block.widthPx)];
          for (let y = Math.max(yPx, block.yPx); y < Math.min(yPx + heightPx, block.yPx + block.heightPx); y++) {
            const start = (y - block.yPx) * block.widthPx - block.xPx;
            out.set(from.subarray(start + x0, start + x1), (y - yPx) * widthPx + x0 - xPx);
          }
        }
      }
      return out;
    },
  };
}
