/** Small coverages on disk as the polygons stage leaves them, drawn by hand. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Polygon } from 'geojson';
import type { PolygonsArtefact } from '../../../pipeline/artefacts.ts';
import { writeLines } from '../../../pipeline/geojsonl.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import type { Grid } from '../../../pipeline/grid.ts';
import type { ListedObject } from '../../../pipeline/polygons-measures.ts';
import { burn } from '../../../pipeline/rasterise.ts';

type Point = [number, number];

export interface Sketch {
  id: string;
  code: string;
  /** Rings of [x, y] in metres from the lower left corner, open; the outer one counter-clockwise, holes clockwise. */
  rings: Point[][];
  ossature?: 0 | 1;
  confiance?: number;
  /** What the raster has in its place, where that is not what is drawn. */
  traced?: Point[][];
}

/** 200 × 100 m, pixels of half a metre. */
export const GRID: Grid = {
  ...{ srid: 2154, originX: 506_000, originY: 6_287_100 },
  ...{ resolutionM: 0.5, widthPx: 400, heightPx: 200 },
};

export const box = (x: number, y: number, width: number, height: number): Point[] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];
export const hole = (...args: Parameters<typeof box>): Point[] => box(...args).reverse();

/** A field with a house in it; behind, a wood and a pond. */
export const field = (): [Sketch, Sketch, Sketch, Sketch] => [
  {
    id: 'OCSGE0000000000000000001',
    code: 'CS2.2.1',
    rings: [
      [
        [0, 0],
        [200, 0],
        [200, 60],
        [100, 60],
        [0, 60],
      ],
      hole(40, 20, 20, 15),
    ],
  },
  { id: 'OCSGE0000000000000000002', code: 'CS1.1.1.1', rings: [box(40, 20, 20, 15)] },
  { id: 'OCSGE0000000000000000003', code: 'CS2.1.1.1', rings: [box(0, 60, 100, 40)], confiance: 0.4 },
  { id: 'OCSGE0000000000000000004', code: 'CS1.2.2', rings: [box(100, 60, 100, 40)] },
];

export interface Beside {
  zone?: Point[];
  /** More of them. */
  zones?: Point[][];
  listed?: ListedObject[];
  nodata?: Point[][];
  limit?: Point[];
  more?: Partial<PolygonsArtefact>;
}

const polygonOf = (rings: Point[][]): Polygon => ({
  type: 'Polygon',
  coordinates: rings.map((ring) =>
    [...ring, ring[0]!].map(([x, y]) => [GRID.originX + x, GRID.originY - 100 + y] as Point),
  ),
});

const line = (properties: object, rings: Point[][]) =>
  JSON.stringify({ type: 'Feature', properties, geometry: polygonOf(rings) });

/** Writes the sketches and the rasters they would have been traced from. */
export async function writeSketches(dir: string, sketches: Sketch[], beside: Beside = {}): Promise<PolygonsArtefact> {
  await mkdir(dir, { recursive: true });
  const path = (name: string) => join(dir, name);
  const codesCs = [...new Set(sketches.map(({ code }) => code))].sort();
  const regions = new Uint32Array(GRID.widthPx * GRID.heightPx);
  const couverture = new Uint8Array(regions.length);
  sketches.forEach(({ rings, traced = rings, code }, index) => {
    const mask = new Uint8Array(regions.length);
    burn(polygonOf(traced), 0, GRID, mask);
    mask.forEach((covered, i) => {
      if (covered === 0) return;
      regions[i] = index + 1;
      couverture[i] = codesCs.indexOf(code) + 1;
    });
  });
  const pixels = regions.reduce((counts, region) => counts.set(region, (counts.get(region) ?? 0) + 1), new Map());
  const lines = sketches.map(({ id, code, rings, ossature = 0, confiance = 0.9 }, index) =>
    line({ id, code_cs: code, pixels: pixels.get(index + 1) ?? 0, confiance, ossature }, rings),
  );
  await writeLines(path('polygons.geojsonl'), lines);
  const raster = { grid: GRID, bands: 1, nodata: 0 };
  await writeGeoTiff(path('regions.tif'), { ...raster, sampleFormat: 'uint32' }, regions);
  await writeGeoTiff(path('couverture.tif'), { ...raster, sampleFormat: 'uint8' }, couverture);
  const artefact: PolygonsArtefact = {
    grid: GRID,
    polygonsPath: path('polygons.geojsonl'),
    regionsPath: path('regions.tif'),
    couverturePath: path('couverture.tif'),
    codesCs,
    count: sketches.length,
    knownM2: regions.filter((region) => region > 0).length * 0.25,
    generalised: true,
    ...beside.more,
    ...(beside.zone && { zonePath: path('zone.geojsonl') }),
    ...(beside.nodata && { nodataPath: path('nodata.geojsonl') }),
    ...(beside.listed && { listed: path('listed.jsonl') }),
    ...(beside.limit && { limitPath: path('limit.json') }),
  };
  if (beside.zone) {
    const zones = [beside.zone, ...(beside.zones ?? [])].map((ring, index) => line({ id: `z${index}` }, [ring]));
    await writeLines(path('zone.geojsonl'), zones);
  }
  if (beside.nodata) await writeLines(path('nodata.geojsonl'), [line({}, beside.nodata)]);
  if (beside.listed) {
    await writeLines(
      path('listed.jsonl'),
      beside.listed.map((row) => JSON.stringify(row)),
    );
  }
  if (beside.limit) await writeFile(path('limit.json'), JSON.stringify(polygonOf([beside.limit])));
  return artefact;
}
