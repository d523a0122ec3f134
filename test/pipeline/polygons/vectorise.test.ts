import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BadInput } from '../../../pipeline/errors.ts';
import { openRaster } from '../../../pipeline/geotiff/read-raster.ts';
import { couvertureOf } from './ascii.ts';
import { signedArea } from './check-coverage.ts';
import { hashesOf, type Line, linesOf, run, scene, scratch } from './vectorise-scene.ts';

const folder = await scratch();
after(() => rm(folder, { recursive: true }));
const alongPixels = { minAreaM2: 0, generalise: false, toleranceM: 0 };

test('features, regions and couverture agree', async () => {
  const couverture = couvertureOf('aab\naab\n..b', 0.2, 204);
  const artefact = await run(couverture, join(folder, 'agree'), alongPixels);
  const lines = await linesOf(artefact.polygonsPath);
  assert.deepEqual(
    lines.map(({ properties }) => [properties.code_cs, properties.pixels, properties.confiance, properties.ossature]),
    [
      ['CS1.1.1.1', 4, 0.8, 0],
      ['CS1.1.1.2', 3, 0.8, 0],
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
  assert.ok(Math.abs(artefact.knownM2 - 7 * 0.04) < 1e-9);
  const [hole] = await linesOf(artefact.nodataPath!);
  assert.deepEqual(hole!.geometry.coordinates[0]!.length, 5);
  await regions.close();
  await classes.close();
});

test('pixels too coarse for the product’s widths are refused, naming both; without the rules they are not', async () => {
  const coarse = couvertureOf('ggg\ngfg\nggg', 2.6);
  await assert.rejects(run(coarse, join(folder, 'coarse')), (error: Error) => {
    return (
      error instanceof BadInput && /pixels of 2\.6 m found, 2\.5 m at most wanted: .*5 m, takes 2/.test(error.message)
    );
  });
  assert.equal((await run(coarse, join(folder, 'coarse plain'), { generalise: false })).count, 1);
  await run(couvertureOf('ggg\ngfg\nggg', 2.5), join(folder, 'coarsest'));
});

test('specks under the smallest area are gone from every output', async () => {
  const options = { ...alongPixels, minAreaM2: 2 };
  const artefact = await run(couvertureOf('aaa\naba\naaa'), join(folder, 'specks'), options);
  assert.equal(artefact.count, 1);
  assert.equal((await linesOf(artefact.polygonsPath))[0]!.properties.pixels, 9);
});

test('nothing known gives no object; a raster of one pixel gives one', async () => {
  const empty = await run(couvertureOf('..\n..'), join(folder, 'empty'), { minAreaM2: 0 });
  assert.deepEqual([empty.count, empty.knownM2], [0, 0]);
  const one = await run(couvertureOf('g'), join(folder, 'one'), { minAreaM2: 0 });
  assert.equal(one.count, 1);
});

test('the same input gives the same bytes, and is not made again while the outputs are there', async () => {
  const out = join(folder, 'again');
  const artefact = await run(couvertureOf('aabb\nacbb'), out, alongPixels);
  const bytes = await readFile(artefact.polygonsPath);
  const { mtimeMs } = await stat(artefact.polygonsPath);
  assert.deepEqual(await run(couvertureOf('aabb\nacbb'), out, alongPixels), JSON.parse(JSON.stringify(artefact)));
  assert.equal((await stat(artefact.polygonsPath)).mtimeMs, mtimeMs);
  await rm(artefact.regionsPath);
  await run(couvertureOf('aabb\nacbb'), out, alongPixels);
  assert.deepEqual(await readFile(artefact.polygonsPath), bytes);
});

test('an unchanged object takes over the id of the former millésime, a changed one does not', async () => {
  const former = await run(couvertureOf('aab\naab\nccc'), join(folder, 'former'), alongPixels);
  const renamed = (await readFile(former.polygonsPath, 'utf8')).replaceAll(/OCSGE\d{9}/g, 'OCSGE777777777');
  await writeFile(former.polygonsPath, renamed);
  const current = await run(couvertureOf('aad\naad\nccc'), join(folder, 'current'), { ...alongPixels, former });
  const [before, now] = [await linesOf(former.polygonsPath), await linesOf(current.polygonsPath)];
  const kept = now.filter(({ properties }) => properties.id.startsWith('OCSGE777777777'));
  assert.deepEqual(
    kept.map(({ properties, geometry }) => [properties.code_cs, geometry]),
    [
      ['CS1.1.1.1', before[0]!.geometry],
      ['CS1.1.2.1', before[2]!.geometry],
    ],
  );
});

for (const generalise of [false, true]) {
  test(`${generalise ? 'generalised' : 'specks only'}: areas and pixels sum to the raster’s, ids are unique`, async () => {
    const raster = scene();
    const artefact = await run(raster, join(folder, `sums-${generalise}`), { generalise });
    const lines = await linesOf(artefact.polygonsPath);
    const known = raster.classes.filter((value) => value !== 0).length;
    const area = lines.reduce(
      (sum, { geometry }) => sum + geometry.coordinates.reduce((s, r) => s + signedArea(r), 0),
      0,
    );
    assert.ok(Math.abs(area - known) < 1e-3, `${area} m² of ${known}`);
    assert.ok(Math.abs(artefact.knownM2 - known) < 1e-6);
    assert.equal(
      lines.reduce((sum, { properties }) => sum + properties.pixels, 0),
      known,
    );
    assert.equal(new Set(lines.map(({ properties }) => properties.id)).size, lines.length);
    assert.equal(artefact.zonePath !== undefined, generalise);
  });
}

test('ground that nobody may take is listed as what it is once a building beside it has given way, however it is cut', async () => {
  const [widthPx, heightPx] = [100, 60];
  const grid = { srid: 2154, originX: 506_000, originY: 6_287_000, resolutionM: 0.5, widthPx, heightPx };
  for (const [name, [building, paved]] of Object.entries({ north: [10, 20], south: [18, 10] })) {
    const classes = new Uint8Array(widthPx * heightPx);
    for (let y = 10; y < 28; y++) {
      const isBuilding = y >= building! && (building! > paved! || y < paved!);
      classes.fill(isBuilding ? 1 : 2, y * widthPx + 40, y * widthPx + 80);
    }
    const raster = {
      grid,
      codesCs: ['CS1.1.1.1', 'CS1.1.1.2'],
      classes,
      confidence: classes.map((value) => value && 200),
    };
    for (const blockPx of [17, 100]) {
      const { polygonsPath, listed } = await run(raster, join(folder, `stuck-${name}-${blockPx}`), { blockPx });
      const found = (await linesOf(polygonsPath)).map(({ properties }) => [properties.code_cs, properties.pixels]);
      assert.deepEqual(found, [['CS1.1.1.2', 720]]);
      const [{ properties }] = (await linesOf(polygonsPath)) as [Line];
      assert.deepEqual(
        (await readFile(listed!, 'utf8')).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])),
        [
          {
            id: properties.id,
            rule: 'surface',
            reason: 'entre limites de l’emprise ou sol inconnu : aucun voisin ne peut le prendre',
          },
        ],
      );
    }
  }
});

test('one block, sixteen, sixty-four or hundreds, one thread or three: the same files, byte for byte', async () => {
  const raster = scene();
  const wanted = await hashesOf(await run(raster, join(folder, 'one-block'), { blockPx: raster.grid.widthPx }));
  assert.ok(Object.keys(wanted).length >= 5);
  for (const [name, options] of Object.entries({
    '16': { blockPx: 80 },
    '64': { blockPx: 40 },
    hundreds: { blockPx: 23 },
    threads: { blockPx: 64, workers: 3 },
  })) {
    assert.deepEqual(await hashesOf(await run(raster, join(folder, name), options)), wanted, name);
  }
});
