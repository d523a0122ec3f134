/** Two départements made of class rasters, with an oblique limit between them. */
import { join } from 'node:path';
import type { Polygon, Position } from 'geojson';
import type { PolygonProperties, PolygonsArtefact } from '../../../pipeline/artefacts.ts';
import { makePairs } from '../../../pipeline/changes/make-pairs.ts';
import type { CouvertureRaster } from '../../../pipeline/couverture.ts';
import { type Extent, growExtent } from '../../../pipeline/extent.ts';
import { extentMask } from '../../../pipeline/extent-mask.ts';
import { keepFrame } from '../../../pipeline/frames.ts';
import { readFeatures } from '../../../pipeline/geojsonl.ts';
import type { Grid } from '../../../pipeline/grid.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { vectorise } from '../../../pipeline/polygons/vectorise.ts';
import { publish } from '../../../pipeline/publish/publish.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import type { Database } from '../../../sql/database.ts';

export const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };

const [X, Y] = [700_000, 6_300_000];
const grid: Grid = { srid: 2154, originX: X, originY: Y + 160, resolutionM: 1, widthPx: 240, heightPx: 160 };
const CODES = ['CS1.1.1.2', 'CS1.2.1', 'CS2.1.1.1', 'CS2.2.1'];

const ground = (points: number[][]): Position[] => points.map(([x, y]) => [X + x!, Y + y!]);
/** From the south to the north, slanted, its vertices on no pixel's corner. */
const common = [
  [101.25, 20.5],
  [118.333, 61.2],
  [109.1, 88.75],
  [131.007, 139.9],
];
export const west: Extent = {
  type: 'Polygon',
  coordinates: [ground([[20, 22.5], ...common, [31.5, 133], [20, 22.5]])],
};
export const east: Extent = {
  type: 'Polygon',
  coordinates: [ground([...common.toReversed(), [210.2, 30.1], [214.75, 128], common.at(-1)!])],
};
/** Elsewhere. */
export const faraway: Extent = {
  type: 'Polygon',
  coordinates: [
    ground([
      [216, 40],
      [230, 40],
      [230, 60],
      [216, 60],
      [216, 40],
    ]),
  ],
};

/** Blobs; another `phase`, other blobs, as two campaigns of images show. */
function raster(extent: Extent, phase: number): CouvertureRaster {
  const { widthPx, heightPx } = grid;
  const mask = extentMask(extent)(grid, { xPx: 0, yPx: 0, widthPx, heightPx });
  const classes = mask.map((inside, i) => {
    const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
    const wave = Math.sin(x / 6 + phase) + Math.cos(y / 5 - phase) + Math.sin((x + 2 * y) / 11);
    return inside === 0 ? 0 : 1 + (Math.floor(wave * 2 + 6) % 4);
  });
  return { grid, codesCs: CODES, classes, confidence: classes.map((value) => (value === 0 ? 0 : 220)) };
}

export interface Half {
  database: Database;
  dataDir: string;
  departement: string;
  millesime?: number;
  limit: Extent;
  phase: number;
  former?: PolygonsArtefact;
}

export async function draw(half: Half): Promise<PolygonsArtefact> {
  const { departement, millesime = 2021, limit, phase, former, database, dataDir } = half;
  const source = raster(await growExtent(limit, 15, database), phase);
  const outDir = join(dataDir, 'drawn', departement, String(millesime));
  return vectorise(
    source,
    outDir,
    { departement, minAreaM2: 6, toleranceM: 0.6, generalise: false, workers: 1, limit, former },
    ctx,
  );
}

/** Draws a half and publishes it as the chain does. Returns its revision. */
export async function publishHalf(half: Half): Promise<number> {
  const { database, dataDir, departement, millesime = 2021 } = half;
  const polygons = await draw(half);
  const words = { departement, millesime, srid: 2154, origine: 'produced', etat: 'auto' } as const;
  const { revisionId } = await publish(
    database,
    { objets: () => objetsOf(polygons), count: polygons.count },
    { ...words, attribution: 'essai', licence: 'aucune' },
    {
      requireCoverage: true,
      nodata: () => nodataOf(polygons),
      keepHours: 24,
      preparePairs: async (revision) => {
        await keepFrame(dataDir, { departement, millesime }, revision, polygons);
        await makePairs(database, revision, ctx);
      },
    },
    ctx,
  );
  return revisionId;
}

async function* objetsOf({ polygonsPath }: PolygonsArtefact) {
  for await (const { properties, geometry } of readFeatures<Polygon, PolygonProperties>(polygonsPath)) {
    const { id, code_cs, ossature, confiance } = properties;
    const from = { us_source: null, us_rule: null, us_share: null };
    yield {
      ...{ id, code_cs, ossature, confiance, ...from },
      ...{ code_us: code_cs === 'CS1.1.1.2' ? 'US4.1.1' : 'US6.3', source: 'calcul', id_origine: 'NC', code_or: 'NC' },
      wkb: polygonWkb(geometry),
    };
  }
}

async function* nodataOf({ nodataPath }: PolygonsArtefact) {
  if (nodataPath === undefined) return;
  for await (const { geometry } of readFeatures<Polygon, object>(nodataPath)) yield polygonWkb(geometry);
}
