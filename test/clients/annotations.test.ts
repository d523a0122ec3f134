/** The template of annotations in GDAL, and in QGIS: opened, drawn in and saved as a person does, then read back. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openTruth } from '../../pipeline/annotations/open-truth.ts';
import { writeTemplate } from '../../pipeline/annotations/template.ts';
import type { BboxLocal, Grid } from '../../pipeline/grid.ts';
import { readNomenclature } from '../../sql/nomenclature.ts';
import { runs, skipWithout } from './service.ts';

/** Debian's own Python: the one python3-qgis is for. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('qgis_annotate.py', import.meta.url));
const noQgis = skipWithout('QGIS (python3-qgis)', runs(PYTHON, ['-c', 'import qgis.core']));
const noGdal = skipWithout('GDAL (gdal-bin)', runs('ogrinfo', ['--version']));

// OCSGE_PICTURES keeps the pictures, for eyes.
const keep = process.env['OCSGE_PICTURES'];
const folder = await mkdtemp(join(tmpdir(), 'ocsge-annotations-'));
after(() => rm(folder, { recursive: true, force: true }));

const [X, Y] = [695_000, 7_034_000];
const zone: BboxLocal = [X + 20, Y + 20, X + 120, Y + 120];
const couvertures = readNomenclature().filter(({ dimension, feuille }) => dimension === 'CS' && feuille);

async function template(srid = 2154): Promise<string> {
  const path = join(folder, `verite-${srid}-${Math.random().toString(36).slice(2)}.gpkg`);
  await writeTemplate(path, srid, srid === 2154 ? [zone] : [], new Date('2026-01-02T03:04:05Z'));
  return path;
}

suite('GDAL', { skip: noGdal }, () => {
  const ogrinfo = async (args: string[]) => (await promisify(execFile)('ogrinfo', args, { maxBuffer: 1e8 })).stdout;

  for (const srid of [2154, 5490, 2972, 2975, 4471]) {
    test(`reads the layers in EPSG:${srid}, whose definition is EPSG's own`, async () => {
      const path = await template(srid);
      const [found, own] = await Promise.all([ogrinfo(['-so', '-al', path]), srs(`EPSG:${srid}`)]);
      assert.match(found, /Layer name: annotation[\s\S]*Geometry: Polygon[\s\S]*code_cs: String \(10\.0\) NOT NULL/);
      assert.match(found, /Layer name: zone/);
      const query = `select definition from gpkg_spatial_ref_sys where srs_id = ${srid}`;
      const wkt = /definition \(String\) = (.*)/.exec(await ogrinfo(['-sql', query, path]))![1]!;
      assert.equal(await srs(wkt), own);
    });
  }

  test('finds the value lists, and warns of nothing', async () => {
    const path = await template();
    const { stdout, stderr } = await promisify(execFile)('ogrinfo', ['-fielddomain', 'annotation_code_cs', path]);
    for (const { code } of couvertures) assert.match(stdout, new RegExp(`${code.replaceAll('.', '\\.')}: `));
    assert.equal(stderr, '');
  });
});

/** A CRS as PROJ strings tell it: the numbers alone. */
const srs = async (definition: string) =>
  (await promisify(execFile)('gdalsrsinfo', ['-o', 'proj4', definition])).stdout
    .trim()
    .replace('+towgs84=0,0,0,0,0,0,0 ', '');

interface SeenLayer {
  valid: boolean;
  crs: string;
  renderer: string;
  colours: Record<string, string>;
  widgets: Record<string, string>;
  maps: Record<string, Record<string, string>>;
  count: number;
}

interface Seen {
  annotation: SeenLayer;
  zone: SeenLayer;
  saved: boolean;
  zonesSaved: boolean;
  drawn: Record<string, string>[];
}

suite('QGIS', { skip: noQgis }, () => {
  test('styles and lists are there by themselves; what is drawn and saved is read back', async () => {
    const path = await template();
    const png = join(keep ?? folder, 'annotations-qgis.png');
    if (keep !== undefined) await mkdir(keep, { recursive: true });
    const square = ([minX, minY, maxX, maxY]: BboxLocal) =>
      `POLYGON((${minX} ${minY},${maxX} ${minY},${maxX} ${maxY},${minX} ${maxY},${minX} ${minY}))`;
    const seen = await work({
      path,
      draw: [
        { code_cs: 'CS1.1.1.1', wkt: square([X, Y, X + 60, Y + 140]) },
        { code_cs: 'CS2.2.1', wkt: square([X + 60, Y, X + 140, Y + 140]) },
        { code_cs: 'CS2.1.1.1', confiance: 'douteux', wkt: square([X + 100, Y, X + 140, Y + 140]) },
      ],
      done: [1],
      bbox: [X - 20, Y - 20, X + 180, Y + 140],
      png,
    });
    const { annotation } = seen;
    assert.deepEqual([annotation.valid, annotation.crs, annotation.count], [true, 'EPSG:2154', 0]);
    const { '': _, ...colours } = annotation.colours;
    const official = Object.fromEntries(couvertures.map(({ code, couleur }) => [code, couleur.toLowerCase()]));
    assert.deepEqual(colours, official);
    assert.deepEqual(
      Object.values(annotation.maps['code_cs']!),
      couvertures.map(({ code }) => code),
    );
    assert.deepEqual(Object.values(seen.zone.maps['statut']!), ['a_annoter', 'terminee']);
    assert.deepEqual([annotation.widgets['date'], seen.zone.count], ['DateTime', 1]);
    assert.deepEqual([seen.saved, seen.zonesSaved, seen.drawn.length], [true, true, 3]);
    assert.deepEqual([seen.drawn[0]!['confiance'], seen.drawn[2]!['confiance']], ['sur', 'douteux']);

    const grid: Grid = { srid: 2154, originX: X, originY: Y + 140, resolutionM: 10, widthPx: 14, heightPx: 14 };
    const truth = await openTruth(path, { grid });
    assert.deepEqual(truth.codes, ['CS1.1.1.1', 'CS2.2.1']);
    const row = await truth.read({ xPx: 0, yPx: 5, widthPx: 14, heightPx: 1 });
    assert.deepEqual([...row], [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0, 0]);
    const outside = await truth.read({ xPx: 0, yPx: 12, widthPx: 14, heightPx: 2 });
    assert.ok(outside.every((value) => value === 0));
  });
});

/** QGIS in a process of its own; its profile is thrown away. */
async function work(order: object): Promise<Seen> {
  const home = await mkdtemp(join(tmpdir(), 'ocsge-qgis-home-'));
  try {
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_RUNTIME_DIR: home,
      QT_QPA_PLATFORM: 'offscreen',
      LC_ALL: 'C.UTF-8',
    };
    const { stdout } = await promisify(execFile)(PYTHON, [SCRIPT, JSON.stringify(order)], { env, timeout: 240_000 });
    return JSON.parse(/^SEEN (.*)$/m.exec(stdout)![1]!) as Seen;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
