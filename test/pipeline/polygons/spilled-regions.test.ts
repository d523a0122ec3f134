/** Regions that stay open for long have their borders on disk: nothing shows it but the memory that is held. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DiskFault, Stopped } from '../../../pipeline/errors.ts';
import type { Extent } from '../../../pipeline/extent.ts';
import { writeLines } from '../../../pipeline/geojsonl.ts';
import { GrowingFile, StoredText } from '../../../pipeline/growing-file.ts';
import { objectKey } from '../../../pipeline/joined.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { mountSmallDisk, smallDiskAbsent } from '../small-disk.ts';
import { drawn } from './ascii.ts';
import { randomNumbers, randomRaster } from './random-raster.ts';
import { type TracedLayer, tracedLayer } from './traced-layer.ts';
import { context, hashesOf, passFiles, run, SCENE_SIDE, scene, scratch } from './vectorise-scene.ts';

const folder = await scratch();
after(() => rm(folder, { recursive: true }));

const NEVER = Number.POSITIVE_INFINITY;

/** The same raster, with all in memory and with `spillBytes`. */
async function assertSame(
  classes: Uint8Array,
  widthPx: number,
  blockPx: number,
  how: { spillBytes?: number; toleranceM?: number } = {},
): Promise<TracedLayer> {
  const held = await tracedLayer(classes, widthPx, { toleranceM: 1, ...how, blockPx, spillBytes: NEVER });
  const spilled = await tracedLayer(classes, widthPx, { spillBytes: 0, toleranceM: 1, ...how, blockPx });
  assert.equal(held.spilled, 0);
  assert.deepEqual(spilled.polygons, held.polygons);
  assert.deepEqual(spilled.geometry, held.geometry);
  assert.deepEqual(
    spilled.files.before.filter((name) => name.endsWith('-borders')),
    [],
  );
  assert.deepEqual(spilled.files.after, []);
  return spilled;
}

test('random rasters give the same polygons, to the byte', async () => {
  const random = randomNumbers(77);
  for (let seed = 0; seed < 50; seed++) {
    const [widthPx, heightPx, grainPx] = [3 + random(50), 3 + random(50), 2 + random(14)];
    const classes = randomRaster(widthPx, heightPx, { seed, classes: 2 + random(5), grainPx, nodata: seed % 2 === 0 });
    const spillBytes = [0, 1500, 6000][seed % 3]!;
    const toleranceM = [0, 0.6, 1, 3][random(4)]!;
    await assertSame(classes, widthPx, 4 + random(20), { spillBytes, toleranceM });
  }
});

test('pixels of any class beside each other too: regions that touch themselves at corners', async () => {
  const random = randomNumbers(78);
  let onDisk = 0;
  for (let seed = 0; seed < 40; seed++) {
    const [widthPx, heightPx, count] = [2 + random(22), 2 + random(22), 2 + random(3)];
    // values 3…: neither buildings, which stay whole, nor ossature
    const classes = Uint8Array.from({ length: widthPx * heightPx }, () => 3 + random(count));
    onDisk += (await assertSame(classes, widthPx, 2 + random(8), { toleranceM: seed % 2 })).spilled;
  }
  assert.ok(onDisk > 500, `${onDisk} polygons`);
});

const SHAPES: Record<string, string> = {
  checkerboard: 'cdcdcdcd dcdcdcdc cdcdcdcd dcdcdcdc cdcdcdcd dcdcdcdc',
  spiral: 'ccccccccc ddddddddc dcccccccc dcddddddd dcdcccccd dcdcdddcd dcdcccccd dcddddddd dcccccccc',
  'a hole in a hole in a hole':
    'ccccccccc cdddddddc cdeeeeedc cdefffedc cdefcfedc cdefffedc cdeeeeedc cdddddddc ccccccccc',
  'holes that touch at corners': 'cccccc cdcdcc ccdccc cdcdcc cccccc',
  'a region that holds by corners only': 'ccccc cdccc ccdcd cdcdd ccddd',
  'nodata within': 'ccccccc c..c..c c.dc..c ccccccc cd.cc.c ccccccc',
};
for (const [name, text] of Object.entries(SHAPES)) {
  test(`${name}: the same polygons, whatever the cut`, async () => {
    const { classes, widthPx } = drawn(text);
    const whole = await tracedLayer(classes, widthPx, { blockPx: 99, spillBytes: NEVER });
    for (const blockPx of [1, 2, 3, 99]) {
      const { polygons } = await assertSame(classes, widthPx, blockPx);
      assert.deepEqual(polygons, whole.polygons);
    }
  });
}

test('regions written out apart that turn out to be one', async () => {
  // combs of classes 3 and 4 in each other: their teeth are regions of their own, with islands, down to the last rows
  const [widthPx, heightPx, tooth] = [96, 120, 8];
  const classes = Uint8Array.from({ length: widthPx * heightPx }, (_, i) => {
    const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
    if (y >= heightPx - 4) return 3;
    if (y < 4) return 4;
    const isIsland = x % tooth === 3 && y % 4 === 1;
    return isIsland ? 5 : Math.floor(x / tooth) % 2 === 0 ? 3 : 4;
  });
  const { polygons, spilled } = await assertSame(classes, widthPx, 16, { spillBytes: 2000 });
  assert.deepEqual(
    polygons.filter(({ value }) => value !== 5).map(({ value }) => value),
    [4, 3],
  );
  assert.equal(spilled, 2);
});

test('buildings, whose borders are told of together, stay in memory', async () => {
  // stripes of buildings and of open ground from the first row to the last, with specks in both
  const [widthPx, heightPx] = [47, 80];
  const classes = Uint8Array.from({ length: widthPx * heightPx }, (_, i) => {
    const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
    if (x % 8 === 3 && y % 4 === 1) return 5;
    return x % 16 < 8 ? 1 : 3;
  });
  const { polygons, spilled } = await assertSame(classes, widthPx, 16, { toleranceM: 0 });
  const count = (value: number) => polygons.filter((polygon) => polygon.value === value).length;
  assert.deepEqual([count(1), count(3), spilled], [3, 3, 3]);
});

test('the number of threads does not show', async () => {
  const classes = percolating(160, 160);
  const alone = await tracedLayer(classes, 160, { blockPx: 32, spillBytes: 4000 });
  const three = await tracedLayer(classes, 160, { blockPx: 32, spillBytes: 4000, workers: 3 });
  assert.ok(alone.spilled > 0);
  assert.deepEqual(three.polygons, alone.polygons);
});

/** One cover that runs through the raster, full of islands. */
function percolating(widthPx: number, heightPx: number): Uint8Array {
  return Uint8Array.from({ length: widthPx * heightPx }, (_, i) => {
    const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
    return (x % 8) - 4 < 2 && x % 8 > 2 && y % 8 > 2 && y % 8 < 6 ? 3 + ((x >> 3) % 3) : 7;
  });
}

test('what memory holds of a cover that runs through the raster grows with the width, not with the length', async () => {
  const [widthPx, blockPx, spillBytes] = [128, 32, 4000];
  const held = async (heightPx: number, limit: number) => {
    const classes = percolating(widthPx, heightPx);
    const { mostHeldBytes, polygons } = await tracedLayer(classes, widthPx, { blockPx, spillBytes: limit });
    assert.equal(polygons.length, 1 + (widthPx / 8) * (heightPx / 8));
    return mostHeldBytes;
  };
  const [short, long] = [await held(256, spillBytes), await held(2048, spillBytes)];
  assert.ok(long <= 1.1 * short, `${short} bytes at 256 rows, ${long} at 2048`);
  // 16 islands in 32 rows of a block, of two sides each; and what the open region may hold
  assert.ok(long <= spillBytes + 2 * 16 * 600, `${long} bytes`);
  assert.ok((await held(2048, NEVER)) > 10 * long);
});

const raster = scene();
const [west, north] = [raster.grid.originX, raster.grid.originY];
/** The corners of a square, in pixels, counter-clockwise on the ground. */
const square = (from: number, to: number) => [from, from, from, to, to, to, to, from, from, from];
const onGround = (corners: number[]) =>
  Array.from({ length: corners.length / 2 }, (_, i) => [west + corners[2 * i]!, north - corners[2 * i + 1]!]);
/** The middle of the scene, but for a hole. */
const limit: Extent = {
  type: 'MultiPolygon',
  coordinates: [[onGround(square(20.5, SCENE_SIDE - 30.25)), onGround(square(140, 180)).reverse()]],
};

for (const [name, options] of [
  ['the whole stage', {}],
  ['borders along the pixels', { toleranceM: 0, generalise: false, minAreaM2: 0 }],
  ['cut at a limit', { limit }],
] as const) {
  test(`${name}: every file is the same`, async () => {
    const held = await run(raster, join(folder, `${name} held`), { ...options, blockPx: 64, spillBytes: NEVER });
    const spilled = await run(raster, join(folder, `${name} spilled`), { ...options, blockPx: 64, spillBytes: 0 });
    assert.deepEqual(await hashesOf(spilled), await hashesOf(held));
    assert.deepEqual(await passFiles(join(folder, `${name} spilled`)), []);
  });
}

test('stopped while tracing, with what a killed run left, it goes on to the same bytes', async () => {
  const out = join(folder, 'stopped');
  const stop = new AbortController();
  const options = { blockPx: 64, spillBytes: 0 };
  const step = (label: string) => ({
    advance: () => label === 'trace' && stop.abort(),
    end: () => {},
  });
  const ctx = context({ signal: stop.signal, report: { ...silentReport, step } });
  await assert.rejects(run(raster, out, options, ctx), Stopped);
  await mkdir(join(out, 'passes'), { recursive: true });
  for (const name of ['polygons-borders', 'polygons-texts']) {
    await writeFile(join(out, 'passes', name), Buffer.alloc(100_000, name));
  }
  const wanted = await hashesOf(await run(raster, join(folder, 'at once')));
  assert.deepEqual(await hashesOf(await run(raster, out, options)), wanted);
  assert.deepEqual(await passFiles(out), []);
});

test('text on disk is hashed and written as if it were in memory', async () => {
  const file = new GrowingFile(join(folder, 'texts'));
  const text = Array.from({ length: 300_000 }, (_, i) => `${i},`).join('');
  await file.append(Buffer.from('before'));
  await file.close();
  const at = await file.append(Buffer.from(text));
  await file.append(Buffer.from('after'));
  const stored = new StoredText(file.path, at, text.length);
  assert.ok([...stored].length > 1);
  assert.equal(objectKey('CS1', stored), objectKey('CS1', text));
  const accents = 'é'.repeat(600_000);
  await writeLines(join(folder, 'lines'), ['first', ['{', stored, '}'], [accents, Buffer.from(text)], ['', 'last']]);
  const wanted = `first\n{${text}}\n${accents}${text}\nlast\n`;
  assert.ok((await readFile(join(folder, 'lines'), 'utf8')) === wanted);
  await file.remove();
});

test('a disk too full for what is written out is told as such', { skip: smallDiskAbsent() }, async () => {
  const disk = mountSmallDisk(256);
  const file = new GrowingFile(join(disk.folder, 'borders'));
  try {
    await file.append(Buffer.alloc(100_000));
    await assert.rejects(file.append(Buffer.alloc(1_000_000)), DiskFault);
  } finally {
    await file.remove();
    disk.remove();
  }
});
