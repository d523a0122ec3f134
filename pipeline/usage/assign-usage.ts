/** The usage stage: each object's usage from reference layers and couverture, by the table of `rules.ts`. */
import { join } from 'node:path';
import type { Polygon } from 'geojson';
import {
  freshManifest,
  hashFile,
  manifestKey,
  type ObjetProperties,
  type ObjetsArtefact,
  type PolygonProperties,
  type PolygonsArtefact,
  type StageContext,
  writeManifest,
} from '../artefacts.ts';
import { bboxOf, boxesMeet, coordinatesOf, grownBox } from '../boxes.ts';
import { BadInput, Stopped } from '../errors.ts';
import { readFeatures, writeLines } from '../geojsonl.ts';
import { openRaster, type RasterFile } from '../geotiff/read-raster.ts';
import { cutInDalles, gridBbox, type PixelWindow, windowGrid } from '../grid.ts';
import type { ReferenceSource } from '../references/find-layers.ts';
import { regionsAsWideAs } from '../region-widths.ts';
import { readReference, referenceFiles } from './read-reference.ts';
import { type ReferenceLayer, ruleFor, USAGE_RULES, type UsageRule } from './rules.ts';
import { addCoveredPixels } from './vote.ts';

/** For the rules whose layer is there, by region: its covered pixels; 1 where it is wide enough, of rules that want a width. */
interface Votes {
  covered: Map<UsageRule, Uint32Array>;
  isWide: Map<UsageRule, Uint8Array>;
}

/**
 * Writes `objets.geojsonl`: the polygons in their order, with usage and its provenance (`us_source`, `us_rule`, `us_share`).
 * `references` are folders, files or globs as `findReferences` takes them, any layer may be absent; null: the couverture decides alone.
 * Skipped when its output is already there for the same input. Throws `BadInput` for a layer it cannot use.
 */
export async function assignUsage(
  polygons: PolygonsArtefact,
  references: string | string[] | null,
  outDir: string,
  ctx: StageContext,
): Promise<ObjetsArtefact> {
  const files =
    references === null ? new Map<ReferenceLayer, ReferenceSource[]>() : await referenceFiles(references, outDir);
  if (references !== null && files.size === 0) ctx.report.warn('Usage:NoReferences', { references });
  const layers = [...files.values()].flat();
  const read = [...new Set(layers.flatMap((layer) => layer.files))];
  const inputs = await Promise.all([polygons.polygonsPath, polygons.regionsPath, ...read].map(hashFile));
  const parameters = { rules: USAGE_RULES, layers: layers.map(({ role, files: parts }) => [role, parts.length]) };
  const key = manifestKey('usage', inputs, parameters);
  const manifestPath = join(outDir, 'usage.manifest.json');
  const fresh = await freshManifest<ObjetsArtefact>(manifestPath, key);
  if (fresh) return fresh.output;

  const votes = await vote(polygons, files, outDir, ctx);
  const objetsPath = join(outDir, 'objets.geojsonl');
  const count = await writeLines(objetsPath, objetLines(polygons, votes, ctx));
  const output: ObjetsArtefact = { srid: polygons.grid.srid, objetsPath, count };
  await writeManifest(manifestPath, { stage: 'usage', key, inputs, parameters, output, files: [objetsPath] });
  return output;
}

async function vote(
  polygons: PolygonsArtefact,
  files: Map<ReferenceLayer, ReferenceSource[]>,
  dataDir: string,
  ctx: StageContext,
): Promise<Votes> {
  const votes: Votes = { covered: new Map(), isWide: new Map() };
  const voting = USAGE_RULES.filter(({ layer }) => layer !== null && files.has(layer));
  if (voting.length === 0) return votes;
  const windows = cutInDalles(polygons.grid, WINDOW_PX);
  const step = ctx.report.step('usage votes', voting.length * windows.length, 'windows');
  const regions = await openRegions(polygons);
  try {
    for (const rule of voting) {
      const features = await readReference(files.get(rule.layer!)!, polygons.grid.srid, dataDir, ctx.report);
      const boxes = features.map(({ geometry }) => grownBox(bboxOf(coordinatesOf(geometry)), LINE_REACH_M));
      const covered = new Uint32Array(polygons.count + 1);
      votes.covered.set(rule, covered);
      if (rule.minWidthM !== undefined) {
        votes.isWide.set(rule, await regionsAsWideAs(rule.minWidthM, { ...polygons, regions }, ctx.signal));
      }
      for (const window of windows) {
        if (ctx.signal.aborted) throw new Stopped('stopped while rasterising the references');
        const grid = windowGrid(polygons.grid, window);
        const near = features.filter((_, i) => boxesMeet(boxes[i]!, gridBbox(grid)));
        if (near.length > 0) addCoveredPixels(near, rule, await readWindow(regions, window), grid, covered);
        step.advance(1);
      }
    }
  } finally {
    await regions.close();
  }
  step.end();
  return votes;
}

/** Side of the pieces in which references are rasterised: memory does not grow with the extent. */
const WINDOW_PX = 4096;

/** A line may be wider than its coordinates tell. */
const LINE_REACH_M = 50;

const readWindow = (regions: RasterFile, window: PixelWindow) =>
  regions.read(window, 0, new Uint32Array(window.widthPx * window.heightPx));

async function openRegions({ grid, regionsPath }: PolygonsArtefact): Promise<RasterFile> {
  const { widthPx, heightPx } = grid;
  const file = await openRaster(regionsPath);
  if (file.grid.widthPx === widthPx && file.grid.heightPx === heightPx) return file;
  await file.close();
  throw new BadInput(
    `${regionsPath}: ${file.grid.widthPx} × ${file.grid.heightPx} pixels found, ${widthPx} × ${heightPx} wanted`,
  );
}

async function* objetLines(polygons: PolygonsArtefact, votes: Votes, ctx: StageContext): AsyncGenerator<string> {
  const step = ctx.report.step('usage', polygons.count, 'objects');
  let region = 0;
  for await (const { properties, geometry } of readFeatures<Polygon, PolygonProperties>(polygons.polygonsPath)) {
    region++;
    if (ctx.signal.aborted) throw new Stopped('stopped while writing the objects');
    const shareOf = (rule: UsageRule) => (votes.covered.get(rule)?.[region] ?? 0) / Math.max(properties.pixels, 1);
    const isWide = (rule: UsageRule) => votes.isWide.get(rule)?.[region] !== 0;
    yield JSON.stringify({ type: 'Feature', properties: objetOf(properties, shareOf, isWide), geometry });
    step.advance(1);
  }
  step.end();
}

/** `source`, `id_origine` and `code_or` have the values IGN's deliveries show for computed objects. */
function objetOf(
  polygon: PolygonProperties,
  shareOf: (rule: UsageRule) => number,
  isWide: (rule: UsageRule) => boolean,
): ObjetProperties {
  const { rule, share } = ruleFor(polygon.code_cs, shareOf, isWide);
  return {
    id: polygon.id,
    code_cs: polygon.code_cs,
    code_us: rule.codeUs,
    source: 'calcul',
    ossature: polygon.ossature,
    id_origine: 'NC',
    code_or: 'NC',
    confiance: polygon.confiance,
    us_source: rule.layer ?? 'couverture',
    us_rule: rule.id,
    us_share: share === null ? null : Math.round(share * 1000) / 1000,
  };
}
