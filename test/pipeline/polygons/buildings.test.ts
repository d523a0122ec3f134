import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cutInDalles } from '../../../pipeline/grid.ts';
import { type Framed, framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import type { BuildingValues } from '../../../pipeline/polygons/buildings/building-values.ts';
import {
  type EnlargementParameters,
  enlargeBuildings,
  frameOfEnlargement,
} from '../../../pipeline/polygons/buildings/enlarge.ts';
import { frameOfGrouping, groupBuildings } from '../../../pipeline/polygons/buildings/group-buildings.ts';
import { connectedRegions } from '../../../pipeline/regions.ts';
import { drawing, drawn } from './ascii.ts';

/** a building, b other ground, c ossature. */
const VALUES: BuildingValues = { building: 1, isFixed: Uint8Array.of(0, 0, 0, 1) };

/** A local operation done block by block. */
function byBlocks(
  raster: Uint8Array,
  widthPx: number,
  sidePx: number,
  framePx: number,
  operation: (framed: Framed) => Uint8Array,
): Uint8Array {
  const whole = new Uint8Array(raster.length);
  const grid = { srid: 2154, originX: 0, originY: 0, resolutionM: 1, widthPx, heightPx: raster.length / widthPx };
  for (const block of cutInDalles(grid, sidePx)) {
    const pixels = operation(framedFrom(raster, widthPx, block, framePx));
    for (let y = 0; y < block.heightPx; y++)
      whole.set(pixels.subarray(y * block.widthPx, (y + 1) * block.widthPx), (block.yPx + y) * widthPx + block.xPx);
  }
  return whole;
}

/** Rectangles of every value on ground of value 2. */
const scenes = fc
  .record({
    widthPx: fc.integer({ min: 1, max: 40 }),
    heightPx: fc.integer({ min: 1, max: 40 }),
    rectangles: fc.array(
      fc.record({
        x: fc.nat(40),
        y: fc.nat(40),
        width: fc.integer({ min: 1, max: 7 }),
        height: fc.integer({ min: 1, max: 7 }),
        value: fc.constantFrom(1, 1, 1, 0, 2, 3),
      }),
      { maxLength: 30 },
    ),
  })
  .map(({ widthPx, heightPx, rectangles }) => {
    const classes = new Uint8Array(widthPx * heightPx).fill(2);
    for (const { x, y, width, height, value } of rectangles)
      for (let row = y; row < Math.min(y + height, heightPx); row++)
        for (let column = x; column < Math.min(x + width, widthPx); column++) classes[row * widthPx + column] = value;
    return { classes, widthPx, heightPx };
  });

function buildingsOf(classes: Uint8Array, widthPx: number) {
  const mask = classes.map((value) => (value === 1 ? 1 : 0));
  const regions = connectedRegions(mask, widthPx, classes.length / widthPx);
  const spans = Array.from({ length: regions.count + 1 }, () => ({ x: [] as number[], y: [] as number[] }));
  regions.labels.forEach((label, i) => {
    spans[label]!.x.push(i % widthPx);
    spans[label]!.y.push(Math.floor(i / widthPx));
  });
  const length = (values: number[]) => Math.max(...values) - Math.min(...values) + 1;
  return { ...regions, isLong: spans.map(({ x, y }) => length(x) > 8 || length(y) > 8) };
}

/** Whether all ground as far as a building may grow is free and known. */
function hasRoom(classes: Uint8Array, widthPx: number, labels: Int32Array, label: number): boolean {
  const reach = 3;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== label) continue;
    for (let y = Math.floor(i / widthPx) - reach; y <= Math.floor(i / widthPx) + reach; y++) {
      for (let x = (i % widthPx) - reach; x <= (i % widthPx) + reach; x++) {
        const value = x < 0 || x >= widthPx ? 0 : (classes[y * widthPx + x] ?? 0);
        if (value === 0 || value === 3) return false;
      }
    }
  }
  return true;
}

describe('buildings near each other', () => {
  const group = (text: string, gapM: number) => {
    const { classes, widthPx, heightPx } = drawn(text);
    const block = { xPx: 0, yPx: 0, widthPx, heightPx };
    const framed = framedFrom(classes, widthPx, block, frameOfGrouping(gapM, 1));
    return drawing(groupBuildings(framed, VALUES, gapM, 1), widthPx);
  };

  it('become one where the gap is narrower than the rule', () => {
    const apart = `
      bbbbbbbbbbbbbbb
      baaaaabbbaaaaab
      baaaaabbbaaaaab
      baaaaabbbaaaaab
      baaaaabbbaaaaab
      baaaaabbbaaaaab
      bbbbbbbbbbbbbbb`;
    assert.equal(group(apart, 2), drawing(drawn(apart).classes, 15));
    assert.equal(group(apart, 6).split('\n')[3], 'baaaaaaaaaaaaab');
  });

  it('do not grow over the ossature nor over ground nobody knows', () => {
    const rows = group('aaacaaa aaacaaa aaabaaa aaa.aaa aaa.aaa', 4).split('\n');
    assert.deepEqual(rows, ['aaacaaa', 'aaacaaa', 'aaaaaaa', 'aaa.aaa', 'aaa.aaa']);
  });

  it('that are one keep their inner corners, bays and courtyards', () => {
    const alone = `
      bbbbbbbbbbbbbbbbbbbb
      baaaaaaaaaaaaabbbbbb
      baaaaaaaaaaaaabbbbbb
      baaaaaaaaaaaaabbbbbb
      baaaaaaabbbbbbbbbbbb
      baaaaaaabaaaaaaaaabb
      baaaaaaabaabbbbbaabb
      baaaaaaabaabbbbbaabb
      bbbbbbbbbaaaaaaaaabb
      bbbbbbbbbaaaaaaaaabb
      bbbbbbbbbbbbbbbbbbbb`;
    const one = drawn(alone).classes.map((value, i) => (i < 20 * 4 ? value : 2));
    const other = drawn(alone).classes.map((value, i) => (i >= 20 * 4 ? value : 2));
    for (const classes of [one, other.map((value, i) => (i % 20 < 8 ? 2 : value))]) {
      const block = { xPx: 0, yPx: 0, widthPx: 20, heightPx: 11 };
      const framed = framedFrom(classes, 20, block, frameOfGrouping(4, 1));
      assert.equal(drawing(groupBuildings(framed, VALUES, 4, 1), 20), drawing(classes, 20));
    }
    const rows = group(alone, 4).split('\n');
    assert.equal(rows[6]!.slice(8, 11), 'aaa'); // the gap between the two
    assert.equal(rows[7]!.slice(11, 16), 'bbbbb'); // the courtyard of the second
  });

  it('are grouped alike however the raster is cut', () => {
    fc.assert(
      fc.property(scenes, fc.integer({ min: 1, max: 19 }), ({ classes, widthPx, heightPx }, sidePx) => {
        for (const gapM of [2, 4]) {
          const frame = frameOfGrouping(gapM, 1);
          const operation = (framed: Framed) => groupBuildings(framed, VALUES, gapM, 1);
          const whole = byBlocks(classes, widthPx, Math.max(widthPx, heightPx), frame, operation);
          assert.deepEqual(byBlocks(classes, widthPx, sidePx, frame, operation), whole);
        }
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});

describe('a small building alone', () => {
  const parameters: EnlargementParameters = { fromM2: 4, toM2: 16, margin: 0, marginAt1M: 0, reachM: 3, sideM: 8 };
  const enlarge = (text: string) => {
    const { classes, widthPx, heightPx } = drawn(text);
    const block = { xPx: 0, yPx: 0, widthPx, heightPx };
    const framed = framedFrom(classes, widthPx, block, frameOfEnlargement(parameters, 1));
    return drawing(enlargeBuildings(framed, VALUES, parameters, 1), widthPx).split('\n');
  };

  it('grows to its area from its own sides, evenly', () => {
    const rows = enlarge('bbbbbbb bbbbbbb bbaabbb bbaabbb bbbbbbb bbbbbbb');
    // 4 pixels, 8 at one pixel's distance, and of the 4 at the corners none is left out
    assert.deepEqual(rows, ['bbbbbbb', 'baaaabb', 'baaaabb', 'baaaabb', 'baaaabb', 'bbbbbbb']);
  });

  it('turns away from ossature, nodata and the end of the raster', () => {
    const rows = enlarge('aabbbb. aabbbbb bbbb.bb bbb.bbb ccccccc bbbbbbb');
    assert.deepEqual(rows, ['aaaaab.', 'aaaabbb', 'aaaa.bb', 'aaa.bbb', 'ccccccc', 'bbbbbbb']);
  });

  it('does not jump over a road', () => {
    const rows = enlarge('bbbbbbb bbaabbb bbaabbb ccccccc bbbbbbb bbbbbbb');
    assert.deepEqual(rows.slice(3), ['ccccccc', 'bbbbbbb', 'bbbbbbb']);
    assert.equal(rows.join('').match(/a/g)!.length, 16);
  });

  it('has its area, and nothing is lost, however the raster is cut', () => {
    const operation = (framed: Framed) => enlargeBuildings(framed, VALUES, parameters, 1);
    const frame = frameOfEnlargement(parameters, 1);
    fc.assert(
      fc.property(scenes, fc.integer({ min: 1, max: 19 }), ({ classes, widthPx, heightPx }, sidePx) => {
        const side = Math.max(widthPx, heightPx);
        const whole = byBlocks(classes, widthPx, side, frame, operation);
        assert.deepEqual(byBlocks(classes, widthPx, sidePx, frame, operation), whole);
        const before = buildingsOf(classes, widthPx);
        const after = buildingsOf(whole, widthPx);
        for (let i = 0; i < classes.length; i++) {
          if (classes[i] !== 1 && whole[i] !== 1) assert.equal(whole[i], classes[i]);
          if (classes[i] === 0 || classes[i] === 3) assert.equal(whole[i], classes[i]);
          if (classes[i] !== 1) continue;
          const label = before.labels[i]!;
          const mayGrow = before.pixels[label]! >= 4 && !before.isLong[label];
          if (mayGrow && hasRoom(classes, widthPx, before.labels, label))
            assert.ok(after.pixels[after.labels[i]!]! >= 16);
        }
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  it('that finds no room stays as it was', () => {
    const rows = enlarge('ccccccc cbaabbc cbaabbc ccccccc bbbbbbb');
    assert.deepEqual(rows, ['ccccccc', 'cbaabbc', 'cbaabbc', 'ccccccc', 'bbbbbbb']);
  });
});
