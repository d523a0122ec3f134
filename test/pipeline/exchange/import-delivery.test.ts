/** Deliveries that can and cannot be read; the database is not touched by the latter. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { ObjetOccupationSol } from '../../../pipeline/artefacts.ts';
import { BadInput } from '../../../pipeline/errors.ts';
import { type Delivery, importDelivery } from '../../../pipeline/exchange/import-delivery.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import { ctx } from '../publish/squares.ts';
import { type GpkgOptions, type GpkgRow, gpkgBlob, writeGpkg } from './tiny-gpkg.ts';

const folder = mkdtempSync(join(tmpdir(), 'ocsge-gpkg-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const dataDir = join(folder, 'data');
const NAME = 'OCS-GE_2-0__GPKG_LAMB93_D062_2018-01-01';

const triangleAt = (x: number, y: number) => {
  const ring = [
    [x, y],
    [x + 10, y],
    [x + 10, y + 10],
    [x, y],
  ];
  return gpkgBlob(polygonWkb({ type: 'Polygon', coordinates: [ring] }));
};
const good: GpkgRow = { id: 'OCSGE1', code_cs: 'CS2.2.1', code_us: 'US1.1', geometry: triangleAt(700_000, 7_000_000) };

let made = 0;
/** A delivery in a folder of its own; `name` is the delivery's folder. */
function delivery(rows: GpkgRow[], options: GpkgOptions = {}, name = NAME): string {
  const path = join(folder, String(made++), name, 'OCCUPATION_SOL.gpkg');
  writeGpkg(path, rows, options);
  return dirname(path);
}

async function read(path: string, options: { departement?: string; millesime?: number } = {}) {
  return importDelivery(
    path,
    { dataDir, ...options },
    async (opened: Delivery) => {
      const objets: ObjetOccupationSol[] = [];
      for await (const objet of opened.objets()) objets.push(objet);
      return { ...opened, objets };
    },
    ctx,
  );
}

test('a delivery tells its département, millésime and objects', async () => {
  const { departement, millesime, srid, count, attribution, licence, objets } = await read(delivery([good, good]));
  assert.deepEqual([departement, millesime, srid, count], ['62', 2018, 2154, 2]);
  assert.deepEqual([attribution, licence], ['IGN – OCS GE, D062 2018', 'Licence Ouverte 2.0']);
  assert.equal(objets[1]!.id, 'OCSGE1');
  assert.equal(objets[1]!.wkb.length, 9 + 4 + 4 * 16);
  assert.deepEqual(readdirSync(join(dataDir, 'tmp')), []);
});

test('options are stronger than the name, columns may be called otherwise, the folder may be nested', async () => {
  const options = { columns: { id: 'id', code_cs: 'couverture', code_us: 'usage' } };
  const path = delivery([good], options, join('archive', '1_DONNEES_LIVRAISON_2025-05-00080', 'sans-nom'));
  const { departement, millesime } = await read(dirname(dirname(path)), { departement: 'D059', millesime: 2021 });
  assert.deepEqual([departement, millesime], ['59', 2021]);
});

test('a year that is none is refused', async () => {
  await assert.rejects(read(delivery([good]), { millesime: 18 }), /millésime 18; wanted a year from 1900 to 2200/);
});

test('a read-only folder is read, nothing is written in it', async () => {
  const path = delivery([good]);
  chmodSync(join(path, 'OCCUPATION_SOL.gpkg'), 0o444);
  chmodSync(path, 0o555);
  assert.equal((await read(path)).objets.length, 1);
  chmodSync(path, 0o755);
  assert.deepEqual(readdirSync(path), ['OCCUPATION_SOL.gpkg']);
});

test('what a killed import left is cleared, what a living one uses is not', async () => {
  const dead = join(dataDir, 'tmp', 'import-4194304-1');
  const living = join(dataDir, 'tmp', `import-${process.ppid}-1`);
  for (const left of [dead, living]) mkdirSync(join(left, 'delivery.gpkg.lock'), { recursive: true });
  await read(delivery([good]));
  assert.deepEqual(readdirSync(join(dataDir, 'tmp')), [`import-${process.ppid}-1`]);
  rmSync(living, { recursive: true });
});

test('a file in write-ahead-log mode is read', async () => {
  const path = delivery([good]);
  const file = join(path, 'OCCUPATION_SOL.gpkg');
  const bytes = readFileSync(file);
  bytes[18] = 2;
  bytes[19] = 2;
  writeFileSync(file, bytes);
  assert.equal((await read(path)).objets.length, 1);
});

function truncated(): string {
  const path = delivery(Array.from({ length: 500 }, () => good));
  truncateSync(join(path, 'OCCUPATION_SOL.gpkg'), 20_000);
  return path;
}

function foreign(): string {
  const path = join(folder, `${NAME}.gpkg`);
  writeFileSync(path, 'PK\u0003\u0004 this is a zip file, and long enough to have a header '.repeat(4));
  return path;
}

function damaged(): string {
  const path = delivery(Array.from({ length: 500 }, () => good));
  const file = join(path, 'OCCUPATION_SOL.gpkg');
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096, bytes.length);
  writeFileSync(file, bytes);
  return path;
}

function two(): string {
  const path = delivery([good]);
  mkdirSync(join(path, 'bis'));
  copyFileSync(join(path, 'OCCUPATION_SOL.gpkg'), join(path, 'bis', 'OCCUPATION_SOL.gpkg'));
  return path;
}

const refused: [string, () => string, RegExp][] = [
  ['a path that is not there', () => join(folder, 'nowhere'), /no such file or folder; wanted an OCS GE delivery/],
  ['a folder without the file', () => dirname(dataDir), /wanted one OCCUPATION_SOL\.gpkg/],
  ['a folder with two', two, /found .*bis.*wanted one OCCUPATION_SOL/],
  ['a truncated file', truncated, /truncated, 20000 bytes of the \d+ its header announces/],
  ['a foreign file', foreign, /not a GeoPackage \(it begins with "PK/],
  ['a damaged file', damaged, /cannot be (read|opened) as a GeoPackage/],
  [
    'no CODE_CS',
    () => delivery([good], { columns: { code_cs: null } }),
    /no column CODE_CS; found fid, the_geom, ID, CODE_US/,
  ],
  ['no CODE_US', () => delivery([good], { columns: { code_us: null } }), /no column CODE_US; found/],
  [
    'another table',
    () => delivery([good], { layer: 'ROUTES', columns: { code_cs: null } }),
    /found ROUTES .*wanted a layer OCCUPATION_SOL/,
  ],
  [
    'unknown codes',
    () => delivery([good, { ...good, id: 'A', code_cs: 'CS9' }, { ...good, id: 'B', code_cs: 'CS9' }]),
    /2 rows \(A, B\) with an unknown CODE_CS: "CS9" × 2; wanted leaves/,
  ],
  [
    'a code that is no leaf',
    () => delivery([{ ...good, code_us: 'US4' }]),
    /1 rows \(OCSGE1\) with an unknown CODE_US: "US4" × 1/,
  ],
  ['a NULL code', () => delivery([{ ...good, code_us: null }]), /unknown CODE_US: NULL × 1/],
  [
    'a NULL geometry',
    () => delivery([good, { ...good, id: 'vide', geometry: null }]),
    /1 rows \(vide\) with a NULL geometry/,
  ],
  [
    'an empty geometry',
    () => delivery([{ ...good, geometry: gpkgBlob(Buffer.alloc(0), { empty: true }) }]),
    /object OCSGE1: empty geometry; wanted a Polygon/,
  ],
  ['no row', () => delivery([]), /no row; wanted objects/],
  [
    'another CRS',
    () => delivery([good], { srid: 4326 }),
    /coordinates in EPSG:4326 .*wanted EPSG:2154, the grid of département 62/,
  ],
  [
    'a CRS that names none',
    () => delivery([good], { organization: 'NONE' }),
    /coordinates in "srs 2154"; wanted EPSG:2154/,
  ],
  [
    'a name with the wrong CRS',
    () => delivery([good], {}, 'OCS-GE_2-0__GPKG_LAMB93_D971_2017-01-01'),
    /EPSG:2154; wanted EPSG:5490/,
  ],
  [
    'degrees that are said to be metres',
    () => delivery([good, { ...good, id: 'OCSGE2', geometry: triangleAt(2.8, 50.4) }]),
    /object OCSGE2: at 2\.8, 50\.4, .*wanted coordinates of EPSG:2154/,
  ],
  ['a name that tells nothing', () => delivery([good], {}, 'livraison'), /no département and no millésime in its name/],
  ['a name without year', () => delivery([good], {}, 'OCS-GE_2-0__GPKG_LAMB93_D062'), /no millésime in its name/],
  [
    'another product',
    () => delivery([good], {}, 'OCS-GE_2-0_ARTIFICIALISATION_GPKG_LAMB93_D001_2018-01-01'),
    /this is a ARTIFICIALISATION product/,
  ],
];

for (const [name, make, message] of refused) {
  test(`${name} is refused, saying what was found and what is wanted`, async () => {
    await assert.rejects(read(make()), (error) => {
      assert.ok(error instanceof BadInput, String(error));
      assert.match(error.message, message);
      return true;
    });
    assert.deepEqual(readdirSync(join(dataDir, 'tmp')), []);
  });
}
