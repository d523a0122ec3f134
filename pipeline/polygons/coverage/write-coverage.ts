/** The files of the polygons artefact, from the spooled polygons and the layer they were traced from. */
import { join } from 'node:path';
import { type PolygonProperties, type PolygonsArtefact, type StageContext, writeWhole } from '../../artefacts.ts';
import { Stopped } from '../../errors.ts';
import type { Extent } from '../../extent.ts';
import { type Line, polygonLine, writeLines } from '../../geojsonl.ts';
import { openRaster } from '../../geotiff/read-raster.ts';
import { writeGeoTiff } from '../../geotiff/write-geotiff.ts';
import { type Grid, type PixelWindow, pixelAreaM2 } from '../../grid.ts';
import { joinedLine, objectKey } from '../../joined.ts';
import type { ListedObject } from '../../polygons-measures.ts';
import { NODATA_TRACED } from '../blocks/block-operations.ts';
import { openLayer } from '../blocks/layer.ts';
import type { LandClass } from '../land-classes.ts';
import { type CutCoverage, cutCoverage } from '../limit/cut-coverage.ts';
import type { PassState } from '../passes.ts';
import { couverturesOf } from '../tally.ts';
import { reasonsByKey } from '../units/listed.ts';
import { newObjectId } from './object-ids.ts';
import type { PolygonRecord } from './polygon-record.ts';
import type { PolygonSpool } from './polygon-spool.ts';
import { openRegionNumbers, writeNumbers } from './region-numbers.ts';
import { SortedSpool } from './spool.ts';
import type { Traced } from './trace-layer.ts';

export interface CoverageToWrite {
  grid: Grid;
  classes: LandClass[];
  /** The layer that was traced. */
  classesPath: string;
  traced: Traced;
  polygons: PolygonSpool;
  listed: PassState['listed'];
  /** What the coverage is cut at; undefined: it ends where the raster does. */
  limit: Extent | undefined;
  departement: string;
  /** Ids of the former millésime's objects by key. */
  formerIds: Map<string, string>;
  /** Their geometries where they were joined to a neighbour's, by the same keys. */
  joined: Map<string, string>;
  outDir: string;
  workDir: string;
}

/** Features between two looks at the stop signal. */
const LINES_PER_CHECK = 4096;

/** Throws `DiskFault`, `Stopped`. */
export async function writeCoverage(traced: CoverageToWrite, ctx: StageContext): Promise<PolygonsArtefact> {
  const { grid, outDir, workDir, limit } = traced;
  const at = (name: string) => join(outDir, name);
  const cut = limit && (await cutCoverage(traced, limit, ctx));
  const coverage = { ...traced, ...(cut && { polygons: cut.polygons, listed: cut.listed }) };
  const numbers = cut?.numbers ?? new SortedSpool(join(workDir, 'numbers'));
  if (cut) await writeRegions(coverage, at('regions.tif'), numbers, cut.limitNumbers); // counts what features tell
  const found: Found = { areaPx: 0, listed: [], joined: [] };
  const polygonsPath = at('polygons.geojsonl');
  const count = await writeLines(polygonsPath, featureLines(coverage, cut ?? numbers, found, ctx));
  const artefact: PolygonsArtefact = {
    grid,
    polygonsPath,
    regionsPath: at('regions.tif'),
    couverturePath: at('couverture.tif'),
    codesCs: couverturesOf(coverage.classes),
    count,
    knownM2: found.areaPx * pixelAreaM2(grid),
    listed: at('listed.jsonl'),
  };
  await writeLines(
    artefact.listed!,
    found.listed.map((object) => JSON.stringify(object)),
  );
  const holes = await writeLines(at('nodata.geojsonl'), nodataLines(coverage));
  if (holes > 0) artefact.nodataPath = at('nodata.geojsonl');
  if (found.joined.length > 0) artefact.joinedPath = at('joined.geojsonl');
  if (found.joined.length > 0) await writeLines(at('joined.geojsonl'), found.joined);
  if (!cut) await writeRegions(coverage, artefact.regionsPath, numbers);
  await writeCouverture(coverage, artefact.couverturePath, limit && artefact.regionsPath);
  await numbers.remove();
  if (cut) Object.assign(artefact, await writeLimit(cut, limit!, outDir), { framePath: at('frame.tif') });
  if (cut) await writeCouverture(coverage, at('frame.tif'));
  return artefact;
}

/** The limit, and the ground of others that it goes round. */
async function writeLimit(cut: CutCoverage, limit: Extent, outDir: string) {
  const [limitPath, enclavesPath] = [join(outDir, 'limit.geojson'), join(outDir, 'enclaves.geojsonl')];
  await writeWhole(limitPath, JSON.stringify(limit));
  const lines = cut.enclaves.map((rings) => polygonLine({}, JSON.stringify(rings)));
  await cut.polygons.remove();
  if (lines.length === 0) return { limitPath };
  await writeLines(enclavesPath, lines);
  return { limitPath, enclavesPath };
}

/** What writing the features tells. */
interface Found {
  areaPx: number;
  listed: ListedObject[];
  /** Lines of `joinedPath`. */
  joined: Line[];
}

async function* featureLines(
  { polygons, joined, ...coverage }: CoverageToWrite,
  numbering: SortedSpool | Pick<CutCoverage, 'pixels'>,
  found: Found,
  ctx: StageContext,
): AsyncGenerator<Line> {
  const reasons = reasonsByKey(coverage.listed);
  const step = ctx.report.step('polygons', coverage.traced.regions, 'objects');
  let count = 0;
  for await (const { key: firstPixel, polygon } of polygons.sorted()) {
    const isNodata = polygon.value === NODATA_TRACED;
    if (!isNodata && ++count % LINES_PER_CHECK === 0 && ctx.signal.aborted) {
      throw new Stopped('stopped while writing the polygons');
    }
    const number = Buffer.alloc(4);
    number.writeUInt32LE(isNodata ? 0 : count);
    if (numbering instanceof SortedSpool) for (const part of polygon.parts) await numbering.add(part, number);
    step.advance(1);
    if (isNodata) continue;
    found.areaPx += polygon.areaPx;
    const { key, properties } = identified(polygon, coverage);
    if (!(numbering instanceof SortedSpool)) properties.pixels = numbering.pixels[count]!;
    for (const { rule, reason } of reasons.get(firstPixel) ?? [])
      found.listed.push({ id: properties.id, rule, reason });
    const joinedTo = joined.get(key);
    if (joinedTo !== undefined) found.joined.push(joinedLine(key, properties.id, joinedTo));
    yield polygonLine(properties, joinedTo ?? polygon.coordinates);
  }
  step.end();
}

function identified(
  { value, pixels, carried, coordinates }: PolygonRecord,
  { classes, departement, formerIds }: Pick<CoverageToWrite, 'classes' | 'departement' | 'formerIds'>,
): { key: string; properties: PolygonProperties } {
  const { codeCs, ossature } = classes[value - 1]!;
  const key = objectKey(codeCs, coordinates);
  const properties: PolygonProperties = {
    id: formerIds.get(key) ?? newObjectId(departement, key),
    code_cs: codeCs,
    ossature: ossature ? 1 : 0,
    pixels,
    confiance: Math.round((carried / pixels / 255) * 1000) / 1000,
  };
  return { key, properties };
}

async function* nodataLines({ polygons }: CoverageToWrite): AsyncGenerator<Line> {
  for await (const { polygon } of polygons.sorted()) {
    if (polygon.value === NODATA_TRACED) yield polygonLine({}, polygon.coordinates);
  }
}

/** `change`: of each window, before it is written. */
async function writeRegions(
  { grid, classesPath, traced, workDir }: CoverageToWrite,
  regionsPath: string,
  numbers: SortedSpool,
  change: (window: PixelWindow, numbers: Uint32Array) => Uint32Array = (_, numbers) => numbers,
): Promise<void> {
  const layer = await openLayer(classesPath);
  const numbersPath = join(workDir, 'numbers.u32');
  await writeNumbers(numbersPath, numbers);
  const regions = await openRegionNumbers(numbersPath, layer, traced.partStarts);
  try {
    await writeGeoTiff(regionsPath, { grid, bands: 1, sampleFormat: 'uint32', nodata: 0 }, async (window) =>
      change(window, await regions.read(window)),
    );
  } finally {
    await regions.close();
    await layer.close();
  }
}

/** The layer as it was traced; `within`: 0 where that raster of regions is. */
async function writeCouverture(
  { grid, classes, classesPath }: CoverageToWrite,
  path: string,
  within?: string,
): Promise<void> {
  const codesCs = couverturesOf(classes);
  const layer = await openLayer(classesPath);
  const regions = within === undefined ? undefined : await openRaster(within);
  const fold = Uint8Array.from([0, ...classes.map(({ codeCs }) => codesCs.indexOf(codeCs) + 1)]);
  try {
    await writeGeoTiff(path, { grid, bands: 1, sampleFormat: 'uint8', nodata: 0 }, async (window) => {
      const inside = await regions?.read(window, 0, new Uint32Array(window.widthPx * window.heightPx));
      const { pixels } = await layer.readFramed(window, 0);
      return pixels.map((value, i) => (inside?.[i] === 0 ? 0 : fold[value]!));
    });
  } finally {
    await regions?.close();
    await layer.close();
  }
}
