import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { BandRequest } from '../../../pipeline/artefacts.ts';
import type { RasterSources } from '../../../pipeline/rasters/bands.ts';
import { openWindowSource, type WindowSourceOptions } from '../../../pipeline/rasters/open-window-source.ts';
import { lambert, writeStripped, writeTiny } from './tiny-tiff.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocsge-rasters-'));
});
after(() => rm(folder, { recursive: true, force: true }));
const noise = (x: number, y: number) => (x * 37 + y * 101 + ((x * y) % 17) * 11) % 256;
const file = (name: string) => join(folder, name);
/** Imagery: one band of bytes. */
const bytes = { sampleFormat: 'uint8' } as const;
const rgb = { bands: 3, sampleFormat: 'uint8' } as const;
const bands = (...names: string[]): BandRequest[] => names.map((name) => ({ name, scale: 1, offset: 0 }));

describe('bad input', () => {
  const refused = (
    sources: RasterSources,
    requests: BandRequest[],
    wanted: RegExp,
    options: Partial<WindowSourceOptions> = {},
  ) =>
    assert.rejects(openWindowSource(sources, requests, { srid: 2154, ...options }), (error: Error) => {
      assert.equal(error.name, 'BadInput');
      assert.match(error.message, wanted);
      return true;
    });

  test('a missing, foreign or truncated file', async () => {
    await refused({ irc: [file('absent.tif')] }, bands('NIR'), /absent\.tif \(irc\): no such file/);
    await writeFile(file('notes.tif'), 'not a picture, but long enough to be one for all that one knows');
    await refused({ irc: [file('notes.tif')] }, bands('NIR'), /notes\.tif: not a readable GeoTIFF/);
    const cut = await writeTiny(file('cut.tif'), lambert(64, 64), (x, y) => Math.sin(x * y) * 100);
    const { length } = await readFile(cut);
    for (const size of [0, 3, 100, 700, length - 1]) {
      await truncate(cut, Math.min(size, length));
      await refused({ irc: [cut] }, bands('NIR'), /cut\.tif: (truncated, \d+ bytes found|not a readable GeoTIFF)/);
      await writeTiny(cut, lambert(64, 64), (x, y) => Math.sin(x * y) * 100);
    }
  });

  test('a block that does not decode is named with its file when it is read', async () => {
    const path = await writeTiny(file('spoilt.tif'), lambert(32, 32), noise, bytes);
    const content = await readFile(path);
    content.fill(0x55, content.length - 200);
    await writeFile(path, content);
    const source = await openWindowSource({ irc: [path] }, bands('NIR'), { srid: 2154 });
    await assert.rejects(
      source.read({ xPx: 0, yPx: 0, widthPx: 32, heightPx: 32 }),
      /spoilt\.tif: block 1, 1 cannot be decoded/,
    );
    await source.close();
  });

  test('another CRS than the département’s, or none', async () => {
    const other = await writeTiny(file('utm.tif'), { ...lambert(4, 4), srid: 32631 }, () => 1);
    await refused({ irc: [other] }, bands('NIR'), /utm\.tif: CRS EPSG:32631 found, EPSG:2154 wanted/);
    const none = await writeStripped(file('none.tif'), 2, new Uint8Array(4), {
      pixelSize: [1, 1, 0],
      tiePoint: [0, 0, 0, 506000, 6287000, 0],
      geoKeys: [1, 1, 0, 1, 1024, 0, 1, 1],
    });
    await refused({ irc: [none] }, bands('NIR'), /none\.tif: no CRS found, EPSG:2154 wanted/);
  });

  test('rasters that do not overlap, and an extent outside of them', async () => {
    const pva = await writeTiny(file('rgb.tif'), lambert(8, 8), () => 1, rgb);
    const irc = await writeTiny(file('far.tif'), lambert(8, 8, 1, [8, 0]), () => 1, rgb);
    await refused({ pva: [pva], irc: [irc] }, bands('R', 'NIR'), /far\.tif.*does not overlap/);
    await refused({ pva: [pva] }, bands('R'), /extent asked.*does not overlap/, { bboxLocal: [0, 0, 10, 10] });
  });

  test('a pixel larger than the imagery, and an extent smaller than a pixel', async () => {
    const pva = await writeTiny(file('small.tif'), lambert(8, 8), () => 1, rgb);
    await refused({ pva: [pva] }, bands('R'), /resolution 1000 m: a pixel larger than the imagery, 8 × 8 m/, {
      resolutionM: 1000,
    });
    const bboxLocal: [number, number, number, number] = [506_002.1, 6_286_997.1, 506_002.3, 6_286_997.3];
    await refused({ pva: [pva] }, bands('R'), /extent asked covers .* no pixel of 1 m: it is too small/, { bboxLocal });
  });

  test('too few bands, a missing role, an unknown band', async () => {
    const grey = await writeTiny(file('grey.tif'), lambert(8, 8), () => 1, bytes);
    await refused({ pva: [grey] }, bands('R', 'B'), /grey\.tif \(pva\): 1 band\(s\) found, at least 3 wanted/);
    await refused(
      { pva: [grey] },
      bands('R', 'NIR'),
      /grey\.tif \(pva\): 1 band\(s\) found, at least 4 wanted \(R, G, B, NIR\); or give irc/,
    );
    await refused({ pva: [grey], mns: [grey] }, bands('NDSM'), /NDSM.*mns and mnt, or rgbie wanted, pva, mns given/);
    await refused({ pva: [grey] }, bands('SWIR'), /band SWIR.*known ones are R, G, B/);
  });

  test('dalles that do not continue one another', async () => {
    const first = await writeTiny(file('a.tif'), lambert(8, 8), () => 1, bytes);
    const half = await writeTiny(file('b.tif'), lambert(8, 8, 1, [8.5, 0]), () => 1, bytes);
    const coarse = await writeTiny(file('c.tif'), lambert(8, 8, 2, [8, 0]), () => 1, bytes);
    await refused({ irc: [first, half] }, bands('NIR'), /b\.tif: its pixels do not continue those of .*a\.tif/);
    await refused({ irc: [first, coarse] }, bands('NIR'), /c\.tif: pixels of 2 m, 1 m in .*a\.tif/);
  });
});
