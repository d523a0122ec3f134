import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { Feature, Polygon } from 'geojson';
import type { PolygonProperties, PolygonsArtefact, StageContext } from '../../../pipeline/artefacts.ts';
import type { CouvertureRaster } from '../../../pipeline/couverture.ts';
import { BadInput } from '../../../pipeline/errors.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { vectorise } from '../../../pipeline/polygons/vectorise.ts';
import { connectedRegions } from '../../../pipeline/regions.ts';
import { couvertureOf, drawing } from './ascii.ts';
import { heldRaster } from './held-raster.ts';
import { sieve } from './sieve.ts';
import { seenAt, trueChange, twoDatesGrid } from './two-dates.ts';

const folder = await mkdtemp(join(tmpdir(), 'ocsge-update-'));
after(() => rm(folder, { recursive: true }));
const ctx: StageContext = { report: silentReport, signal: new AbortController().signal, threads: 1 };

const traced = (name: string, couverture: CouvertureRaster, former?: PolygonsArtefact) =>
  vectorise(
    couverture,
    join(folder, name),
    { departement: '999', minAreaM2: name.startsWith('drawn') ? 0 : 25, former, generalise: false, toleranceM: 0 },
    ctx,
  );

/** Holds one drawing to another; a metre a pixel, 2 m and 4 m² wanted. */
async function held(name: string, before: string, now: string, confidence = 255, minAreaM2 = 4): Promise<string> {
  const frame = await traced(`drawn ${name}`, couvertureOf(before));
  const options = { minAreaM2, minWidthM: 2 };
  const result = await heldRaster(couvertureOf(now, 1, confidence), frame, options, folder);
  return drawing(result.classes, result.grid.widthPx);
}

const field = 'gggggg\ngggggg\ngggggg\ngggggg';

test('a house on a field is taken, to the pixel', async () => {
  const now = 'gggggg\ngaaagg\ngaaagg\ngggggg';
  assert.equal(await held('house', field, now), now);
});

test('a house on two parcels is one patch: its area counts whole', async () => {
  const now = 'gggfff\ngaaaaf\ngaaaaf\ngggfff';
  assert.equal(await held('two parcels', 'gggfff\ngggfff\ngggfff\ngggfff', now, 255, 8), now);
});

test('what is narrow, small or doubtful is not', async () => {
  assert.equal(await held('narrow', field, 'gggggg\naaaaaa\ngggggg\ngggggg'), field);
  assert.equal(await held('small', field, 'gggggg\ngaaggg\ngggggg\ngggggg'), field);
  assert.equal(await held('doubtful', field, 'gggggg\ngaaagg\ngaaagg\ngggggg', 150), field);
});

test('a limit seen one pixel beside stays where it was, also along a change that is real', async () => {
  const wood = 'bbffff\nbbffff\nbbffff\nbbffff';
  assert.equal(await held('beside', wood, 'bfffff\nbfffff\nbbbfff\nbbbfff'), wood);
  // the wood is felled; its limit with the road is now seen one pixel inside it, then one pixel inside the road
  assert.equal(await held('felled', wood, 'bbbggg\nbbbggg\nbggggg\nbggggg'), 'bbgggg\nbbgggg\nbbgggg\nbbgggg');
});

test('what a change leaves of a region, when too small, goes to the change and not to an unchanged neighbour', async () => {
  const before = 'aagggg\naagggg\naagggg\naagggg\naagggg';
  const now = 'aagggg\naagccc\naaaccc\naaaccc\naagccc';
  const result = await held('rest', before, now);
  assert.equal(result, 'aagggg\naagccc\naacccc\naacccc\naacccc');
  const small = 'aagg\naagg\naagg';
  assert.equal(await held('sliver', small, 'aagc\naacc\naacc'), 'aacc\naacc\naacc');
});

test('nodata takes the other date’s class; confidence is 0 where the image has a hole', async () => {
  const frame = await traced('drawn nodata', couvertureOf('..gg\n..gg\n..gg'));
  const result = await heldRaster(couvertureOf('aag.\naag.\naag.'), frame, { minAreaM2: 4, minWidthM: 2 }, folder);
  assert.equal(drawing(result.classes, 4), 'aagg\naagg\naagg');
  assert.deepEqual([...result.confidence.subarray(0, 4)], [255, 255, 255, 0]);
});

test('confidence in a class held against the image is what the image leaves to it', async () => {
  const frame = await traced('drawn doubt', couvertureOf(field));
  const result = await heldRaster(couvertureOf('gggggg\ngaaagg\ngaaagg\ngggggg', 1, 140), frame, {}, folder);
  assert.deepEqual([...result.confidence.subarray(6, 12)], [140, 115, 115, 115, 140, 140]);
});

test('tracing has nothing left to sieve in what was held, so that it disturbs no unchanged region', async () => {
  const side = fc.integer({ min: 0, max: 15 });
  const boxes = fc.array(fc.tuple(side, side, side, side, fc.constantFrom('a', 'b', 'f', 'g')), {
    minLength: 2,
    maxLength: 14,
  });
  const rasters = boxes.map((drawn) => {
    const at = (x: number, y: number) =>
      drawn.findLast(([x0, y0, x1, y1]) => x >= x0 && x < x1 && y >= y0 && y < y1)?.[4] ?? 'g';
    return Array.from({ length: 16 }, (_, y) => Array.from({ length: 16 }, (_, x) => at(x, y)).join('')).join('\n');
  });
  await fc.assert(
    fc.asyncProperty(rasters, rasters, async (before, now) => {
      const { grid, classes, ...rest } = couvertureOf(before);
      sieve(classes, grid.widthPx, grid.heightPx, 6);
      const frame = await traced('drawn any', { grid, classes, ...rest });
      const { classes: kept } = await heldRaster(couvertureOf(now), frame, { minAreaM2: 8, minWidthM: 2 }, folder);
      const again = kept.slice();
      sieve(again, grid.widthPx, grid.heightPx, 6);
      assert.deepEqual(again, kept);
    }),
    { numRuns: 60, seed: 9 },
  );
});

test('another grid is refused, naming both', async () => {
  const frame = await traced('drawn grid', couvertureOf('gg\ngg'));
  await assert.rejects(heldRaster(couvertureOf('ggg\nggg'), frame, {}, folder), (error: Error) => {
    return (
      error instanceof BadInput && /2 × 2 pixels of 1 m from 0, 2 .* 3 × 2 pixels of 1 m from 0, 2/.test(error.message)
    );
  });
});

type Line = Feature<Polygon, PolygonProperties>;
async function objectsOf({ polygonsPath }: PolygonsArtefact): Promise<Map<string, string>> {
  const lines = (await readFile(polygonsPath, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return new Map(
    lines.map(({ properties, geometry }) => [properties.id, `${properties.code_cs} ${JSON.stringify(geometry)}`]),
  );
}

test('without change the second millésime is the first: every object, id and geometry', async () => {
  const former = await traced('same 1', seenAt(1));
  const now = await traced('same 2', await heldRaster(seenAt(2, false), former, {}, folder), former);
  assert.deepEqual(await objectsOf(now), await objectsOf(former));
});

test('real change is found, and what did not change keeps id and geometry', async (t) => {
  const former = await traced('change 1', seenAt(1));
  const result = await heldRaster(seenAt(2), former, {}, folder);
  const now = await traced('change 2', result, former);
  const { widthPx, heightPx } = twoDatesGrid;
  const frame = seenAt(1).classes;
  sieve(frame, widthPx, heightPx, 100);
  const truth = trueChange();
  const count = (test: (i: number) => boolean) => truth.reduce((sum, _, i) => sum + (test(i) ? 1 : 0), 0);
  const found = (i: number) => frame[i] !== result.classes[i];
  const both = count((i) => truth[i] === 1 && found(i));
  const recall = both / count((i) => truth[i] === 1);
  const precision = both / count(found);

  const regions = connectedRegions(frame, widthPx, heightPx);
  const touched = new Set(regions.labels.filter((_, i) => truth[i] === 1));
  const [before, after] = [await objectsOf(former), await objectsOf(now)];
  const untouched = [...before].filter((_, i) => !touched.has(i + 1));
  const kept = untouched.filter(([id, object]) => after.get(id) === object).length / untouched.length;
  t.diagnostic(
    `recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}, kept ${kept.toFixed(3)} of ${untouched.length}`,
  );
  assert.ok(recall >= 0.9 && precision >= 0.9, `recall ${recall}, precision ${precision}`);
  assert.ok(kept >= 0.8, `kept ${kept}`);
});
