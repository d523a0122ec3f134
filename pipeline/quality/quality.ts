/** Quality stage: a coverage → what is true of it, as quality.json, quality.html, and files to open in a GIS. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readNomenclature } from '../../sql/nomenclature.ts';
import {
  type ClassesArtefact,
  freshManifest,
  hashFile,
  manifestKey,
  type PolygonsArtefact,
  type StageContext,
  writeManifest,
  writeWhole,
} from '../artefacts.ts';
import { grownBox } from '../boxes.ts';
import { writeLines } from '../geojsonl.ts';
import { pixelAreaM2 } from '../grid.ts';
import type { ListedObject } from '../polygons-measures.ts';
import { geometricBounds } from './bounds.ts';
import { matchEdges, type NumberedFault } from './coverage-pass.ts';
import { BEYOND_M, drawWindow } from './draw-window.ts';
import { EdgeSpool } from './edge-spool.ts';
import { keptInTheEnd, list, listedById } from './exceptions.ts';
import { extentBorder } from './extent-border.ts';
import { Faults } from './faults.ts';
import { FeatureFile } from './feature-file.ts';
import { ObjectTable } from './object-table.ts';
import { type ObjectsTally, passObjects } from './objects-pass.ts';
import { Overview } from './overview.ts';
import { drawPage } from './page.ts';
import { type Places, passPlaces } from './places-pass.ts';
import { readRegions } from './regions-pass.ts';
import type { OssaturePieces, QualityReport } from './report.ts';
import { semanticFlows } from './semantic.ts';
import { type SmallOssature, tellSmallOssature } from './small-ossature.ts';
import { type QualitySummary, summaryOf } from './summary.ts';
import { Density } from './windows.ts';
import { passZones } from './zones-pass.ts';

export interface QualityArtefact {
  reportPath: string;
  pagePath: string;
  lowConfidencePath: string;
  exceptionsPath: string;
  /** All objects with a reason to stay below a rule: those that were listed, whole in the end or not, and those that drawing brought below (.jsonl). */
  listedPath: string;
  passed: boolean;
  /** For the revision's own report. */
  summary: QualitySummary;
}

export interface QualityOptions {
  /** What the report is about, in French: `OCS GE 062 2018`. */
  title: string;
  /** What the polygons were made from, for the pictures before. */
  classes?: ClassesArtefact | undefined;
}

/**
 * Looks at every object of a coverage, at every edge and at the rasters, and writes the report to `outDir`. Nothing is repaired;
 * what has faults that no exception excuses is not published, and publication has checks of its own. Memory: some fifty bytes an
 * object, and a few blocks of raster. Skipped where its outputs are there for the same polygons.
 */
export async function assessQuality(
  polygons: PolygonsArtefact,
  outDir: string,
  options: QualityOptions,
  ctx: StageContext,
): Promise<QualityArtefact> {
  const { polygonsPath, regionsPath, couverturePath, zonePath, listed, limitPath, nodataPath } = polygons;
  const paths = [polygonsPath, regionsPath, couverturePath, zonePath, listed, limitPath, nodataPath];
  const inputs = await Promise.all(paths.filter((path) => path !== undefined).map(hashFile));
  const { tallies, geometry, ossature, generalised, lostBuildings } = polygons;
  const parameters = { title: options.title, tallies, geometry, ossature, generalised, lostBuildings };
  const key = manifestKey('quality', inputs, parameters);
  const manifestPath = join(outDir, 'quality.manifest.json');
  const fresh = await freshManifest<QualityArtefact>(manifestPath, key);
  const artefact = fresh?.output ?? (await writeReport(polygons, outDir, options, ctx));
  if (!fresh) {
    const files = [
      artefact.reportPath,
      artefact.pagePath,
      artefact.lowConfidencePath,
      artefact.exceptionsPath,
      artefact.listedPath,
    ];
    await writeManifest(manifestPath, { stage: 'quality', key, inputs, parameters, output: artefact, files });
  }
  const { limites_depassees: bounds } = artefact.summary;
  const data = { passed: artefact.passed, page: artefact.pagePath };
  if (artefact.passed) ctx.report.info('Quality:Passed', data);
  else ctx.report.warn('Quality:Faults', data);
  if (bounds.length > 0) ctx.report.warn('Quality:Bounds', { bounds, page: artefact.pagePath });
  return artefact;
}

async function writeReport(
  polygons: PolygonsArtefact,
  outDir: string,
  options: QualityOptions,
  ctx: StageContext,
): Promise<QualityArtefact> {
  const listed = await listedById(polygons);
  const files = { low: 'low-confidence.geojson', listed: 'exceptions.geojson' };
  const { srid } = polygons.grid;
  const lowFile = await FeatureFile.create(join(outDir, files.low), srid);
  const listedFile = await FeatureFile.create(join(outDir, files.listed), srid);
  const nomenclature = readNomenclature();
  const colours = new Map(nomenclature.map(({ code, couleur }) => [code, couleur]));
  const names = new Map(nomenclature.map(({ code, libelle }) => [code, libelle]));
  const overview = new Overview(polygons.grid, colours);
  try {
    const { report, windows, places } = await assess(
      polygons,
      outDir,
      { ...options, listed, overview, lowFile, listedFile },
      ctx,
    );
    const pictures = [];
    for (const [index, window] of windows.entries()) {
      pictures.push(await drawWindow(window, places.drawn[index]!, { polygons, classes: options.classes, colours }));
    }
    await lowFile.finish();
    await listedFile.finish();
    const [reportPath, pagePath] = [join(outDir, 'quality.json'), join(outDir, 'quality.html')];
    await writeWhole(reportPath, `${JSON.stringify(report, null, 1)}\n`);
    await writeWhole(
      pagePath,
      drawPage(report, {
        ...{ colours, names, files },
        windows: pictures,
        maps: overview.pictures(),
        overview: overview.grid,
      }),
    );
    const { path: lowConfidencePath } = lowFile;
    const listedPath = join(outDir, 'exceptions.jsonl');
    const rows = [...listed.values()].flat();
    await writeLines(
      listedPath,
      rows.map((row) => JSON.stringify(row)),
    );
    const paths = { reportPath, pagePath, lowConfidencePath, exceptionsPath: listedFile.path, listedPath };
    return { ...paths, passed: report.passed, summary: summaryOf(report) };
  } catch (error) {
    await lowFile.abort();
    await listedFile.abort();
    throw error;
  }
}

interface Assessing extends QualityOptions {
  listed: Map<string, ListedObject[]>;
  overview: Overview;
  lowFile: FeatureFile;
  listedFile: FeatureFile;
}

/** Three readings: the rasters, the objects one by one, the objects as pictures. */
async function assess(polygons: PolygonsArtefact, outDir: string, assessing: Assessing, ctx: StageContext) {
  const faults = new Faults();
  const drawn = (object: ListedObject) => list(assessing.listed, object);
  const table = new ObjectTable(polygons.count);
  const density = new Density(polygons.grid);
  const border = await extentBorder(polygons);
  const regions = await readRegions(polygons, ctx);
  if (regions.mixedPixels > 0) {
    const found = `${regions.mixedPixels} pixels que les deux rasters disent autrement`;
    faults.add({ rule: 'raster', ids: [], found, x: Number.NaN, y: Number.NaN });
  }
  const folder = join(outDir, 'edges');
  await rm(folder, { recursive: true, force: true }); // what a killed run left
  const spool = new EdgeSpool(folder, (await stat(polygons.polygonsPath)).size / BYTES_A_VERTEX);
  try {
    const smallOssature: SmallOssature[] = [];
    const passing = {
      polygons,
      table,
      regions,
      spool,
      faults,
      border,
      density,
      listed: assessing.listed,
      drawn,
      smallOssature,
    };
    const tally = await passObjects(passing, ctx);
    const matched = await matchEdges(spool, table, border, tally.areaM2 + tally.nodataM2, polygons.ossature);
    tellSmallOssature(smallOssature, matched.neighbours, faults, drawn);
    for (const { rule, objects, reason } of matched.floating) {
      if (rule !== 'flottant' || reason === undefined) continue;
      const goesOn = { id: table.idOf(objects[0]!), rule, reason } as const;
      drawn(goesOn);
      list(faults.excused, goesOn); // told below, when its place is known
    }
    const numbered = [...matched.faults, ...matched.floating];
    const { contexts, detail } = density.windows();
    const windows = [...contexts, detail];
    const asked = new Set(numbered.flatMap(({ objects }) => objects));
    const boxes = windows.map(({ bbox }) => grownBox(bbox, BEYOND_M));
    const shown = { ...assessing, listed: faults.excused, polygons, table, asked, windows: boxes };
    const places = await passPlaces(shown, ctx);
    for (const fault of numbered) faults.add(placed(fault, places));
    const zone = await passZones(polygons, faults, border);
    for (const { examples } of faults.results) {
      for (const { x, y, reason } of examples) if (reason === undefined) assessing.overview.mark(x, y, 2);
    }
    const { results: rules, excusedByReason: listed } = faults;
    const listedWhole = keptInTheEnd(assessing.listed, faults.excused);
    const told = { zone, rules, listed, listedWhole, confidence: places.confidence };
    const found = { ...told, tally, ossature: matched.ossature };
    const report = await composeReport(polygons, assessing, border.areaM2, found);
    return { report, windows, places };
  } finally {
    await spool.close();
  }
}

/** What the readings found, as the report has it. */
async function composeReport(
  polygons: PolygonsArtefact,
  { title }: Assessing,
  extentM2: number,
  found: Pick<QualityReport, 'zone' | 'rules' | 'listed' | 'listedWhole' | 'confidence'> & {
    tally: ObjectsTally;
    ossature: OssaturePieces;
  },
): Promise<QualityReport> {
  const { tally, ossature, zone, rules, listed, listedWhole, confidence } = found;
  const { grid, generalised = false, polygonsPath } = polygons;
  return {
    version: 1,
    subject: { title, grid, polygons: await hashFile(polygonsPath), generalised },
    passed: rules.every(({ count }) => count === 0),
    objects: tally.objects,
    vertices: tally.vertices,
    areaM2: tally.areaM2,
    nodataM2: tally.nodataM2,
    extentM2,
    rules,
    listed,
    listedWhole,
    classes: [...tally.classes.values()].sort((a, b) => (a.codeCs < b.codeCs ? -1 : 1)),
    semantic: semanticFlows(polygons.tallies, pixelAreaM2(grid)),
    geometric: polygons.geometry ?? null,
    bounds: geometricBounds(polygons.geometry, grid.resolutionM),
    ossature: { ...polygons.ossature, ...ossature },
    zone,
    lostBuildings: polygons.lostBuildings ?? [],
    confidence,
  };
}

/** Text of a vertex in a .geojsonl, about. */
const BYTES_A_VERTEX = 20;

function placed({ objects, ...fault }: NumberedFault, { found }: Places) {
  const known = objects.flatMap((object) => found.get(object) ?? []);
  const { x, y } = Number.isNaN(fault.x) && known[0] ? known[0] : fault;
  return { ...fault, ids: known.map(({ id }) => id), x, y };
}
