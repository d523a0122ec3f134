/** The template: where its zones lie, what it says when read back, and that nothing drawn is ever lost. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import fc from 'fast-check';
import sqlite3 from 'node-sqlite3-wasm';
import { openTruth } from '../../../pipeline/annotations/open-truth.ts';
import { proposeZones } from '../../../pipeline/annotations/propose-zones.ts';
import { type TemplateCommandOptions, templateFromOptions } from '../../../pipeline/commands/annotations.ts';
import type { CommandEnv } from '../../../pipeline/commands/environment.ts';
import { readConfig } from '../../../pipeline/config.ts';
import { gpkgOfWkb } from '../../../pipeline/geopackage/wkb-geometry.ts';
import type { BboxLocal } from '../../../pipeline/grid.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import { lambert } from '../rasters/tiny-tiff.ts';

const folder = mkdtempSync(join(tmpdir(), 'ocsge-template-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const env: CommandEnv = {
  config: { ...readConfig({}), dataDir: join(folder, 'data') },
  report: silentReport,
  signal: new AbortController().signal,
  print: () => {},
};
let made = 0;
const fresh = () => join(folder, `verite-${made++}.gpkg`);

async function template(more: Partial<TemplateCommandOptions> = {}): Promise<string> {
  const given = { departement: '62', zoneSize: '100', seed: '1', out: fresh(), ...more };
  await templateFromOptions(given, env);
  return given.out;
}

/** What a person does in QGIS, in SQL. */
function edit(path: string, work: (sqlite: InstanceType<typeof sqlite3.Database>) => void): void {
  const sqlite = new sqlite3.Database(path);
  sqlite.exec('pragma synchronous = off');
  work(sqlite);
  sqlite.close();
  rmSync(`${path}.lock`, { recursive: true, force: true });
}

/** The blob of a box. */
function boxBlob([minX, minY, maxX, maxY]: BboxLocal): Uint8Array {
  const ring = [
    [minX, minY],
    [maxX, minY],
    [maxX, maxY],
    [minX, maxY],
    [minX, minY],
  ];
  return gpkgOfWkb(polygonWkb({ type: 'Polygon', coordinates: [ring] }), [minX, minY, maxX, maxY], 2154);
}

function drawSquare(path: string, bbox: BboxLocal, code_cs: string, confiance = 'sur'): void {
  const blob = boxBlob(bbox);
  edit(path, (sqlite) =>
    sqlite.run('insert into annotation (geom, code_cs, confiance) values (?, ?, ?)', [blob, code_cs, confiance]),
  );
}

suite('zones', () => {
  test('one in each of as many equal parts, apart, on whole metres; equal seeds, equal zones', () => {
    const sizes = fc.record({
      width: fc.integer({ min: 2000, max: 9000 }),
      height: fc.integer({ min: 2000, max: 9000 }),
      count: fc.integer({ min: 1, max: 40 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(sizes, ({ width, height, count, seed }) => {
        const extent: BboxLocal = [700_000.4, 6_600_000.2, 700_000.4 + width, 6_600_000.2 + height];
        const zones = proposeZones(extent, count, 100, seed);
        assert.deepEqual(proposeZones(extent, count, 100, seed), zones);
        assert.equal(zones.length, count);
        for (const [index, [minX, minY, maxX, maxY]] of zones.entries()) {
          assert.deepEqual([maxX - minX, maxY - minY, minX % 1, minY % 1], [100, 100, 0, 0]);
          assert.ok(minX >= extent[0] && minY >= extent[1] && maxX <= extent[2] && maxY <= extent[3]);
          for (const other of zones.slice(index + 1)) {
            assert.ok(maxX <= other[0] || other[2] <= minX || maxY <= other[1] || other[3] <= minY);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('an extent too small for them is refused', () => {
    assert.throws(() => proposeZones([0, 0, 300, 300], 10, 100, 1), /too small for 10 zones of 100 m/);
  });
});

suite('read back', () => {
  const grid = lambert(20, 10);
  const row = { xPx: 0, yPx: 5, widthPx: 20, heightPx: 1 };
  const left = 506_000;
  const box = (from: number, to: number): BboxLocal => [left + from, 6_286_990, left + to, 6_287_000];

  /** Zones of 8 m at 0 and at 12 metres; grass to 5, roofs from 3, doubt from 14 to 16. */
  async function filled(done: number[], statut = 'terminee'): Promise<string> {
    const path = await template();
    edit(path, (sqlite) => {
      for (const from of [0, 12]) {
        const blob = boxBlob(box(from, from + 8));
        sqlite.run(`insert into zone (geom, statut) values (?, 'a_annoter')`, [blob]);
      }
      for (const fid of done) sqlite.run('update zone set statut = ? where fid = ?', [statut, fid]);
    });
    drawSquare(path, box(0, 5), 'CS2.2.1');
    drawSquare(path, box(3, 7), 'CS1.1.1.1');
    drawSquare(path, box(10, 20), 'CS2.2.1');
    drawSquare(path, box(14, 16), 'CS2.2.1', 'douteux');
    return path;
  }

  test('only finished zones are known; what is bare, contested or doubtful in them is unknown and reported', async () => {
    const faults: [string, Record<string, unknown>][] = [];
    const path = await filled([1, 2]);
    const truth = await openTruth(path, { grid, onFault: (event, data) => faults.push([event, data]) });
    assert.deepEqual(truth.codes, ['CS1.1.1.1', 'CS2.2.1']);
    assert.deepEqual([...(await truth.read(row))], [2, 2, 2, 0, 0, 1, 1, 0, 0, 0, 0, 0, 2, 2, 0, 0, 2, 2, 2, 2]);
    const hundredths = (share: unknown) => Math.round(Number(share) * 100);
    assert.deepEqual(
      faults.map(([event, { zone, unknown, contested }]) => [event, zone, hundredths(unknown), hundredths(contested)]),
      [
        ['Annotations:ZoneNotWhole', '1', 38, 25],
        ['Annotations:ZoneNotWhole', '2', 25, 25],
      ],
    );
    assert.deepEqual(truth.annotated, [box(0, 8), box(12, 20)]);
  });

  test('a zone that is not finished counts for nothing; none finished is refused', async () => {
    const truth = await openTruth(await filled([2]), { grid });
    assert.deepEqual([...(await truth.read(row))].slice(0, 12), new Array(12).fill(0));
    await assert.rejects(openTruth(await filled([]), { grid }), /none of 2 zones has the statut terminee/);
  });

  test('a statut typed by hand: the accent and the case do not matter, another word does', async () => {
    for (const statut of ['terminée', 'Terminée', 'TERMINÉE', 'termine\u0301e', ' TERMINEE ']) {
      const truth = await openTruth(await filled([2], statut), { grid });
      assert.deepEqual(truth.annotated, [box(12, 20)], statut);
    }
    await assert.rejects(openTruth(await filled([2], 'presque terminée'), { grid }), /terminee \(or terminée\)/);
  });

  test('without zones, what is drawn is known', async () => {
    const path = await template();
    drawSquare(path, box(2, 4), 'CS2.2.1');
    const truth = await openTruth(path, { grid });
    assert.deepEqual([...(await truth.read(row))].slice(0, 6), [0, 0, 1, 1, 0, 0]);
  });
});

suite('ocsge annotations template', () => {
  test('writes the file and its README, and nothing else', async () => {
    const path = await template({ extent: '700000,6600000,704000,6603000', zones: '12' });
    const name = path.split('/').at(-1)!.replace('.gpkg', '');
    assert.deepEqual(
      readdirSync(folder)
        .filter((file) => file.startsWith(`${name}.`))
        .sort(),
      [`${name}.README.md`, `${name}.gpkg`],
    );
    const readme = readFileSync(path.replace('.gpkg', '.README.md'), 'utf8');
    assert.match(readme, /12 zones sont proposées/);
    assert.match(readme, /`CS2\.2\.2`/);
  });

  test('nothing that is there is lost, whatever --force says', async () => {
    const path = await template();
    await assert.rejects(template({ out: path }), /exists already/);
    await template({ out: path, force: true });
    drawSquare(path, [700_000, 6_600_000, 700_010, 6_600_010], 'CS2.2.1');
    const before = readFileSync(path);
    await assert.rejects(template({ out: path, force: true }), /1 polygons are drawn in it/);
    assert.ok(readFileSync(path).equals(before));
    const other = fresh();
    writeFileSync(other, 'not a GeoPackage at all, but somebody wrote it'.repeat(10));
    await assert.rejects(template({ out: other, force: true }), /not a GeoPackage/);
    assert.ok(existsSync(other));
  });

  test('options that make no sense are refused', async () => {
    const refusals: [Partial<TemplateCommandOptions>, RegExp][] = [
      [{ out: join(folder, 'verite.shp') }, /a name ending in \.gpkg wanted/],
      [{ crs: 'EPSG:2154' }, /both --departement and --crs given/],
      [{ departement: '96' }, /département "96"/],
      [{ extent: '1,2,3' }, /--extent is "1,2,3": minX,minY,maxX,maxY/],
      [{ extent: '2.2,48.8,2.4,48.9' }, /wanted coordinates of EPSG:2154/],
      [{ zones: '3' }, /--zones without --extent/],
      [{ extent: '700000,6600000,704000,6603000', zones: '2.5' }, /--zones is "2\.5"/],
    ];
    for (const [more, message] of refusals) await assert.rejects(template(more), message);
  });
});
