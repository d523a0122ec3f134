/**
 * GeoTIFF in: any block layout and compression geotiff.js decodes, read by windows through a bounded cache. Made for our own
 * rasters and for imagery alike, on disk or behind an address; what is wrong with a file is said on opening it, with its name.
 */
import { GeoTIFF, type GeoTIFFImage } from 'geotiff';
import { BadInput } from '../errors.ts';
import type { Grid, PixelWindow } from '../grid.ts';
import { blockReader, type RasterPixels, type ReadBlock, readWindow, type SampleType } from './blocks.ts';
import { shownUrl } from './http-access.ts';
import { crsText, gridOf } from './placement.ts';
import { RasterCache } from './raster-cache.ts';

export type { RasterPixels } from './blocks.ts';

/** An open raster is a description: its header is read again when it was not used for long, and no file stays open for it. */
export interface RasterFile {
  /** As a message names it. */
  path: string;
  /** `srid` 0 where the file names no CRS we know. */
  grid: Grid;
  crsText: string;
  bands: number;
  samples: SampleKind;
  /** True where values are indexes of colours, as in class rasters and masks. */
  palette: boolean;
  nodata: number | undefined;
  /** The band (from 0) that the file tags as alpha. Real files tag near infrared so. */
  alphaBand: number | undefined;
  /** Reads a band (from 0) of a window inside the grid into `out` (heightPx × widthPx), converted to its type. */
  read<Out extends RasterPixels>(window: PixelWindow, band: number, out: Out): Promise<Out>;
  /** The file's own mask of a window (0: unknown); undefined where it has none. */
  readMask: ((window: PixelWindow) => Promise<Uint8Array>) | undefined;
  /** Closes what this file opened; leaves a cache that was given. */
  close(): Promise<void>;
}

export interface SampleKind {
  kind: 'unsigned' | 'signed' | 'float';
  bits: number;
}

/**
 * Opens a GeoTIFF, from a path or an https address. Throws `BadInput` where it is missing, foreign, truncated, not georeferenced,
 * or of pixels we do not read (fewer than 8 bits, complex, JPEG in YCbCr).
 */
export async function openRaster(path: string, cache?: RasterCache): Promise<RasterFile> {
  const ours = cache ?? new RasterCache();
  try {
    return await describe(path, ours, cache === undefined);
  } catch (error) {
    if (cache === undefined) await ours.close();
    if (error instanceof BadInput) throw error;
    throw new BadInput(`${shownUrl(path)}: not a readable GeoTIFF (${(error as Error).message})`);
  }
}

async function describe(path: string, cache: RasterCache, owned: boolean): Promise<RasterFile> {
  const header = () => cache.header(path, () => readHeader(path, cache));
  const { image, mask } = await header();
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
  await checkWhole(path, image, cache);
  return {
    path: shownUrl(path),
    grid,
    crsText: crsText(geoKeys),
    bands: image.getSamplesPerPixel(),
    samples: sampleKind(image),
    palette: image.fileDirectory.getValue('PhotometricInterpretation') === 3,
    nodata: image.getGDALNoData() ?? undefined,
    alphaBand: alphaBand(image),
    read: async (window, band, out) => {
      const opened = await header();
      return readWindow(opened.image, opened.readBlock, window, band, out);
    },
    readMask:
      mask &&
      (async (window) => {
        const opened = (await header()).mask!;
        const out = new Uint8Array(window.widthPx * window.heightPx);
        return readWindow(opened.image, opened.readBlock, window, 0, out);
      }),
    close: async () => (owned ? cache.close() : undefined),
  };
}

interface Readable {
  image: GeoTIFFImage;
  readBlock: ReadBlock;
}

/** The image and the mask that goes with it, ready to be read. */
async function readHeader(path: string, cache: RasterCache): Promise<Readable & { mask: Readable | undefined }> {
  const tiff = await GeoTIFF.fromSource(byteSource(path, cache) as never);
  const image = await tiff.getImage(0);
  const readBlock = await blockReader(shownUrl(path), path, image, cache, sampleType(shownUrl(path), image));
  for (let index = 1; index < (await tiff.getImageCount()); index++) {
    const other = await tiff.getImage(index);
    if (!isMaskOf(other, image)) continue;
    const readMask = await blockReader(shownUrl(path), `${path} mask`, other, cache, Uint8Array);
    return { image, readBlock, mask: { image: other, readBlock: readMask } };
  }
  return { image, readBlock, mask: undefined };
}

/** TIFF 6.0: bit 2 of NewSubfileType says that an image is the transparency mask of another. */
const isMaskOf = (other: GeoTIFFImage, image: GeoTIFFImage) =>
  ((other.fileDirectory.getValue('NewSubfileType') ?? 0) & 4) !== 0 &&
  other.getWidth() === image.getWidth() &&
  other.getHeight() === image.getHeight();

/** geotiff.js's own file source fills up what is past the end with zeros; this one ends where the file does. */
const byteSource = (path: string, cache: RasterCache) => ({
  fetch: (slices: { offset: number; length: number }[]) =>
    Promise.all(slices.map(({ offset, length }) => cache.readBytes(path, offset, length))),
  fileSize: null,
  close: async () => {},
});

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

const sampleKind = (image: GeoTIFFImage): SampleKind => ({
  kind: (['unsigned', 'signed', 'float'] as const)[(image.getSampleFormat(0) || 1) - 1]!,
  bits: image.getBitsPerSample(0),
});

/** TIFF 6.0: ExtraSamples counts from the first band beyond the colours; 1 and 2 are alpha. */
function alphaBand(image: GeoTIFFImage): number | undefined {
  const extra = Array.from((image.fileDirectory.getValue('ExtraSamples') as ArrayLike<number> | undefined) ?? []);
  const index = extra.findIndex((kind) => kind === 1 || kind === 2);
  return index < 0 ? undefined : image.getSamplesPerPixel() - extra.length + index;
}

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
async function checkWhole(path: string, image: GeoTIFFImage, cache: RasterCache): Promise<void> {
  const kind = image.isTiled ? 'Tile' : 'Strip';
  const offsets = (await image.fileDirectory.loadValue(`${kind}Offsets` as 'TileOffsets')) as ArrayLike<number>;
  const counts = (await image.fileDirectory.loadValue(`${kind}ByteCounts` as 'TileByteCounts')) as ArrayLike<number>;
  let end = 0;
  for (let block = 0; block < offsets.length; block++) {
    end = Math.max(end, Number(offsets[block]) + Number(counts[block]));
  }
  const size = await cache.sizeBytes(path);
  if (end > size) throw new BadInput(`${shownUrl(path)}: truncated, ${size} bytes found, at least ${end} wanted`);
}
