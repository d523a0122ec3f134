/** The points a person labels: out as GeoJSON and CSV, back in from either. */
import { readFile } from 'node:fs/promises';
import { writeWhole } from '../artefacts.ts';
import { csvRows } from '../csv-rows.ts';
import { BadInput } from '../errors.ts';
import { type Grid, pixelAreaM2 } from '../grid.ts';

/** One pixel of the sample. Every point carries its stratum's size: whatever the tool it is edited with, estimates can be made. */
export interface SamplePoint {
  id: number;
  /** Centre of the pixel, in the grid's CRS. */
  x: number;
  y: number;
  /** CS code of the map there: the stratum it was drawn from. */
  strate: string;
  /** Pixels of that stratum. */
  stratePx: number;
  /** Area of a pixel. */
  pixelM2: number;
  /** CS code of the ground, as a person saw it; empty while nobody has looked. */
  verite: string;
}

const COLUMNS = ['id', 'x', 'y', 'strate', 'strate_px', 'pixel_m2', 'verite'] as const;

export const pointAt = (grid: Grid, pixel: { xPx: number; yPx: number }) => ({
  x: Number((grid.originX + (pixel.xPx + 0.5) * grid.resolutionM).toFixed(3)),
  y: Number((grid.originY - (pixel.yPx + 0.5) * grid.resolutionM).toFixed(3)),
  pixelM2: pixelAreaM2(grid),
});

/** Writes `<base>.geojson` (CRS named as QGIS and GDAL read it) and `<base>.csv`. */
export async function writeSample(base: string, points: SamplePoint[], srid: number): Promise<string[]> {
  const rows = points.map((point): Record<string, string | number> => {
    const { id, x, y, strate, stratePx, pixelM2, verite } = point;
    return { id, x, y, strate, strate_px: stratePx, pixel_m2: pixelM2, verite };
  });
  const collection = {
    type: 'FeatureCollection',
    name: 'echantillon',
    crs: { type: 'name', properties: { name: `urn:ogc:def:crs:EPSG::${srid}` } },
    features: rows.map((properties) => ({
      type: 'Feature',
      properties,
      geometry: { type: 'Point', coordinates: [properties['x'], properties['y']] },
    })),
  };
  const csv = [COLUMNS.join(';'), ...rows.map((row) => COLUMNS.map((column) => row[column]).join(';'))];
  const paths = [`${base}.geojson`, `${base}.csv`] as const;
  await writeWhole(paths[0], `${JSON.stringify(collection, null, 1)}\n`);
  await writeWhole(paths[1], `${csv.join('\n')}\n`);
  return [...paths];
}

/** Reads points back, labelled or not, from a file `writeSample` made. Throws `BadInput` naming the point at fault. */
export async function readSample(path: string): Promise<SamplePoint[]> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new BadInput(`${path}: the points cannot be read (${error.message})`);
  });
  const rows = /^\s*\{/.test(text) ? geojsonRows(path, text) : csvRows(path, text);
  if (rows.length === 0) throw new BadInput(`${path}: no point in it`);
  return rows.map((row, index) => pointOf(`${path}, point ${index + 1}`, row));
}

function geojsonRows(path: string, text: string): Record<string, unknown>[] {
  try {
    const { features } = JSON.parse(text) as { features?: { properties?: Record<string, unknown> | null }[] };
    if (Array.isArray(features)) return features.map(({ properties }) => properties ?? {});
  } catch (error) {
    throw new BadInput(`${path}: not JSON (${(error as Error).message})`);
  }
  throw new BadInput(`${path}: no features in it; the GeoJSON that --sample writes wanted`);
}

function pointOf(where: string, row: Record<string, unknown>): SamplePoint {
  const number = (name: string, positive = false) => {
    const value = Number(row[name]);
    if (row[name] === undefined || row[name] === '' || !Number.isFinite(value) || (positive && value <= 0)) {
      throw new BadInput(`${where}: ${name} is ${JSON.stringify(row[name])}, a number wanted, as --sample wrote it`);
    }
    return value;
  };
  const code = (name: string) => {
    const value = row[name] ?? '';
    if (value !== '' && !/^CS[12](\.\d){0,3}$/.test(String(value).trim())) {
      throw new BadInput(`${where}: ${name} is ${JSON.stringify(value)}, a couverture such as CS1.1.1.1 wanted`);
    }
    return String(value).trim();
  };
  const strate = code('strate');
  if (strate === '') throw new BadInput(`${where}: no strate, the couverture of the map that --sample wrote wanted`);
  return {
    id: number('id'),
    x: number('x'),
    y: number('y'),
    strate,
    stratePx: number('strate_px', true),
    pixelM2: number('pixel_m2', true),
    verite: code('verite'),
  };
}
