import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type LandClass, withNarrow } from '../../../pipeline/polygons/land-classes.ts';
import { frameOfWidths, withoutNarrowParts } from '../../../pipeline/polygons/units/widths.ts';
import { drawing, drawn } from './ascii.ts';
import { atOnce, inBlocks } from './cuts.ts';
import { randomRaster } from './random-raster.ts';

/** a building, b road, c soil, d broadleaf, e grass, f ossature; then narrow ones of a to e: g to k. */
const CLASSES: LandClass[] = withNarrow([
  { codeCs: 'CS1.1.1.1', ossature: false },
  { codeCs: 'CS1.1.1.2', ossature: false },
  { codeCs: 'CS1.2.1', ossature: false },
  { codeCs: 'CS2.1.1.1', ossature: false },
  { codeCs: 'CS2.2.1', ossature: false },
  { codeCs: 'CS1.1.1.2', ossature: true },
]);
/** Two metres a pixel: 10 m are 5 pixels, 5 m are 2.5. */
const PARAMETERS = { classes: CLASSES, resolutionM: 2 };

function afterWidths(text: string): string {
  const { classes, widthPx } = drawn(text);
  const raster = { pixels: classes, widthPx };
  const result = atOnce([raster], frameOfWidths(PARAMETERS), ([framed]) => withoutNarrowParts(framed!, PARAMETERS));
  return drawing(result, widthPx);
}

const rows = (...parts: [count: number, row: string][]) =>
  parts.flatMap(([count, row]) => Array.from({ length: count }, () => row)).join('\n');

suite('widths', () => {
  test('a hedge of four pixels is shared out between what lies on its sides, one of five stays', () => {
    const [soil, hedge, grass] = ['c'.repeat(20), 'd'.repeat(20), 'e'.repeat(20)];
    assert.equal(afterWidths(rows([8, soil], [4, hedge], [8, grass])), rows([10, soil], [10, grass]));
    assert.equal(afterWidths(rows([8, soil], [5, hedge], [8, grass])), rows([8, soil], [5, hedge], [8, grass]));
  });

  test('a road is one from three pixels on', () => {
    const [soil, road] = ['c'.repeat(20), 'b'.repeat(20)];
    assert.equal(afterWidths(rows([8, soil], [2, road], [8, soil])), rows([18, soil]));
    assert.equal(afterWidths(rows([8, soil], [3, road], [8, soil])), rows([8, soil], [3, road], [8, soil]));
  });

  test('a strip under its width goes, one that has it stays, to the pixel, whatever the resolution and the way it runs', () => {
    for (const resolutionM of [0.25, 0.4, 0.5, 1, 2, 2.5]) {
      const parameters = { classes: CLASSES, resolutionM };
      for (const [strip, widthM] of [
        [2, 5],
        [4, 10],
      ] as const) {
        const leastPx = Math.ceil(widthM / resolutionM);
        for (const [stripPx, isLeft] of [
          [leastPx - 1, false],
          [leastPx, true],
          [leastPx + 1, true],
        ] as const) {
          const [above, side] = [Math.ceil(12 / resolutionM), 30];
          const height = 2 * above + stripPx;
          const values = Uint8Array.from({ length: side * height }, (_, i) => {
            const y = Math.floor(i / side);
            return y < above ? 3 : y < above + stripPx ? strip : 5;
          });
          const upright = values.map((_, i) => values[(i % height) * side + Math.floor(i / height)]!);
          for (const [pixels, widthPx] of [
            [values, side],
            [upright, height],
          ] as const) {
            const after = atOnce([{ pixels, widthPx }], frameOfWidths(parameters), ([framed]) =>
              withoutNarrowParts(framed!, parameters),
            );
            if (isLeft) assert.deepEqual(after, pixels, `${stripPx} px of ${resolutionM} m`);
            else assert.ok(!after.includes(strip), `${stripPx} px of ${resolutionM} m`);
          }
        }
      }
    }
  });

  test('right corners stay, whichever way they turn', () => {
    const square = rows(
      [6, 'c'.repeat(24)],
      [12, `${'c'.repeat(6)}${'e'.repeat(12)}${'c'.repeat(6)}`],
      [6, 'c'.repeat(24)],
    );
    assert.equal(afterWidths(square), square);
  });

  test('a narrow verge does not cross the ossature, nor become a building; with nobody to join it is marked', () => {
    const [soil, verge, network, building] = ['c'.repeat(30), 'e'.repeat(30), 'f'.repeat(30), 'a'.repeat(30)];
    const drawn = rows([8, soil], [3, verge], [3, network], [8, soil], [3, network], [2, verge], [4, building]);
    const wanted = rows([11, soil], [3, network], [8, soil], [3, network], [2, 'k'.repeat(30)], [4, building]);
    assert.equal(afterWidths(drawn), wanted);
  });

  test('a house does not narrow the garden it stands in', () => {
    const [soil, grass, house] = ['c'.repeat(20), `cc${'e'.repeat(16)}cc`, `cc${'e'.repeat(6)}aaaa${'e'.repeat(6)}cc`];
    const garden = rows([4, soil], [3, grass], [4, house], [3, grass], [4, soil]);
    assert.equal(afterWidths(garden), garden);
  });

  test('a road a quarter too narrow stays for some metres, no further', () => {
    const [wide, pinched, gone] = ['ccccccccbbbcccccccc', 'ccccccccbbccccccccc', 'ccccccccccccccccccc'];
    const short = rows([12, wide], [8, pinched], [12, wide]);
    assert.equal(afterWidths(short), short);
    const after = afterWidths(rows([12, wide], [30, pinched], [12, wide])).split('\n');
    assert.deepEqual([after[0], after[27], after[53]], [wide, gone, wide]);
  });

  test('buildings and ossature keep every pixel; at the edge of what is known half a disc is enough', () => {
    const text = rows([1, 'faaf........'], [1, 'fccf..eee...'], [6, 'ccccc.eee.ee']);
    const after = afterWidths(text);
    for (let i = 0; i < text.length; i++) if ('af.'.includes(text[i]!)) assert.equal(after[i], text[i]);
    assert.equal(
      afterWidths(rows([3, 'e'.repeat(12)], [9, 'c'.repeat(12)])),
      rows([3, 'e'.repeat(12)], [9, 'c'.repeat(12)]),
    );
  });

  test('the cut into blocks does not show', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const raster = {
        widthPx: 61,
        pixels: randomRaster(61, 47, { seed, classes: 6, grainPx: 4 + seed, nodata: seed % 3 === 0 }),
      };
      const run = ([framed]: Parameters<typeof withoutNarrowParts>[0][]) => withoutNarrowParts(framed!, PARAMETERS);
      const whole = atOnce([raster], frameOfWidths(PARAMETERS), run);
      for (const blockPx of [7, 16, 33]) {
        assert.deepEqual(
          inBlocks([raster], blockPx, frameOfWidths(PARAMETERS), run),
          whole,
          `seed ${seed}, ${blockPx}`,
        );
      }
    }
  });
});
