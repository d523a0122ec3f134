import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { BandWindow } from '../../../pipeline/artefacts.ts';
import type { Model } from '../../../pipeline/classes/load-model.ts';
import { tileInput } from '../../../pipeline/classes/tile-input.ts';
import {
  blendWeights,
  chooseTiling,
  inOutput,
  keptPxOf,
  tilesAlong,
  tilesOf,
  viewOfAll,
  viewTile,
} from '../../../pipeline/classes/tiling.ts';
import { cutInDalles } from '../../../pipeline/grid.ts';
import { lambert } from '../rasters/tiny-tiff.ts';

const model = (stated: Partial<Model> = {}) =>
  ({ id: 'm', sizeMultiplePx: 1, outputMarginPx: 0, ...stated }) as unknown as Model;

const anyTiling = fc
  .record({ keptPx: fc.integer({ min: 1, max: 20 }), marginPx: fc.integer({ min: 0, max: 12 }) })
  .chain(({ keptPx, marginPx }) =>
    fc.record({
      tilePx: fc.constant(keptPx + 2 * marginPx),
      marginPx: fc.constant(marginPx),
      blendPx: fc.integer({ min: 0, max: marginPx }),
      dallePx: fc.integer({ min: 1, max: 4 }).map((tiles) => tiles * keptPx),
    }),
  );
const anySize = fc.record({ widthPx: fc.integer({ min: 1, max: 70 }), heightPx: fc.integer({ min: 1, max: 70 }) });

describe('choice of tile, margin and dalle', () => {
  const grid = { ...lambert(10_000, 10_000), resolutionM: 0.2 };

  test('a dalle is 1 km of ground, rounded down to whole kept windows', () => {
    assert.deepEqual(chooseTiling(model(), {}, grid), { tilePx: 512, marginPx: 64, dallePx: 13 * 384, blendPx: 0 });
    assert.equal(chooseTiling(model(), {}, { ...grid, resolutionM: 0.6 }).dallePx, 4 * 384);
    assert.equal(chooseTiling(model(), {}, { ...grid, resolutionM: 10 }).dallePx, 384);
  });

  test('what the network does not answer is margin', () => {
    const smaller = model({ outputMarginPx: 14, fixedSidePx: 512, maxBatch: 1 });
    assert.throws(
      () => chooseTiling(smaller, { marginPx: 10 }, grid),
      /margin of 10 px, at least 14 wanted: m answers 484/,
    );
    const { marginPx, blendPx } = chooseTiling(smaller, { stitching: 'average' }, grid);
    assert.deepEqual([marginPx, blendPx], [64, 50]);
    const tile = { column: 1, row: 0, kept: { xPx: 384, yPx: 0, widthPx: 384, heightPx: 384 } };
    const tiling = chooseTiling(smaller, {}, grid);
    assert.deepEqual(inOutput({ ...tile, part: tile.kept }, tiling, 14), { ...tile.kept, xPx: 50, yPx: 50 });
  });
});

describe('tiles of the lattice', () => {
  test('kept windows fill the grid once, whatever the dalles; parts reach as far as tiles are blended', () => {
    fc.assert(
      fc.property(anyTiling, anySize, (tiling, { widthPx, heightPx }) => {
        const grid = lambert(widthPx, heightPx);
        const kept = new Uint8Array(widthPx * heightPx);
        for (const dalle of cutInDalles(grid, tiling.dallePx)) {
          for (const tile of tilesOf(dalle, tiling, grid)) {
            assert.ok(tile.part.widthPx > 0 && tile.part.heightPx > 0);
            const inDalle = tile.kept.xPx >= dalle.xPx && tile.kept.xPx < dalle.xPx + dalle.widthPx;
            if (!inDalle || tile.kept.yPx < dalle.yPx || tile.kept.yPx >= dalle.yPx + dalle.heightPx) continue;
            for (let y = 0; y < tile.kept.heightPx; y++)
              for (let x = 0; x < tile.kept.widthPx; x++) kept[(tile.kept.yPx + y) * widthPx + tile.kept.xPx + x]!++;
          }
        }
        assert.ok(kept.every((times) => times === 1));
      }),
      { numRuns: 60 },
    );
  });

  test('weights of all tiles sum to 1 at every pixel, fall towards the edge of a tile, and are 1 where it is alone', () => {
    fc.assert(
      fc.property(anyTiling, fc.integer({ min: 1, max: 70 }), (tiling, lengthPx) => {
        const count = tilesAlong(lengthPx, tiling);
        const sums = new Float64Array(lengthPx);
        for (let index = 0; index < count; index++) {
          const start = Math.max(0, index * keptPxOf(tiling) - tiling.blendPx);
          const end = Math.min(lengthPx, (index + 1) * keptPxOf(tiling) + tiling.blendPx);
          blendWeights(index, count, start, end - start, tiling).forEach((weight, i) => {
            assert.ok(weight > 0 && weight <= 1);
            sums[start + i]! += weight;
          });
        }
        assert.ok(sums.every((sum) => Math.abs(sum - 1) < 1e-6));
      }),
      { numRuns: 60 },
    );
    const tiling = { tilePx: 8, marginPx: 2, blendPx: 2, dallePx: 4 };
    assert.deepEqual([...blendWeights(1, 3, 2, 8, tiling)], [0.125, 0.375, 0.625, 0.875, 0.875, 0.625, 0.375, 0.125]);
    assert.deepEqual([...blendWeights(0, 3, 0, 2, tiling)], [1, 1]);
  });

  test('the window of all tiles holds the window of each', () => {
    fc.assert(
      fc.property(anyTiling, anySize, (tiling, { widthPx, heightPx }) => {
        const grid = lambert(widthPx, heightPx);
        for (const dalle of cutInDalles(grid, tiling.dallePx)) {
          const tiles = tilesOf(dalle, tiling, grid);
          const all = viewOfAll(tiles, tiling, grid);
          for (const tile of tiles) {
            const { window } = viewTile(tile, tiling, grid);
            assert.ok(window.xPx >= all.xPx && window.xPx + window.widthPx <= all.xPx + all.widthPx);
            assert.ok(window.yPx >= all.yPx && window.yPx + window.heightPx <= all.yPx + all.heightPx);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('a tile is scaled and clipped, mirrored past the edges and in holes', () => {
  const grid = lambert(3, 2);
  const view = viewTile({ column: 0, row: 0 }, { tilePx: 6, marginPx: 2, dallePx: 2, blendPx: 0 }, grid);
  const read: BandWindow = {
    window: view.window,
    data: Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60),
    valid: Uint8Array.of(1, 1, 0, 1, 1, 1),
  };
  const into = new Float32Array(2 * 36);
  const free = { clipMin: Number.NEGATIVE_INFINITY, clipMax: Number.POSITIVE_INFINITY };
  const scaling = [
    { ...free, subtract: 1, divide: 2 },
    { clipMin: 15, clipMax: 45, subtract: 0, divide: 5 },
  ];
  tileInput(read, view, scaling, into);
  // Columns −2 … 3 of three are 2 1 0 1 2 1; rows −2 … 3 of two are 0 1 0 1 0 1. The hole's column 2 is column 0.
  assert.deepEqual([...into.subarray(0, 12)], [0, 0.5, 0, 0.5, 0, 0.5, 2.5, 2, 1.5, 2, 2.5, 2]);
  assert.deepEqual([...into.subarray(36, 48)], [3, 4, 3, 4, 3, 4, 9, 9, 8, 9, 9, 9]);
  tileInput({ ...read, valid: new Uint8Array(6) }, view, scaling, into);
  assert.ok(into.every((value) => value === 0));
});
