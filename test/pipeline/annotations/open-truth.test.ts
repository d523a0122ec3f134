/** Ground truth out of masks and polygons, and what is refused. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { MaskClass } from '../../../pipeline/annotations/class-table.ts';
import { readClassTable } from '../../../pipeline/annotations/class-table.ts';
import { openTruth } from '../../../pipeline/annotations/open-truth.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import { gpkgBlob, writeGpkg } from '../exchange/tiny-gpkg.ts';
import { lambert, writeTiny } from '../rasters/tiny-tiff.ts';

const folder = mkdtempSync(join(tmpdir(), 'ocsge-truth-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const TABLE: MaskClass[] = [
  { value: 0, name: 'grass', codeCs: 'CS2.2.1', colour: '#ccf24d' },
  { value: 7, name: 'maize', codeCs: 'CS2.2.1', colour: '#ccf24d' },
  { value: 3, name: 'roof', codeCs: 'CS1.1.1.1', colour: '#ff377a' },
  { value: 9, name: 'other', codeCs: null, colour: '#000000' },
];
const grid = lambert(8, 6);
const whole = { xPx: 0, yPx: 0, widthPx: 8, heightPx: 6 };
let made = 0;
const fresh = () => {
  const path = join(folder, String(made++));
  mkdirSync(path);
  return path;
};

suite('masks', () => {
  const VALUES = [0, 7, 3, 9];
  const valueAt = (x: number, y: number) => VALUES[(x + 3 * y) % 4]!;

  test('values become 1 + index of their couverture, several classes of one couverture being one', async () => {
    const path = await writeTiny(join(fresh(), 'm.tif'), grid, valueAt, { sampleFormat: 'uint8' });
    const byCode = await openTruth(path, { classes: TABLE });
    assert.deepEqual([byCode.codes, byCode.grid], [['CS2.2.1', 'CS1.1.1.1'], grid]);
    const expected = Array.from(
      { length: 48 },
      (_, i) => [1, 1, 2, 0][VALUES.indexOf(valueAt(i % 8, Math.floor(i / 8)))]!,
    );
    assert.deepEqual([...(await byCode.read(whole))], expected);
    const byName = await openTruth(path, { classes: TABLE, by: 'name' });
    assert.deepEqual(byName.codes, ['grass', 'maize', 'roof']);
    assert.deepEqual([...(await byName.read({ xPx: 0, yPx: 0, widthPx: 4, heightPx: 1 }))], [1, 2, 3, 0]);
    await Promise.all([byCode.close(), byName.close()]);
  });

  test('dalles of a folder, with a hole between them and nodata in one; outside nobody knows', async () => {
    const dalles = fresh();
    await writeTiny(join(dalles, 'a.tif'), lambert(3, 3), () => 3, { sampleFormat: 'uint8' });
    await writeTiny(join(dalles, 'b.TIFF'), lambert(3, 3, 1, [5, 0]), (x) => (x === 0 ? 255 : 0), {
      sampleFormat: 'uint8',
      nodata: 255,
    });
    const truth = await openTruth(dalles, { classes: TABLE });
    assert.deepEqual([truth.grid.widthPx, truth.inputs.length], [8, 2]);
    const values = await truth.read({ xPx: -1, yPx: 1, widthPx: 10, heightPx: 1 });
    assert.deepEqual([...values], [0, 2, 2, 2, 0, 0, 0, 1, 1, 0]);
    await truth.close();
    const globbed = await openTruth(join(dalles, '*.tif'), { classes: TABLE });
    assert.equal(globbed.inputs.length, 1);
    await globbed.close();
  });

  for (const [what, shift, resolutionM] of [
    ['shifted by a third of a pixel', [1 / 3, -1 / 3], 1],
    ['of half the pixel', [0, 0], 0.5],
    ['of twice the pixel, shifted', [0.75, 0.25], 2],
  ] as const) {
    test(`on a grid ${what}, each pixel has what lies under its centre`, async () => {
      const path = await writeTiny(join(fresh(), 'm.tif'), grid, valueAt, { sampleFormat: 'uint8' });
      const on = lambert(7, 5, resolutionM, [...shift]);
      const truth = await openTruth(path, { classes: TABLE, grid: on });
      const expected = Array.from({ length: 35 }, (_, i) => {
        const x = Math.floor(on.originX - grid.originX + ((i % 7) + 0.5) * resolutionM);
        const y = Math.floor(grid.originY - on.originY + (Math.floor(i / 7) + 0.5) * resolutionM);
        return x < 0 || y < 0 || x >= 8 || y >= 6 ? 0 : [1, 1, 2, 0][VALUES.indexOf(valueAt(x, y))]!;
      });
      assert.deepEqual([...(await truth.read({ xPx: 0, yPx: 0, widthPx: 7, heightPx: 5 }))], expected);
      await truth.close();
    });
  }

  test('refused: no table, a value that is not in it, another CRS, several bands', async () => {
    const path = await writeTiny(join(fresh(), 'm.tif'), grid, () => 4, { sampleFormat: 'uint8' });
    await assert.rejects(openTruth(path), /m\.tif: masks need a table of classes/);
    const truth = await openTruth(path, { classes: TABLE });
    await assert.rejects(truth.read(whole), /m\.tif: value 4 found, one of 0, 7, 3, 9 wanted/);
    await truth.close();
    await assert.rejects(
      openTruth(path, { classes: TABLE, grid: { ...grid, srid: 5490 } }),
      /annotations in EPSG:2154, EPSG:5490 wanted/,
    );
    const two = await writeTiny(join(fresh(), 'two.tif'), grid, () => 0, { bands: 2, sampleFormat: 'uint8' });
    await assert.rejects(openTruth(two, { classes: TABLE }), /two\.tif: 2 bands, a mask of one band wanted/);
    await assert.rejects(openTruth(join(folder, 'none-*.tif'), { classes: TABLE }), /none-\*\.tif: no such file/);
  });
});

const square = (x: number, y: number, width: number, height: number, ring = [0, 1, 2, 3, 0]) => ({
  type: 'Polygon' as const,
  coordinates: [
    ring.map((corner) => [
      506_000 + x + (corner === 1 || corner === 2 ? width : 0),
      6_287_000 - y - (corner >= 2 ? height : 0),
    ]),
  ],
});
const rowOf = (id: string, code_cs: string | null, geometry: ReturnType<typeof square>) => ({
  id,
  code_cs,
  code_us: 'US1.1',
  geometry: gpkgBlob(polygonWkb(geometry)),
});

suite('polygons', () => {
  test('of a GeoPackage: contradictions are unknown, unusable ones are left out and named', async () => {
    const path = join(fresh(), 'p.gpkg');
    writeGpkg(path, [
      rowOf('a', 'CS1.1.1.1', square(0, 0, 4, 6)),
      rowOf('b', 'CS2.2.1', square(3, 0, 3, 6)),
      rowOf('c', 'CS2.2.1', square(5, 0, 2, 3)),
      rowOf('bow tie', 'CS2.2.1', square(6, 0, 2, 6, [0, 2, 1, 3, 0])),
      rowOf('no code', null, square(6, 0, 2, 6)),
      { id: 'empty', code_cs: 'CS2.2.1', code_us: null, geometry: null },
    ]);
    const faults: unknown[] = [];
    const truth = await openTruth(path, { grid, onFault: (event, data) => faults.push([event, data['ids']]) });
    assert.deepEqual(truth.codes, ['CS1.1.1.1', 'CS2.2.1']);
    assert.deepEqual(
      [...(await truth.read({ xPx: 0, yPx: 2, widthPx: 8, heightPx: 2 }))],
      [...[1, 1, 1, 0, 2, 2, 2, 0], ...[1, 1, 1, 0, 2, 2, 0, 0]],
    );
    const ids = ['4: its outline crosses itself', '5: no code_cs', '6: no geometry'];
    assert.deepEqual(faults, [['Annotations:LeftOut', ids]]);
  });

  test('of a GeoJSON file, whatever the window', async () => {
    const path = join(fresh(), 'p.geojson');
    writeFileSync(path, geoJson([feature('CS2.1.2', square(2, 1, 3, 3))]));
    const truth = await openTruth(path, { grid });
    const all = await truth.read(whole);
    for (const window of [
      { xPx: 2, yPx: 1, widthPx: 3, heightPx: 2 },
      { xPx: -2, yPx: 3, widthPx: 9, heightPx: 5 },
    ]) {
      const cut = await truth.read(window);
      const expected = Array.from(cut, (_, i) => {
        const [x, y] = [window.xPx + (i % window.widthPx), window.yPx + Math.floor(i / window.widthPx)];
        return x < 0 || x >= 8 || y < 0 || y >= 6 ? 0 : all[y * 8 + x]!;
      });
      assert.deepEqual([...cut], expected);
    }
    assert.equal(all.filter((value) => value === 1).length, 9);
  });

  test('refused: unknown codes, no code_cs, a CRS that is none of ours, coordinates elsewhere, no grid', async () => {
    const write = (text: string) => {
      const path = join(fresh(), 'p.geojson');
      writeFileSync(path, text);
      return path;
    };
    const good = feature('CS2.1.2', square(0, 0, 2, 2));
    const refusals: [string, RegExp][] = [
      [geoJson([feature('CS2.1', square(0, 0, 2, 2)), good]), /1 features of unknown code_cs: CS2\.1 \(feature 0\)/],
      [geoJson([{ ...good, properties: { classe: 'x' } }]), /no property code_cs; found classe/],
      [geoJson([good], 'urn:ogc:def:crs:OGC:1.3:CRS84'), /CRS84 found; a projected CRS wanted/],
      [geoJson([feature('CS2.1.2', square(-900_000, 0, 2, 2))]), /feature 0: at -394000/],
      [geoJson([]), /no polygon with a code_cs/],
      ['{"type": "Feature"}', /Feature found, a GeoJSON FeatureCollection is wanted/],
      ['nothing', /not JSON/],
    ];
    for (const [text, message] of refusals) await assert.rejects(openTruth(write(text), { grid }), message);
    await assert.rejects(openTruth(write(geoJson([good]))), /polygons have no grid of their own/);
    await assert.rejects(openTruth(write(geoJson([good])), { grid: { ...grid, srid: 4471 } }), /EPSG:4471 wanted/);
    const gpkg = join(fresh(), 'p.gpkg');
    writeGpkg(gpkg, [], { columns: { code_cs: null } });
    await assert.rejects(openTruth(gpkg, { grid }), /OCCUPATION_SOL \(.*\); wanted one layer with code_cs/);
  });
});

const feature = (code_cs: string, geometry: ReturnType<typeof square>) => ({
  type: 'Feature',
  properties: { code_cs },
  geometry,
});
const geoJson = (features: object[], name = 'urn:ogc:def:crs:EPSG::2154') =>
  JSON.stringify({ type: 'FeatureCollection', crs: { type: 'name', properties: { name } }, features });

suite('a table of classes', () => {
  const write = (text: string) => {
    const path = join(fresh(), 'table');
    writeFileSync(path, text);
    return path;
  };

  test('is read from CSV, with either separator, and from JSON', async () => {
    const rows = [
      { value: 0, name: 'grass', codeCs: 'CS2.2.1', colour: '#ccf24d', nameFr: 'herbe' },
      { value: 9, name: 'other', codeCs: null, colour: '#000000' },
    ];
    const csv = 'value,name,codeCs,colour,nameFr\n0,grass,CS2.2.1,#ccf24d,herbe\n9,other,,#000000,\n';
    for (const text of [
      csv,
      `\uFEFF${csv.replaceAll(',', ';')}`,
      JSON.stringify(rows),
      JSON.stringify({ classes: rows }),
    ]) {
      assert.deepEqual(await readClassTable(write(text)), rows);
    }
  });

  test("FLAIR's masks have theirs, the same table by each project's values", async () => {
    const training = fileURLToPath(new URL('../../../models/training/', import.meta.url));
    const [header, ...lines] = readFileSync(join(training, 'flair-classes.csv'), 'utf8').trim().split('\n');
    const columns = header!.split(',');
    const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i]!, cell])));
    for (const [column, first] of [
      ['flair1', 1],
      ['cosia', 0],
    ] as const) {
      const table = await readClassTable(join(training, `${column}-masks.csv`));
      const wanted = rows
        .map(({ name, nameFr, codeCs, colour, ...values }) => ({
          value: Number(values[column]),
          name,
          nameFr,
          codeCs: codeCs || null,
          colour,
        }))
        .sort((one, other) => one.value - other.value);
      assert.deepEqual(table, wanted);
      assert.deepEqual(
        table.map(({ value }) => value),
        Array.from({ length: 19 }, (_, i) => first + i),
      );
    }
  });

  test('is refused with the line at fault', async () => {
    const header = 'value,name,codeCs,colour\n';
    const refusals: [string, RegExp][] = [
      [`${header}0,grass,CS2.2,#ccf24d`, /class 1: codeCs is "CS2\.2", one of CS1\.1\.1\.1, .* wanted/],
      [`${header}x,grass,CS2.2.1,#ccf24d`, /class 1: value is "x"/],
      [`${header}0,grass,CS2.2.1,green`, /class 1: colour is "green"/],
      [`${header}0,grass,CS2.2.1,#ccf24d\n0,roof,CS1.1.1.1,#ff377a`, /value 0 twice/],
      [`${header}0,grass`, /line 2: 2 cells, 4 in the header/],
      [header, /0 classes; 1 to 254 wanted/],
    ];
    for (const [text, message] of refusals) await assert.rejects(readClassTable(write(text)), message);
  });
});
