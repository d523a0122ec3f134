/** A millésime is held to the former one the same however the raster is cut and whoever computes. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import { blocksOf } from '../../../pipeline/polygons/blocks/layer.ts';
import { regionSums } from '../../../pipeline/polygons/blocks/region-sums.ts';
import { RegionVerdicts, type Verdict } from '../../../pipeline/polygons/blocks/region-verdicts.ts';
import { HOLD_DEFAULTS } from '../../../pipeline/polygons/hold/hold-options.ts';
import { frameOfGrowth, frameOfPatches, grownPatches, widePatches } from '../../../pipeline/polygons/hold/patches.ts';
import { brokenPixels } from '../../../pipeline/polygons/hold/unchanged.ts';
import { connectedRegions } from '../../../pipeline/regions.ts';
import { atOnce, inBlocks } from './cuts.ts';
import { heldRaster } from './held-raster.ts';
import { randomNumbers, randomRaster } from './random-raster.ts';
import { seenAt, twoDatesGrid } from './two-dates.ts';
import { hashesOf, run, scratch } from './vectorise-scene.ts';

const folder = await scratch();
after(() => rm(folder, { recursive: true }));

/** Two rasters of one size, alike but for some boxes, and a side of blocks. */
const pairs = fc
  .record({
    widthPx: fc.integer({ min: 1, max: 40 }),
    heightPx: fc.integer({ min: 1, max: 40 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    grainPx: fc.integer({ min: 2, max: 12 }),
    blockPx: fc.integer({ min: 3, max: 17 }),
    boxes: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ widthPx, heightPx, seed, grainPx, blockPx, boxes }) => {
    const frame = randomRaster(widthPx, heightPx, { seed, classes: 3, grainPx, nodata: true });
    const seen = frame.slice();
    const random = randomNumbers(seed);
    for (let box = 0; box < boxes; box++) {
      const [x0, y0, side, value] = [random(widthPx), random(heightPx), 1 + random(20), random(4)];
      for (let y = y0; y < Math.min(heightPx, y0 + side); y++)
        seen.fill(value, y * widthPx + x0, y * widthPx + Math.min(widthPx, x0 + side));
    }
    return { frame, seen, widthPx, heightPx, blockPx, random };
  });

/** By pixel: what `verdict` decides of its region, the raster cut so. */
function judged(values: Uint8Array, weights: Uint8Array, widthPx: number, blockPx: number, verdict: Verdict) {
  const heightPx = values.length / widthPx;
  const verdicts = new RegionVerdicts(widthPx, heightPx, verdict);
  const result = new Uint8Array(values.length);
  const blocks = blocksOf({ widthPx, heightPx, blockPx });
  let written = 0;
  for (const block of blocks) {
    const cut = (raster: Uint8Array) => framedFrom(raster, widthPx, block, 0).pixels;
    const sums = regionSums({ values: cut(values), weights: cut(weights) }, block.widthPx, block.heightPx);
    for (const { block: at, verdicts: ofRegion } of verdicts.take(block, sums)) {
      written++;
      const { labels } = connectedRegions(framedFrom(values, widthPx, at, 0).pixels, at.widthPx, at.heightPx);
      for (let y = 0, i = 0; y < at.heightPx; y++)
        for (let x = 0; x < at.widthPx; x++, i++) result[(at.yPx + y) * widthPx + at.xPx + x] = ofRegion[labels[i]!]!;
    }
  }
  assert.equal(written, blocks.length, 'each block is judged once');
  return { result, verdicts };
}

test('regions that cross blocks are summed whole', () => {
  const verdict: Verdict = (pixels, sum, isWhole) => (isWhole ? 1 + ((7 * pixels + sum) % 250) : undefined);
  fc.assert(
    fc.property(pairs, ({ seen, widthPx, heightPx, blockPx, random }) => {
      const weights = seen.map(() => random(256));
      const { labels, pixels, count } = connectedRegions(seen, widthPx, heightPx);
      const sums = new Float64Array(count + 1);
      for (const [i, label] of labels.entries()) sums[label]! += weights[i]!;
      const wanted = Uint8Array.from(labels, (label) =>
        label === 0 ? 0 : verdict(pixels[label]!, sums[label]!, true)!,
      );
      const { result, verdicts } = judged(seen, weights, widthPx, blockPx, verdict);
      assert.deepEqual(result, wanted);
      assert.equal(
        verdicts.regions.reduce((sum, regions) => sum + (regions ?? 0), 0),
        count,
      );
    }),
    { numRuns: 400, seed: 21 },
  );
});

test('unchanged regions are those that are, to the pixel, the former ones', () => {
  const isUnchanged: Verdict = (_, broken, isWhole) => (broken > 0 ? 0 : isWhole ? 1 : undefined);
  fc.assert(
    fc.property(pairs, ({ frame, seen, widthPx, heightPx, blockPx }) => {
      const pixelsOf = (raster: Uint8Array) => {
        const { labels } = connectedRegions(raster, widthPx, heightPx);
        const byRegion = new Map<number, number[]>();
        for (const [i, label] of labels.entries()) byRegion.set(label, [...(byRegion.get(label) ?? []), i]);
        byRegion.delete(0);
        return new Map(Array.from(byRegion.values(), (pixels) => [`${raster[pixels[0]!]} ${pixels}`, pixels]));
      };
      const [before, now] = [pixelsOf(frame), pixelsOf(seen)];
      const wanted = new Uint8Array(seen.length);
      for (const [region, pixels] of now) if (before.has(region)) for (const i of pixels) wanted[i] = 1;
      const rasters = [seen, frame].map((pixels) => ({ pixels, widthPx }));
      const broken = inBlocks(rasters, blockPx, 1, ([after, former]) => brokenPixels(after!, former!));
      const { result, verdicts } = judged(seen, broken, widthPx, blockPx, isUnchanged);
      assert.deepEqual(result, wanted);
      assert.equal(
        verdicts.pixels[1] ?? 0,
        wanted.reduce((sum, one) => sum + one, 0),
      );
    }),
    { numRuns: 400, seed: 22 },
  );
});

test('patches and what they grow back to do not show the cut', () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 6 }), ({ frame, seen, widthPx, blockPx, random }, minWidthPx) => {
      const rasters = [frame, seen].map((pixels) => ({ pixels, widthPx }));
      const wide = ([before, now]: Parameters<Parameters<typeof inBlocks>[3]>[0]) =>
        widePatches({ frame: before!, seen: now! }, minWidthPx);
      const patches = atOnce(rasters, frameOfPatches(minWidthPx), wide);
      assert.deepEqual(inBlocks(rasters, blockPx, frameOfPatches(minWidthPx), wide), patches);
      const { labels } = connectedRegions(patches, widthPx, patches.length / widthPx);
      const isBelieved = Array.from({ length: 1 + Math.max(...labels) }, (_, region) => region > 0 && random(3) > 0);
      const believed = Uint8Array.from(labels, (region) => (isBelieved[region] ? 1 : 0));
      const grown = ([before, now, sure]: Parameters<Parameters<typeof inBlocks>[3]>[0]) =>
        grownPatches({ frame: before!, seen: now! }, sure!, minWidthPx);
      const all = [...rasters, { pixels: believed, widthPx }];
      const framePx = frameOfGrowth(minWidthPx);
      assert.deepEqual(inBlocks(all, blockPx, framePx, grown), atOnce(all, framePx, grown));
    }),
    { numRuns: 400, seed: 23 },
  );
});

test('one block or many, one worker or two: the same layers and the same files', async () => {
  const first = seenAt(1);
  const former = await run(first, join(folder, 'former'));
  const now = seenAt(2);
  // a change 6 m wide across the whole raster, so that it crosses every column of blocks
  const { widthPx } = twoDatesGrid;
  for (let y = 144; y < 156; y++) {
    now.classes.fill(2, y * widthPx, (y + 1) * widthPx);
    now.confidence.fill(235, y * widthPx, (y + 1) * widthPx);
  }
  const once = await heldRaster(now, former, {}, folder);
  assert.ok(once.unchanged.includes(1) && once.unchanged.includes(0));
  assert.deepEqual(new Set(once.classes.subarray(150 * widthPx, 151 * widthPx)).size, 1);
  for (const [blockPx, workers] of [
    [64, 1],
    [101, 2],
  ] as const) {
    assert.deepEqual(await heldRaster(now, former, {}, folder, { blockPx, workers }), once);
  }
  const options = { former, hold: HOLD_DEFAULTS };
  const whole = await hashesOf(await run(now, join(folder, 'whole'), options));
  assert.deepEqual(await hashesOf(await run(now, join(folder, 'cut'), { ...options, blockPx: 90, workers: 2 })), whole);
});
