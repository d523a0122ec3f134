/** Disks that are full: what was being written is gone, what was finished stays, and the error says what to do. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { writeWhole } from '../../pipeline/artefacts.ts';
import { asDiskFault } from '../../pipeline/disk.ts';
import { DiskFault } from '../../pipeline/errors.ts';
import { writeLines } from '../../pipeline/geojsonl.ts';
import { writeGeoTiff } from '../../pipeline/geotiff/write-geotiff.ts';
import { draw } from '../bench/seeded.ts';
import { fresh, image, run, tiny, type Value } from './classes/tiny-run.ts';
import { lambert } from './rasters/tiny-tiff.ts';
import { mountSmallDisk, type SmallDisk, smallDiskAbsent } from './small-disk.ts';

/** Values that hardly compress. */
const noise: Value = (x, y, band) => Math.floor(draw(x, y, band) * 200);

const skip = smallDiskAbsent();

async function onDisk(kilobytes: number, work: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const disk = mountSmallDisk(kilobytes);
  try {
    await work(disk);
  } finally {
    disk.remove();
  }
}

describe('a file on a full disk', { skip }, () => {
  const grid = lambert(900, 700);
  const pixels = Uint8Array.from({ length: 900 * 700 }, (_, i) => noise(i % 900, Math.floor(i / 900), 0));
  const raster = { grid, bands: 1, sampleFormat: 'uint8', level: 1 } as const;
  const writers: Record<string, (path: string) => Promise<unknown>> = {
    GeoTIFF: (path) => writeGeoTiff(path, raster, pixels),
    COG: (path) => writeGeoTiff(path, { ...raster, overviews: 'average' }, pixels),
    'file written at once': (path) => writeWhole(path, pixels),
    'file of lines': (path) =>
      writeLines(
        path,
        Array.from({ length: 700 }, (_, i) => `${i}`.repeat(300)),
      ),
  };

  for (const [name, write] of Object.entries(writers)) {
    test(`${name}: a clear error, and nothing left`, () =>
      onDisk(256, async ({ folder, resize }) => {
        const path = join(folder, 'there');
        await assert.rejects(write(path), (error: Error) => {
          assert.ok(error instanceof DiskFault);
          assert.match(error.message, /there: the disk is full.*the same command goes on from there/);
          return true;
        });
        assert.deepEqual(readdirSync(folder), []);
        resize(4096);
        await write(path);
        assert.deepEqual(readdirSync(folder), ['there']);
      }));
  }

  test('a COG that does not fit beside its own tiles says how much it takes', () =>
    onDisk(1400, async ({ folder }) => {
      const failing = writeGeoTiff(join(folder, 'there'), { ...raster, overviews: 'average' }, pixels);
      await assert.rejects(failing, /the disk is full, 0\.\d MB wanted/);
      assert.deepEqual(readdirSync(folder), []);
    }));
});

test('other faults of a disk are told as well; other errors stay what they are', () => {
  const eio = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' });
  assert.match(
    (asDiskFault(eio, 'a.tif', 2_500_000) as Error).message,
    /^a\.tif: .*input\/output error.*2\.5 MB wanted/,
  );
  const other = new Error('source gone');
  assert.equal(asDiskFault(other, 'a.tif'), other);
});

describe('the classes stage on a full disk', { skip }, () => {
  const grid = lambert(700, 600);
  const options = { tilePx: 128, marginPx: 14, dallePx: 200 };
  const DALLES = 4 * 3;
  const inDalles = (out: string) => readdirSync(join(out, 'dalles')).sort();
  const rasters = (out: string) =>
    Object.fromEntries(
      inDalles(out)
        .filter((name) => name.endsWith('.tif'))
        .map((name) => [name, readFileSync(join(out, 'dalles', name), 'base64')]),
    );

  test('stops with a clear error, and goes on to the same bytes once there is room', () =>
    onDisk(400, async ({ folder, resize }) => {
      const [model, at, whole, out] = [await tiny(), await image(grid, noise), fresh('out'), join(folder, 'out')];
      await run({ model, image: at, out: whole, options });
      await assert.rejects(run({ model, image: at, out, options }), (error: Error) => {
        assert.ok(error instanceof DiskFault, String(error));
        assert.match(error.message, /out\/dalles\/\d+-\d+\..*: the disk is full/);
        return true;
      });
      assert.ok(!inDalles(out).some((name) => name.endsWith('.part')));
      const done = inDalles(out).filter((name) => name.endsWith('.manifest.json'));
      assert.ok(done.length > 0 && done.length < DALLES, `${done.length} dalles done`);
      for (const [name, bytes] of Object.entries(rasters(out))) assert.equal(bytes, rasters(whole)[name], name);
      const inodes = () => done.map((name) => statSync(join(out, 'dalles', name)).ino);
      const before = inodes();
      resize(16_384);
      await run({ model, image: at, out, options });
      assert.deepEqual(inodes(), before);
      assert.deepEqual(rasters(out), rasters(whole));
      assert.equal(Object.keys(rasters(out)).length, 2 * DALLES);
    }));
});
