import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Feature, Polygon } from 'geojson';
import type { PolygonProperties, StageContext } from '../../../pipeline/artefacts.ts';
import type { CouvertureRaster } from '../../../pipeline/couverture.ts';
import { BadInput, Stopped } from '../../../pipeline/errors.ts';
import { openRaster } from '../../../pipeline/geotiff/read-raster.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { tracePolygons } from '../../../pipeline/polygons/trace-polygons.ts';
import { couvertureOf } from './ascii.ts';
import { signedArea } from './check-coverage.ts';

const folder = await mkdtemp(join(tmpdir(), 'ocsge-polygons-'));
after(() => rm(folder, { recursive: true }));
const ctx: StageContext = { report: silentReport, signal: new AbortController().signal, threads: 1 };
const options = { departement: '999', minAreaM2: 0 };

type Line = Feature<Polygon, PolygonProperties>;
const linesOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

test('features, regions and couverture agree', async () => {
  const couverture = couvertureOf('aab\naab\n..b', 0.2, 204);
  const artefact = await tracePolygons(couverture, join(folder, 'agree'), options, ctx);
  const lines = await linesOf(artefact.polygonsPath);
  assert.deepEqual(
    lines.map(({ properties }) => [properties.code_cs, properties.pixels, properties.confiance]),
    [
      ['CS1.1.1.1', 4, 0.8],
      ['CS1.1.1.2', 3, 0.8],
    ],
  );
  assert.deepEqual(lines[0]!.geometry.coordinates, [
    [
      [0, 0.6],
      [0, 0.2],
      [0.4, 0.2],
      [0.4, 0.6],
      [0, 0.6],
    ],
  ]);
  for (const { properties } of lines) assert.match(properties.id, /^OCSGE\d{19}$/);
  const whole = { xPx: 0, yPx: 0, widthPx: 3, heightPx: 3 };
  const regions = await openRaster(artefact.regionsPath);
  assert.deepEqual([...(await regions.read(whole, 0, new Uint32Array(9)))], [1, 1, 2, 1, 1, 2, 0, 0, 2]);
  const classes = await openRaster(artefact.couverturePath);
  assert.deepEqual([...(await classes.read(whole, 0, new Uint8Array(9)))], [...couverture.classes]);
  assert.deepEqual([classes.grid, classes.nodata], [couverture.grid, 0]);
  await regions.close();
  await classes.close();
});

test('specks under the smallest area are gone from every output', async () => {
  const artefact = await tracePolygons(
    couvertureOf('aaa\naba\naaa'),
    join(folder, 'specks'),
    { ...options, minAreaM2: 2 },
    ctx,
  );
  assert.equal(artefact.count, 1);
  assert.equal((await linesOf(artefact.polygonsPath))[0]!.properties.pixels, 9);
});

test('the same input gives the same bytes, and is not traced again while the outputs are there', async () => {
  const couverture = couvertureOf('aabb\nacbb');
  const out = join(folder, 'again');
  const artefact = await tracePolygons(couverture, out, options, ctx);
  const bytes = await readFile(artefact.polygonsPath);
  const { mtimeMs } = await stat(artefact.polygonsPath);
  assert.deepEqual(await tracePolygons(couverture, out, options, ctx), artefact);
  assert.equal((await stat(artefact.polygonsPath)).mtimeMs, mtimeMs);
  await rm(artefact.regionsPath);
  await tracePolygons(couverture, out, options, ctx);
  assert.deepEqual(await readFile(artefact.polygonsPath), bytes);
});

test('an unchanged object takes over the id of the former millésime, a changed one does not', async () => {
  const former = await tracePolygons(couvertureOf('aab\naab\nccc'), join(folder, 'former'), options, ctx);
  const renamed = (await readFile(former.polygonsPath, 'utf8')).replaceAll(/OCSGE\d{9}/g, 'OCSGE777777777');
  await writeFile(former.polygonsPath, renamed);
  const current = await tracePolygons(
    couvertureOf('aad\naad\nccc'),
    join(folder, 'current'),
    { ...options, former },
    ctx,
  );
  const [before, now] = [await linesOf(former.polygonsPath), await linesOf(current.polygonsPath)];
  const kept = now.filter(({ properties }) => properties.id.startsWith('OCSGE777777777'));
  assert.deepEqual(
    kept.map(({ properties }) => properties.code_cs),
    ['CS1.1.1.1', 'CS1.1.2.1'],
  );
  assert.deepEqual(
    kept.map(({ geometry }) => geometry),
    [before[0]!.geometry, before[2]!.geometry],
  );
});

test('an extent over the limit is refused, a stopped run stops', async () => {
  const { grid, ...rest } = couvertureOf('a');
  const large: CouvertureRaster = { ...rest, grid: { ...grid, widthPx: 20_000, heightPx: 20_000 } };
  await assert.rejects(tracePolygons(large, folder, options, ctx), (error: Error) => {
    return error instanceof BadInput && /20000 × 20000 = 400000000 pixels; at most 134217728/.test(error.message);
  });
  const many = couvertureOf(Array.from({ length: 70 }, (_, y) => (y % 2 ? 'ab' : 'ba').repeat(35)).join('\n'));
  const stopped = { ...ctx, signal: AbortSignal.abort() };
  await assert.rejects(tracePolygons(many, join(folder, 'stopped'), options, stopped), Stopped);
  await assert.rejects(stat(join(folder, 'stopped', 'polygons.geojsonl')));
});

// Counts and areas by GDAL 3.6's gdal_polygonize in 4-connectedness on the same files.
const samples = process.env['OCSGE_SAMPLES'];
const skip = samples ? false : 'OCSGE_SAMPLES names no folder of samples';
for (const [name, count, areaM2] of [
  ['MSK_weak', 272, 2540.16],
  ['LIDARHD_class_77055', 192, undefined],
] as const) {
  test(`${name}: as many polygons as gdal_polygonize finds`, { skip }, async () => {
    const imagery = join(samples!, 'imagery', 'rgbie-50m');
    const path = (await readdir(imagery)).find((file) => file.startsWith(name) && file.endsWith('.tif'));
    const file = await openRaster(join(imagery, path!));
    const { widthPx, heightPx } = file.grid;
    const values = await file.read({ xPx: 0, yPx: 0, widthPx, heightPx }, 0, new Uint8Array(widthPx * heightPx));
    await file.close();
    const classes = values.map((value) => value + 1); // 0 is a class there
    const codesCs = Array.from({ length: 255 }, (_, i) => `class ${i}`);
    const couverture = { grid: { ...file.grid, resolutionM: 0.2 }, codesCs, classes, confidence: classes };
    const artefact = await tracePolygons(couverture, join(folder, name), options, ctx);
    assert.equal(artefact.count, count);
    const lines = await linesOf(artefact.polygonsPath);
    const area = lines.reduce(
      (sum, { geometry }) => sum + geometry.coordinates.reduce((s, r) => s + signedArea(r), 0),
      0,
    );
    assert.ok(Math.abs(area / (areaM2 ?? widthPx * heightPx * 0.04) - 1) < 1e-6, String(area));
  });
}
