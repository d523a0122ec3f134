/** What the report counts of the references: what of them lies on the run's ground. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Polygon, Position } from 'geojson';
import { bboxOf, ringOfBox } from '../../../pipeline/boxes.ts';
import type { BboxLocal } from '../../../pipeline/grid.ts';
import { OSSATURE_DEFAULTS } from '../../../pipeline/polygons/ossature/ossature.ts';
import { OssatureTally } from '../../../pipeline/polygons/ossature/ossature-tally.ts';

const GROUND: BboxLocal = [0, 0, 4_000, 4_000];

test('of lines and surfaces what lies on the run’s ground is counted, segments once', () => {
  const tally = new OssatureTally(OSSATURE_DEFAULTS, GROUND);
  const road = (segment: number, ...points: Position[]) =>
    tally.line('kept', 'road', { kind: 'road', widthM: 5, level: 0, segment, points });
  road(1, [-300, 2_000], [1_000, 2_000], [1_000, 5_000]);
  road(1, [1_000, 100], [1_000, 200]);
  road(2, [-300, 100], [-300, 900]); // beside it
  road(3, [-100, 3_900], [100, 4_100]); // its box meets the ground, in a corner it touches only
  assert.deepEqual(tally.report.kept['road'], { count: 1, lengthM: 3_100 });

  const water = (...boxes: BboxLocal[]) => {
    const geometry: Polygon = { type: 'Polygon', coordinates: boxes.map(ringOfBox) };
    tally.surface('kept', 'water', { geometry, bbox: bboxOf(geometry.coordinates), level: 0 });
  };
  water([3_000, -9_000, 9_000, 1_000], [3_900, 100, 5_000, 200]);
  water([10, 10, 20, 20]);
  water([5_000, 0, 6_000, 10]);
  assert.deepEqual(tally.report.kept['water'], { count: 2, lengthM: 0, areaM2: 1_000_000 - 10_000 + 100 });
});
