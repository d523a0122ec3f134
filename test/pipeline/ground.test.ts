import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BadInput } from '../../pipeline/errors.ts';
import { checkGround, wkbBbox } from '../../pipeline/ground.ts';
import { polygonWkb } from '../../pipeline/wkb.ts';

const square = (x: number, y: number) => [
  [
    [x, y],
    [x + 10, y],
    [x + 10, y + 20],
    [x, y],
  ],
];

describe('coordinates and the ground of their CRS', () => {
  it('reads the envelope of polygons and multipolygons', () => {
    const one = polygonWkb({ type: 'Polygon', coordinates: square(700_000, 7_040_000) });
    assert.deepEqual(wkbBbox(one), [700_000, 7_040_000, 700_010, 7_040_020]);
    const two = polygonWkb({ type: 'Polygon', coordinates: square(0, -5) });
    const header = Buffer.from([1, 6, 0, 0, 0, 2, 0, 0, 0]);
    assert.deepEqual(wkbBbox(Buffer.concat([header, one, two])), [0, -5, 700_010, 7_040_020]);
  });

  it('takes what lies in France', () => {
    checkGround('Pas-de-Calais', [690_000, 7_030_000, 705_000, 7_043_000], 2154);
    checkGround('Corse', [1_155_000, 6_040_000, 1_245_000, 6_240_000], 2154);
    checkGround('La Réunion', [314_000, 7_632_000, 380_000, 7_692_000], 2975);
  });

  it('refuses degrees, swapped axes and what is far away, naming both', () => {
    const wrong: [number, number, number, number][] = [
      [2.8, 50.4, 2.9, 50.5],
      [7_040_000, 700_000, 7_040_010, 700_010],
      [1e12, 1e12, 1e12, 1e12],
      [Number.NaN, 0, 1, 1],
    ];
    for (const bbox of wrong) {
      assert.throws(
        () => checkGround('OCCUPATION_SOL.gpkg, object A', bbox, 2154),
        (error) =>
          error instanceof BadInput &&
          /OCCUPATION_SOL\.gpkg, object A: at .*; wanted coordinates of EPSG:2154/.test(error.message),
      );
    }
  });
});
