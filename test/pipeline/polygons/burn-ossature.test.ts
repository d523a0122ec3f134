/** Ossature on random networks: the cut into blocks does not show, and every line is one piece on the raster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Position } from 'geojson';
import type { Grid, PixelWindow } from '../../../pipeline/grid.ts';
import { burnOssature, OssatureIndex } from '../../../pipeline/polygons/ossature/burn-ossature.ts';
import type { OssatureLine } from '../../../pipeline/polygons/ossature/ossature-network.ts';
import { colouredLines } from '../../../pipeline/polygons/ossature/ossature-objects.ts';
import { connectedRegions } from '../../../pipeline/regions.ts';

const GRID: Grid = { srid: 2154, originX: 700_000, originY: 6_600_000, resolutionM: 0.7, widthPx: 150, heightPx: 130 };

/** Decimetres, so that centres of pixels lie on edges now and then. */
const position: fc.Arbitrary<Position> = fc
  .tuple(fc.integer({ min: -50, max: 1100 }), fc.integer({ min: -50, max: 960 }))
  .map(([x, y]) => [GRID.originX + x / 10, GRID.originY - y / 10]);

const line: fc.Arbitrary<OssatureLine> = fc.record({
  kind: fc.constantFrom('road', 'rail'),
  widthM: fc.constantFrom(0, 2, 5, 7.5),
  level: fc.constantFrom(0, 0, 1),
  points: fc.uniqueArray(position, { minLength: 2, maxLength: 5, selector: String }),
});

const surface = fc
  .uniqueArray(position, { minLength: 3, maxLength: 8, selector: String })
  .map((ring) => [...ring, ring[0]!])
  .map((ring) => ({
    geometry: { type: 'Polygon' as const, coordinates: [ring] },
    bbox: [
      Math.min(...ring.map(([x]) => x!)),
      Math.min(...ring.map(([, y]) => y!)),
      Math.max(...ring.map(([x]) => x!)),
      Math.max(...ring.map(([, y]) => y!)),
    ] as [number, number, number, number],
    level: 0,
    colour: 1,
  }));

function indexOf(lines: OssatureLine[], surfaces: (typeof surface extends fc.Arbitrary<infer S> ? S : never)[] = []) {
  const coloured = colouredLines(lines, { cellM: 40, minObjectM2: 60, overlapM: 1.4 });
  return new OssatureIndex(GRID, coloured, surfaces);
}

function burnt(index: OssatureIndex, blockPx: number): Uint8Array {
  const raster = new Uint8Array(GRID.widthPx * GRID.heightPx);
  for (let yPx = 0; yPx < GRID.heightPx; yPx += blockPx) {
    for (let xPx = 0; xPx < GRID.widthPx; xPx += blockPx) {
      const widthPx = Math.min(blockPx, GRID.widthPx - xPx);
      const block: PixelWindow = { xPx, yPx, widthPx, heightPx: Math.min(blockPx, GRID.heightPx - yPx) };
      const values = burnOssature(block, index);
      for (let y = 0; values && y < block.heightPx; y++) {
        raster.set(values.subarray(y * widthPx, (y + 1) * widthPx), (yPx + y) * GRID.widthPx + xPx);
      }
    }
  }
  return raster;
}

test('one block or many give the same pixels', () => {
  const networks = fc.tuple(
    fc.array(line, { maxLength: 12 }),
    fc.array(surface, { maxLength: 2 }),
    fc.integer({ min: 7, max: 90 }),
  );
  fc.assert(
    fc.property(networks, ([lines, surfaces, blockPx]) => {
      const index = indexOf(lines, surfaces);
      assert.deepEqual(burnt(index, blockPx), burnt(index, 150));
    }),
    { numRuns: 60 },
  );
});

test('a line inside the raster is one piece, however narrow and whatever its direction', () => {
  fc.assert(
    fc.property(line, (one) => {
      const inside = one.points.map(
        ([x, y]): Position => [
          GRID.originX + 5 + Math.abs(x! - GRID.originX) * 0.8,
          GRID.originY - 5 - Math.abs(GRID.originY - y!) * 0.8,
        ],
      );
      const mask = burnt(indexOf([{ ...one, points: inside }]), 64).map((value) => (value === 0 ? 0 : 1));
      assert.equal(connectedRegions(mask, GRID.widthPx, GRID.heightPx).count, 1);
    }),
    { numRuns: 300 },
  );
});

test('a pixel is covered just when its centre is within half the width of a line', () => {
  fc.assert(
    fc.property(line, (one) => {
      const raster = burnt(indexOf([one]), 64);
      const radius = Math.max(one.widthM, 1.5 * GRID.resolutionM) / 2;
      for (let i = 0; i < raster.length; i++) {
        const x = GRID.originX + ((i % GRID.widthPx) + 0.5) * GRID.resolutionM;
        const y = GRID.originY - (Math.floor(i / GRID.widthPx) + 0.5) * GRID.resolutionM;
        const distance = Math.min(...one.points.slice(1).map((to, k) => distanceTo([x, y], one.points[k]!, to)));
        if (Math.abs(distance - radius) > 1e-6) assert.equal(raster[i] !== 0, distance < radius);
      }
    }),
    { numRuns: 60 },
  );
});

function distanceTo([x, y]: [number, number], [ax, ay]: Position, [bx, by]: Position): number {
  const length = Math.hypot(bx! - ax!, by! - ay!);
  const along = ((x - ax!) * (bx! - ax!) + (y - ay!) * (by! - ay!)) / length;
  if (along <= 0) return Math.hypot(x - ax!, y - ay!);
  if (along >= length) return Math.hypot(x - bx!, y - by!);
  return Math.abs((bx! - ax!) * (y - ay!) - (by! - ay!) * (x - ax!)) / length;
}
