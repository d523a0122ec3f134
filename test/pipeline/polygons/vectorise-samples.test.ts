/** Real masks and class rasters: as many polygons as GDAL finds, of the raster's area, and valid coverages once drawn. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { CouvertureRaster } from '../../../pipeline/couverture.ts';
import { openRaster } from '../../../pipeline/geotiff/read-raster.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import { signedArea } from './check-coverage.ts';
import { linesOf, run, scratch } from './vectorise-scene.ts';

const folder = await scratch();
after(() => rm(folder, { recursive: true }));
const samples = process.env['OCSGE_SAMPLES'];
const polygonize = spawnSync('gdal_polygonize.py', ['--help']).error === undefined;
const skip = !samples
  ? 'OCSGE_SAMPLES names no folder of samples'
  : polygonize
    ? false
    : 'gdal_polygonize.py is not here';

const LIDAR = join('imagery', 'rgbie-50m');
const TWO_DATES = ['2016/naf', '2016/urbain', '2019/naf', '2019/urbain'].map((theme) => join('two-dates', theme));

const rastersIn = (path: string, prefix = '') =>
  readdirSync(join(samples!, path))
    .filter((name) => name.startsWith(prefix) && /\.tiff?$/.test(name))
    .map((name) => join(samples!, path, name));

/** Every value of a file as a class, 0 too. */
async function asClasses(path: string): Promise<CouvertureRaster> {
  const file = await openRaster(path);
  const { widthPx, heightPx, resolutionM } = file.grid;
  const values = await file.read({ xPx: 0, yPx: 0, widthPx, heightPx }, 0, new Uint8Array(widthPx * heightPx));
  await file.close();
  const found = [...new Set(values)].sort((a, b) => a - b);
  const grid = {
    srid: 2154,
    originX: 500_000,
    originY: 6_300_000,
    resolutionM: Math.round(resolutionM * 1000) / 1000,
    widthPx,
    heightPx,
  };
  const classes = values.map((value) => found.indexOf(value) + 1);
  return { grid, codesCs: found.map((value) => `class ${value}`), classes, confidence: classes };
}

/** Features that gdal_polygonize writes, 4-connected as it is by default. */
async function countByGdal({ grid, classes }: CouvertureRaster, name: string): Promise<number> {
  const [raster, out] = [join(folder, `${name}.tif`), join(folder, `${name}.geojsonl`)];
  await writeGeoTiff(raster, { grid, bands: 1, sampleFormat: 'uint8' }, classes);
  execFileSync('gdal_polygonize.py', ['-q', '-f', 'GeoJSONSeq', raster, out], { stdio: 'pipe' });
  return (await readFile(out, 'utf8')).trimEnd().split('\n').length;
}

async function areaM2(polygonsPath: string): Promise<number> {
  const lines = await linesOf(polygonsPath);
  return lines.reduce(
    (sum, { geometry }) => sum + geometry.coordinates.reduce((s, ring) => s + signedArea(ring), 0),
    0,
  );
}

const files = skip
  ? []
  : [
      ...rastersIn(LIDAR, 'LIDARHD_class'),
      ...rastersIn(LIDAR, 'MSK_weak'),
      ...TWO_DATES.flatMap((path) => rastersIn(path)),
    ];

test('there are samples to look at', { skip }, () => assert.ok(files.length >= 10, String(files.length)));

for (const [index, path] of files.entries()) {
  const name = path.slice(samples!.length + 1);
  test(`${name}: as many polygons as gdal_polygonize finds, of the raster’s area, drawn or not`, async () => {
    const raster = await asClasses(path);
    const { widthPx, heightPx, resolutionM } = raster.grid;
    const along = { minAreaM2: 0, generalise: false, toleranceM: 0, blockPx: 256 };
    const traced = await run(raster, join(folder, `${index}-along`), along);
    assert.equal(traced.count, await countByGdal(raster, String(index)));
    const drawn = await run(raster, join(folder, `${index}-drawn`), { ...along, toleranceM: undefined });
    assert.equal(drawn.count, traced.count);
    const wanted = widthPx * heightPx * resolutionM ** 2;
    for (const { polygonsPath } of [traced, drawn]) {
      assert.ok(Math.abs((await areaM2(polygonsPath)) - wanted) < 1e-6 * wanted);
    }
  });
}
