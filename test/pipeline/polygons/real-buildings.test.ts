/** Footprints of real buildings, drawn on pixels with a pixel of noise and squared, against the footprints themselves. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Position } from 'geojson';
import type { LineRules } from '../../../pipeline/polygons/lines/line-of-arc.ts';
import { readShapefile } from '../../../pipeline/references/shapefile.ts';
import { addNoise, BUILDING, fill, GROUND, inPixels, overlapOf } from './building-shapes.ts';
import { areaOf } from './check-lines.ts';
import { drawRaster } from './draw-in-memory.ts';
import { sieve } from './sieve.ts';

const samples = process.env['OCSGE_SAMPLES'];
const skip = samples ? false : 'OCSGE_SAMPLES names no folder of samples';

const LEAST_M2 = 50;
const MARGIN_PX = 12;

/** Footprints of `LEAST_M2` and more, every `every`-th. */
async function footprintsIn(path: string, every: number): Promise<Position[][][]> {
  const found: Position[][][] = [];
  for await (const { geometry } of readShapefile(path)) {
    if (geometry?.type === 'Polygon') found.push(geometry.coordinates);
    if (geometry?.type === 'MultiPolygon') found.push(...geometry.coordinates);
  }
  return found.filter((rings) => Math.abs(areaOfRing(rings[0]!)) >= LEAST_M2).filter((_, i) => i % every === 0);
}

const areaOfRing = (ring: Position[]) =>
  ring
    .slice(1)
    .reduce(
      (sum, [x, y], i) =>
        sum +
        ((ring[i]![0]! - ring[0]![0]!) * (y! - ring[i]![1]!) - (ring[i]![1]! - ring[0]![1]!) * (x! - ring[i]![0]!)) / 2,
      0,
    );

interface Drawn {
  pixels: number;
  area: number;
  /** With its own pixels, with the footprint. */
  own: number;
  truth: number;
  vertices: number;
}

/** The footprint alone on its ground, straightened and squared. */
function drawFootprint(rings: Position[][], resolutionM: number, seed: number): Record<'straight' | 'squared', Drawn> {
  const [xs, ys] = [0, 1].map((axis) => rings[0]!.map((place) => place[axis]!)) as [number[], number[]];
  const [left, top] = [Math.min(...xs), Math.max(...ys)];
  const truth = rings.map((ring) =>
    ring.map(([x, y]) => [(x! - left) / resolutionM + MARGIN_PX, (top - y!) / resolutionM + MARGIN_PX]),
  );
  const widthPx = Math.ceil((Math.max(...xs) - left) / resolutionM) + 2 * MARGIN_PX;
  const heightPx = Math.ceil((top - Math.min(...ys)) / resolutionM) + 2 * MARGIN_PX;
  const classes = new Uint8Array(widthPx * heightPx).fill(GROUND);
  fill(classes, widthPx, truth, BUILDING);
  addNoise(classes, widthPx, seed);
  sieve(classes, widthPx, heightPx, Math.ceil(25 / resolutionM ** 2));
  const drawn = (rules: LineRules) => {
    const all = drawRaster(classes, widthPx, rules).regions.filter(({ value }) => value === BUILDING);
    return all.reduce((a, b) => (b.pixels > a.pixels ? b : a));
  };
  const tolerancePx = 0.6 / resolutionM;
  const own = inPixels(drawn({ tolerancePx: 0 }).rings);
  const measured = (rules: LineRules): Drawn => {
    const region = drawn(rules);
    const shape = inPixels(region.rings);
    return {
      pixels: region.pixels,
      area: areaOf(region),
      own: overlapOf(shape, own),
      truth: overlapOf(shape, truth),
      vertices: shape.reduce((sum, ring) => sum + ring.length - 1, 0),
    };
  };
  return { straight: measured({ tolerancePx }), squared: measured({ tolerancePx, isBuilding: (v) => v === BUILDING }) };
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const LAYERS = [
  { name: 'BD TOPO, Olemps', path: 'references/bdtopo-v3-olemps/BATIMENT.shp', every: 9, resolutionM: 0.2 },
  { name: 'BD TOPO, Olemps', path: 'references/bdtopo-v3-olemps/BATIMENT.shp', every: 9, resolutionM: 0.5 },
  { name: 'footprints', path: 'imagery/rgbi-0m50/870000_6618000.subset.postIA.shp', every: 1, resolutionM: 0.2 },
  { name: 'footprints', path: 'imagery/rgbi-0m50/870000_6618000.subset.postIA.shp', every: 1, resolutionM: 0.5 },
];

for (const { name, path, every, resolutionM } of LAYERS) {
  test(`${name} at ${resolutionM} m: squared is nearer to the footprint than straightened`, { skip }, async (t) => {
    const footprints = await footprintsIn(join(samples!, path), every);
    const drawn = footprints.map((rings, i) => drawFootprint(rings, resolutionM, i));
    const squared = drawn.filter(
      ({ straight, squared: other }) => straight.own !== other.own || straight.truth !== other.truth,
    );
    assert.ok(squared.length > 0.5 * drawn.length, `${squared.length} of ${drawn.length} squared`);
    for (const { squared: building } of squared) assert.ok(building.own >= 0.9, `${building.own}`);
    const pixels = mean(drawn.map(({ squared: { pixels: count } }) => count));
    const area = mean(drawn.map(({ squared: { area: own } }) => own));
    assert.ok(Math.abs(area / pixels - 1) < 0.01);
    const of = (what: 'straight' | 'squared', key: 'truth' | 'vertices') =>
      mean(squared.map((both) => both[what][key]));
    t.diagnostic(
      `${squared.length} of ${drawn.length} squared; IoU with the footprint ${of('straight', 'truth').toFixed(4)} straightened, ${of('squared', 'truth').toFixed(4)} squared; vertices ${of('straight', 'vertices').toFixed(1)}, ${of('squared', 'vertices').toFixed(1)}; area ${((area / pixels - 1) * 100).toFixed(3)} %`,
    );
    assert.ok(of('squared', 'truth') > of('straight', 'truth'));
  });
}
