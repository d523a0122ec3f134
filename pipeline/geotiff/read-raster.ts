/**
 * GeoTIFF in: any block layout and compression geotiff.js decodes, read by windows through a bounded cache. Made for our own
 * rasters and for imagery alike; what is wrong with a file is said on opening it, with its name.
 */
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { addDecoder, BaseDecoder, GeoTIFF, type GeoTIFFImage, getDecoder } from 'geotiff';
import { BadInput } from '../errors.ts';
import type { Grid, PixelWindow } from '../grid.ts';
import { crsText, gridOf } from './placement.ts';
import { RasterCache } from './raster-cache.ts';

export type RasterPixels =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

export interface RasterFile {
  path: string;
  /** `srid` 0 where the file names no CRS we know. */
  grid: Grid;
  crsText: string;
  bands: number;
  nodata: number | undefined;
  /** Reads a band (from 0) of a window inside the grid into `out` (heightPx × widthPx), converted to its type. */
  read<Out extends RasterPixels>(window: PixelWindow, band: number, out: Out): Promise<Out>;
  /** Closes what this file opened; leaves a cache that was given. */
  close(): Promise<void>;
}

const inflateAsync = promisify(inflate);

/** Deflate by zlib in libuv's threads: other windows go on meanwhile. */
class ZlibDecoder extends BaseDecoder {
  override async decodeBlock(buffer: ArrayBufferLike): Promise<ArrayBufferLike> {
    const bytes = await inflateAsync(new Uint8Array(buffer));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  }
}
addDecoder([8, 32946], async () => ZlibDecoder as never);

/**
 * Opens a GeoTIFF. Throws `BadInput` where it is missing, foreign, truncated, not georeferenced, or of pixels we do not read
 * (fewer than 8 bits, complex, JPEG in YCbCr).
 */
export async function openRaster(path: string, cache?: RasterCache): Promise<RasterFile> {
  const ours = cache ?? new RasterCache();
  try {
    return await describe(path, ours, cache === undefined);
  } catch (error) {
    if (cache === undefined) await ours.close();
    if (error instanceof BadInput) throw error;
    throw new BadInput(`${path}: not a readable GeoTIFF (${(error as Error).message})`);
  }
}

async function describe(path: string, cache: RasterCache, owned: boolean): Promise<RasterFile> {
  const image = await (await GeoTIFF.fromSource(fileSource(path, cache) as never)).getImage(0);
  const tag = (name: string) => image.fileDirectory.getValue(name as 'ModelTiepoint') as never;
  const geoKeys: Record<string, unknown> = image.getGeoKeys() ?? {};
  const grid = gridOf({
    widthPx: image.getWidth(),
    heightPx: image.getHeight(),
    tiePoint: tag('ModelTiepoint'),
    pixelScale: tag('ModelPixelScale'),
    transformation: tag('ModelTransformation'),
    geoKeys,
  });
  const Sample = sampleType(path, image);
  await checkWhole(path, image);
  const readBlock = await blockReader(path, image, cache, Sample);
  const nodata = image.getGDALNoData();
  return {
    path,
    grid,
    crsText: crsText(geoKeys),
    bands: image.getSamplesPerPixel(),
    nodata: nodata ?? undefined,
    read: (window, band, out) => readWindow(image, readBlock, window, band, out),
    close: async () => (owned ? cache.close() : undefined),
  };
}

/** geotiff.js's own file source fills up what is past the end with zeros; this one ends where the file does. */
const fileSource = (path: string, cache: RasterCache) => ({
  fetch: (slices: { offset: number; length: number }[]) =>
    Promise.all(slices.map(({ offset, length }) => cache.readBytes(path, offset, length))),
  fileSize: null,
  close: async () => {},
});

type SampleType = {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): RasterPixels;
  BYTES_PER_ELEMENT: number;
};

const SAMPLE_TYPES: Record<string, SampleType> = {
  '1/8': Uint8Array,
  '1/16': Uint16Array,
  '1/32': Uint32Array,
  '2/8': Int8Array,
  '2/16': Int16Array,
  '2/32': Int32Array,
  '3/32': Float32Array,
  '3/64': Float64Array,
};

function sampleType(path: string, image: GeoTIFFImage): SampleType {
  const kinds = Array.from({ length: image.getSamplesPerPixel() }, (_, band) => {
    return `${image.getSampleFormat(band) || 1}/${image.getBitsPerSample(band)}`;
  });
  const Sample = SAMPLE_TYPES[kinds[0]!];
  if (!Sample || kinds.some((kind) => kind !== kinds[0])) {
    throw new BadInput(
      `${path}: samples of format/bits ${kinds.join(', ')}; one of ${Object.keys(SAMPLE_TYPES).join(', ')} wanted for all bands`,
    );
  }
  if (image.fileDirectory.getValue('PhotometricInterpretation') === 6) {
    throw new BadInput(
      `${path}: colours are YCbCr (JPEG), RGB wanted: convert with gdal_translate -co COMPRESS=DEFLATE`,
    );
  }
  if (!image.littleEndian && Sample.BYTES_PER_ELEMENT > 1) {
    throw new BadInput(
      `${path}: big-endian samples of ${kinds[0]} bits, little-endian wanted (gdal_translate writes it)`,
    );
  }
  return Sample;
}

/** Every block must lie within the file: a truncated one would otherwise be found out hours later, or not at all. */
async function checkWhole(path: string, image: GeoTIFFImage): Promise<void> {
  const kind = image.isTiled ? 'Tile' : 'Strip';
  const offsets = (await image.fileDirectory.loadValue(`${kind}Offsets` as 'TileOffsets')) as ArrayLike<number>;
  const counts = (await image.fileDirectory.loadValue(`${kind}ByteCounts` as 'TileByteCounts')) as ArrayLike<number>;
  let end = 0;
  for (let block = 0; block < offsets.length; block++) {
    end = Math.max(end, Number(offsets[block]) + Number(counts[block]));
  }
  const { size } = await stat(path);
  if (end > size) throw new BadInput(`${path}: truncated, ${size} bytes found, at least ${end} wanted`);
}

interface Block {
  samples: RasterPixels;
  /** Distance between two pixels of a band, and the band's place in the first. */
  stride: number;
  first: number;
}

type ReadBlock = (column: number, row: number, band: number) => Promise<Block>;

async function blockReader(
  path: string,
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
    const data = await cache.block(`${path} ${column} ${row} ${plane}`, bytes, async () => {
      try {
        return (await image.getTileOrStrip(column, row, plane, decoder)).data;
      } catch (error) {
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

async function readWindow<Out extends RasterPixels>(
  image: GeoTIFFImage,
  readBlock: ReadBlock,
  window: PixelWindow,
  band: number,
  out: Out,
): Promise<Out> {
  const [blockWidth, blockHeight] = [image.getTileWidth(), image.getTileHeight()];
  const endX = window.xPx + window.widthPx;
  const endY = window.yPx + window.heightPx;
  const copies: Promise<void>[] = [];
  for (let row = Math.floor(window.yPx / blockHeight); row * blockHeight < endY; row++) {
    for (let column = Math.floor(window.xPx / blockWidth); column * blockWidth < endX; column++) {
      const copy = async () => {
        const block = await readBlock(column, row, band);
        copyBlock(
          block,
          { xPx: column * blockWidth, yPx: row * blockHeight, widthPx: blockWidth, heightPx: blockHeight },
          window,
          out,
        );
      };
      copies.push(copy());
    }
  }
  await Promise.all(copies);
  return out;
}

/** Copies what a block and a window have in common. */
function copyBlock(block: Block, at: PixelWindow, window: PixelWindow, out: RasterPixels): void {
  const { samples, stride, first } = block;
  const startX = Math.max(at.xPx, window.xPx);
  const endX = Math.min(at.xPx + at.widthPx, window.xPx + window.widthPx);
  const startY = Math.max(at.yPx, window.yPx);
  const endY = Math.min(at.yPx + at.heightPx, window.yPx + window.heightPx);
  for (let y = startY; y < endY; y++) {
    let from = ((y - at.yPx) * at.widthPx + startX - at.xPx) * stride + first;
    const to = (y - window.yPx) * window.widthPx - window.xPx;
    for (let x = startX; x < endX; x++, from += stride) out[to + x] = samples[from]!;
  }
}
