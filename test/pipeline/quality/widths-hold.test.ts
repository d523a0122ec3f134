/** What the polygons stage leaves has its width by the report's measure, or is listed with the reason. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assessQuality } from '../../../pipeline/quality/quality.ts';
import { randomNumbers, randomRaster } from '../polygons/random-raster.ts';
import { context, run, scratch } from '../polygons/vectorise-scene.ts';

const folder = await scratch();
after(() => rm(folder, { recursive: true }));

const SIDE = 300;
const CODES = ['CS1.1.1.1', 'CS1.1.1.2', 'CS1.2.2', 'CS2.1.1.1', 'CS2.1.1.2', 'CS2.2.1', 'CS1.2.1'];

/** Fields crossed by strips of 3 to 13 m at all angles, and houses. */
function strips(seed: number, resolutionM: number) {
  const random = randomNumbers(seed);
  const classes = randomRaster(SIDE, SIDE, { seed, classes: 4, grainPx: Math.round(60 / resolutionM) }).map(
    (value) => value + 2,
  );
  for (let strip = 0; strip < 14; strip++) {
    const [angle, aside] = [strip % 3 === 0 ? (random(4) * Math.PI) / 4 : random(628) / 200, random(SIDE) - SIDE / 2];
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    const [halfPx, value] = [(3 + random(100) / 10) / 2 / resolutionM, 2 + random(5)];
    for (let i = 0; i < classes.length; i++) {
      const [x, y] = [(i % SIDE) - SIDE / 2, Math.floor(i / SIDE) - SIDE / 2];
      if (Math.abs(y * dx - x * dy - aside) <= halfPx) classes[i] = value;
    }
  }
  for (let house = 0; house < 12; house++) {
    const [x0, y0, side] = [random(SIDE - 20), random(SIDE - 20), Math.round((8 + random(8)) / resolutionM)];
    for (let y = y0; y < Math.min(SIDE, y0 + side); y++)
      classes.fill(1, y * SIDE + x0, y * SIDE + Math.min(SIDE, x0 + side));
  }
  return rasterOf(classes, resolutionM);
}

/** A wood beside a field, and between them a strip of bare ground. */
function oneStrip(stripPx: number, resolutionM: number) {
  const classes = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const y = Math.floor(i / SIDE) - SIDE / 2;
    return y < 0 ? 4 : y < stripPx ? 7 : 6;
  });
  return rasterOf(classes, resolutionM);
}

const rasterOf = (classes: Uint8Array, resolutionM: number) => ({
  grid: { srid: 2154, originX: 506_000, originY: 6_287_000, resolutionM, widthPx: SIDE, heightPx: SIDE },
  codesCs: CODES,
  classes,
  confidence: classes.map(() => 230),
});

test('a strip of 10 m is an object, one of a pixel less is not', async () => {
  for (const resolutionM of [1, 2, 2.5]) {
    const leastPx = 10 / resolutionM;
    for (const stripPx of [leastPx - 1, leastPx]) {
      const out = join(folder, `${resolutionM} strip ${stripPx}`);
      const polygons = await run(oneStrip(stripPx, resolutionM), out);
      const { summary } = await assessQuality(polygons, join(out, 'quality'), { title: 'bande' }, context());
      assert.deepEqual([polygons.count, summary.defauts], [stripPx < leastPx ? 2 : 3, {}]);
    }
  }
});

for (const resolutionM of [0.5, 1, 2, 2.5]) {
  test(`pixels of ${resolutionM} m`, async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const out = join(folder, `${resolutionM} ${seed}`);
      const polygons = await run(strips(seed, resolutionM), out);
      const { summary } = await assessQuality(polygons, join(out, 'quality'), { title: 'bandes' }, context());
      assert.deepEqual(summary.defauts, {}, `seed ${seed}`);
    }
  });
}
