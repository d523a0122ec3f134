import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { BandWindow, WindowSource } from '../../../pipeline/artefacts.ts';
import { fillHoles, holeSources } from '../../../pipeline/classes/holes.ts';
import { loadModel, type Model } from '../../../pipeline/classes/load-model.ts';
import { classify } from '../../../pipeline/classes/stage.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { openWindowSource } from '../../../pipeline/rasters/open-window-source.ts';
import { fresh, mosaic } from './tiny-run.ts';

/** Rows of letters, a dot where nothing is known → the same with what stands there, the pixels of a second band likewise. */
function filled(...rows: string[]): string[] {
  const widthPx = rows[0]!.length;
  const codes = [...rows.join('')].map((letter) => letter.charCodeAt(0));
  const read: BandWindow = {
    window: { xPx: 7, yPx: 9, widthPx, heightPx: rows.length },
    data: Float32Array.from([...codes, ...codes.map((code) => 2 * code)]),
    valid: Uint8Array.from(codes, (code) => Number(code !== '.'.charCodeAt(0))),
  };
  const valid = [...read.valid];
  fillHoles(read);
  assert.deepEqual([...read.valid], valid);
  codes.forEach((_, at) => {
    assert.equal(read.data[codes.length + at], 2 * read.data[at]!);
  });
  const text = String.fromCharCode(...read.data.subarray(0, codes.length));
  return rows.map((_, y) => text.slice(y * widthPx, (y + 1) * widthPx));
}

describe('holes of a window', () => {
  test('in the middle: mirrored in the nearer edge, the edge not repeated', () => {
    assert.deepEqual(filled('abc..fgh'), ['abcbgfgh']);
    assert.deepEqual(filled('abcd...hijk'), ['abcdcbihijk']);
    assert.deepEqual(filled('abcdefg', 'hijklmn', 'op...tu', 'vw...AB', 'CDEFGHI'), [
      'abcdefg',
      'hijklmn',
      'opodutu',
      'vwvFBAB',
      'CDEFGHI',
    ]);
  });

  test('to the side: mirrored, and the edge where the image would be unknown or outside', () => {
    assert.deepEqual(filled('abcd...'), ['abcdcba']);
    assert.deepEqual(filled('..cde'), ['edcde']);
    assert.deepEqual(filled('.....fg'), ['ffffgfg']);
    assert.deepEqual(filled('.a.b.'), ['aaabb']);
  });

  test('whole rows missing: mirrored along the columns, and in both directions in a corner', () => {
    assert.deepEqual(filled('....', 'abcd', 'efgh', '....', '....'), ['efgh', 'abcd', 'efgh', 'abcd', 'efgh']);
    assert.deepEqual(filled('abc..', 'def..', 'ghi..', '.....', '.....'), [
      'abcba',
      'defed',
      'ghihg',
      'defed',
      'abcba',
    ]);
  });

  test('one pixel known stands for all; none known changes nothing', () => {
    assert.deepEqual(filled('...', '.a.', '...'), ['aaa', 'aaa', 'aaa']);
    assert.deepEqual(filled('...', '...'), ['...', '...']);
  });

  test('whatever is known: it stays, and only what is known stands for what is not', () => {
    const sides = fc.record({ widthPx: fc.integer({ min: 1, max: 9 }), heightPx: fc.integer({ min: 1, max: 9 }) });
    const any = sides.chain(({ widthPx, heightPx }) =>
      fc.tuple(
        fc.constant(widthPx),
        fc.array(fc.nat(1), { minLength: widthPx * heightPx, maxLength: widthPx * heightPx }),
      ),
    );
    fc.assert(
      fc.property(any, ([widthPx, known]) => {
        fc.pre(known.includes(1));
        const sources = holeSources(Uint8Array.from(known), widthPx, known.length / widthPx);
        sources.forEach((source, at) => {
          assert.equal(known[source], 1);
          if (known[at] === 1) assert.equal(source, at);
        });
      }),
    );
  });
});

const SAMPLES = process.env['OCSGE_SAMPLES'];
const MODEL = fileURLToPath(new URL('../../../models/naip-rgbn-1', import.meta.url));
const TILE = join(SAMPLES ?? '', 'imagery', 'naip-rgbn-0m60', 'img', 'tile_14216.tif');
const SIDE_PX = 256;

type Hole = (x: number, y: number) => boolean;

/** The source with a hole; `means` given, what the network used to see there instead: known ground at the mean of each band. */
const withHole = (source: WindowSource, hole: Hole, means?: number[]): WindowSource => ({
  ...source,
  async read(window, used) {
    const read = await source.read(window, used);
    for (let at = 0; at < read.valid.length; at++) {
      const [x, y] = [window.xPx + (at % window.widthPx), window.yPx + Math.floor(at / window.widthPx)];
      if (!hole(x, y)) continue;
      read.valid[at] = Number(means !== undefined);
      for (let band = 0, i = at; i < read.data.length; band++, i += read.valid.length)
        read.data[i] = means?.[band] ?? 0;
    }
    return read;
  },
});

const classesOf = async (model: Model, source: WindowSource) =>
  mosaic(
    await classify(
      source,
      model,
      fresh('out'),
      {},
      {
        report: silentReport,
        signal: new AbortController().signal,
        threads: 1,
      },
    ),
  );

describe('classes near a hole', () => {
  const holes: Record<string, Hole> = {
    'half of the image, a vertical edge': (x) => x >= 128,
    'half of the image, a horizontal edge': (_x, y) => y < 128,
    'a rectangle in the middle': (x, y) => x >= 80 && x < 180 && y >= 90 && y < 160,
  };
  const skip = SAMPLES === undefined && 'OCSGE_SAMPLES is not set: no real imagery here';
  for (const [name, hole] of Object.entries(holes)) {
    test(`real imagery, ${name}: nearly those of the image without the hole`, { skip }, async (t) => {
      const model = await loadModel(MODEL);
      const source = await openWindowSource({ pva: [TILE] }, model.bands, { srid: 26917 });
      const whole = await classesOf(model, source);
      const filled = await classesOf(model, withHole(source, hole));
      const atMean = await classesOf(
        model,
        withHole(
          source,
          hole,
          model.scaling.map(({ subtract }) => subtract),
        ),
      );
      await source.close();
      await model.close();
      const near: number[] = [];
      whole.forEach((_, at) => {
        const [x, y] = [at % SIDE_PX, Math.floor(at / SIDE_PX)];
        if (hole(x, y)) assert.equal(filled[at], 255);
        else if ([-8, 0, 8].some((i) => hole(x + i, y)) || [-8, 8].some((j) => hole(x, y + j))) near.push(at);
      });
      const agreement = (classes: Uint8Array) => near.filter((at) => classes[at] === whole[at]).length / near.length;
      t.diagnostic(`${agreement(filled)} agree, ${agreement(atMean)} where the hole is at the mean`);
      assert.ok(agreement(filled) > 0.85, `${agreement(filled)}`);
      assert.ok(agreement(filled) > agreement(atMean));
    });
  }
});
