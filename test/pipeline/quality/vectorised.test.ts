/** The report on what the polygons stage makes: nothing to object to, and files that others read. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PNG } from 'pngjs';
import type { ClassesArtefact } from '../../../pipeline/artefacts.ts';
import { Stopped } from '../../../pipeline/errors.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { vectorise } from '../../../pipeline/polygons/vectorise.ts';
import type { ListedObject } from '../../../pipeline/polygons-measures.ts';
import { assessQuality } from '../../../pipeline/quality/quality.ts';
import type { QualityReport } from '../../../pipeline/quality/report.ts';
import { readNomenclature } from '../../../sql/nomenclature.ts';
import { seededClassRaster } from '../../bench/class-raster.ts';
import { runs, skipWithout } from '../../clients/service.ts';
import { writeGeoJson } from '../references/layer-files.ts';

const root = mkdtempSync(join(tmpdir(), 'ocsge-quality-run-'));
after(() => rmSync(root, { recursive: true }));
const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };

const withoutGdal = skipWithout('GDAL (ogrinfo)', runs('ogrinfo', ['--version']));

const raster = seededClassRaster(900);
raster.confidence.forEach((_, i) => {
  raster.confidence[i] = i % 900 < 450 ? 90 : 220;
});
/** What the polygons were made from, as two dalles of a model whose classes have values of their own. */
async function writeClasses(): Promise<ClassesArtefact> {
  const { grid, codesCs, classes } = raster;
  const dalles = [
    { xPx: 0, yPx: 0, widthPx: 500, heightPx: 900 },
    { xPx: 500, yPx: 0, widthPx: 400, heightPx: 900 },
  ];
  for (const { xPx, widthPx, heightPx } of dalles) {
    const values = new Uint8Array(widthPx * heightPx);
    values.forEach((_, i) => {
      values[i] = 20 - classes[Math.floor(i / widthPx) * 900 + xPx + (i % widthPx)]!;
    });
    const part = { ...grid, originX: grid.originX + xPx * grid.resolutionM, widthPx, heightPx };
    await writeGeoTiff(join(root, `${xPx}.tif`), { grid: part, bands: 1, sampleFormat: 'uint8' }, values);
  }
  return {
    grid,
    modelId: 'essai',
    classes: codesCs.map((codeCs, index) => ({ index: 19 - index, name: codeCs, codeCs, colour: '#000000' })),
    dalles: dalles.map((window) => ({ window, classPath: join(root, `${window.xPx}.tif`), confidencePath: '' })),
  };
}

const polygons = await vectorise(raster, join(root, 'polygons'), { departement: '999' }, ctx);
const about = { title: 'un <essai>', classes: await writeClasses() };
const quality = await assessQuality(polygons, join(root, 'quality'), about, ctx);
const report = JSON.parse(await readFile(quality.reportPath, 'utf8')) as QualityReport;

test('a generalised coverage passes every rule', () => {
  assert.deepEqual(
    report.rules.flatMap(({ examples }) => examples.filter(({ reason }) => reason === undefined)),
    [],
  );
  assert.equal(report.passed, true);
  assert.equal(report.objects, polygons.count);
  assert.ok(Math.abs(report.areaM2 - 180 * 180) < 1e-6, String(report.areaM2));
});

test('the two steps are told apart', () => {
  const { gainedM2, lostM2 } = report.semantic!.total.reduce((sum, flow) => ({
    codeCs: '',
    gainedM2: sum.gainedM2 + flow.gainedM2,
    lostM2: sum.lostM2 + flow.lostM2,
  }));
  assert.ok(gainedM2 > 0 && Math.abs(gainedM2 - lostM2) < 1e-6, `${gainedM2} gained, ${lostM2} lost`);
  const { displacement, verticesBefore, verticesAfter } = report.geometric!;
  assert.ok(displacement.maxM <= 2 && displacement.meanM <= 0.2, JSON.stringify(displacement));
  assert.ok(verticesAfter < verticesBefore, `${verticesAfter} of ${verticesBefore}`);
});

test('the page holds its pictures and nothing from elsewhere', async () => {
  const page = await readFile(quality.pagePath, 'utf8');
  assert.match(page, /un &lt;essai&gt;/);
  assert.ok((page.match(/data:image\/png;base64/g) ?? []).length >= 4, 'pictures');
  assert.ok((page.match(/<svg class="ground"/g) ?? []).length >= 2, 'polygons');
  assert.doesNotMatch(page, /https?:\/\/(?!www\.w3\.org)|undefined|NaN/);
});

test('the picture before is what the model found, dalle beside dalle', async () => {
  const page = await readFile(quality.pagePath, 'utf8');
  const [, data] = /<img src="data:image\/png;base64,([^"]+)" alt="Avant\s: les classes du modèle"/.exec(page)!;
  const picture = PNG.sync.read(Buffer.from(data!, 'base64'));
  const colours = new Map(readNomenclature().map(({ code, couleur }) => [code, couleur.toLowerCase()]));
  // the extent is smaller than the picture's 300 m: it shows all of it
  assert.deepEqual([picture.width, picture.height], [900, 900]);
  const wrong = raster.classes.findIndex((value, i) => {
    const colour = `#${picture.data.toString('hex', 4 * i, 4 * i + 3)}`;
    return colour !== colours.get(raster.codesCs[value - 1]!);
  });
  assert.equal(wrong, -1);
});

test('objects to look at first open in a GIS, in their own CRS', { skip: withoutGdal }, () => {
  const told = execFileSync('ogrinfo', ['-so', '-al', quality.lowConfidencePath], { encoding: 'utf8' });
  assert.match(told, new RegExp(`Feature Count: ${report.confidence.lowCount}\\b`));
  assert.ok(report.confidence.lowCount > 0, 'some');
  assert.match(told, /ID\["EPSG",2154\]/);
});

test('the same polygons are not looked at twice; others are', async () => {
  const before = await stat(quality.pagePath);
  await assessQuality(polygons, join(root, 'quality'), about, ctx);
  assert.equal((await stat(quality.pagePath)).mtimeMs, before.mtimeMs);
  await assessQuality(polygons, join(root, 'quality'), { title: 'un autre' }, ctx);
  assert.match(await readFile(quality.pagePath, 'utf8'), /un autre/);
});

test('a road between two underpasses is no fault of the production', async () => {
  const grid = { srid: 2154, originX: 506_000, originY: 6_287_000, resolutionM: 1, widthPx: 400, heightPx: 200 };
  const pixels = grid.widthPx * grid.heightPx;
  const field = { grid, codesCs: ['CS2.2.1'], classes: new Uint8Array(pixels).fill(1) };
  const stretch = (from: number, to: number, level: string) => ({
    geometry: { type: 'LineString' as const, coordinates: [from, to].map((x) => [506_000 + x, 6_286_900]) },
    properties: { position_par_rapport_au_sol: level, largeur_de_chaussee: 6 },
  });
  const references = join(root, 'underpasses');
  mkdirSync(references);
  writeGeoJson(join(references, 'troncon_de_route.geojson'), [
    ...[stretch(-100, 150, '0'), stretch(150, 180, '-1'), stretch(180, 230, '0')],
    ...[stretch(230, 260, '-1'), stretch(260, 900, '0')],
  ]);
  const settings = { departement: '999', ossature: { references, options: {}, dataDir: root } };
  const confidence = new Uint8Array(pixels).fill(220);
  const roads = await vectorise({ ...field, confidence }, join(root, 'roads'), settings, ctx);
  const found = await assessQuality(roads, join(root, 'roads-quality'), { title: 'souterrains' }, ctx);
  const { passed, listed } = JSON.parse(await readFile(found.reportPath, 'utf8')) as QualityReport;
  assert.equal(passed, true);
  const reason = 'tronçon d’ossature court à l’air libre, prolongé en souterrain';
  assert.deepEqual(listed, [
    { rule: 'flottant', reason, count: 1 },
    { rule: 'surface', reason, count: 1 },
  ]);
  const lines = (await readFile(found.listedPath, 'utf8')).trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as ListedObject);
  assert.deepEqual(rows.map((row) => [row.rule, row.reason]).sort(), [
    ['flottant', reason],
    ['surface', reason],
  ]);
  assert.equal(rows[0]!.id, rows[1]!.id);
});

test('rail that reaches the limit below a road along it is no fault of the production', async () => {
  const [west, south] = [506_000, 6_286_800];
  const grid = { srid: 2154, originX: west, originY: south + 200, resolutionM: 1, widthPx: 400, heightPx: 200 };
  const pixels = grid.widthPx * grid.heightPx;
  const field = { grid, codesCs: ['CS2.2.1'], classes: new Uint8Array(pixels).fill(1) };
  const at = (places: [number, number][]) => places.map(([x, y]) => [west + x, south + y]);
  const line = (...places: [number, number][]) => ({ type: 'LineString' as const, coordinates: at(places) });
  const references = join(root, 'along-limit');
  mkdirSync(references);
  const road = { geometry: line([100, -100], [108, 300]), properties: { largeur_de_chaussee: 6 } };
  const rail = { geometry: line([-100, 100], [160, 104]), properties: { nature: 'Voie ferrée principale' } };
  writeGeoJson(join(references, 'troncon_de_route.geojson'), [road]);
  writeGeoJson(join(references, 'troncon_de_voie_ferree.geojson'), [rail]);
  const limit = {
    type: 'Polygon' as const,
    coordinates: [
      at([
        [101, 1],
        [390, 9],
        [380, 195],
        [105, 190],
        [101, 1],
      ]),
    ],
  };
  const settings = { departement: '999', limit, ossature: { references, options: {}, dataDir: root } };
  const confidence = new Uint8Array(pixels).fill(220);
  const cut = await vectorise({ ...field, confidence }, join(root, 'cut'), settings, ctx);
  const found = await assessQuality(cut, join(root, 'cut-quality'), { title: 'limite' }, ctx);
  const { rules, listed } = JSON.parse(await readFile(found.reportPath, 'utf8')) as QualityReport;
  assert.deepEqual(
    rules.filter(({ count }) => count > 0),
    [],
  );
  const reason = 'tronçon d’ossature court, prolongé sous un autre réseau';
  assert.deepEqual(
    listed.filter(({ rule }) => rule === 'flottant'),
    [{ rule: 'flottant', reason, count: 1 }],
  );
});

test('stopped, it leaves nothing half-written', async () => {
  const stopped = { ...ctx, signal: AbortSignal.abort() };
  const folder = join(root, 'stopped');
  await assert.rejects(assessQuality(polygons, folder, { title: 'x' }, stopped), Stopped);
  await assert.rejects(stat(join(folder, 'quality.json')), /ENOENT/);
  await assert.rejects(stat(join(folder, 'low-confidence.geojson')), /ENOENT/);
});
