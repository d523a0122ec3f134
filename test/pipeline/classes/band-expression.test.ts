import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readExpression } from '../../../pipeline/classes/band-expression.ts';
import { bandNamed } from '../../../pipeline/classes/model-contract.ts';

const read = (text: string) => {
  const { source, scale, offset, clipMin, clipMax } = readExpression(text, bandNamed);
  return [source, scale, offset, clipMin, clipMax];
};
const FREE = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

describe('expressions of a band', () => {
  const forms: [string, unknown[]][] = [
    ['clip((DSM-DTM)*5, 0, 255)', ['NDSM', 5, 0, 0, 255]],
    ['clip((DSM-DTM)*5,0,255)', ['NDSM', 5, 0, 0, 255]],
    ['clip(max(MNS - MNT, 0) * 5, 0, 255)', ['NDSM', 5, 0, 0, 255]],
    ['np.clip(np.maximum(dsm - dtm, 0) * 5, 0, 255)', ['NDSM', 5, 0, 0, 255]],
    ['min(max((MNS - MNT) / 0.2, 0), 255)', ['NDSM', 5, 0, 0, 255]],
    ['clip(5 * nDSM + 1, 0, 255)', ['NDSM', 5, 1, 0, 255]],
    ['max(MNS - MNT, 0)', ['NDSM', 1, 0, 0, FREE[1]]],
    ['NIR', ['NIR', 1, 0, ...FREE]],
    ['(red - 128) / 64', ['R', 1 / 64, -2, ...FREE]],
    ['-G', ['G', -1, 0, ...FREE]],
    ['255 - B', ['B', -1, 255, ...FREE]],
    ['2 * -clip(G, 0, 100) + 1e1', ['G', -2, 10, -190, 10]],
    ['max(min(R, 200), 250)', ['R', 1, 0, 250, 250]],
    ['clip(R, 2 * 5, .5 + 200)', ['R', 1, 0, 10, 200.5]],
    ['MNS', ['MNS', 1, 0, ...FREE]],
  ];
  for (const [text, wanted] of forms) {
    test(text, () => assert.deepEqual(read(text), wanted));
  }

  test('what they come down to is what they say, value by value', () => {
    const js: [string, (mns: number, mnt: number) => number][] = [
      ['clip((MNS - MNT) * 5, 0, 255)', (s, t) => Math.min(Math.max((s - t) * 5, 0), 255)],
      ['max(MNS - MNT, 0) * 3 + 7', (s, t) => Math.max(s - t, 0) * 3 + 7],
      ['10 - min(clip(MNS - MNT, 0, 20) / 2, 8)', (s, t) => 10 - Math.min(Math.min(Math.max(s - t, 0), 20) / 2, 8)],
      ['-max(MNS - MNT, 0) * 2', (s, t) => -Math.max(s - t, 0) * 2],
    ];
    for (const [text, value] of js) {
      const { source, scale, offset, clipMin, clipMax } = readExpression(text, bandNamed);
      assert.equal(source, 'NDSM');
      for (const [mns, mnt] of [
        [10, 30],
        [30, 10],
        [10, 10],
        [100, 0],
        [10.4, 10],
      ] as const) {
        const coded = Math.min(Math.max(Math.max(mns - mnt, 0) * scale + offset, clipMin), clipMax);
        assert.ok(Math.abs(coded - value(mns, mnt)) < 1e-9, `${text} of ${mns}, ${mnt}: ${coded}`);
      }
    }
  });

  const refusals: [string, RegExp][] = [
    ['(DSM - DTM) * 5', /keeps heights below the ground; .* cut it at 0 by clip or max/],
    ['clip((DSM - DTM) * 5, -20, 255)', /keeps heights below the ground/],
    ['clip((DSM - DTM) * 5 + 9, 0, 255)', /keeps heights below the ground/],
    ['(NIR - R) / (NIR + R)', /R is taken from NIR; forms read: one band with/],
    ['NIR / R', /something is divided by R/],
    ['NIR * R', /NIR is multiplied by R/],
    ['R + G', /R is added to G/],
    ['MNT - MNS', /MNS is taken from MNT/],
    ['2 * MNS - MNT', /MNT is taken from MNS/],
    ['sqrt(R)', /sqrt of 1 values is not read; forms read/],
    ['clip(R, 0)', /clip of 2 values is not read/],
    ['max(R, G)', /a bound is G, a number wanted/],
    ['R ** 2', /has \* where a value was wanted/],
    ['R > 3', /has > in it/],
    ['A * logical_or( A<=177, A>=185 )', /has < in it/],
    ['clip(R, 0, 255', /has its end where \) was wanted/],
    ['R G', /goes on with G where its end was wanted/],
    ['', /has its end where a value was wanted/],
    ['R / 0', /divided by 0/],
    ['(R, G)', /has a list in it/],
  ];
  for (const [text, wanted] of refusals) test(`refused: ${text}`, () => assert.throws(() => read(text), wanted));
});
