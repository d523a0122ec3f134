import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Geometry, Position } from 'geojson';
import { burn } from '../../pipeline/rasterise.ts';
import { drawing, unitGrid } from './polygons/ascii.ts';

function burnt(geometry: Geometry, widthPx: number, heightPx: number, widthM = 0): string {
  const mask = new Uint8Array(widthPx * heightPx);
  burn(geometry, widthM, unitGrid(widthPx, heightPx), mask);
  return drawing(mask, widthPx);
}

const ring = (...positions: Position[]): Position[] => [...positions, positions[0]!];

test('a polygon covers the pixels whose centres it holds', () => {
  const polygon: Geometry = { type: 'Polygon', coordinates: [ring([0.6, 0], [3.4, 0], [3.4, 2.4], [0.6, 2.4])] };
  assert.equal(burnt(polygon, 4, 3), '....\n.aa.\n.aa.');
});

test('a hole is left out, a part beside is in, what lies outside the grid is ignored', () => {
  const withHole = [ring([-9, -9], [4, -9], [4, 9], [-9, 9]), ring([1, 1], [2, 1], [2, 2], [1, 2])];
  const beside = [ring([5, 0], [6, 0], [6, 1], [5, 1])];
  assert.equal(burnt({ type: 'MultiPolygon', coordinates: [withHole, beside] }, 6, 3), 'aaaa..\na.aa..\naaaa.a');
});

test('a line covers its width, with round ends', () => {
  const line: Geometry = {
    type: 'LineString',
    coordinates: [
      [1.5, 2.5],
      [4.5, 2.5],
    ],
  };
  assert.equal(burnt(line, 7, 5, 2.2), '.......\n.aaaa..\naaaaaa.\n.aaaa..\n.......');
  const diagonal: Geometry = {
    type: 'MultiLineString',
    coordinates: [
      [
        [0, 4],
        [4, 0],
      ],
    ],
  };
  assert.equal(burnt(diagonal, 4, 4, 1), 'a...\n.a..\n..a.\n...a');
});

test('points cover nothing, collections what their parts do', () => {
  const point: Geometry = { type: 'Point', coordinates: [0.5, 0.5] };
  const polygon: Geometry = { type: 'Polygon', coordinates: [ring([0, 0], [1, 0], [1, 1], [0, 1])] };
  assert.equal(burnt(point, 2, 1), '..');
  assert.equal(burnt({ type: 'GeometryCollection', geometries: [point, polygon] }, 2, 1), 'a.');
});

const place = fc.tuple(fc.double({ min: -3, max: 13, noNaN: true }), fc.double({ min: -3, max: 13, noNaN: true }));

test('two polygons on both sides of a line share no pixel and leave none out', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 21 }), { minLength: 2, maxLength: 8 }), (heights) => {
      const line = heights.map((height, i): Position => [(10 * i) / (heights.length - 1), height / 2]);
      const below = burnt({ type: 'Polygon', coordinates: [ring([10, -9], [0, -9], ...line)] }, 10, 10);
      const above = burnt({ type: 'Polygon', coordinates: [ring([10, 19], [0, 19], ...line)] }, 10, 10);
      assert.equal(
        below.replaceAll(/[a.]/g, (mark) => (mark === 'a' ? '.' : 'a')),
        above,
      );
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test('a line covers exactly the centres within half its width', () => {
  fc.assert(
    fc.property(place, place, fc.double({ min: 0.1, max: 6, noNaN: true }), (a, b, width) => {
      const mask = new Uint8Array(100);
      burn({ type: 'LineString', coordinates: [a, b] }, width, unitGrid(10, 10), mask);
      mask.forEach((covered, i) => {
        const distance = distanceToSegment([(i % 10) + 0.5, 9.5 - Math.floor(i / 10)], a, b);
        if (Math.abs(distance - width / 2) > 1e-6) assert.equal(covered, distance < width / 2 ? 1 : 0);
      });
    }),
    { numRuns: 2000, seed: 3 },
  );
});

function distanceToSegment([x, y]: [number, number], a: number[], b: number[]): number {
  const [dx, dy] = [b[0]! - a[0]!, b[1]! - a[1]!];
  const square = dx * dx + dy * dy;
  const t = square === 0 ? 0 : Math.min(Math.max(((x - a[0]!) * dx + (y - a[1]!) * dy) / square, 0), 1);
  return Math.hypot(x - a[0]! - t * dx, y - a[1]! - t * dy);
}
