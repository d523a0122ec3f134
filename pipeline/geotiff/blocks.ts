/** The pixels of one image of a GeoTIFF: blocks decoded once through a bounded cache, copied row by row into windows. */
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { addDecoder, BaseDecoder, type GeoTIFFImage, getDecoder } from 'geotiff';
import { BadInput } from '../errors.ts';
import type { PixelWindow } from '../grid.ts';
import type { RasterCache } from './raster-cache.ts';

export type RasterPixels =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

export type SampleType = {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): RasterPixels;
  BYTES_PER_ELEMENT: number;
};

const inflateAsync = promisify(inflate);

/**
 * Deflate by zlib in libuv's threads: other windows go on meanwhile. A block comes in one piece, as large as it is to be; the
 * differences, which imagery and heights are nearly always written in, are summed here, several times faster than geotiff.js does it.
 */
class ZlibDecoder extends BaseDecoder {
  override async decode(buffer: ArrayBufferLike): Promise<ArrayBufferLike> {
    const { predictor, tileWidth } = this.parameters;
    const [bits, stride] = [this.bits(), this.stride()];
    const ours = (predictor === 2 && bits === 8) || (predictor === 3 && bits === 32);
    if (!ours) return super.decode(buffer);
    const block = await this.decodeBlock(buffer);
    const bytes = new Uint8Array(block);
    sumBytes(bytes, (tileWidth * stride * bits) / 8, stride);
    if (predictor === 3) gatherFloats(bytes, tileWidth * stride);
    return block;
  }

  override async decodeBlock(buffer: ArrayBufferLike): Promise<ArrayBufferLike> {
    const { tileWidth, tileHeight } = this.parameters;
    const wanted = Math.ceil((tileWidth * tileHeight * this.stride() * this.bits()) / 8);
    const bytes = await inflateAsync(new Uint8Array(buffer), { chunkSize: Math.max(wanted + SLACK_BYTES, 1024) });
    const { buffer: whole, byteOffset, byteLength } = bytes;
    // A last strip is shorter than its buffer; small blocks share one buffer with others.
    const asItIs = byteLength === wanted && whole.byteLength <= wanted + SLACK_BYTES && wanted > Buffer.poolSize;
    return asItIs ? whole : whole.slice(byteOffset, byteOffset + byteLength);
  }

  private bits(): number {
    const { bitsPerSample } = this.parameters;
    return typeof bitsPerSample === 'number' ? bitsPerSample : (bitsPerSample?.[0] ?? 8);
  }

  private stride(): number {
    const { planarConfiguration, samplesPerPixel = 1 } = this.parameters;
    return planarConfiguration === 1 ? samplesPerPixel : 1;
  }
}

/** zlib asks for another piece when one is filled to the last byte. */
const SLACK_BYTES = 64;

/** TIFF 6.0 §14, horizontal differencing: each byte is the sum of those before it in its row, `stride` apart. */
function sumBytes(bytes: Uint8Array, rowBytes: number, stride: number): void {
  for (let start = 0; start + rowBytes <= bytes.length; start += rowBytes) {
    if (stride === 3) sumColours(bytes, start, start + rowBytes);
    else {
      for (let band = 0; band < stride; band++) {
        let sum = 0;
        for (let at = start + band; at < start + rowBytes; at += stride) {
          sum = (sum + bytes[at]!) & 255;
          bytes[at] = sum;
        }
      }
    }
  }
}

/** The usual image: three sums in one pass, in less than half the time of a pass each. */
function sumColours(bytes: Uint8Array, start: number, end: number): void {
  let [first, second, third] = [0, 0, 0];
  for (let at = start; at < end; at += 3) {
    first = (first + bytes[at]!) & 255;
    second = (second + bytes[at + 1]!) & 255;
    third = (third + bytes[at + 2]!) & 255;
    bytes[at] = first;
    bytes[at + 1] = second;
    bytes[at + 2] = third;
  }
}

/** TIFF technical note 3: a row holds the first byte of all its numbers, the most significant, then the second of all… */
function gatherFloats(bytes: Uint8Array, rowSamples: number): void {
  const row = new Uint32Array(rowSamples);
  const rows = new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 4));
  for (let start = 0; start + rowSamples <= rows.length; start += rowSamples) {
    const [first, second, third, fourth] = [0, 1, 2, 3].map((byte) => 4 * start + byte * rowSamples) as Four;
    for (let i = 0; i < rowSamples; i++) {
      row[i] = (bytes[first + i]! << 24) | (bytes[second + i]! << 16) | (bytes[third + i]! << 8) | bytes[fourth + i]!;
    }
    rows.set(row, start);
  }
}

type Four = [number, number, number, number];

addDecoder([8, 32946], async () => ZlibDecoder as never);

interface Block {
  samples: RasterPixels;
  /** Distance between two pixels of a band, and the band's place in the first. */
  stride: number;
  first: number;
}

export type ReadBlock = (column: number, row: number, band: number) => Promise<Block>;

/** `name` tells this image's blocks from others' in the cache. Blocks that cannot be decoded throw `BadInput` with `path`. */
export async function blockReader(
  path: string,
  name: string,
  image: GeoTIFFImage,
  cache: RasterCache,
  Sample: SampleType,
): Promise<ReadBlock> {
  const decoder = await decoderOf(image);
  const chunky = image.planarConfiguration === 1;
  const stride = chunky ? image.getSamplesPerPixel() : 1;
  const bytes = image.getTileWidth() * image.getTileHeight() * stride * Sample.BYTES_PER_ELEMENT;
  return async (column, row, band) => {
    const plane = chunky ? 0 : band;
    const data = await cache.block(`${name} ${column} ${row} ${plane}`, bytes, async () => {
      try {
        return (await image.getTileOrStrip(column, row, plane, decoder)).data;
      } catch (error) {
        if (error instanceof BadInput) throw error; // it did not even come
        throw new BadInput(`${path}: block ${column}, ${row} cannot be decoded (${(error as Error).message})`);
      }
    });
    const count = image.getTileWidth() * image.getBlockHeight(row) * stride;
    if (data.byteLength < count * Sample.BYTES_PER_ELEMENT) {
      throw new BadInput(`${path}: block ${column}, ${row} has ${data.byteLength} bytes, ${count} samples wanted`);
    }
    return { samples: new Sample(data, 0, count), stride, first: chunky ? band : 0 };
  };
}

/** The decoder geotiff.js would take in `readRasters`, whose own loop reads sample by sample and is several times slower. */
async function decoderOf(image: GeoTIFFImage): Promise<never> {
  const directory = image.fileDirectory;
  const compression = directory.getValue('Compression') ?? 1;
  const parameters = {
    tileWidth: image.getTileWidth(),
    tileHeight: image.getTileHeight(),
    planarConfiguration: image.planarConfiguration,
    bitsPerSample: directory.getValue('BitsPerSample'),
    predictor: (await directory.loadValue('Predictor')) ?? 1,
    JPEGTables: await directory.loadValue('JPEGTables'),
    LercParameters: await directory.loadValue('LercParameters'),
    samplesPerPixel: image.getSamplesPerPixel(),
  };
  return (await getDecoder(compression as number, parameters as never)) as never;
}

/** Reads a band of a window inside the image into `out`, heightPx × widthPx. */
export async function readWindow<Out extends RasterPixels>(
  image: GeoTIFFImage,
  readBlock: ReadBlock,
  window: PixelWindow,
  band: number,
  out: Out,
): Promise<Out> {
  const [widthPx, heightPx] = [image.getTileWidth(), image.getTileHeight()];
  const endX = window.xPx + window.widthPx;
  const endY = window.yPx + window.heightPx;
  const copies: Promise<void>[] = [];
  for (let row = Math.floor(window.yPx / heightPx); row * heightPx < endY; row++) {
    for (let column = Math.floor(window.xPx / widthPx); column * widthPx < endX; column++) {
      const at = { xPx: column * widthPx, yPx: row * heightPx, widthPx, heightPx };
      copies.push(readBlock(column, row, band).then((block) => copyBlock(block, at, window, out)));
    }
  }
  await Promise.all(copies);
  return out;
}

/** Copies what a block and a window have in common. */
function copyBlock({ samples, stride, first }: Block, at: PixelWindow, window: PixelWindow, out: RasterPixels): void {
  const startX = Math.max(at.xPx, window.xPx);
  const endX = Math.min(at.xPx + at.widthPx, window.xPx + window.widthPx);
  const startY = Math.max(at.yPx, window.yPx);
  const endY = Math.min(at.yPx + at.heightPx, window.yPx + window.heightPx);
  const count = endX - startX;
  for (let y = startY; y < endY; y++) {
    const from = ((y - at.yPx) * at.widthPx + startX - at.xPx) * stride + first;
    const to = (y - window.yPx) * window.widthPx + startX - window.xPx;
    if (samples instanceof Float32Array && out instanceof Float32Array)
      copyFloats(samples, from, out, to, count, stride);
    else if (samples instanceof Uint8Array && out instanceof Float32Array)
      spreadBytes(samples, from, stride, out, to, count);
    else spread(samples, from, stride, out, to, count);
  }
}

function copyFloats(
  samples: Float32Array,
  from: number,
  out: Float32Array,
  to: number,
  count: number,
  stride: number,
): void {
  for (let x = 0, at = from; x < count; x++, at += stride) out[to + x] = samples[at]!;
}

/** Imagery is bytes nearly always: a loop that sees no other types is several times faster. */
function spreadBytes(
  samples: Uint8Array,
  from: number,
  stride: number,
  out: Float32Array,
  to: number,
  count: number,
): void {
  for (let x = 0, at = from; x < count; x++, at += stride) out[to + x] = samples[at]!;
}

function spread(
  samples: RasterPixels,
  from: number,
  stride: number,
  out: RasterPixels,
  to: number,
  count: number,
): void {
  for (let x = 0, at = from; x < count; x++, at += stride) out[to + x] = samples[at]!;
}
