/** The tags of an image we write. Pure. */
import type { Grid } from '../grid.ts';
import { predictorOf, SAMPLES, type TileShape } from './encode-tile.ts';
import type { TiffTag } from './tiff-directory.ts';

/** Pixels of an image or of one of its overviews. */
export interface ImageSize {
  widthPx: number;
  heightPx: number;
}

/** Where a tile's bytes are in a file. */
export interface TilePlace {
  offset: number;
  length: number;
}

/** What the samples mean, for those who look at them. */
export interface Legend {
  nodata?: number;
  /** The first three bands are red, green, blue; by default three bands of uint8 are. */
  rgb?: boolean;
  /** Colour (`ff0000`, with `#` or without) of each value of one uint8 band; values without one are black. */
  palette?: string[];
  /** A name for each band. */
  bandNames?: string[];
}

/** TIFF 6.0 (§8, §15 tiles), and GDAL's tags for what TIFF has none. `overview`: a reduced image of the same file. */
export function imageTags(
  { widthPx, heightPx }: ImageSize,
  shape: TileShape,
  places: TilePlace[],
  legend: Legend,
  overview = false,
): TiffTag[] {
  const { bands, sampleFormat, tileSidePx } = shape;
  const { nodata, palette, rgb = bands === 3 && sampleFormat === 'uint8' } = legend;
  const sample = SAMPLES[sampleFormat];
  const extra = bands - (rgb ? 3 : 1);
  const perBand = (value: number) => new Array<number>(bands).fill(value);
  const tags: TiffTag[] = [
    { tag: 256, kind: 'long', values: [widthPx] },
    { tag: 257, kind: 'long', values: [heightPx] },
    { tag: 258, kind: 'short', values: perBand(sample.bytes * 8) },
    { tag: 259, kind: 'short', values: [8] },
    { tag: 262, kind: 'short', values: [palette ? 3 : rgb ? 2 : 1] },
    { tag: 277, kind: 'short', values: [bands] },
    { tag: 284, kind: 'short', values: [1] },
    { tag: 317, kind: 'short', values: [predictorOf(shape)] },
    { tag: 322, kind: 'short', values: [tileSidePx] },
    { tag: 323, kind: 'short', values: [tileSidePx] },
    { tag: 324, kind: 'offset', values: places.map(({ offset }) => offset) },
    { tag: 325, kind: 'long', values: places.map(({ length }) => length) },
    { tag: 339, kind: 'short', values: perBand(sample.tiffFormat) },
  ];
  if (overview) tags.push({ tag: 254, kind: 'long', values: [1] });
  if (palette) tags.push({ tag: 320, kind: 'short', values: colourMap(palette) });
  if (extra > 0) tags.push({ tag: 338, kind: 'short', values: new Array<number>(extra).fill(0) });
  if (nodata !== undefined) tags.push({ tag: 42113, kind: 'ascii', text: String(nodata) });
  return tags;
}

/** Tags of the full image only: GeoTIFF 1.1's model and raster type, projected CRS and metre, and the names of the bands. */
export function groundTags(grid: Grid, { bandNames }: Legend): TiffTag[] {
  const geoKeys = [1, 1, 0, 4, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, grid.srid, 3076, 0, 1, 9001];
  const tags: TiffTag[] = [
    { tag: 33550, kind: 'double', values: [grid.resolutionM, grid.resolutionM, 0] },
    { tag: 33922, kind: 'double', values: [0, 0, 0, grid.originX, grid.originY, 0] },
    { tag: 34735, kind: 'short', values: geoKeys },
  ];
  if (bandNames) tags.push({ tag: 42112, kind: 'ascii', text: gdalMetadata(bandNames) });
  return tags;
}

/** TIFF 6.0 §5: all reds, then greens, then blues, of 16 bits. */
function colourMap(palette: string[]): number[] {
  const colours = palette.map((colour) => Number.parseInt(colour.replace('#', ''), 16));
  return [16, 8, 0].flatMap((shift) =>
    Array.from({ length: 256 }, (_, value) => (((colours[value] ?? 0) >> shift) & 255) * 257),
  );
}

/** Names of bands as GDAL keeps them: escaped as metadata, then as XML. */
function gdalMetadata(bandNames: string[]): string {
  const asXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const items = bandNames.map(
    (name, band) => `<Item name="DESCRIPTION" sample="${band}" role="description">${asXml(asXml(name))}</Item>`,
  );
  return `<GDALMetadata>${items.join('')}</GDALMetadata>`;
}
