import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { BandRequest } from '../../../pipeline/artefacts.ts';
import { openRaster } from '../../../pipeline/geotiff/read-raster.ts';
import type { Grid } from '../../../pipeline/grid.ts';
import type { RasterSources } from '../../../pipeline/rasters/bands.ts';
import { openWindowSource, type WindowSourceOptions } from '../../../pipeline/rasters/open-window-source.ts';
import { lambert, writeStripped, writeTiny } from './tiny-tiff.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocsge-rasters-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const band = (name: string, scale = 1, offset = 0, clip?: [number, number]): BandRequest => ({
  name,
  scale,
  offset,
  ...(clip && { clipMin: clip[0], clipMax: clip[1] }),
});
const bands = (...names: string[]) => names.map((name) => band(name));
const whole = ({ widthPx, heightPx }: Grid) => ({ xPx: 0, yPx: 0, widthPx, heightPx });
const file = (name: string) => join(folder, name);

/** The whole grid of a source, band after band. */
async function readAll(sources: RasterSources, requests: BandRequest[], options: Partial<WindowSourceOptions> = {}) {
  const source = await openWindowSource(sources, requests, { srid: 2154, ...options });
  try {
    return {
      grid: source.grid,
      inputs: await source.inputsOf(whole(source.grid)),
      ...(await source.read(whole(source.grid))),
    };
  } finally {
    await source.close();
  }
}

/** A plane tilted over the ground: bilinear interpolation of it is exact, so every shift has one right answer. */
const slope = (grid: Grid) => (x: number, y: number) =>
  3 * (grid.originX - 506_000 + (x + 0.5) * grid.resolutionM) -
  2 * (6_287_000 - grid.originY + (y + 0.5) * grid.resolutionM) +
  100;

describe('one grid', () => {
  test('pixels of coinciding grids are copied as they are, across tiles and in any window', async () => {
    const grid = lambert(40, 33);
    const value = (x: number, y: number, b: number) => (x * 7 + y * 13 + b * 50) % 256;
    const pva = await writeTiny(file('rgb.tif'), grid, value, { bands: 3, sampleFormat: 'uint8' });
    const irc = await writeTiny(file('irc.tif'), grid, (x, y, b) => value(x, y, b + 3), {
      bands: 3,
      sampleFormat: 'uint8',
    });
    const source = await openWindowSource({ pva: [pva], irc: [irc] }, bands('B', 'NIR', 'R'), { srid: 2154 });
    assert.deepEqual(source.grid, grid);
    assert.deepEqual(
      (await source.inputsOf(whole(grid))).map((input) => input.path),
      [pva, irc, 'sources as stated'],
    );
    const windows = [
      { xPx: 10, yPx: 12, widthPx: 20, heightPx: 9 },
      { xPx: 0, yPx: 0, widthPx: 40, heightPx: 33 },
      { xPx: 31, yPx: 30, widthPx: 9, heightPx: 3 },
    ];
    for (const read of await Promise.all(windows.map((window) => source.read(window)))) {
      const { window, data, valid } = read;
      assert.ok(valid.every((known) => known === 1));
      [2, 3, 0].forEach((sourceBand, index) => {
        for (let y = 0; y < window.heightPx; y++) {
          for (let x = 0; x < window.widthPx; x++) {
            const at = (index * window.heightPx + y) * window.widthPx + x;
            assert.equal(data[at], value(window.xPx + x, window.yPx + y, sourceBand));
          }
        }
      });
    }
    await source.close();
  });

  for (const [resolutionM, shift] of [
    [1, [-1.5, 1.5]],
    [1, [-2.25, 3.125]],
    [2.5, [-5.3, 5.7]],
    [0.5, [-4.2, 4.6]],
    [0.5, [-4, 4]],
  ] as [number, [number, number]][]) {
    test(`a source of ${resolutionM} m shifted by ${shift} m comes out where it is on the ground`, async () => {
      const grid = lambert(24, 20);
      const pva = await writeTiny(file('fine.tif'), grid, () => 9, { bands: 3, sampleFormat: 'uint8' });
      const side = Math.ceil(40 / resolutionM);
      const other = lambert(side, side, resolutionM, shift);
      const mns = await writeTiny(file('slope.tif'), other, slope(other));
      const options = resolutionM < 1 ? { bboxLocal: [506_001, 6_286_985, 506_021, 6_286_999] as const } : {};
      const read = await readAll(
        { pva: [pva], mns: [mns] },
        bands('R', 'MNS'),
        options as Partial<WindowSourceOptions>,
      );
      const size = read.grid.widthPx * read.grid.heightPx;
      const truth = slope(read.grid);
      assert.equal(read.grid.resolutionM, 1);
      for (let i = 0; i < size; i++) {
        const wanted = truth(i % read.grid.widthPx, Math.floor(i / read.grid.widthPx));
        assert.ok(Math.abs(read.data[size + i]! - wanted) < 1e-3, `pixel ${i}: ${read.data[size + i]} for ${wanted}`);
      }
    });
  }

  test('resolutionM and bboxLocal make another grid from the same corner', async () => {
    const grid = lambert(30, 30, 0.2);
    const pva = await writeTiny(file('fine.tif'), grid, slope(grid), { bands: 3 });
    const read = await readAll({ pva: { paths: [pva], scale: 1 } }, bands('R'), {
      resolutionM: 0.5,
      bboxLocal: [506_001, 6_286_995, 506_004, 6_286_999],
    });
    assert.deepEqual(read.grid, { ...lambert(6, 8, 0.5, [1, -1]) });
    assert.ok(Math.abs(read.data[0]! - slope(read.grid)(0, 0)) < 1e-3);
  });

  test('the grid is cut to the ground that all sources cover', async () => {
    const pva = await writeTiny(file('rgb.tif'), lambert(20, 20), () => 1, { bands: 3, sampleFormat: 'uint8' });
    const mns = await writeTiny(file('mns.tif'), lambert(20, 20, 1, [5.5, -3.5]), () => 2);
    const { grid } = await readAll({ pva: [pva], mns: [mns] }, bands('R', 'MNS'));
    assert.deepEqual(grid, { ...lambert(15, 17, 1, [5, -3]) });
  });

  test('dalles of a folder are one image, and a missing one is a hole', async () => {
    const dalles = join(folder, 'dalles');
    const value = (x: number, y: number) => (x + 3 * y) % 251;
    const corners = [
      [0, 0],
      [16, 0],
      [16, 16],
    ];
    for (const [x0, y0] of corners as [number, number][]) {
      const grid = lambert(16, 16, 0.2, [x0 * 0.2, -y0 * 0.2]);
      await writeTiny(join(dalles, `d${x0}_${y0}.tif`), grid, (x, y) => value(x + x0, y + y0), {
        sampleFormat: 'uint8',
      });
    }
    const read = await readAll({ irc: [dalles] }, bands('NIR'));
    assert.deepEqual([read.grid.widthPx, read.grid.heightPx], [32, 32]);
    for (let i = 0; i < 1024; i++) {
      const [x, y] = [i % 32, Math.floor(i / 32)];
      const hole = x < 16 && y >= 16;
      assert.deepEqual([read.valid[i], read.data[i]], hole ? [0, 0] : [1, value(x, y)]);
    }
  });
});

describe('values', () => {
  test('NDSM is MNS − MNT in metres, never negative, then coded and clipped', async () => {
    const grid = lambert(4, 1);
    const mns = await writeTiny(file('mns.tif'), grid, (x) => [110, 99, 103.3, 400][x]!);
    const mnt = await writeTiny(file('mnt.tif'), grid, () => 100);
    const read = await readAll({ mns: [mns], mnt: [mnt] }, [band('NDSM', 5, 1, [0, 255]), band('NDSM')]);
    assert.deepEqual(
      Array.from(read.data, (v) => Math.round(v * 100) / 100),
      [51, 1, 17.5, 255, 10, 0, 3.3, 300],
    );
  });

  test('E of one multi-band source is taken as it is coded, in metres where metres are asked', async () => {
    const rgbie = await writeTiny(file('rgbie.tif'), lambert(3, 1), (x, _y, b) => b * 10 + x, {
      bands: 5,
      sampleFormat: 'uint8',
    });
    const read = await readAll({ rgbie: [rgbie] }, [band('NIR'), band('NDSM', 5, 0, [0, 255]), band('NDSM')]);
    assert.deepEqual(Array.from(read.data.subarray(0, 6)), [30, 31, 32, 40, 41, 42]);
    assert.ok(Math.abs(read.data[7]! - 8.2) < 1e-6);
  });

  test('nodata of an image is where all its bands have it; heights beyond the possible are unknown undeclared', async () => {
    const grid = lambert(4, 1);
    const rgb = [255, 255, 255, 255, 255, 7, 255, 3, 9, 4, 5, 6];
    const pva = await writeTiny(file('rgb.tif'), grid, (x, _y, b) => rgb[x * 3 + b]!, {
      bands: 3,
      sampleFormat: 'uint8',
      nodata: 255,
    });
    const mns = await writeTiny(file('mns.tif'), grid, (x) => [1, 9999, 3, 4][x]!);
    const mnt = await writeTiny(file('mnt.tif'), grid, (x) => [1, 1, Number.NaN, 1][x]!, { nodata: -9999 });
    assert.deepEqual([...(await readAll({ pva: [pva] }, bands('R'))).valid], [0, 1, 1, 1]);
    assert.deepEqual(
      [...(await readAll({ pva: [pva], mns: [mns], mnt: [mnt] }, bands('R', 'NDSM'))).valid],
      [0, 0, 0, 1],
    );
  });

  test('a hole does not bleed into its neighbours when resampled', async () => {
    const pva = await writeTiny(file('rgb.tif'), lambert(8, 8, 0.5), () => 0, { bands: 3, sampleFormat: 'uint8' });
    const mns = await writeTiny(file('mns.tif'), lambert(4, 4), (x, y) => (x === 1 && y === 1 ? -9999 : 50), {
      nodata: -9999,
    });
    const { data, valid } = await readAll({ pva: [pva], mns: [mns] }, bands('R', 'MNS'));
    for (let i = 0; i < 64; i++) {
      const hole = [2, 3].includes(i % 8) && [2, 3].includes(Math.floor(i / 8));
      assert.equal(valid[i], hole ? 0 : 1);
      if (!hole) assert.equal(data[64 + i], 50);
    }
  });

  test('outside the grid nothing is valid', async () => {
    const irc = await writeTiny(file('irc.tif'), lambert(3, 3), () => 8, { sampleFormat: 'uint8' });
    const source = await openWindowSource({ irc: [irc] }, bands('NIR'), { srid: 2154 });
    const read = await source.read({ xPx: -1, yPx: 2, widthPx: 3, heightPx: 2 });
    assert.deepEqual([...read.valid], [0, 1, 1, 0, 0, 0]);
    assert.deepEqual([...read.data], [0, 8, 8, 0, 0, 0]);
    assert.ok((await source.read({ xPx: 40, yPx: 0, widthPx: 2, heightPx: 2 })).valid.every((known) => known === 0));
    await source.close();
  });
});

describe('tags of real files', () => {
  const pixels = Uint8Array.from({ length: 10 * 7 }, (_, i) => i);
  const userDefined = [1, 1, 0, 3, 1024, 0, 1, 1, 1026, 34737, 10, 0, 3072, 0, 1, 32767];

  test('a CRS given as 32767 is read from its citation, and 0.19999999999963 m is 0.2 m', async () => {
    const irc = await writeStripped(file('odd.tif'), 10, pixels, {
      pixelSize: [0.19999999999963042, 0.2000000000014783, 0],
      tiePoint: [0, 0, 0, 770549.80001, 6277600.19999, 0],
      geoKeys: userDefined,
      citation: 'EPSG:2154|',
    });
    const read = await readAll({ irc: [irc] }, bands('NIR'));
    assert.deepEqual(read.grid, {
      srid: 2154,
      originX: 770549.8,
      originY: 6277600.2,
      resolutionM: 0.2,
      widthPx: 10,
      heightPx: 7,
    });
    assert.deepEqual(read.data, Float32Array.from(pixels));
  });

  test('a raster whose tags point at pixel centres starts half a pixel before', async () => {
    const irc = await writeStripped(file('point.tif'), 10, pixels, {
      pixelSize: [2, 2, 0],
      tiePoint: [1, 1, 0, 700003, 6600000, 0],
      geoKeys: [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 2, 3072, 0, 1, 2154],
    });
    const { grid } = await readAll({ irc: [irc] }, bands('NIR'));
    assert.deepEqual([grid.originX, grid.originY], [700000, 6600003]);
  });
});

test('our own rasters read back with their values and type', async () => {
  const path = await writeTiny(file('own.tif'), lambert(20, 18), (x, y) => x * y, {
    sampleFormat: 'uint16',
    nodata: 0,
  });
  const raster = await openRaster(path);
  assert.deepEqual([raster.bands, raster.nodata, raster.grid], [1, 0, lambert(20, 18)]);
  const out = await raster.read({ xPx: 14, yPx: 15, widthPx: 4, heightPx: 2 }, 0, new Uint16Array(8));
  assert.deepEqual([...out], [210, 225, 240, 255, 224, 240, 256, 272]);
  await raster.close();
});

const samples = process.env['OCSGE_SAMPLES'];
test('the parts of the real patch give the bands of the whole one', {
  skip: samples ? false : 'OCSGE_SAMPLES is not set',
}, async () => {
  const at = (name: string) => [join(samples!, 'imagery/rgbie-50m', `${name}.tif`)];
  const names = ['R', 'G', 'B', 'NIR'];
  const ndsm = band('NDSM', 5, 0, [0, 255]);
  const one = await readAll({ rgbie: at('IMG_77055_627760_RGBIE_0m20') }, [...bands(...names), ndsm]);
  const tail = '__test_data_77055_627760_LA93_IGN69_50CM';
  const parts = { pva: at('test_data_rgb'), irc: at('test_data_irc'), mns: at(`DSM${tail}`), mnt: at(`DTM${tail}`) };
  const read = await readAll(parts, [...bands(...names), ndsm]);
  assert.deepEqual(one.grid, {
    srid: 2154,
    originX: 770549.8,
    originY: 6277600.2,
    resolutionM: 0.2,
    widthPx: 252,
    heightPx: 252,
  });
  assert.deepEqual(read.grid, { ...one.grid, widthPx: 250, heightPx: 250 }); // the MNS ends 45 cm before the image
  const [size, wholeSize] = [250 * 250, 252 * 252];
  let error = 0;
  for (let i = 0; i < size; i++) {
    if (!read.valid[i]) continue;
    const at = Math.floor(i / 250) * 252 + (i % 250);
    for (let b = 0; b < 4; b++) assert.equal(read.data[b * size + i], one.data[b * wholeSize + at]);
    error += Math.abs(read.data[4 * size + i]! - one.data[4 * wholeSize + at]!);
  }
  const known = read.valid.reduce((sum, v) => sum + v, 0);
  assert.ok(known > 0.97 * size, `${known} of ${size} known`);
  assert.ok(error / known < 5, `mean difference of E: ${error / known}`); // E of the whole patch was resampled by another rule
});
