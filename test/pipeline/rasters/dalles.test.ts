/** Several files as one image, and which of their pixels say something. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { BandRequest } from '../../../pipeline/artefacts.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import type { Grid } from '../../../pipeline/grid.ts';
import type { RasterSources } from '../../../pipeline/rasters/bands.ts';
import { indexDalles } from '../../../pipeline/rasters/dalle-index.ts';
import { openAcquisitions, openWindowSource } from '../../../pipeline/rasters/open-window-source.ts';
import { lambert, writeTiny } from './tiny-tiff.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocsge-dalles-'));
});
after(() => rm(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, name);
const bands = (...names: string[]): BandRequest[] => names.map((name) => ({ name, scale: 1, offset: 0 }));
const whole = ({ widthPx, heightPx }: Grid) => ({ xPx: 0, yPx: 0, widthPx, heightPx });

async function readAll(sources: RasterSources, requests: BandRequest[]) {
  const source = await openWindowSource(sources, requests, { srid: 2154 });
  try {
    return { grid: source.grid, ...(await source.read(whole(source.grid))) };
  } finally {
    await source.close();
  }
}

const refused = (sources: RasterSources, requests: BandRequest[], message: RegExp) =>
  assert.rejects(readAll(sources, requests), (error: Error) => {
    assert.equal(error.name, 'BadInput', error.stack);
    assert.match(error.message, message);
    return true;
  });

describe('dalles', () => {
  test('of differing nodata, overlapping: the first by name that knows a pixel gives it', async () => {
    const at = (x: number, name: string, value: (x: number) => number, nodata: number) =>
      writeTiny(file(`mns/${name}.tif`), lambert(6, 2, 1, [x, 0]), value, { nodata });
    await at(0, 'a', (x) => (x === 5 ? -9999 : 10 + x), -9999);
    await at(4, 'b', (x) => (x === 3 ? 9999 : x === 4 ? -9999 : 20 + x), 9999);
    const { data, valid } = await readAll({ mns: [file('mns')] }, bands('MNS'));
    // a: 10…14, hole; b from column 4: 20…25, its columns 3 and 4 unknown (its own nodata, and a height that is none).
    assert.deepEqual([...data.subarray(0, 10)], [10, 11, 12, 13, 14, 21, 22, 0, 0, 25]);
    assert.deepEqual([...valid.subarray(0, 10)], [1, 1, 1, 1, 1, 1, 1, 0, 0, 1]);
  });

  test('globs give the files of folders below, by name; a glob of nothing is refused', async () => {
    for (const x of [0, 1]) {
      await writeTiny(file(`tree/${x}/dalle.tif`), lambert(4, 4, 1, [4 * x, 0]), () => 7 + x, {
        sampleFormat: 'uint8',
      });
    }
    const { grid, data } = await readAll({ irc: [file('tree/**/*.tif')] }, bands('NIR'));
    assert.equal(grid.widthPx, 8);
    assert.deepEqual([...data.subarray(0, 8)], [7, 7, 7, 7, 8, 8, 8, 8]);
    await refused({ irc: [file('tree/*/*.jp2')] }, bands('NIR'), /\*\.jp2 \(irc\): no \*\.tif matches this pattern/);
  });

  test('a window names the files it touches and no others; what is stated counts, and so does content', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `${i % 3}-${Math.floor(i / 3)}.tif`);
    for (const name of names) {
      const [x, y] = name.split(/[-.]/).map(Number) as [number, number];
      await writeTiny(file(`nine/${name}`), lambert(16, 16, 1, [16 * x, -16 * y]), () => x + 3 * y, {
        sampleFormat: 'uint8',
      });
    }
    const open = (scale?: number) =>
      openWindowSource({ irc: { paths: [file('nine')], ...(scale && { scale }) } }, bands('NIR'), { srid: 2154 });
    const source = await open();
    const touched = async (xPx: number, yPx: number, side: number) =>
      (await source.inputsOf({ xPx, yPx, widthPx: side, heightPx: side })).map(({ path }) => path.replace(/.*\//, ''));
    assert.deepEqual(await touched(2, 2, 14), ['0-0.tif', 'sources as stated']);
    assert.deepEqual(await touched(12, 20, 8), ['0-1.tif', '1-1.tif', 'sources as stated']);
    assert.equal((await touched(0, 0, 48)).length, 10);
    const window = { xPx: 0, yPx: 0, widthPx: 4, heightPx: 4 };
    const before = await source.inputsOf(window);
    await writeTiny(file('nine/0-0.tif'), lambert(16, 16), () => 99, { sampleFormat: 'uint8' });
    await utimes(file('nine/0-0.tif'), 1, 1);
    const changed = await source.inputsOf(window);
    assert.notEqual(changed[0]!.sha256, before[0]!.sha256);
    assert.equal(changed[1]!.sha256, before[1]!.sha256);
    const scaled = await open(2);
    assert.notEqual((await scaled.inputsOf(window))[1]!.sha256, before[1]!.sha256);
    await Promise.all([source.close(), scaled.close()]);
  });

  test('hundreds of them leave few files open, and a window looks at few', async () => {
    const count = 400;
    for (let i = 0; i < count; i++) {
      const grid = lambert(4, 4, 1, [4 * (i % 20), -4 * Math.floor(i / 20)]);
      await writeTiny(file(`many/${String(i).padStart(3, '0')}.tif`), grid, () => i % 256, { sampleFormat: 'uint8' });
    }
    const openFiles = async () => (await readdir('/proc/self/fd')).length;
    const before = await openFiles();
    const source = await openWindowSource({ irc: [file('many')] }, bands('NIR'), { srid: 2154 });
    const { data } = await source.read(whole(source.grid));
    assert.ok((await openFiles()) - before <= 70, `${(await openFiles()) - before} files open`);
    assert.deepEqual([data[0], data[79], data[79 * 80]], [0, 19, 380 % 256]);
    await source.close();
    assert.ok((await openFiles()) - before <= 2);
    const rectangles = Array.from({ length: 10_000 }, (_, i) => ({
      xPx: 1000 * (i % 100),
      yPx: 1000 * Math.floor(i / 100),
      widthPx: 1000,
      heightPx: 1000,
    }));
    const index = indexDalles(rectangles, 100_000, 100_000);
    assert.deepEqual(index.find({ xPx: 5500, yPx: 99_500, widthPx: 200, heightPx: 900 }), [9905]);
    assert.deepEqual(index.find({ xPx: 999, yPx: 999, widthPx: 2, heightPx: 2 }), [0, 1, 100, 101]);
    assert.deepEqual(index.find({ xPx: -900, yPx: 0, widthPx: 800, heightPx: 10 }), []);
  });
});

describe('what is stated of samples', () => {
  test('16-bit imagery is refused, naming what to do, or scaled as stated', async () => {
    const grid = lambert(3, 1);
    const pva = await writeTiny(file('deep.tif'), grid, (x) => [0, 25_700, 65_535][x]!, {
      bands: 3,
      sampleFormat: 'uint16',
    });
    await refused(
      { pva: [pva] },
      bands('R'),
      /deep\.tif \(pva\): 16-bit whole numbers found, 8-bit DN wanted.*"scale"/,
    );
    const { data } = await readAll({ pva: { paths: [pva], scale: 255 / 65_535 } }, bands('G'));
    assert.deepEqual([...data].map(Math.round), [0, 100, 255]);
  });

  test('heights in whole numbers are refused, or scaled to metres as stated, nodata being what the file says', async () => {
    const grid = lambert(3, 1);
    const mnt = await writeTiny(file('cm.tif'), grid, (x) => [12_345, 0, 65_535][x]!, {
      sampleFormat: 'uint16',
      nodata: 65_535,
    });
    await refused(
      { mnt: [mnt] },
      bands('MNT'),
      /cm\.tif \(mnt\): 16-bit whole numbers found, metres.*0\.01 for centimetres/,
    );
    const { data, valid } = await readAll({ mnt: { paths: [mnt], scale: 0.01, offset: -10 } }, bands('MNT'));
    assert.deepEqual(
      [...data].map((v) => Math.round(v * 100) / 100),
      [113.45, -10, 0],
    );
    assert.deepEqual([...valid], [1, 1, 0]);
  });

  test('a nodata that files do not declare, and another order of bands', async () => {
    const pixels = [0, 0, 0, 0, 5, 6, 0, 7, 1, 2, 3, 4];
    const pva = await writeTiny(file('odd.tif'), lambert(3, 1), (x, _y, b) => pixels[x * 4 + b]!, {
      bands: 4,
      sampleFormat: 'uint8',
    });
    const { data, valid } = await readAll(
      { pva: { paths: [pva], nodata: 0, bands: ['B', 'G', 'R', '-'] } },
      bands('R', 'B'),
    );
    assert.deepEqual([...valid], [0, 1, 1]);
    assert.deepEqual([...data], [0, 0, 3, 0, 5, 1]);
    await refused(
      { pva: { paths: [pva], bands: ['R', 'G', 'B', '-', 'NIR'] } },
      bands('NIR'),
      /4 band\(s\) found, at least 5 wanted/,
    );
  });
});

describe('near infrared, alpha and masks', () => {
  const texture = (x: number, y: number, b: number) => (b === 3 ? (x * 7 + y * 3) % 200 : 10 + b);

  test('the fourth band of a pva is near infrared where no irc is given', async () => {
    const pva = await writeTiny(file('rgbn.tif'), lambert(20, 20), texture, { bands: 4, sampleFormat: 'uint8' });
    const irc = await writeTiny(file('irc.tif'), lambert(20, 20), () => 77, { bands: 3, sampleFormat: 'uint8' });
    const alone = await readAll({ pva: [pva] }, bands('NIR', 'R'));
    assert.equal(alone.data[5], texture(5, 0, 3));
    assert.ok(
      alone.valid.every((known) => known === 1),
      'near infrared of 0 is no hole',
    );
    assert.equal((await readAll({ pva: [pva], irc: [irc] }, bands('NIR', 'R'))).data[5], 77);
  });

  test('a fourth band that is a mask is no near infrared', async () => {
    const rgba = await writeTiny(file('rgba.tif'), lambert(20, 20), (x, _y, b) => (b === 3 ? (x < 9 ? 0 : 255) : 9), {
      bands: 4,
      sampleFormat: 'uint8',
    });
    await refused(
      { pva: [rgba] },
      bands('NIR'),
      /rgba\.tif \(pva\): band 4 holds 0 and 255 only, a mask; near infrared wanted/,
    );
    const stated = { paths: [rgba], bands: ['R', 'G', 'B', 'MASK'] as const };
    const { valid } = await readAll({ pva: { ...stated, bands: [...stated.bands] } }, bands('R'));
    assert.deepEqual([...valid.subarray(6, 12)], [0, 0, 0, 1, 1, 1]);
  });

  let gdal = true;
  try {
    execFileSync('gdal_translate', ['--version']);
  } catch {
    gdal = false;
  }
  test('bands tagged as alpha and masks inside a file, as GDAL writes them', {
    skip: !gdal && 'gdal_translate is not here',
  }, async () => {
    const values = (x: number, _y: number, b: number) => (b === 3 ? (x < 9 ? 0 : 255) : 9);
    const rgba = await writeTiny(file('plain.tif'), lambert(20, 20), values, { bands: 4, sampleFormat: 'uint8' });
    const rgbn = await writeTiny(file('rgbn2.tif'), lambert(20, 20), texture, { bands: 4, sampleFormat: 'uint8' });
    const translate = (from: string, to: string, ...options: string[]) => {
      execFileSync('gdal_translate', ['-q', '-co', 'COMPRESS=DEFLATE', ...options, from, file(to)]);
      return file(to);
    };
    const alpha = ['-colorinterp_4', 'alpha'];
    const grid = lambert(200, 190);
    const wide = await writeTiny(file('wide.tif'), grid, texture, { bands: 4, sampleFormat: 'uint8' });
    const strips = ['-co', 'PREDICTOR=2', '-co', 'BLOCKYSIZE=64']; // the last strip is shorter
    const striped = await readAll({ pva: [translate(wide, 'strips.tif', ...strips)] }, bands('NIR', 'G'));
    assert.deepEqual(striped.data, (await readAll({ pva: [wide] }, bands('NIR', 'G'))).data);
    assert.equal(striped.data[189 * 200 + 150], texture(150, 189, 3));
    const tagged = await readAll({ pva: [translate(rgba, 'alpha.tif', ...alpha)] }, bands('R'));
    assert.deepEqual([...tagged.valid.subarray(6, 12)], [0, 0, 0, 1, 1, 1]);
    const infrared = await readAll({ pva: [translate(rgbn, 'tagged.tif', ...alpha)] }, bands('R'));
    assert.ok(
      infrared.valid.every((known) => known === 1),
      'near infrared tagged as alpha hides nothing',
    );
    const inside = ['-b', '1', '-b', '2', '-b', '3', '-mask', '4', '--config', 'GDAL_TIFF_INTERNAL_MASK', 'YES'];
    const masked = await readAll({ pva: [translate(rgba, 'mask.tif', ...inside)] }, bands('R'));
    assert.deepEqual([...masked.valid.subarray(6, 12)], [0, 0, 0, 1, 1, 1]);
    assert.equal(masked.data[12], 9);
  });
});

test('colours that are indexes of a palette are no imagery', async () => {
  const palette = ['#000000', '#ff0000', '#00ff00'];
  const options = { grid: lambert(4, 4), bands: 1, sampleFormat: 'uint8', palette } as const;
  await writeGeoTiff(file('indexed.tif'), { ...options, palette }, new Uint8Array(16).fill(2));
  await refused({ irc: [file('indexed.tif')] }, bands('NIR'), /indexed\.tif \(irc\): colours are indexes of a palette/);
  await refused({ pva: [file('indexed.tif')] }, bands('R', 'G', 'B'), /colours are indexes of a palette/); // before its number of bands
});

test('several acquisitions share one grid over the ground of all; each knows its own', async () => {
  const west = await writeTiny(file('west.tif'), lambert(10, 10, 0.5), () => 1, { bands: 3, sampleFormat: 'uint8' });
  const east = await writeTiny(file('east.tif'), lambert(20, 20, 0.2, [3, -2]), () => 2, {
    bands: 3,
    sampleFormat: 'uint8',
  });
  const sources = await openAcquisitions([{ pva: [west] }, { pva: [east] }], bands('R'), { srid: 2154 });
  assert.deepEqual(sources[0]!.grid, lambert(35, 30, 0.2));
  assert.deepEqual(sources[1]!.grid, sources[0]!.grid);
  const [first, second] = await Promise.all(sources.map((source) => source.read(whole(source.grid))));
  assert.deepEqual([first!.valid[0], second!.valid[0]], [1, 0]);
  assert.deepEqual([first!.valid[29 * 35 + 34], second!.valid[29 * 35 + 34]], [0, 1]);
  assert.deepEqual([first!.data[12 * 35 + 18], second!.data[12 * 35 + 18]], [1, 2]);
  await sources[0]!.close();
  assert.equal(
    (await sources[1]!.read({ xPx: 34, yPx: 29, widthPx: 1, heightPx: 1 })).data[0],
    2,
    'the other stays open',
  );
  await sources[1]!.close();
});
