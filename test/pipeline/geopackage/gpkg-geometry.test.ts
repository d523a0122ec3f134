import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadGeometry, wkbOfGpkg } from '../../../pipeline/geopackage/gpkg-geometry.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import { gpkgBlob } from '../exchange/tiny-gpkg.ts';

const square = {
  type: 'Polygon' as const,
  coordinates: [
    [
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
      [0, 0],
    ],
  ],
};
const wkb = polygonWkb(square);

/** ISO WKB in either byte order, with `extra` ordinates after x and y. */
function isoWkb(type: number, extra: number, little: boolean): Buffer {
  const points = square.coordinates[0]!;
  const bytes = Buffer.alloc(13 + points.length * (2 + extra) * 8);
  let at = bytes.writeUInt8(little ? 1 : 0, 0);
  const uint32 = (value: number) => {
    at = little ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at);
  };
  const double = (value: number) => {
    at = little ? bytes.writeDoubleLE(value, at) : bytes.writeDoubleBE(value, at);
  };
  uint32(type);
  uint32(1);
  uint32(points.length);
  for (const point of points) for (const value of [...point, ...Array(extra).fill(99)]) double(value);
  return bytes;
}

for (const envelope of [0, 1, 2, 3, 4]) {
  test(`the header is left off with an envelope of kind ${envelope}`, () => {
    assert.deepEqual(wkbOfGpkg(gpkgBlob(wkb, { envelope })), wkb);
  });
}

for (const [name, type, extra] of [
  ['Z', 1003, 1],
  ['M', 2003, 1],
  ['ZM', 3003, 2],
  ['EWKB Z', 0x80000003, 1],
] as const) {
  test(`${name} is dropped, in both byte orders`, () => {
    for (const little of [true, false]) assert.deepEqual(wkbOfGpkg(gpkgBlob(isoWkb(type, extra, little))), wkb);
  });
}

test('parts of a MultiPolygon stay one geometry', () => {
  const head = Buffer.from([1, 6, 0, 0, 0, 2, 0, 0, 0]);
  const multi = Buffer.concat([head, wkb, isoWkb(3, 0, false)]);
  assert.deepEqual(wkbOfGpkg(gpkgBlob(multi)), Buffer.concat([head, wkb, wkb]));
});

const point = Buffer.concat([Buffer.from([1, 1, 0, 0, 0]), Buffer.alloc(16)]);
const open = Buffer.from(wkb);
open.writeDoubleLE(5, open.length - 8);
const infinite = Buffer.from(wkb);
infinite.writeDoubleLE(Number.POSITIVE_INFINITY, 13);

for (const [name, blob, message] of [
  ['a blob without header', wkb, /no GeoPackage header/],
  ['an empty geometry', gpkgBlob(wkb, { empty: true }), /empty geometry/],
  ['a point', gpkgBlob(point), /type 1/],
  ['a ring that is open', gpkgBlob(open), /not closed/],
  ['infinite coordinates', gpkgBlob(infinite), /no number/],
  ['missing bytes', gpkgBlob(wkb.subarray(0, 40)), /bytes are missing/],
  ['a header only', gpkgBlob(Buffer.alloc(0)), /bytes are missing/],
] as const) {
  test(`${name} is refused`, () => {
    assert.throws(
      () => wkbOfGpkg(blob),
      (error) => error instanceof BadGeometry && message.test(error.message),
    );
  });
}
