import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cutInDalles } from '../../../pipeline/grid.ts';
import { framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import {
  besideUnknown,
  closedBuildings,
  frameOfZone,
  zoneRules,
} from '../../../pipeline/polygons/buildings/zone-construite.ts';
import { Elimination } from '../../../pipeline/polygons/units/eliminate.ts';
import { connectedRegions } from '../../../pipeline/regions.ts';
import { drawing, drawn } from './ascii.ts';

/** a building, b other ground. */
const IS_BUILDING = Uint8Array.of(0, 1, 0);

/** The zone of a raster, made in blocks: c in the zone, b outside, a dot where nothing is known. */
function zoneOf(
  classes: Uint8Array,
  widthPx: number,
  sidePx: number,
  parameters: { closingM: number; islandM2: number; holeM2: number },
): string {
  const heightPx = classes.length / widthPx;
  const zone = new Uint8Array(classes.length);
  const closedBlocks = new Map<string, Uint8Array>();
  const elimination = new Elimination(widthPx, heightPx, zoneRules(parameters, 1));
  const grid = { srid: 2154, originX: 0, originY: 0, resolutionM: 1, widthPx, heightPx };
  for (const block of cutInDalles(grid, sidePx)) {
    const framed = framedFrom(classes, widthPx, block, frameOfZone(parameters, 1));
    const pixels = closedBuildings(framed, IS_BUILDING, parameters, 1);
    closedBlocks.set(`${block.xPx} ${block.yPx}`, pixels);
    // what is known is so wherever the ground is
    const known = framedFrom(classes, widthPx, block, 1);
    for (const { block: settled, classOf } of elimination.take(block, pixels, besideUnknown(known))) {
      const before = closedBlocks.get(`${settled.xPx} ${settled.yPx}`)!;
      const { labels } = connectedRegions(before, settled.widthPx, settled.heightPx);
      labels.forEach((label, i) => {
        const [x, y] = [settled.xPx + (i % settled.widthPx), settled.yPx + Math.floor(i / settled.widthPx)];
        zone[y * widthPx + x] = classOf[label]!;
      });
    }
  }
  return drawing(
    zone.map((value) => (value === 0 ? 0 : value + 1)),
    widthPx,
  );
}

const zoneOfText = (text: string, parameters: { closingM: number; islandM2: number; holeM2: number }) => {
  const { classes, widthPx } = drawn(text);
  return zoneOf(classes, widthPx, 4, parameters).split('\n');
};

describe('zone construite', () => {
  it('joins buildings less than two radii apart', () => {
    const row = 'baaabbaaabbbbbbaab';
    const rows = zoneOfText(Array(9).fill(row).join(' '), { closingM: 2.5, islandM2: 0, holeM2: 0 });
    assert.equal(rows[4], 'bccccccccbbbbbbccb');
  });

  it('drops small islands and fills small holes', () => {
    const text = `
      aaaaaabbb
      abbbbabab
      abbbbabbb
      aaaaaabbb`;
    const none = { closingM: 0, islandM2: 0, holeM2: 0 };
    assert.deepEqual(zoneOfText(text, none), ['ccccccbbb', 'cbbbbcbcb', 'cbbbbcbbb', 'ccccccbbb']);
    const dropped = ['ccccccbbb', 'cbbbbcbbb', 'cbbbbcbbb', 'ccccccbbb'];
    assert.deepEqual(zoneOfText(text, { ...none, islandM2: 2 }), dropped);
    const filled = ['ccccccbbb', 'ccccccbcb', 'ccccccbbb', 'ccccccbbb'];
    assert.deepEqual(zoneOfText(text, { ...none, holeM2: 9 }), filled);
  });

  it('fills no ground that goes on where nothing is known, and drops an island that may', () => {
    const parameters = { closingM: 0, islandM2: 3, holeM2: 9 };
    const cut = ['bbbaaaaa', 'bbbabbba', 'aaaab.ba', 'aaaabbba', 'abaaaaaa', 'aaaaaaaa', 'aaaaaaaa'];
    const wanted = cut.map((row) => row.replaceAll('a', 'c'));
    wanted[4] = 'cccccccc';
    assert.deepEqual(zoneOfText(cut.join(' '), parameters), wanted);
    assert.deepEqual(zoneOfText('abbb bbbb bbbb', parameters), ['bbbb', 'bbbb', 'bbbb']);
  });

  it('ends where nothing is known', () => {
    assert.deepEqual(zoneOfText('aa.aa aa.aa aa.aa', { closingM: 3, islandM2: 0, holeM2: 0 }), [
      'cc.cc',
      'cc.cc',
      'cc.cc',
    ]);
  });

  it('does not depend on how the raster is cut', () => {
    const rasters = fc
      .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 2, max: 60 }))
      .chain(([width, height, rarity]) =>
        fc.record({
          widthPx: fc.constant(width),
          classes: fc
            .array(fc.nat(rarity), { minLength: width * height, maxLength: width * height })
            .map((values) => Uint8Array.from(values, (value) => (value === 0 ? 1 : value === 1 ? 0 : 2))),
        }),
      );
    const parameters = { closingM: 2.5, islandM2: 9, holeM2: 7 };
    fc.assert(
      fc.property(rasters, fc.integer({ min: 1, max: 13 }), ({ classes, widthPx }, sidePx) => {
        assert.equal(zoneOf(classes, widthPx, sidePx, parameters), zoneOf(classes, widthPx, 30, parameters));
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});
