/** A second millésime on the frame of the first, both generalised. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { HOLD_DEFAULTS } from '../../../pipeline/polygons/hold/hold-options.ts';
import { randomNumbers } from './random-raster.ts';
import { hashesOf, type Line, linesOf, run, scene, scratch } from './vectorise-scene.ts';

const folder = await scratch();
after(() => rm(folder, { recursive: true }));
const first = scene();
const former = await run(first, join(folder, 'first'));
const before = await linesOf(former.polygonsPath);
const hold = HOLD_DEFAULTS;

const keyOf = ({ properties, geometry }: Line) => properties.code_cs + JSON.stringify(geometry);

test('the same image again, seen with other specks: every object the same, to the byte and the id', async () => {
  const random = randomNumbers(77);
  const classes = first.classes.slice();
  for (let speck = 0; speck < 400; speck++) {
    const i = random(classes.length);
    if (classes[i] !== 0) classes[i] = 1 + random(6);
  }
  const artefact = await run({ ...first, classes }, join(folder, 'again'), { former, hold });
  const now = new Map((await linesOf(artefact.polygonsPath)).map((line) => [keyOf(line), line.properties.id]));
  assert.equal(now.size, before.length);
  for (const line of before) assert.equal(now.get(keyOf(line)), line.properties.id);
});

test('a clearing changes its wood and what lies beside it; the rest keeps its bytes and its ids', async () => {
  const classes = first.classes.slice();
  const { widthPx } = first.grid;
  for (let y = 200; y < 270; y++) classes.fill(6, y * widthPx + 200, y * widthPx + 270);
  const cleared = { ...first, classes, confidence: first.confidence.map((value) => Math.max(value, 200)) };
  const once = await run(cleared, join(folder, 'cleared'), { former, hold });
  const now = await linesOf(once.polygonsPath);
  const ids = new Map(now.map((line) => [keyOf(line), line.properties.id]));
  const far = before.filter(({ geometry }) =>
    geometry.coordinates[0]!.every(([x, y]) => {
      const [column, row] = [x! - first.grid.originX, first.grid.originY - y!];
      return column < 190 || column > 280 || row < 190 || row > 280;
    }),
  );
  const kept = far.filter((line) => ids.get(keyOf(line)) === line.properties.id).length;
  assert.ok(kept > 0.9 * far.length && kept > 5, `${kept} of ${far.length}`);
  const cut = await run(cleared, join(folder, 'cleared-cut'), { former, hold, blockPx: 50, workers: 2 });
  assert.deepEqual(await hashesOf(cut), await hashesOf(once));
});

test('what breaks a rule in both millésimes is told once', async () => {
  const grid = { ...first.grid, widthPx: 100, heightPx: 100 };
  const classes = Uint8Array.from({ length: 100 * 100 }, (_, i) => (i < 20 * 100 && i % 100 < 20 ? 6 : 0));
  const island = { ...first, grid, classes, confidence: new Uint8Array(classes.length).fill(250) };
  const listedBy = async ({ listed }: { listed?: string }) => readFile(listed!, 'utf8');
  const alone = await run(island, join(folder, 'island'));
  const again = await run(island, join(folder, 'island-again'), { former: alone, hold });
  const told = await listedBy(alone);
  assert.match(told, /"rule":"surface"/);
  assert.equal(await listedBy(again), told);
});
