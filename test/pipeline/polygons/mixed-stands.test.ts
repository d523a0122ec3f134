import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LandClass } from '../../../pipeline/polygons/land-classes.ts';
import { frameOfMixedStands, mixedStands } from '../../../pipeline/polygons/units/mixed-stands.ts';
import { atOnce, inBlocks, type Raster } from './cuts.ts';
import { randomNumbers, randomRaster } from './random-raster.ts';

const [BROADLEAF, CONIFER, MIXED, GRASS] = [1, 2, 3, 4];
const CLASSES: LandClass[] = ['CS2.1.1.1', 'CS2.1.1.2', 'CS2.1.1.3', 'CS2.2.1'].map((codeCs) => ({
  codeCs,
  ossature: false,
}));
/** 2.5 m a pixel: the window of 50 m has 21 of them. */
const PARAMETERS = { classes: CLASSES, resolutionM: 2.5 };
const SIDE = 100;

const paint = (valueAt: (x: number, y: number) => number): Raster => ({
  widthPx: SIDE,
  pixels: Uint8Array.from({ length: SIDE * SIDE }, (_, i) => valueAt(i % SIDE, Math.floor(i / SIDE))),
});
const run = (raster: Raster) =>
  atOnce([raster], frameOfMixedStands(PARAMETERS), ([framed]) => mixedStands(framed!, PARAMETERS));
const shareOf = (pixels: Uint8Array, value: number) => pixels.filter((pixel) => pixel === value).length / pixels.length;

suite('mixed stands', () => {
  test('trees of both kinds side by side are a mixed stand; a sharp edge between pure stands, straight or aslant, is none', () => {
    const random = randomNumbers(5);
    const intimate = run(paint(() => (random(100) < 40 ? CONIFER : BROADLEAF)));
    assert.equal(shareOf(intimate, MIXED), 1);
    for (const isConifer of [
      (x: number) => x < 50,
      (x: number, y: number) => x + y < 90,
      (x: number, y: number) => 3 * x < y,
    ]) {
      const edge = paint((x, y) => (isConifer(x, y) ? CONIFER : BROADLEAF));
      assert.deepEqual(run(edge), edge.pixels);
    }
  });

  test('less than a quarter of the other kind leaves a stand pure', () => {
    const regular = (every: number) => run(paint((x, y) => ((x + 3 * y) % every === 0 ? CONIFER : BROADLEAF)));
    assert.equal(shareOf(regular(5), MIXED), 0);
    assert.equal(shareOf(regular(3), MIXED), 1);
  });

  test('a mixed wood among pure ones and meadows keeps to its ground; what is no wood stays what it is', () => {
    const random = randomNumbers(7);
    const truth = (x: number, y: number) => (y < 15 ? GRASS : x < 30 ? BROADLEAF : x < 70 ? MIXED : CONIFER);
    const seen = paint((x, y) => (truth(x, y) === MIXED ? 1 + random(2) : truth(x, y)));
    const found = run(seen);
    let right = 0;
    for (let i = 0; i < found.length; i++) {
      if (found[i] === truth(i % SIDE, Math.floor(i / SIDE))) right++;
      if (seen.pixels[i] === GRASS) assert.equal(found[i], GRASS);
    }
    assert.ok(right / found.length > 0.93, `${right} of ${found.length}`);
  });

  test('a layer without the class of mixed stands has none, and needs no frame', () => {
    const two = { classes: CLASSES.slice(0, 2), resolutionM: 2.5 };
    const random = randomNumbers(3);
    const raster = paint(() => 1 + random(2));
    assert.equal(frameOfMixedStands(two), 0);
    assert.deepEqual(
      atOnce([raster], 0, ([framed]) => mixedStands(framed!, two)),
      raster.pixels,
    );
  });

  test('the cut into blocks does not show, whatever the cells', () => {
    for (const resolutionM of [2.5, 0.4]) {
      const parameters = { classes: CLASSES, resolutionM };
      const grainPx = resolutionM === 2.5 ? 3 : 9;
      const raster = { widthPx: 131, pixels: randomRaster(131, 97, { seed: 4, classes: 4, grainPx, nodata: true }) };
      const operation = ([framed]: Parameters<typeof mixedStands>[0][]) => mixedStands(framed!, parameters);
      const whole = atOnce([raster], frameOfMixedStands(parameters), operation);
      assert.ok(whole.includes(MIXED));
      for (const blockPx of [23, 64]) {
        assert.deepEqual(inBlocks([raster], blockPx, frameOfMixedStands(parameters), operation), whole);
      }
    }
  });
});
