import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cutInDalles } from '../../../pipeline/grid.ts';
import { framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import { type LandClass, landValueOf, plainValues, withNarrow } from '../../../pipeline/polygons/land-classes.ts';
import { affinity } from '../../../pipeline/polygons/units/affinity.ts';
import { Elimination, type EliminationRules } from '../../../pipeline/polygons/units/eliminate.ts';
import { brokenRules, MINIMAL_UNITS, SPECKS, unitRules } from '../../../pipeline/polygons/units/minimal-units.ts';
import { connectedRegions } from '../../../pipeline/regions.ts';
import { readNomenclature } from '../../../sql/nomenclature.ts';
import { drawing, drawn } from './ascii.ts';
import { randomRaster } from './random-raster.ts';

/** a building, b paved, c broadleaf, d grass, e ossature; narrow ones of a to d: f to i. */
const CLASSES: LandClass[] = withNarrow([
  { codeCs: 'CS1.1.1.1', ossature: false },
  { codeCs: 'CS1.1.1.2', ossature: false },
  { codeCs: 'CS2.1.1.1', ossature: false },
  { codeCs: 'CS2.2.1', ossature: false },
  { codeCs: 'CS1.1.1.2', ossature: true },
]);
const [BUILDING, PAVED, , GRASS, OSSATURE] = [1, 2, 3, 4, 5];

/** A drawing after elimination as one block; letters stand for classes. */
function settled(text: string, rules: EliminationRules, inZone?: (letter: string, index: number) => boolean) {
  const { classes, widthPx, heightPx } = drawn(text);
  const zone = inZone && Uint8Array.from(text.replaceAll(/\s/g, ''), (letter, i) => (inZone(letter, i) ? 1 : 0));
  const elimination = new Elimination(widthPx, heightPx, rules);
  const [block] = elimination.take({ xPx: 0, yPx: 0, widthPx, heightPx }, classes, zone);
  const { labels } = connectedRegions(classes, widthPx, heightPx);
  return {
    after: drawing(
      classes.map((_, i) => block!.classOf[labels[i]!]!),
      widthPx,
    ),
    stranded: elimination.stranded,
    enclaves: elimination.enclaves,
  };
}

suite('affinity', () => {
  test('every pair of leaves has a weight, greatest within one cover; towards a building none has but a building', () => {
    const leaves = readNomenclature().flatMap(({ dimension, code, feuille }) =>
      dimension === 'CS' && feuille ? [code] : [],
    );
    assert.equal(leaves.length, 14);
    for (const from of leaves) {
      for (const to of leaves) {
        const isClosed = to === 'CS1.1.1.1' && from !== to;
        assert.equal(affinity(from, to) > 0, !isClosed, `${from} ${to}`);
        if (from !== to) assert.ok(affinity(from, from) > affinity(from, to), `${from} ${to}`);
      }
    }
  });

  test('the nearer in the nomenclature, the more a border counts', () => {
    const [broadleaf, mixed, shrubs, grass, water] = ['CS2.1.1.1', 'CS2.1.1.3', 'CS2.1.2', 'CS2.2.1', 'CS1.2.2'];
    assert.ok(affinity(broadleaf, mixed) > affinity(broadleaf, shrubs));
    assert.ok(affinity(broadleaf, shrubs) > affinity(broadleaf, grass));
    assert.ok(affinity(broadleaf, grass) > affinity(broadleaf, water));
    assert.ok(affinity(water, grass) > affinity(water, 'CS1.1.1.2'), 'a pond is no yard');
  });
});

suite('minimal units', () => {
  const rules = unitRules(CLASSES, 1);

  test('200 m² for buildings, 500 m² in the zone construite, 2 500 m² outside, each with its hundredth', () => {
    const large = (value: number, pixels: number, zonePixels: number) => rules.isLarge(value, pixels, zonePixels);
    assert.deepEqual([large(BUILDING, 201, 201), large(BUILDING, 202, 0)], [false, true]);
    assert.deepEqual([large(GRASS, 2524, 504), large(GRASS, 505, 505), large(GRASS, 2525, 0)], [false, true, true]);
    const finer = unitRules(CLASSES, 0.04);
    assert.deepEqual([finer.isLarge(BUILDING, 5049, 0), finer.isLarge(BUILDING, 5050, 0)], [false, true]);
  });

  test('what is large enough stays so however it grows, in the zone or outside', () => {
    for (let pixels = 1; pixels < 6000; pixels += 7) {
      for (let inZone = 0; inZone <= pixels; inZone += 97) {
        for (const value of [BUILDING, PAVED, GRASS]) {
          if (!rules.isLarge(value, pixels, inZone)) continue;
          assert.ok(rules.isLarge(value, pixels + 1, inZone) && rules.isLarge(value, pixels + 1, inZone + 1));
        }
      }
    }
  });

  test('a small wood among meadow and building becomes meadow, though the building holds more of its border', () => {
    const text = 'aaaad\naaaad\naccdd\naaaad\naaaad';
    const { after } = settled(text, unitRules(CLASSES, 400));
    assert.equal(after, text.replaceAll('c', 'd'));
  });

  test('nothing merges with the ossature or across it; what is alone between is told', () => {
    const text = 'dddddd\ndddddd\neeeeee\ncccccc\neeeeee\ndddddd\ndddddd';
    const { after, stranded } = settled(text, unitRules(CLASSES, 240));
    assert.equal(after, text);
    assert.equal(stranded.length, 1);
    assert.deepEqual(
      brokenRules(stranded[0]!, CLASSES, 240).map(({ rule }) => rule),
      ['surface'],
    );
    assert.deepEqual(
      brokenRules({ ...stranded[0]!, value: 8 }, CLASSES, 1000).map(({ rule }) => rule),
      ['largeur'],
    );
    assert.ok(rules.isFixed(OSSATURE) && !rules.isFixed(PAVED));
  });

  test('under 500 m², ground within the ossature becomes part of it, and what is left of a building under 50 m²', () => {
    const text = 'eeeeee\neddeee\neeeeee\neiiiie\neeeeee\neaeeee\neeeeee';
    const { after, stranded, enclaves } = settled(text, unitRules(CLASSES, 100));
    assert.equal(after, text.replaceAll(/[di]/g, 'e'));
    assert.deepEqual(
      stranded.map(({ value }) => value),
      [BUILDING],
    );
    assert.deepEqual(enclaves, { count: 2, pixels: 6 });
    assert.equal(settled(text, unitRules(CLASSES, 49)).after, text.replaceAll(/[adi]/g, 'e'));
  });

  test('a strip within the ossature stays from 500 m² on, narrow as it is, and is told', () => {
    const text = 'eeeeee\neiiiie\neeeeee';
    const { after, stranded } = settled(text, unitRules(CLASSES, 130));
    assert.equal(after, text);
    assert.deepEqual(brokenRules(stranded[0]!, CLASSES, 130), [
      { rule: 'surface', reason: 'entre ossatures : aucun voisin ne peut le prendre' },
      { rule: 'largeur', reason: 'entre ossatures : aucun voisin ne peut le prendre' },
    ]);
  });

  test('ground never becomes building: between ossature and building it goes to the ossature, or stays and is told', () => {
    const text = 'aaaaaa\naiiiia\naaaaaa\ndddddd\neeeeee';
    const small = settled(text, unitRules(CLASSES, 49));
    assert.equal(small.after, text.replaceAll('d', 'e'));
    assert.match(brokenRules(small.stranded[0]!, CLASSES, 49)[0]!.reason, /^entre bâtiments/);
    const larger = settled(text, unitRules(CLASSES, 100));
    assert.equal(larger.after, text);
    assert.deepEqual(larger.stranded.map((one) => brokenRules(one, CLASSES, 100)[0]!.reason.split(' :')[0]).sort(), [
      'entre bâtiments',
      'entre ossature et bâtiments',
    ]);
  });

  test('but a speck under 25 m² that has a roof round it alone does', () => {
    for (const rules of [unitRules(CLASSES, 24), unitRules(CLASSES, 24, SPECKS)]) {
      assert.equal(settled('aaaaa\naadaa\naaaaa', rules).after, 'aaaaa\naaaaa\naaaaa');
      assert.equal(settled('aaaaa\naadea\naaaaa', rules).after, 'aaaaa\naaeea\naaaaa');
    }
    const beside = 'aaaaa\naadba\naabba';
    assert.equal(settled(beside, unitRules(CLASSES, 10, SPECKS)).after, beside.replaceAll('d', 'b'));
  });

  test('ground that only a building lies beside waits for it: what is told is the ground with it, and what lies round both', () => {
    for (const text of ['....\naaa.\nbb..\n....', '....\nbb..\naaa.\n....']) {
      const { after, stranded } = settled(text, unitRules(CLASSES, 30));
      assert.equal(after, text.replaceAll('a', 'b'));
      assert.deepEqual(
        stranded.map(({ firstPixel, pixels, beside }) => [firstPixel, pixels, beside]),
        [[4, 5, []]],
      );
      assert.deepEqual(brokenRules(stranded[0]!, CLASSES, 30), [
        { rule: 'surface', reason: 'entre limites de l’emprise ou sol inconnu : aucun voisin ne peut le prendre' },
      ]);
    }
  });

  test('nor does ground stay between buildings that give way to what lies beyond', () => {
    const text = '.cc.\naaaa\n....\ndddd\ndddd'.replace('....', 'addd');
    const { after, stranded } = settled(text, unitRules(CLASSES, 20, { ...MINIMAL_UNITS, outsideM2: 200 }));
    assert.equal(after, text.replaceAll(/[ac]/g, 'd'));
    assert.deepEqual(stranded, []);
  });

  test('narrow ground joins a neighbour whatever its size, its own couverture first', () => {
    const narrow = plainValues(CLASSES);
    assert.equal(narrow[landValueOf(CLASSES, { codeCs: 'CS2.2.1', ossature: false, narrow: true })], GRASS);
    const { after, stranded } = settled('bbbbbb\niiiiii\niiiiii\nidbbbb\ndddddd\ndddddd', unitRules(CLASSES, 1000));
    assert.equal(after, 'bbbbbb\ndddddd\ndddddd\nddbbbb\ndddddd\ndddddd');
    assert.deepEqual(stranded, []);
  });

  test('specks: buildings under 50 m², others under 25 m², in the zone or not', () => {
    const specks = unitRules(CLASSES, 1, SPECKS);
    const large = (value: number, pixels: number) => specks.isLarge(value, pixels, pixels);
    assert.deepEqual(
      [large(BUILDING, 49), large(BUILDING, 50), large(GRASS, 24), large(GRASS, 25)],
      [false, true, false, true],
    );
    const finer = unitRules(CLASSES, 0.2 ** 2, SPECKS);
    assert.deepEqual([finer.isLarge(BUILDING, 1249, 0), finer.isLarge(BUILDING, 1250, 0)], [false, true]);
  });

  test('the cut into blocks does not show, with ossature, enclaves, narrow ground and a zone', () => {
    const [widthPx, heightPx] = [67, 53];
    for (let seed = 1; seed <= 8; seed++) {
      const grainPx = 3 + (seed % 4);
      const classes = randomRaster(widthPx, heightPx, { seed, classes: 9, grainPx, nodata: seed % 2 === 0 });
      const zone = randomRaster(widthPx, heightPx, { seed: seed + 50, classes: 2, grainPx: 9 }).map(
        (value) => value - 1,
      );
      const units = unitRules(CLASSES, 30);
      const whole = eliminated(classes, zone, widthPx, heightPx, heightPx + widthPx, units);
      assert.notDeepEqual(whole.pixels, classes);
      for (const blockPx of [9, 32]) {
        assert.deepEqual(
          eliminated(classes, zone, widthPx, heightPx, blockPx, units),
          whole,
          `seed ${seed}, ${blockPx}`,
        );
      }
    }
  });
});

/** Elimination over blocks, and what was stranded, in order of the first pixels. */
function eliminated(
  classes: Uint8Array,
  zone: Uint8Array,
  widthPx: number,
  heightPx: number,
  blockPx: number,
  rules: EliminationRules,
) {
  const elimination = new Elimination(widthPx, heightPx, rules);
  const pixels = new Uint8Array(classes.length);
  const grid = { widthPx, heightPx, srid: 2154, originX: 0, originY: 0, resolutionM: 1 };
  for (const block of cutInDalles(grid, blockPx)) {
    const cut = (raster: Uint8Array) => framedFrom(raster, widthPx, block, 0).pixels;
    for (const settledBlock of elimination.take(block, cut(classes), cut(zone))) {
      const { block: where, classOf } = settledBlock;
      const { labels } = connectedRegions(framedFrom(classes, widthPx, where, 0).pixels, where.widthPx, where.heightPx);
      labels.forEach((label, i) => {
        const [x, y] = [where.xPx + (i % where.widthPx), where.yPx + Math.floor(i / where.widthPx)];
        pixels[y * widthPx + x] = classOf[label]!;
      });
    }
  }
  const { enclaves } = elimination;
  return { pixels, stranded: elimination.stranded.sort((a, b) => a.firstPixel - b.firstPixel), enclaves };
}
