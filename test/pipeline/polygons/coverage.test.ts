import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drawn } from './ascii.ts';
import { faultsOf } from './check-coverage.ts';
import { drawRaster } from './draw-in-memory.ts';
import { polygonsOf } from './traced.ts';

const square = (x: number, y: number, side = 1) => [
  [x, y + side],
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
];

test('one pixel is a square, counter-clockwise from its upper left', () => {
  assert.deepEqual(polygonsOf(drawn('a')), [[square(0, 0)]]);
});

test('a single class is one rectangle with four vertices', () => {
  assert.deepEqual(polygonsOf(drawn('aaa\naaa\naaa')), [[square(0, 0, 3)]]);
});

test('nodata everywhere gives no polygon', () => {
  assert.deepEqual(polygonsOf(drawn('..\n..')), []);
});

test('where borders meet, every side has the vertex', () => {
  const [a, b, c] = polygonsOf(drawn('aa\nbc'));
  assert.deepEqual(a, [
    [
      [0, 2],
      [0, 1],
      [1, 1],
      [2, 1],
      [2, 2],
      [0, 2],
    ],
  ]);
  assert.deepEqual(b, [square(0, 0)]);
  assert.deepEqual(c, [square(1, 0)]);
});

test('a hole in a hole in a hole: each region has one outer ring and its own hole', () => {
  const polygons = polygonsOf(drawn('aaaaaaa\nabbbbba\nabcccba\nabcacba\nabcccba\nabbbbba\naaaaaaa'));
  assert.deepEqual(
    polygons.map((rings) => rings.length),
    [2, 2, 2, 1],
  );
  assert.deepEqual(polygons[3], [square(3, 3)]);
  assert.deepEqual(polygons[2]![1], [
    [3, 4],
    [4, 4],
    [4, 3],
    [3, 3],
    [3, 4],
  ]);
});

test('a region that touches itself at a corner: the outer ring passes it once, a hole touches it there', () => {
  // the hole b and the outside c meet at the corner (2, 2), where a holds by the corner only
  const [a] = polygonsOf(drawn('aaaa\nabaa\naaca\naacc'));
  assert.equal(a!.length, 2);
  assert.deepEqual(a![1], [
    [1, 3],
    [2, 3],
    [2, 2],
    [1, 2],
    [1, 3],
  ]);
  assert.equal(a![0]!.filter(([x, y]) => x === 2 && y === 2).length, 1);
});

test('two holes that touch at a corner stay two rings', () => {
  const [a] = polygonsOf(drawn('aaaa\nabaa\naaca\naaaa'));
  assert.deepEqual(
    a!.map((ring) => ring.length),
    [5, 5, 5],
  );
});

const shapes: Record<string, [text: string, polygons: number]> = {
  checkerboard: ['abab\nbaba\nabab\nbaba', 16],
  'diagonal line': ['abb\nbab\nbba', 5],
  spiral: ['aaaaaaa\nbbbbbba\nabbbaba\nabababa\nabaaaba\nabbbbba\naaaaaaa', 3],
  'nodata island': ['aaaaa\na...a\na.b.a\na...a\naaaaa', 2],
  'nodata holes that touch': ['aaaa\na.aa\naa.a\naaaa', 1],
  'one-pixel lines': ['abaca\nbbbbb\nabaca', 9],
  'figure of eight round two holes': ['bbaab\nba.ab\naaaab\na.abb\naaabb', 3],
  'a row': ['abcab', 5],
  'a column': ['a\nb\n.\nb', 3],
};
for (const [name, [text, count]] of Object.entries(shapes)) {
  test(`${name}: a valid coverage of ${count} polygons`, () => {
    const raster = drawn(text);
    const polygons = polygonsOf(raster);
    assert.deepEqual(faultsOf(polygons, raster), []);
    assert.equal(polygons.length, count);
  });
}

const rasters = fc
  .tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 4 }))
  .chain(([widthPx, heightPx, classCount]) =>
    fc
      .uint8Array({ min: 0, max: classCount, minLength: widthPx * heightPx, maxLength: widthPx * heightPx })
      .map((classes) => ({ classes, widthPx, heightPx })),
  );

test('any raster gives a valid coverage of the same area', () => {
  fc.assert(
    fc.property(rasters, (raster) => {
      assert.deepEqual(faultsOf(polygonsOf(raster), raster), []);
    }),
    { numRuns: 3000, seed: 20 },
  );
});

test('a region keeps its polygon whatever the regions are numbered and whatever lies far from it', () => {
  const alone = polygonsOf(drawn('aaaaa\nabbaa\nabbaa\naaaaa'));
  const crowded = polygonsOf(drawn('aaaaa\nabbaa\nabbaa\naaaca'));
  assert.deepEqual(crowded[1], alone[1]);
});

test('arcs hold no collinear vertex and are counted once', () => {
  const { borders } = drawRaster(drawn('aaabbb\naaabbb\naaabbb').classes, 6, { tolerancePx: 0 });
  const vertices = borders.map(({ line }) => line.length / 2).sort();
  assert.deepEqual(vertices, [2, 4, 4]);
});

test('the checker sees what is wrong', () => {
  const raster = drawn('ab\nab');
  const [a, b] = polygonsOf(raster);
  assert.deepEqual(faultsOf([a!, b!], raster), []);
  assert.notDeepEqual(faultsOf([a!], raster), []);
  assert.notDeepEqual(faultsOf([a!, [[...b![0]!].reverse()]], raster), []);
  const withExtraVertex = [
    [0, 2],
    [0, 0],
    [1, 0],
    [1, 1],
    [1, 2],
    [0, 2],
  ];
  assert.notDeepEqual(faultsOf([[withExtraVertex], b!], raster), []);
  assert.notDeepEqual(faultsOf([[square(0, 0, 2)], b!], raster), []);
});
