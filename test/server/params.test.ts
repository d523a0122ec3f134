import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { BadSetting, readConfig } from '../../server/config.ts';
import { CRS84, collectionCrs, findCrs } from '../../server/crs.ts';
import { Fault, faultOf, problemOf } from '../../server/errors.ts';
import { formatCursor, parseCursor } from '../../server/feature-source.ts';
import {
  overlaps,
  parseBbox,
  parseDatetime,
  parseDepartement,
  parseLimit,
  parseTileAddress,
  readQuery,
} from '../../server/params.ts';
import { tileLimits } from '../../server/tiles/limits.ts';

const EPSG_4326 = findCrs('crs', 'http://www.opengis.net/def/crs/EPSG/0/4326', collectionCrs(2154));

suite('parameters', () => {
  test('any text is either understood or a fault that says what is wanted: never another error', () => {
    const parsers: ((text: string) => unknown)[] = [
      (text) => parseBbox(text, CRS84),
      (text) => parseBbox(text, EPSG_4326),
      parseDatetime,
      parseLimit,
      parseDepartement,
      parseCursor,
      (text) => findCrs('crs', text, collectionCrs(5490)),
      (text) => readQuery(new URLSearchParams(text), ['a']),
    ];
    const alphabet = [...'0123456789.,/:-+eETZ ..CRSD\0é"\'<'];
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...alphabet) }));
    fc.assert(
      fc.property(texts, fc.constantFrom(...parsers), (text, parse) => {
        try {
          parse(text);
        } catch (error) {
          assert.ok(error instanceof Fault, String(error));
          assert.equal(problemOf(error, '').status, 400);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('numbers of a box come back, whatever their form', () => {
    const side = fc.double({ min: -90, max: 90, noNaN: true });
    fc.assert(
      fc.property(side, side, side, side, (west, a, east, b) => {
        const [south, north] = [Math.min(a, b), Math.max(a, b)];
        const { boxes } = parseBbox(`${west},${south},${east},${north}`, CRS84)!;
        if (west <= east) assert.deepEqual(boxes, [[west, south, east, north].map((value) => Number(String(value)))]);
        else assert.equal(boxes.length, 2);
        const flipped = parseBbox(`${south},${west},${north},${east}`, EPSG_4326)!;
        assert.deepEqual(flipped.boxes, boxes);
      }),
    );
  });

  test('datetime knows dates, date-times, open ends and the dummy years', () => {
    const year2022 = { startMs: Date.UTC(2022, 0, 1), endMs: Date.UTC(2023, 0, 1) - 1 };
    const meets: [string, boolean][] = [
      ['2022-12-31', true],
      ['2023-01-01', false],
      ['2022-12-31T23:59:59Z', true],
      ['2023-01-01T00:30:00+01:00', true],
      ['2023-01-01T00:30:00 01:00', true],
      ['2021-12-31T23:30:00-01:00', true],
      ['../2021-12-31', false],
      ['/2022-01-01', true],
      ['2022-12-31/', true],
      ['0000-01-01T00:00:00Z/9999-12-31T00:00:00Z', true],
      ['2016-02-29/2016-12-31T23:59:60Z', false],
    ];
    for (const [text, expected] of meets) assert.equal(overlaps(parseDatetime(text)!, year2022), expected, text);
    for (const text of [
      '',
      '..',
      '../..',
      '/',
      '2022',
      '2022-02-30',
      '2022-01-01T25:00:00Z',
      '2022-01-01T00:00:00',
      'a/b/c',
    ]) {
      assert.throws(() => parseDatetime(text), Fault, text);
    }
  });

  test('a département is understood as 62, 062 or D062', () => {
    const cases = {
      '62': '62',
      '062': '62',
      D062: '62',
      d62: '62',
      '2A': '2A',
      '02a': '2A',
      D02A: '2A',
      '971': '971',
      D971: '971',
      '01': '01',
      '001': '01',
      D001: '01',
      '999': '999',
    };
    for (const [text, code] of Object.entries(cases)) assert.equal(parseDepartement(text), code, text);
    for (const text of ['', '6', '62000', '2C', 'D', '62 ', 'D0062'])
      assert.throws(() => parseDepartement(text), Fault, text);
  });

  test('tile addresses are whole numbers as they are written, at every zoom', () => {
    for (const { tileMatrix, minTileRow, minTileCol } of tileLimits([2, 48, 3, 49], 24)) {
      assert.deepEqual(parseTileAddress(tileMatrix, String(minTileRow), String(minTileCol)), {
        z: Number(tileMatrix),
        row: minTileRow,
        col: minTileCol,
      });
    }
    for (const text of ['', '-1', '01', '1.0', '1e3', ' 1', '99999999999', 'x']) {
      assert.equal(parseTileAddress('1', text, '1'), undefined, text);
    }
  });

  test('a cursor comes back as it went out, and needs no escaping', () => {
    const number = fc.nat(999_999_999).map(String);
    fc.assert(
      fc.property(number, number, number, (pin, segmentId, key) => {
        const text = formatCursor({ pin, segmentId, key });
        assert.equal(encodeURIComponent(text), text);
        assert.deepEqual(parseCursor(text), { pin, segmentId, key });
      }),
    );
  });
});

suite('settings', () => {
  test('have defaults, and are refused by name when they make no sense', () => {
    const config = readConfig({});
    assert.deepEqual([config.port, config.host, config.publicUrl], [8080, '127.0.0.1', undefined]);
    assert.ok(Object.isFrozen(config));
    assert.equal(readConfig({ PUBLIC_URL: 'https://example.fr/ocsge/' }).publicUrl, 'https://example.fr/ocsge');
    assert.throws(
      () => readConfig({ PORT: '70000' }),
      new BadSetting('PORT is "70000": a whole number from 0 to 65535 is wanted'),
    );
    assert.throws(() => readConfig({ PORT: 'http' }), /PORT is "http"/);
    assert.throws(() => readConfig({ PUBLIC_URL: 'example.fr' }), /PUBLIC_URL is "example.fr"/);
  });
});

suite('faults', () => {
  test('the database speaks of itself to the log only', () => {
    const cases: [unknown, number][] = [
      [Object.assign(new Error('relation "production.x" does not exist'), { code: '42P01' }), 500],
      [Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }), 503],
      [Object.assign(new Error('connect ECONNREFUSED 10.0.0.1'), { code: 'ECONNREFUSED' }), 503],
      [new Error('Connection terminated unexpectedly'), 503],
      [new TypeError('x is undefined'), 500],
    ];
    for (const [error, status] of cases) {
      const fault = faultOf(error);
      const problem = problemOf(fault, 'id');
      assert.equal(problem.status, status);
      assert.equal(fault.cause, error);
      assert.ok(!problem.detail.includes((error as Error).message));
    }
  });
});
