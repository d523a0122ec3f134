/** The demonstration as it was produced against its exact truth. */
import { readFile } from 'node:fs/promises';
import type { Polygon } from 'geojson';
import type { PolygonProperties, PolygonsArtefact } from '../artefacts.ts';
import { type ChangeScores, type PixelScores, scoreChange, scorePixels, untouchedRegions } from '../evaluate/scores.ts';
import { readFeatures } from '../geojsonl.ts';
import { openRaster } from '../geotiff/read-raster.ts';
import type { Grid } from '../grid.ts';
import { SCENE_YEARS, type SceneYear, sceneFiles } from '../scenes/render-scene.ts';

export interface DemoVerification {
  couverture: { millesime: number; scores: PixelScores }[];
  change: ChangeScores;
  stability: { untouched: number; identical: number; sameId: number };
}

/** Compares the polygons of the two published millésimes with the scene in `sceneDir`. */
export async function verifyDemo(sceneDir: string, frames: PolygonsArtefact[]): Promise<DemoVerification> {
  const [before, after] = await Promise.all(SCENE_YEARS.map((year, index) => readYear(year, sceneDir, frames[index]!)));
  const truth = { before: before!.truth, after: after!.truth };
  const untouched = untouchedRegions(await readRegions(before!.polygons), before!.polygons.count, truth);
  return {
    couverture: [before!, after!].map(({ year, found, truth, codes }) => ({
      millesime: year,
      scores: scorePixels(found, truth, codes),
    })),
    change: scoreChange({ before: before!.found, after: after!.found }, truth),
    stability: await compareObjects(before!.polygons, after!.polygons, untouched),
  };
}

interface Year {
  year: SceneYear;
  polygons: PolygonsArtefact;
  /** Values index the same `codes` in every raster of the comparison: 1 + index, 0 is nodata. */
  codes: string[];
  found: Uint8Array;
  truth: Uint8Array;
}

async function readYear(year: SceneYear, sceneDir: string, polygons: PolygonsArtefact): Promise<Year> {
  const files = sceneFiles(sceneDir, year);
  const legend = JSON.parse(await readFile(files.truthLegend, 'utf8')) as {
    classes: { index: number; codeCs: string }[];
  };
  const codes = [...new Set(legend.classes.map(({ codeCs }) => codeCs))].sort();
  const value = (code: string) => codes.indexOf(code) + 1;
  const foundTable = Uint8Array.from([0, ...polygons.codesCs.map(value)]);
  const truthTable = new Uint8Array(256);
  for (const { index, codeCs } of legend.classes) truthTable[index] = value(codeCs);
  return {
    year,
    polygons,
    codes,
    found: recoded(await readOn(polygons.couverturePath, polygons.grid, Uint8Array), foundTable),
    truth: recoded(await readOn(files.truth, polygons.grid, Uint8Array), truthTable),
  };
}

const readRegions = ({ regionsPath, grid }: PolygonsArtefact) => readOn(regionsPath, grid, Uint32Array);

/** The pixels of `grid` from a raster whose grid is the same lattice and holds it. */
async function readOn<Pixels extends Uint8Array | Uint32Array>(
  path: string,
  grid: Grid,
  Type: new (length: number) => Pixels,
): Promise<Pixels> {
  const raster = await openRaster(path);
  try {
    const { widthPx, heightPx, resolutionM } = grid;
    const xPx = Math.round((grid.originX - raster.grid.originX) / resolutionM);
    const yPx = Math.round((raster.grid.originY - grid.originY) / resolutionM);
    return await raster.read({ xPx, yPx, widthPx, heightPx }, 0, new Type(widthPx * heightPx));
  } finally {
    await raster.close();
  }
}

const recoded = (pixels: Uint8Array, table: Uint8Array) => pixels.map((value) => table[value]!);

/** How many of the `untouched` objects of the first millésime are in the second with the same bytes, and the same id. */
async function compareObjects(before: PolygonsArtefact, after: PolygonsArtefact, untouched: Uint8Array) {
  const later = new Map<string, string>();
  for await (const { geometry, properties } of readFeatures<Polygon, PolygonProperties>(after.polygonsPath)) {
    later.set(properties.code_cs + JSON.stringify(geometry), properties.id);
  }
  const counts = { untouched: 0, identical: 0, sameId: 0 };
  let region = 0;
  for await (const { geometry, properties } of readFeatures<Polygon, PolygonProperties>(before.polygonsPath)) {
    if (!untouched[++region]) continue;
    counts.untouched++;
    const id = later.get(properties.code_cs + JSON.stringify(geometry));
    if (id !== undefined) counts.identical++;
    if (id === properties.id) counts.sameId++;
  }
  return counts;
}

export function verificationText({ couverture, change, stability }: DemoVerification): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const lines = ['The demonstration against its exact truth (synthetic; says nothing of real ground)'];
  for (const { millesime, scores } of couverture) {
    lines.push(
      `${millesime}: ${percent(scores.accuracy)} of pixels right, mean IoU ${scores.meanIou.toFixed(3)}, couverture as published`,
    );
    for (const { code, recall, precision, iou } of scores.classes) {
      lines.push(
        `    ${code.padEnd(10)} recall ${percent(recall)}, precision ${percent(precision)}, IoU ${iou.toFixed(3)}`,
      );
    }
  }
  lines.push(
    `changed ground: recall ${percent(change.recall)}, precision ${percent(change.precision)} (wanted: 70 % or more each)`,
    `objects no change touches: ${stability.untouched}, identical in bytes ${stability.identical} = ${percent(stability.identical / stability.untouched)} (wanted: 80 % or more), with the same id ${stability.sameId}`,
  );
  return lines.join('\n');
}
