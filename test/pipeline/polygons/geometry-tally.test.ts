/** A building counts as squared where all its borders are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Side, TracedRegion } from '../../../pipeline/polygons/arcs/region-tracker.ts';
import { GeometryTally } from '../../../pipeline/polygons/lines/geometry-tally.ts';

type Borders = TracedRegion['arcs'];

const GROUND = { value: 2 } as Side;
const arc = (squared: boolean, right: Side = GROUND) =>
  ({ squared, betweenPx2: 5, left: { value: 1 }, right }) as Borders[number];

test('squared, in part, not at all; the extent’s own border does not count', () => {
  const tally = new GeometryTally([
    { codeCs: 'CS1.1.1.1', ossature: false },
    { codeCs: 'CS2.2.1', ossature: false },
  ]);
  const buildings: Borders[] = [
    [arc(true)],
    [arc(true), arc(true)],
    [arc(true), arc(false, null)],
    [arc(true), arc(false)],
    [arc(false), arc(false)],
    [arc(false)],
    [arc(false, null)],
  ];
  for (const arcs of buildings) tally.addRegion({ value: 1, pixels: 100, arcs }, 99);
  tally.addRegion({ value: 2, pixels: 500, arcs: [arc(false)] }, 500);
  const { squared, areas } = tally.told(0.5);
  assert.deepEqual([squared?.count, squared?.partly, squared?.none], [3, 1, 2]);
  assert.equal(squared?.beforeM2, 100);
  assert.equal(squared?.afterM2, 99);
  // two borders of 5 px² each between border and line: what both have is (100 + 99 − 10) ÷ 2
  assert.equal(squared?.leastIou, 94.5 / 104.5);
  // squared buildings apart: their ground would hide what the borders of the four others lose
  assert.deepEqual(areas, [
    { codeCs: 'CS1.1.1.1', beforeM2: 100, afterM2: 100 },
    { codeCs: 'CS2.2.1', beforeM2: 125, afterM2: 125 },
  ]);
});

test('areas before and after are of ground that is no ossature, whose borders are not measured', () => {
  const tally = new GeometryTally([
    { codeCs: 'CS1.1.1.2', ossature: true },
    { codeCs: 'CS1.1.1.2', ossature: false },
    { codeCs: 'CS1.1.2.1', ossature: true },
  ]);
  for (const [value, pixels] of [[1, 9_000], [2, 400], [3, 700]] as const) // biome-ignore format: pairs
    tally.addRegion({ value, pixels, arcs: [arc(false)] }, pixels);
  assert.deepEqual(tally.told(0.5).areas, [{ codeCs: 'CS1.1.1.2', beforeM2: 100, afterM2: 100 }]);
});
