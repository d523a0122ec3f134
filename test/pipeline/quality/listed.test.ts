/** Objects under a rule that may be: they are listed, each with its reason. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ListedObject } from '../../../pipeline/polygons-measures.ts';
import { assess, broken, faultsOf } from './assess-sketches.ts';
import { box, field, GRID, hole, type Sketch } from './sketched-coverage.ts';

test('small ossature is listed with why it is: cut by the extent, or between two crossings', async () => {
  const [champ, house, wood, pond] = field();
  const [, , ...far] = champ.rings[0]!;
  /** The field, cut into from its lower right corner. */
  const without = (...ring: [number, number][]): Sketch => ({
    ...champ,
    rings: [[[0, 0], ...ring, ...far], champ.rings[1]!],
  });
  const ossature = { code: 'CS1.1.1.2', ossature: 1 as const };
  const road: Sketch = { ...ossature, id: 'OCSGE0000000000000000005', rings: [box(190, 0, 10, 20)] };
  const atBorder = await assess([without([190, 0], [190, 20], [200, 20]), house, wood, pond, road]);
  assert.equal(atBorder.passed, true);
  const cut = { rule: 'surface', reason: 'ossature coupée par l’emprise ou par un sol inconnu', count: 1 };
  assert.deepEqual(atBorder.listed, [cut]);

  const stub: Sketch = { ...ossature, id: 'OCSGE0000000000000000006', rings: [box(180, 30, 10, 25)] };
  const track = [110, 190, 200].map((x) => [x, 20]).concat([200, 190, 180, 110].map((x) => [x, 30]));
  const rail: Sketch = {
    ...stub,
    id: 'OCSGE0000000000000000007',
    code: 'CS1.1.2.1',
    rings: [track as [number, number][]],
  };
  const around = without(
    ...([
      [190, 0],
      [190, 20],
      [110, 20],
      [110, 30],
      [180, 30],
    ] as [number, number][]),
    ...([
      [180, 55],
      [190, 55],
      [190, 30],
      [200, 30],
    ] as [number, number][]),
  );
  const crossed = await assess([around, house, wood, pond, road, stub, rail]);
  assert.deepEqual(broken(crossed), []);
  assert.deepEqual(crossed.listed, [
    cut,
    { rule: 'surface', reason: 'tronçon d’ossature court entre deux croisements', count: 1 },
  ]);
  assert.match(faultsOf(crossed, 'surface').examples[1]!.found, /^250\.0 m² de CS1\.1\.1\.2, 500 m² voulus/);
});

test('a short stretch of road between two tunnels is listed; without them it floats', async () => {
  const [champ, house, wood, pond] = field();
  const id = 'OCSGE0000000000000000005';
  const road: Sketch = { id, code: 'CS1.1.1.2', ossature: 1, rings: [box(100, 30, 50, 6)] };
  const sketches = [{ ...champ, rings: [...champ.rings, hole(100, 30, 50, 6)] }, house, wood, pond, road];
  const mouths = [100, 150].map((x): [number, number] => [GRID.originX + x, GRID.originY - 100 + 33]);
  const between = await assess(sketches, { more: { ossature: { kinds: [], notes: [], tunnelEnds: mouths } } });
  assert.deepEqual(broken(between), []);
  const reason = 'tronçon d’ossature court à l’air libre, prolongé en souterrain';
  assert.deepEqual(between.listed, [
    { rule: 'flottant', reason, count: 1 },
    { rule: 'surface', reason, count: 1 },
  ]);
  assert.equal(faultsOf(between, 'surface').examples[0]!.reason, reason);
  const [told] = faultsOf(between, 'flottant').examples;
  assert.deepEqual([told!.ids, told!.found, told!.reason], [[id], 'un morceau isolé de 300 m²', reason]);
  assert.deepEqual(broken(await assess(sketches)).sort(), ['flottant', 'surface']);
});

test('an object that is wide enough only with the ground of its buildings is listed', async () => {
  const [champ, , wood, pond] = field();
  const strip: Sketch = { id: 'OCSGE0000000000000000005', code: 'CS1.1.2.1', rings: [] };
  const wall = { id: 'OCSGE0000000000000000002', code: 'CS1.1.1.1', rings: [box(5, 6, 190, 4)] };
  strip.rings = [box(1, 1, 198, 14), hole(5, 6, 190, 4)];
  const around = { ...champ, rings: [champ.rings[0]!, hole(1, 1, 198, 14)] };
  const report = await assess([around, wall, wood, pond, strip], { zone: box(0, 0, 200, 60) });
  assert.deepEqual(broken(report), []);
  assert.deepEqual(report.listed, [
    {
      ...{ rule: 'largeur', count: 1 },
      reason: 'au-dessus de la largeur avec le sol de ses bâtiments, qui ne rétrécissent rien',
    },
  ]);
});

test('what was listed on the way and keeps its rule in the end is no exception', async () => {
  const [champ, house, wood, pond] = field();
  const yard: Sketch = { id: 'OCSGE0000000000000000005', code: 'CS1.1.2.1', rings: [box(120, 10, 30, 20)] };
  const around = { ...champ, rings: [...champ.rings, hole(120, 10, 30, 20)] };
  const reason = 'coupé par la limite du territoire';
  const listed: ListedObject[] = [
    ...[yard.id, pond.id].map((id) => ({ id, rule: 'surface' as const, reason })),
    { id: yard.id, rule: 'largeur', reason },
  ];
  const report = await assess([around, house, wood, pond, yard], { listed });
  assert.deepEqual([report.listed, report.listedWhole], [[{ rule: 'surface', reason, count: 1 }], 2]);
  const excused = report.rules.reduce((sum, rule) => sum + rule.excused, 0);
  assert.equal(excused, 1, 'as many as in the head');
  const { features } = JSON.parse(await readFile(join(report.folder, 'exceptions.geojson'), 'utf8'));
  assert.equal(features.length, 1);
  assert.match(await readFile(join(report.folder, 'quality.html'), 'utf8'), /2 autres raisons/);
});
