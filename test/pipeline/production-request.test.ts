import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadInput } from '../../pipeline/errors.ts';
import { parseProductionRequest } from '../../pipeline/production-request.ts';

const request = { departement: 'D034', millesime: 2021, sources: { rgbie: 'patch.tif' }, model: 'unet.onnx' };

test('a request is read, its département normalised and its paths made lists', () => {
  assert.deepEqual(parseProductionRequest({ ...request, from: 2018, tile: 256, margin: 0, bands: ['R', 'G'] }), {
    departement: '34',
    millesime: 2021,
    from: 2018,
    sources: [{ rgbie: { paths: ['patch.tif'] } }],
    model: 'unet.onnx',
    tile: 256,
    margin: 0,
    bands: ['R', 'G'],
  });
  const many = parseProductionRequest({ ...request, sources: { pva: ['a.tif', 'b.tif'], mns: 'c.tif' } });
  assert.deepEqual(many.sources, [{ pva: { paths: ['a.tif', 'b.tif'] }, mns: { paths: ['c.tif'] } }]);
});

test('acquisitions, what is stated of their files, and annotations', () => {
  const sources = [
    {
      pva: { path: 'a/*.tif', scale: 0.0039, bands: ['B', 'G', 'R', 'NIR'] },
      annotations: { path: 'm.tif', classes: 'c.csv' },
    },
    { rgbie: ['b.tif', 'https://data.example.fr/c.tif'] },
  ];
  const asked = parseProductionRequest({ ...request, sources, references: 'refs', stitching: 'average', batch: 4 });
  assert.deepEqual(asked.sources, [
    { pva: { paths: ['a/*.tif'], scale: 0.0039, bands: ['B', 'G', 'R', 'NIR'] } },
    { rgbie: { paths: ['b.tif', 'https://data.example.fr/c.tif'] } },
  ]);
  assert.deepEqual(asked.annotations, { paths: ['m.tif'], classes: 'c.csv' });
  assert.deepEqual([asked.references, asked.stitching, asked.batch], [['refs'], 'average', 4]);
});

const refused: [string, object, RegExp][] = [
  ['no millésime', { ...request, millesime: undefined }, /millesime is missing/],
  ['a year that is text', { ...request, millesime: '2021' }, /millesime is "2021": must be integer/],
  ['a département that is none', { ...request, departement: '20' }, /departement is "20": one such as 062/],
  ['no sources', { ...request, sources: {} }, /sources is {}: must NOT have fewer/],
  [
    'a source of no known nature',
    { ...request, sources: { lidar: 'a.laz' } },
    /sources\.lidar is not known; the known ones are pva, irc, mns, mnt, rgbie, annotations/,
  ],
  [
    'a path that is a number',
    { ...request, sources: { pva: 3 } },
    /: sources\.pva is 3: a text, a list or an object wanted$/,
  ],
  [
    'an unknown band',
    { ...request, sources: { pva: { path: 'a.tif', bands: ['SWIR'] } } },
    /sources\.pva\.bands\.0 is "SWIR"/,
  ],
  [
    'a scale of nothing',
    { ...request, sources: { pva: { path: 'a.tif', scale: 0 } } },
    /sources\.pva\.scale is 0: must be >=/,
  ],
  ['a statement without files', { ...request, sources: { pva: { scale: 2 } } }, /sources\.pva\.path is missing/],
  [
    'a fault in the second acquisition',
    { ...request, sources: [{ pva: 'a' }, { lidar: 'b' }] },
    /sources\.1\.lidar is not known/,
  ],
  ['annotations alone', { ...request, sources: { annotations: 'm.tif' } }, /annotations only; imagery is wanted/],
  [
    'an extent that is a line',
    { ...request, extent: { type: 'LineString', coordinates: [[0, 0]] } },
    /extent\.type is "LineString"/,
  ],
  ['a CRS that is none', { ...request, crs: 'Lambert' }, /crs is "Lambert": one such as EPSG:26917/],
  ['another way of stitching', { ...request, stitching: 'sew' }, /stitching is "sew": one of clip, average wanted/],
  ['an unknown field', { ...request, colour: 'red' }, /colour is not known/],
  ['a frame that is not earlier', { ...request, from: 2021 }, /from is 2021/],
  ['a date that is none', { ...request, imageDate: 'été 2021' }, /imageDate is "été 2021": one such as 2022-06-01/],
  ['text', 'produce' as unknown as object, /the document is "produce": an object wanted/],
  ['a list', [], /the document is \[\]: an object wanted/],
  [
    'a scheme nobody reads',
    { ...request, sources: { pva: 'file:///a.tif' } },
    /sources\.pva is "file:.*paths or https addresses/,
  ],
];

for (const [what, document, message] of refused) {
  test(`refused: ${what}`, () => {
    const copy = typeof document === 'object' ? JSON.parse(JSON.stringify(document)) : document;
    assert.throws(
      () => parseProductionRequest(copy),
      (error: Error) => {
        assert.ok(error instanceof BadInput);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('every field at fault is named at once', () => {
  assert.throws(
    () => parseProductionRequest({ tile: 1 }),
    /departement is missing.*millesime is missing.*tile is 1: must be >= 32/,
  );
});

test('an extent may be inline: a geometry, a feature or a collection of one', () => {
  const geometry = { type: 'Polygon', coordinates: [[]] };
  const feature = { type: 'Feature', properties: {}, geometry };
  for (const extent of [geometry, feature, { type: 'FeatureCollection', features: [feature] }]) {
    assert.deepEqual(parseProductionRequest({ ...request, extent }).extent, extent);
  }
});

test('faults name the file the request was written in', () => {
  assert.throws(
    () => parseProductionRequest({}, 'a/request.json'),
    /^BadInput: a.request\.json: departement is missing/,
  );
});
