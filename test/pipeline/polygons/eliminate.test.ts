/** Elimination against the rule carried out by hand on the whole raster, whatever the cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutInDalles, type PixelWindow } from '../../../pipeline/grid.ts';
import { framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import { Elimination, type EliminationRules } from '../../../pipeline/polygons/units/eliminate.ts';
import { connectedRegions } from '../../../pipeline/regions.ts';
import { drawing, unitGrid } from './ascii.ts';

/** Class 4 is fixed; class 1 would rather go to 2 than to any other, and least of all to 3. */
const rulesFor = (leastPx: number): EliminationRules => ({
  isLarge: (_value, pixels, zonePixels) => pixels >= leastPx || zonePixels >= leastPx / 2,
  isFixed: (value) => value === 4,
  affinity: (value, other) => (value === 1 ? ([0, 0, 3, 0.5][other] ?? 1) : 1),
});

/** Class 1 takes nothing, so that others may be stuck between: as buildings do. */
const closedRules = (leastPx: number): EliminationRules => ({
  ...rulesFor(leastPx),
  affinity: (value, other) => (other === 1 ? 0 : value === 1 && other === 2 ? 3 : 1),
});

/** What the pixels become, and the regions that stay: first pixels, areas, values beside. */
function eliminated(classes: Uint8Array, zone: Uint8Array, widthPx: number, blockPx: number, rules: EliminationRules) {
  const heightPx = classes.length / widthPx;
  const out = new Uint8Array(classes.length);
  const elimination = new Elimination(widthPx, heightPx, rules);
  const cut = (raster: Uint8Array, block: PixelWindow) => framedFrom(raster, widthPx, block, 0).pixels;
  for (const block of cutInDalles(unitGrid(widthPx, heightPx), blockPx)) {
    for (const settled of elimination.take(block, cut(classes, block), cut(zone, block))) {
      const { xPx, yPx, widthPx: width, heightPx: height } = settled.block;
      const { labels } = connectedRegions(cut(classes, settled.block as PixelWindow), width, height);
      labels.forEach((label, i) => {
        out[(yPx + Math.floor(i / width)) * widthPx + xPx + (i % width)] = settled.classOf[label]!;
      });
    }
  }
  const stranded = elimination.stranded.map(({ firstPixel, pixels, beside }) => [firstPixel, pixels, beside.join()]);
  return { out, stranded: stranded.sort(([a], [b]) => Number(a) - Number(b)) };
}

/** Always the smallest region that must go and that any may take, the first of equals, into the class that holds most of its border. */
function byHand(classes: Uint8Array, zone: Uint8Array, widthPx: number, rules: EliminationRules) {
  const out = classes.slice();
  for (;;) {
    const { labels, classOf, pixels, count } = connectedRegions(out, widthPx, out.length / widthPx);
    const small = Array.from({ length: count }, (_, i) => i + 1).filter((region) => {
      const inZone = zone.reduce((sum, one, i) => sum + (labels[i] === region ? one : 0), 0);
      return !rules.isFixed(classOf[region]!) && !rules.isLarge(classOf[region]!, pixels[region]!, inZone);
    });
    const takers = new Map(small.map((region) => [region, takerOf(region, labels, out, widthPx, rules)]));
    const free = small.filter((region) => takers.get(region) !== 0).sort((a, b) => pixels[a]! - pixels[b]! || a - b);
    if (free.length === 0) {
      const beside = (region: number) => valuesBeside(region, labels, out, widthPx).join();
      return { out, stranded: small.map((region) => [labels.indexOf(region), pixels[region], beside(region)]) };
    }
    const [least] = free;
    labels.forEach((label, i) => {
      if (label === least) out[i] = takers.get(least!)!;
    });
  }
}

function valuesBeside(region: number, labels: Int32Array, classes: Uint8Array, widthPx: number): number[] {
  const values = new Set<number>();
  labels.forEach((label, i) => {
    if (label !== region) return;
    for (const other of besides(i, widthPx)) if (labels[other] !== region) values.add(classes[other] ?? 0);
  });
  return [...values].filter((value) => value !== 0).sort((a, b) => a - b);
}

/** Pixels that share an edge with one; −1, or beyond the last, where there is none. */
function besides(i: number, widthPx: number): number[] {
  const column = i % widthPx;
  return [column > 0 ? i - 1 : -1, column + 1 < widthPx ? i + 1 : -1, i - widthPx, i + widthPx];
}

function takerOf(region: number, labels: Int32Array, classes: Uint8Array, widthPx: number, rules: EliminationRules) {
  const scores = new Float64Array(256);
  labels.forEach((label, i) => {
    if (label !== region) return;
    for (const other of besides(i, widthPx)) {
      const value = classes[other] ?? 0;
      if (value === 0 || labels[other] === region || rules.isFixed(value)) continue;
      scores[value]! += rules.affinity(classes[i]!, value);
    }
  });
  return scores.indexOf(Math.max(...scores)) * (Math.max(...scores) > 0 ? 1 : 0);
}

test('the same as by hand, in blocks of any size', () => {
  const rasters = fc.record({
    widthPx: fc.integer({ min: 1, max: 12 }),
    heightPx: fc.integer({ min: 1, max: 12 }),
    leastPx: fc.integer({ min: 2, max: 12 }),
    blockPx: fc.integer({ min: 1, max: 12 }),
    pixels: fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean()), {
      minLength: 144,
      maxLength: 144,
      size: 'max',
    }),
  });
  fc.assert(
    fc.property(rasters, ({ widthPx, heightPx, leastPx, blockPx, pixels }) => {
      const ground = pixels.slice(0, widthPx * heightPx);
      const classes = Uint8Array.from(ground, ([value]) => value);
      const zone = Uint8Array.from(ground, ([, inside]) => (inside ? 1 : 0));
      for (const rules of [rulesFor(leastPx), closedRules(leastPx)]) {
        const made = eliminated(classes, zone, widthPx, blockPx, rules);
        const wanted = byHand(classes, zone, widthPx, rules);
        assert.equal(drawing(made.out, widthPx), drawing(wanted.out, widthPx));
        assert.deepEqual(made.stranded, wanted.stranded);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a checkerboard of single pixels over a whole block', () => {
  const widthPx = 700;
  const classes = Uint8Array.from({ length: widthPx * widthPx }, (_, i) => 1 + ((i + Math.floor(i / widthPx)) & 1));
  const zone = new Uint8Array(classes.length);
  for (const rules of [rulesFor(0), rulesFor(10)]) {
    const { out } = eliminated(classes, zone, widthPx, widthPx, rules);
    assert.deepEqual(out, eliminated(classes, zone, widthPx, 64, rules).out);
  }
});
