/** Small GeoTIFFs for tests: our own writer, and a stripped, uncompressed one with the odd tags of real files. */
import { writeFile } from 'node:fs/promises';
import {
  directorySize,
  encodeDirectory,
  encodeHeader,
  headerSize,
  type TiffTag,
} from '../../../pipeline/geotiff/tiff-directory.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import type { Grid } from '../../../pipeline/grid.ts';

export interface TinyOptions {
  bands?: number;
  nodata?: number;
  sampleFormat?: 'uint8' | 'uint16' | 'float32';
}

/** Writes what `value` gives for each pixel and band, tiled by 16 so that windows cross tiles. */
export async function writeTiny(
  path: string,
  grid: Grid,
  value: (x: number, y: number, band: number) => number,
  { bands = 1, nodata, sampleFormat = 'float32' }: TinyOptions = {},
): Promise<string> {
  const Pixels = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array }[sampleFormat];
  const pixels = new Pixels(grid.widthPx * grid.heightPx * bands);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = Math.floor(i / bands);
    pixels[i] = value(pixel % grid.widthPx, Math.floor(pixel / grid.widthPx), i % bands);
  }
  await writeGeoTiff(path, { grid, bands, sampleFormat, nodata, tileSidePx: 16 }, pixels);
  return path;
}

/** A grid of Lambert-93 near the demonstration's corner. */
export const lambert = (
  widthPx: number,
  heightPx: number,
  resolutionM = 1,
  shift: [number, number] = [0, 0],
): Grid => ({
  srid: 2154,
  originX: 506_000 + shift[0],
  originY: 6_287_000 + shift[1],
  resolutionM,
  widthPx,
  heightPx,
});

/** One uint8 band in strips of 3 rows, uncompressed, with the georeferencing tags given as they are. */
export async function writeStripped(
  path: string,
  widthPx: number,
  pixels: Uint8Array,
  geo: { pixelSize: number[]; tiePoint: number[]; geoKeys: number[]; citation?: string },
): Promise<string> {
  const heightPx = pixels.length / widthPx;
  const rows = 3;
  const strips = Array.from({ length: Math.ceil(heightPx / rows) }, (_, strip) => strip);
  const counts = strips.map((strip) => Math.min(rows, heightPx - strip * rows) * widthPx);
  const tags = (start: number): TiffTag[] => [
    { tag: 256, kind: 'long', values: [widthPx] },
    { tag: 257, kind: 'long', values: [heightPx] },
    { tag: 258, kind: 'short', values: [8] },
    { tag: 259, kind: 'short', values: [1] },
    { tag: 262, kind: 'short', values: [1] },
    { tag: 273, kind: 'long', values: strips.map((strip) => start + strip * rows * widthPx) },
    { tag: 277, kind: 'short', values: [1] },
    { tag: 278, kind: 'short', values: [rows] },
    { tag: 279, kind: 'long', values: counts },
    { tag: 33550, kind: 'double', values: geo.pixelSize },
    { tag: 33922, kind: 'double', values: geo.tiePoint },
    { tag: 34735, kind: 'short', values: geo.geoKeys },
    { tag: 34737, kind: 'ascii', text: geo.citation ?? '' },
  ];
  const start = headerSize(false) + directorySize(tags(0), false);
  const directory = encodeDirectory(tags(start), headerSize(false), false);
  await writeFile(path, Buffer.concat([encodeHeader(false), directory, pixels]));
  return path;
}
