/** The files of the polygons artefact, from the spooled polygons and the layer they were traced from. */
import { join } from 'node:path';
import type { PolygonProperties, PolygonsArtefact, StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import { writeLines } from '../geojsonl.ts';
import { writeGeoTiff } from '../geotiff/write-geotiff.ts';
import type { Grid } from '../grid.ts';
import type { ListedObject } from '../polygons-measures.ts';
import { NODATA_TRACED } from './block-operations.ts';
import type { LandClass } from './land-classes.ts';
import { openLayer } from './layer.ts';
import { couverturesOf } from './layer-passes.ts';
import { newObjectId, objectKey } from './object-ids.ts';
import type { PassState } from './passes.ts';
import { type PolygonRecord, unpackPolygon } from './polygon-record.ts';
import { openRegionNumbers, writeNumbers } from './region-numbers.ts';
import { SortedSpool } from './spool.ts';
import type { Traced } from './trace-layer.ts';

export interface CoverageToWrite {
  grid: Grid;
  classes: LandClass[];
  /** The layer that was traced. */
  classesPath: string;
  traced: Traced;
  polygons: SortedSpool;
  listed: PassState['listed'];
  departement: string;
  /** Ids of the former millésime's objects by key. */
  formerIds: Map<string, string>;
  outDir: string;
  workDir: string;
}

/** Features between two looks at the stop signal. */
const LINES_PER_CHECK = 4096;

/** Throws `DiskFault`, `Stopped`. */
export async function writeCoverage(coverage: CoverageToWrite, ctx: StageContext): Promise<PolygonsArtefact> {
  const { grid, outDir, workDir } = coverage;
  const at = (name: string) => join(outDir, name);
  const numbers = new SortedSpool(join(workDir, 'numbers'));
  const listed: ListedObject[] = [];
  const polygonsPath = at('polygons.geojsonl');
  const count = await writeLines(polygonsPath, featureLines(coverage, numbers, listed, ctx));
  const artefact: PolygonsArtefact = {
    grid,
    polygonsPath,
    regionsPath: at('regions.tif'),
    couverturePath: at('couverture.tif'),
    codesCs: couverturesOf(coverage.classes),
    count,
    listed: at('listed.jsonl'),
  };
  await writeLines(
    artefact.listed!,
    listed.map((object) => JSON.stringify(object)),
  );
  const holes = await writeLines(at('nodata.geojsonl'), nodataLines(coverage));
  if (holes > 0) artefact.nodataPath = at('nodata.geojsonl');
  await writeRasters(coverage, artefact, numbers);
  await numbers.remove();
  return artefact;
}

async function* featureLines(
  { polygons, classes, departement, formerIds, ...coverage }: CoverageToWrite,
  numbers: SortedSpool,
  listed: ListedObject[],
  ctx: StageContext,
): AsyncGenerator<string> {
  const reasons = new Map(coverage.listed.map((one) => [one.firstPixel, one]));
  const step = ctx.report.step('polygons', coverage.traced.regions, 'objects');
  let count = 0;
  for await (const { key: firstPixel, payload } of polygons.sorted()) {
    const polygon = unpackPolygon(payload);
    const isNodata = polygon.value === NODATA_TRACED;
    if (!isNodata && ++count % LINES_PER_CHECK === 0 && ctx.signal.aborted) {
      throw new Stopped('stopped while writing the polygons');
    }
    const number = Buffer.alloc(4);
    number.writeUInt32LE(isNodata ? 0 : count);
    for (const part of polygon.parts) await numbers.add(part, number);
    step.advance(1);
    if (isNodata) continue;
    const properties = propertiesOf(polygon, classes, departement, formerIds);
    const reason = reasons.get(firstPixel);
    if (reason !== undefined) listed.push({ id: properties.id, rule: reason.rule, reason: reason.reason });
    yield `{"type":"Feature","properties":${JSON.stringify(properties)},${geometryMember(polygon)}}`;
  }
  step.end();
}

const geometryMember = ({ coordinates }: PolygonRecord) => `"geometry":{"type":"Polygon","coordinates":${coordinates}}`;

function propertiesOf(
  { value, pixels, carried, coordinates }: PolygonRecord,
  classes: LandClass[],
  departement: string,
  formerIds: Map<string, string>,
): PolygonProperties {
  const { codeCs, ossature } = classes[value - 1]!;
  const key = objectKey(codeCs, coordinates);
  return {
    id: formerIds.get(key) ?? newObjectId(departement, key),
    code_cs: codeCs,
    ossature: ossature ? 1 : 0,
    pixels,
    confiance: Math.round((carried / pixels / 255) * 1000) / 1000,
  };
}

async function* nodataLines({ polygons }: CoverageToWrite): AsyncGenerator<string> {
  for await (const { payload } of polygons.sorted()) {
    const polygon = unpackPolygon(payload);
    if (polygon.value === NODATA_TRACED) yield `{"type":"Feature","properties":{},${geometryMember(polygon)}}`;
  }
}

async function writeRasters(
  { grid, classes, classesPath, traced, workDir }: CoverageToWrite,
  { couverturePath, regionsPath, codesCs }: PolygonsArtefact,
  numbers: SortedSpool,
): Promise<void> {
  const layer = await openLayer(classesPath);
  const numbersPath = join(workDir, 'numbers.u32');
  await writeNumbers(numbersPath, numbers);
  const regions = await openRegionNumbers(numbersPath, layer, traced.partStarts);
  const fold = Uint8Array.from([0, ...classes.map(({ codeCs }) => codesCs.indexOf(codeCs) + 1)]);
  try {
    await writeGeoTiff(regionsPath, { grid, bands: 1, sampleFormat: 'uint32', nodata: 0 }, regions.read);
    await writeGeoTiff(couverturePath, { grid, bands: 1, sampleFormat: 'uint8', nodata: 0 }, async (window) =>
      (await layer.readFramed(window, 0)).pixels.map((value) => fold[value]!),
    );
  } finally {
    await regions.close();
    await layer.close();
  }
}
