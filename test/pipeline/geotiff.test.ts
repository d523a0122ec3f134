import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fromFile } from 'geotiff';
import { type Pixels, SAMPLES, type SampleFormat } from '../../pipeline/geotiff/encode-tile.ts';
import { writeGeoTiff } from '../../pipeline/geotiff/write-geotiff.ts';

const folder = mkdtempSync(join(tmpdir(), 'ocsge-geotiff-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const grid = { srid: 2154, originX: 506000, originY: 6287000.2, resolutionM: 0.2, widthPx: 301, heightPx: 517 };

const CASES: { sampleFormat: SampleFormat; bands: number; nodata?: number; big?: boolean }[] = [
  { sampleFormat: 'uint8', bands: 1, nodata: 255 },
  { sampleFormat: 'uint8', bands: 3 },
  { sampleFormat: 'uint8', bands: 5, nodata: 0 },
  { sampleFormat: 'uint16', bands: 2 },
  { sampleFormat: 'uint32', bands: 1, nodata: 0, big: true },
  { sampleFormat: 'float32', bands: 1, nodata: -9999 },
  { sampleFormat: 'float32', bands: 2, big: true },
];

describe('a written GeoTIFF', () => {
  for (const options of CASES) {
    const name = `${options.sampleFormat}-${options.bands}${options.big ? '-big' : ''}`;
    test(`${name} is read back by geotiff.js, sample for sample`, async () => {
      const pixels = patternOf(options.sampleFormat, options.bands);
      const path = join(folder, `${name}.tif`);
      await writeGeoTiff(path, { grid, tileSidePx: 128, ...options }, pixels);
      const image = await (await fromFile(path)).getImage();
      assert.deepEqual(image.getOrigin().slice(0, 2), [grid.originX, grid.originY]);
      assert.equal(image.getResolution()[0], 0.2);
      assert.equal(image.getGeoKeys()?.ProjectedCSTypeGeoKey, 2154);
      assert.equal(image.getGDALNoData(), options.nodata ?? null);
      assert.deepEqual(
        (await image.readRasters({ interleave: true })) as unknown as Pixels,
        Object.assign(pixels, {
          width: grid.widthPx,
          height: grid.heightPx,
        }),
      );
    });

    test(`${name} is read the same by GDAL`, { skip: gdalAbsent() }, () => {
      const path = join(folder, `${name}.tif`);
      const info = JSON.parse(execFileSync('gdalinfo', ['-json', path], { encoding: 'utf8' }));
      assert.deepEqual(info.size, [grid.widthPx, grid.heightPx]);
      assert.match(info.coordinateSystem.wkt, /ID\["EPSG",2154\]/);
      assert.deepEqual(info.geoTransform, [grid.originX, 0.2, 0, grid.originY, 0, -0.2]);
      assert.equal(info.metadata.IMAGE_STRUCTURE.COMPRESSION, 'DEFLATE');
      const raw = join(folder, `${name}.bin`);
      execFileSync('gdal_translate', ['-q', '-of', 'ENVI', '-co', 'INTERLEAVE=BIP', path, raw]);
      const pixels = patternOf(options.sampleFormat, options.bands);
      assert.equal(Buffer.compare(readFileSync(raw), Buffer.from(pixels.buffer)), 0);
    });
  }

  test('is the same bytes from memory and from a callback', async () => {
    const pixels = patternOf('uint8', 1);
    const options = { grid, bands: 1, sampleFormat: 'uint8' as const };
    await writeGeoTiff(join(folder, 'memory.tif'), options, pixels);
    await writeGeoTiff(join(folder, 'callback.tif'), options, async ({ xPx, yPx, widthPx, heightPx }) => {
      const out = new Uint8Array(widthPx * heightPx);
      for (let i = 0; i < out.length; i++) {
        out[i] = pixels[(yPx + Math.floor(i / widthPx)) * grid.widthPx + xPx + (i % widthPx)]!;
      }
      return out;
    });
    assert.deepEqual(readFileSync(join(folder, 'memory.tif')), readFileSync(join(folder, 'callback.tif')));
  });

  test('leaves no file when its source fails', async () => {
    const path = join(folder, 'failed.tif');
    const failing = () => Promise.reject(new Error('source gone'));
    await assert.rejects(writeGeoTiff(path, { grid, bands: 1, sampleFormat: 'uint8' }, failing), /source gone/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('failed')),
      [],
    );
  });

  test('refuses pixels that do not fill the grid', async () => {
    const few = new Uint8Array(10);
    await assert.rejects(
      writeGeoTiff(join(folder, 'few.tif'), { grid, bands: 1, sampleFormat: 'uint8' }, few),
      /10 samples/,
    );
  });
});

/** Gradients, jumps and noise: what a predictor with a wrong stride, sign or width would not bring back. */
function patternOf(sampleFormat: SampleFormat, bands: number): Pixels {
  const out = new SAMPLES[sampleFormat].Pixels(grid.widthPx * grid.heightPx * bands);
  const scale =
    sampleFormat === 'uint32' ? 4e5 : sampleFormat === 'uint16' ? 97 : sampleFormat === 'float32' ? 0.37 : 1;
  for (let i = 0; i < out.length; i++) {
    const sign = sampleFormat === 'float32' && i % 5 === 0 ? -1 : 1;
    out[i] = sign * (((i * 7919) % 251) + (i % 89)) * scale;
  }
  return out;
}

function gdalAbsent(): string | false {
  try {
    execFileSync('gdalinfo', ['--version']);
    return false;
  } catch {
    return 'GDAL is not installed';
  }
}
