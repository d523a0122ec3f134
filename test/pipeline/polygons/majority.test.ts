import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import { MAJORITY_FRAME_PX, majority, majorityByProbability } from '../../../pipeline/polygons/units/majority.ts';
import { drawing, drawn } from './ascii.ts';
import { atOnce, inBlocks } from './cuts.ts';
import { randomRaster } from './random-raster.ts';

const afterVote = (text: string, confidence?: (letter: string) => number): string => {
  const { classes, widthPx } = drawn(text);
  const letters = text.replaceAll(/\s/g, '');
  const weights = confidence && { widthPx, pixels: Uint8Array.from(letters, confidence) };
  const rasters = [{ pixels: classes, widthPx }, ...(weights ? [weights] : [])];
  return drawing(
    atOnce(rasters, MAJORITY_FRAME_PX, ([values, sure]) => majority(values!, sure)),
    widthPx,
  );
};

suite('majority', () => {
  test('a lone pixel joins those round it, a straight border stays, of a draw its own class', () => {
    assert.equal(afterVote('aaaaa\naabaa\naaaaa'), 'aaaaa\naaaaa\naaaaa');
    assert.equal(afterVote('aabb\naabb\naabb'), 'aabb\naabb\naabb');
    assert.equal(afterVote('ab'), 'ab');
  });

  test('votes are weighed by confidence: one that is sure outvotes eight that are not', () => {
    const text = 'aaaaa\naaaaa\naabaa\naaaaa\naaaaa';
    const sureOf = (others: number) => (letter: string) => (letter === 'b' ? 250 : others);
    assert.equal(afterVote(text, sureOf(20)), 'aaaaa\nabbba\nabbba\nabbba\naaaaa');
    assert.equal(afterVote(text, sureOf(40)), text.replace('b', 'a'));
    assert.equal(
      afterVote(text, () => 0),
      text.replace('b', 'a'),
    );
  });

  test('unknown ground has no vote and gets none', () => {
    assert.equal(afterVote('...\n.b.\n...'), '...\n.b.\n...');
    assert.equal(afterVote('aaa\na.a\naaa'), 'aaa\na.a\naaa');
  });

  test('by probabilities a class may win that is second everywhere', () => {
    const classes = Uint8Array.from([1, 2, 1, 2, 1, 2, 1, 2, 1]);
    const framed = framedFrom(classes, 3, { xPx: 0, yPx: 0, widthPx: 3, heightPx: 3 }, MAJORITY_FRAME_PX);
    const planeOf = (value: number) =>
      framed.pixels.map((own) => (own === 0 ? 0 : value === 3 ? 120 : own === value ? 125 : 10));
    assert.deepEqual([...majorityByProbability(framed, [1, 2, 3].map(planeOf))], new Array(9).fill(3));
    const sure = [1, 2, 3].map((value) => framed.pixels.map((own) => (own === value ? 255 : 0)));
    assert.deepEqual([...majorityByProbability(framed, sure)], [...majority(framed)]);
  });

  test('the cut into blocks does not show', () => {
    const values = { widthPx: 53, pixels: randomRaster(53, 41, { seed: 2, classes: 5, grainPx: 2, nodata: true }) };
    const confidence = { widthPx: 53, pixels: randomRaster(53, 41, { seed: 3, classes: 250, grainPx: 2 }) };
    const run = ([framed, sure]: Parameters<typeof majority>[0][]) => majority(framed!, sure);
    const whole = atOnce([values, confidence], MAJORITY_FRAME_PX, run);
    for (const blockPx of [1, 7, 16]) {
      assert.deepEqual(inBlocks([values, confidence], blockPx, MAJORITY_FRAME_PX, run), whole);
    }
    assert.deepEqual(inBlocks([values, confidence], 16, 4, run), whole, 'a wider frame changes nothing');
  });
});
