/** Which pieces of the network are drawn, and what is told of those that lie below another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from 'geojson';
import { hiddenPlaces } from '../../../pipeline/polygons/ossature/hidden-places.ts';
import { joinedNetwork, type OssatureLine } from '../../../pipeline/polygons/ossature/ossature-network.ts';

const RULES = {
  connectM: 10,
  linkM: 100,
  minPieceM: 500,
  limit: [0, 0, 4000, 4000] as [number, number, number, number],
  overlapM: 0,
};

const road = (...points: Position[]): OssatureLine => ({ kind: 'road', widthM: 6, level: 0, points });
const rail = (...points: Position[]): OssatureLine => ({ ...road(...points), kind: 'rail' });

test('lines that lie on each other are no more ground, and a piece of little ground is dropped', () => {
  const lanes = (...ys: number[]) => ys.map((y) => road([1000, y], [1200, y]));
  const floating = (lines: OssatureLine[], minPieceM = RULES.minPieceM) =>
    joinedNetwork(lines, [], { ...RULES, minPieceM }).floating;
  const stacked = lanes(1000, 1000, 1000); // 600 m of axis, 1 200 m²: 1 250 m² would be kept
  assert.deepEqual(floating(stacked), stacked);
  assert.deepEqual(floating(stacked, 400), []);
  assert.deepEqual(floating(lanes(1000, 1003, 1006)), [], 'by half');
  assert.deepEqual(floating([...stacked, road([1000, 1000], [-10, 1000])]), [], 'reaches the limit');
});

test('where a network goes on below another is told, of the one below', () => {
  const main = road([0, 100], [600, 100]);
  const crossing = rail([300, 50], [300, 150]);
  const above = { ...rail([400, 50], [400, 150]), level: 1 };
  const beside = rail([0, 107], [200, 107]);
  const bridge = { ...road([500, 50], [500, 150]), level: 1 };
  const told = hiddenPlaces([main, crossing, above, beside, bridge], 0);
  const of = (kind: string) =>
    told.filter((place) => place.kind === kind).map(({ at }) => at.map((metres) => metres.toFixed(1)).join(' '));
  assert.deepEqual(of('rail'), ['300.0 97.5', '300.0 100.0', '300.0 102.5']);
  assert.deepEqual(of('road'), ['397.5 100.0', '400.0 100.0', '402.5 100.0']);
});
