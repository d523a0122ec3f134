/** The polygons stage: a couverture raster → a coverage of polygons, the raster of their regions, and the raster as traced. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  freshManifest,
  hashFile,
  type InputFile,
  manifestKey,
  type PolygonProperties,
  type PolygonsArtefact,
  type StageContext,
  writeManifest,
} from '../artefacts.ts';
import { type CouvertureRaster, checkPixelLimit, pixelsForArea } from '../couverture.ts';
import { Stopped } from '../errors.ts';
import { writeLines } from '../geojsonl.ts';
import { writeGeoTiff } from '../geotiff/write-geotiff.ts';
import type { Grid } from '../grid.ts';
import { objectKey } from '../joined.ts';
import type { Regions } from '../regions.ts';
import { sieve } from '../sieve.ts';
import { type Coverage, coordinatesWriter, traceCoverage } from './coverage.ts';
import { idsByKey, newObjectId } from './object-ids.ts';

export interface TraceOptions {
  /** As INSEE writes it (`62`, `2A`, `999`): part of what the objects' ids are drawn from. */
  departement: string;
  /** Regions smaller than this are merged into a neighbour; 0 keeps all. Default 25 m², an assumption of ours. */
  minAreaM2?: number;
  /** The millésime whose unchanged objects keep their ids. */
  former?: PolygonsArtefact;
}

export const DEFAULT_MIN_AREA_M2 = 25;

/** Features between two looks at the stop signal. */
const LINES_PER_CHECK = 4096;

/**
 * Sieves `couverture` and traces it. Every border is traced once and used by both its sides, so that the polygons have no gap,
 * no overlap and equal vertices along each shared border; areas sum to the raster's. Skipped when its outputs are already
 * there for the same input. Throws `BadInput` above `MAX_PIXELS`, `Stopped` on request.
 */
export async function tracePolygons(
  couverture: CouvertureRaster,
  outDir: string,
  { departement, minAreaM2 = DEFAULT_MIN_AREA_M2, former }: TraceOptions,
  ctx: StageContext,
): Promise<PolygonsArtefact> {
  const { grid, codesCs } = couverture;
  checkPixelLimit(grid);
  const inputs = [hashCouverture(couverture), ...(former ? [await hashFile(former.polygonsPath)] : [])];
  const parameters = { grid, codesCs, departement, minAreaM2 };
  const key = manifestKey('polygons', inputs, parameters);
  const manifestPath = join(outDir, 'polygons.manifest.json');
  const fresh = await freshManifest<PolygonsArtefact>(manifestPath, key);
  if (fresh) return fresh.output;

  const classes = couverture.classes.slice();
  const regions = sieve(classes, grid.widthPx, grid.heightPx, pixelsForArea(minAreaM2, grid));
  const coverage = traceCoverage(classes, grid.widthPx, grid.heightPx, regions);
  ctx.report.info('Polygons:Traced', { objects: regions.count, arcs: coverage.arcs.count });

  const artefact: PolygonsArtefact = {
    grid,
    polygonsPath: join(outDir, 'polygons.geojsonl'),
    regionsPath: join(outDir, 'regions.tif'),
    couverturePath: join(outDir, 'couverture.tif'),
    codesCs,
    count: regions.count,
    knownM2: 0,
  };
  const nodata = nodataLines(classes, grid);
  if (nodata !== undefined) artefact.nodataPath = join(outDir, 'nodata.geojsonl');
  if (nodata !== undefined) await writeLines(artefact.nodataPath!, nodata);
  const ids = former ? await idsByKey(former) : new Map<string, string>();
  await writeLines(artefact.polygonsPath, featureLines(coverage, couverture, departement, ids, ctx));
  const labels = new Uint32Array(regions.labels.buffer, regions.labels.byteOffset, regions.labels.length);
  await writeGeoTiff(artefact.regionsPath, { grid, bands: 1, sampleFormat: 'uint32', nodata: 0 }, labels);
  await writeGeoTiff(artefact.couverturePath, { grid, bands: 1, sampleFormat: 'uint8', nodata: 0 }, classes);
  const files = [artefact.polygonsPath, artefact.regionsPath, artefact.couverturePath];
  if (artefact.nodataPath !== undefined) files.push(artefact.nodataPath);
  await writeManifest(manifestPath, { stage: 'polygons', key, inputs, parameters, output: artefact, files });
  return artefact;
}

/** Nodata traced as if it were a class: its polygons then have every vertex the objects beside them have. Undefined: there is none. */
function nodataLines(classes: Uint8Array, grid: Grid): Iterable<string> | undefined {
  if (!classes.includes(0)) return undefined;
  const filled = classes.map((value) => value || NODATA_TRACED);
  const coverage = traceCoverage(filled, grid.widthPx, grid.heightPx);
  const { count, classOf } = coverage.regions;
  const coordinatesOf = coordinatesWriter(coverage, grid);
  return Array.from({ length: count }, (_, index) => index + 1)
    .filter((region) => classOf[region] === NODATA_TRACED)
    .map(
      (region) =>
        `{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":${coordinatesOf(region)}}}`,
    );
}

/** A value no couverture has. */
const NODATA_TRACED = 255;

function hashCouverture({ classes, confidence }: CouvertureRaster): InputFile {
  return { path: 'couverture', sha256: createHash('sha256').update(classes).update(confidence).digest('hex') };
}

function* featureLines(
  coverage: Coverage,
  { grid, codesCs, confidence }: CouvertureRaster,
  departement: string,
  ids: Map<string, string>,
  ctx: StageContext,
): Generator<string> {
  const { regions } = coverage;
  const coordinatesOf = coordinatesWriter(coverage, grid);
  const confiance = meanConfidence(regions, confidence);
  const step = ctx.report.step('polygons', regions.count, 'objects');
  for (let region = 1; region <= regions.count; region++) {
    if (region % LINES_PER_CHECK === 0 && ctx.signal.aborted) throw new Stopped('stopped while writing the polygons');
    const codeCs = codesCs[regions.classOf[region]! - 1]!;
    const coordinates = coordinatesOf(region);
    const key = objectKey(codeCs, coordinates);
    const properties: PolygonProperties = {
      id: ids.get(key) ?? newObjectId(departement, key),
      code_cs: codeCs,
      ossature: 0,
      pixels: regions.pixels[region]!,
      confiance: confiance[region]!,
    };
    yield `{"type":"Feature","properties":${JSON.stringify(properties)},"geometry":{"type":"Polygon","coordinates":${coordinates}}}`;
    step.advance(1);
  }
  step.end();
}

/** By region: mean confidence of its pixels, 0 to 1, to the thousandth. */
function meanConfidence({ labels, pixels }: Regions, confidence: Uint8Array): Float64Array {
  const sums = new Float64Array(pixels.length);
  for (let i = 0; i < labels.length; i++) sums[labels[i]!]! += confidence[i]!;
  return sums.map((sum, region) => Math.round((sum / pixels[region]! / 255) * 1000) / 1000);
}
