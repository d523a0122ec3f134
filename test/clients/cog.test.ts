/** GDAL judges the rasters we write: its validator accepts them as Cloud Optimized GeoTIFFs, and it reads the pixels we wrote. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import type { ClassesArtefact } from '../../pipeline/artefacts.ts';
import { type Pixels, SAMPLES } from '../../pipeline/geotiff/encode-tile.ts';
import { createCog, type GeoTiffOptions, writeGeoTiff } from '../../pipeline/geotiff/write-geotiff.ts';
import type { Grid } from '../../pipeline/grid.ts';
import { image, run, texture, tiny } from '../pipeline/classes/tiny-run.ts';
import { runs, skipWithout } from './service.ts';

/** Debian's own: where python3-gdal is. */
const PYTHON = '/usr/bin/python3';
const VALIDATOR = 'osgeo_utils.samples.validate_cloud_optimized_geotiff';
const skip = skipWithout(
  'GDAL (gdal_translate, python3-gdal)',
  runs('gdal_translate', ['--version']) && runs(PYTHON, ['-c', `import ${VALIDATOR}`]),
);

const gridOf = (widthPx: number, heightPx: number): Grid => ({
  srid: 2154,
  originX: 506000,
  originY: 6287000.2,
  resolutionM: 0.2,
  widthPx,
  heightPx,
});

type Dalle = ClassesArtefact['dalles'][number];
type Cog = GeoTiffOptions & { overviews: 'nearest' | 'average' };

const NAMES = Array.from({ length: 19 }, (_, band) => `classe ${band} & bâti <${band}>`);
const CASES: Record<string, Cog> = {
  classes: { grid: gridOf(2301, 1117), bands: 1, sampleFormat: 'uint8', nodata: 255, overviews: 'nearest' },
  'classes with a palette': {
    grid: gridOf(1024, 513),
    bands: 1,
    sampleFormat: 'uint8',
    nodata: 255,
    overviews: 'nearest',
    palette: ['ff0000', '#00ff00', '0000ff'],
  },
  confidence: { grid: gridOf(1301, 1117), bands: 1, sampleFormat: 'uint8', overviews: 'average' },
  'confidence with holes': {
    grid: gridOf(1301, 1117),
    bands: 1,
    sampleFormat: 'uint8',
    nodata: 0,
    overviews: 'average',
  },
  'probabilities of 19 classes': {
    grid: gridOf(1037, 131),
    bands: 19,
    sampleFormat: 'uint8',
    overviews: 'average',
    bandNames: NAMES,
  },
  'photo of three bands, BigTIFF': {
    grid: gridOf(1300, 700),
    bands: 3,
    sampleFormat: 'uint8',
    big: true,
    overviews: 'average',
  },
  'heights in BigTIFF': {
    grid: gridOf(513, 1025),
    bands: 1,
    sampleFormat: 'float32',
    nodata: -9999,
    big: true,
    overviews: 'average',
  },
  regions: { grid: gridOf(1025, 1025), bands: 1, sampleFormat: 'uint32', nodata: 0, overviews: 'nearest' },
  'small tiles': { grid: gridOf(1001, 603), bands: 2, sampleFormat: 'uint16', tileSidePx: 64, overviews: 'average' },
  'one tile, no overview': {
    grid: gridOf(512, 301),
    bands: 1,
    sampleFormat: 'uint8',
    nodata: 255,
    overviews: 'nearest',
  },
  'a row of pixels': { grid: gridOf(1500, 1), bands: 1, sampleFormat: 'uint8', overviews: 'average' },
};

suite('GDAL and our Cloud Optimized GeoTIFFs', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ocsge-cog-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const pathOf = (name: string) => join(folder, `${name.replaceAll(/\W/g, '-')}.tif`);

  for (const [name, options] of Object.entries(CASES)) {
    test(`${name}: valid, every pixel of every level as it was meant`, async () => {
      const path = pathOf(name);
      const pixels = patternOf(options);
      await writeGeoTiff(path, options, pixels);
      validate(path);
      const info = JSON.parse(execFileSync('gdalinfo', ['-json', path], { encoding: 'utf8' }));
      assert.equal(info.metadata.IMAGE_STRUCTURE.LAYOUT, 'COG');
      assert.deepEqual(info.geoTransform, [506000, 0.2, 0, 6287000.2, 0, -0.2]);
      assert.match(info.coordinateSystem.wkt, /ID\["EPSG",2154\]/);
      const levels = expectedLevels(pixels, options);
      assert.deepEqual(
        (info.bands[0].overviews ?? []).map(({ size }: { size: number[] }) => size),
        levels.slice(1).map(({ widthPx, heightPx }) => [widthPx, heightPx]),
      );
      for (const [level, expected] of levels.entries()) {
        const read = readByGdal(path, level, join(folder, 'raw.bin'));
        assert.equal(Buffer.compare(read, bytesOf(expected.pixels)), 0, `level ${level}`);
      }
    });
  }

  test('nothing but the files is left, and the same rows in other pieces give the same bytes', async () => {
    const name = 'probabilities of 19 classes';
    const options = CASES[name]!;
    const rowSamples = options.grid.widthPx * options.bands;
    const pixels = patternOf(options);
    const writer = await createCog(pathOf('pieces'), options);
    for (let row = 0, height = 1; row < options.grid.heightPx; row += height, height += 37) {
      await writer.addRows(pixels.subarray(row * rowSamples, (row + height) * rowSamples));
    }
    await writer.close();
    assert.equal(Buffer.compare(readFileSync(pathOf('pieces')), readFileSync(pathOf(name))), 0);
    assert.deepEqual(
      readdirSync(folder).filter((file) => file.includes('.part')),
      [],
    );
  });

  test('GDAL knows the names of the bands, the colours of the classes and which pixels are nodata', () => {
    const bands = (name: string) =>
      JSON.parse(execFileSync('gdalinfo', ['-json', pathOf(name)], { encoding: 'utf8' })).bands;
    assert.deepEqual(
      bands('probabilities of 19 classes').map(({ description }: { description: string }) => description),
      NAMES,
    );
    const [classes] = bands('classes with a palette');
    assert.equal(classes.colorInterpretation, 'Palette');
    assert.deepEqual(classes.colorTable.entries.slice(0, 4), [
      [255, 0, 0, 255],
      [0, 255, 0, 255],
      [0, 0, 255, 255],
      [0, 0, 0, 255],
    ]);
    assert.equal(classes.noDataValue, 255);
    assert.equal(bands('photo of three bands, BigTIFF')[0].colorInterpretation, 'Red');
  });

  test('the rasters of the classes stage are valid, palette and names of classes included', async () => {
    const at = await image({ ...gridOf(700, 530), resolutionM: 1 }, texture);
    const artefact = await run({ model: await tiny(), image: at, options: { tilePx: 256, probabilities: true } });
    const [{ classPath, confidencePath, probabilitiesPath }] = artefact.dalles as [Dalle];
    for (const path of [classPath, confidencePath, probabilitiesPath!]) validate(path);
    const bands = (path: string) => JSON.parse(execFileSync('gdalinfo', ['-json', path], { encoding: 'utf8' })).bands;
    assert.equal(bands(classPath)[0].colorInterpretation, 'Palette');
    assert.equal(bands(classPath)[0].overviews.length, 1);
    assert.deepEqual(
      bands(probabilitiesPath!).map(({ description }: { description: string }) => description),
      artefact.classes.map(({ name }) => name),
    );
  });

  test('the validator is one that can refuse', async () => {
    const { overviews, ...flat } = CASES.confidence!;
    await writeGeoTiff(pathOf('flat'), flat, patternOf(flat));
    assert.throws(() => validate(pathOf('flat')), /recommended to include internal overviews/, overviews);
  });
});

/** Throws unless GDAL's validator, with its full check of the tiles, has neither error nor warning. */
function validate(path: string): void {
  const said = execFileSync(PYTHON, ['-m', VALIDATOR, '--full-check=yes', path], { encoding: 'utf8' });
  assert.match(said, /is a valid cloud optimized GeoTIFF/);
  assert.doesNotMatch(said, /warning/i, said);
}

function readByGdal(path: string, level: number, raw: string): Buffer {
  const overview = level === 0 ? [] : ['-oo', `OVERVIEW_LEVEL=${level - 1}`];
  execFileSync('gdal_translate', ['-q', '-of', 'ENVI', '-co', 'INTERLEAVE=BIP', ...overview, path, raw]);
  return readFileSync(raw);
}

const bytesOf = (pixels: Pixels) => Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);

interface Level {
  widthPx: number;
  heightPx: number;
  pixels: Pixels;
}

/** What each level should hold, pixel by pixel from its definition. */
function expectedLevels(pixels: Pixels, options: Cog): Level[] {
  const levels: Level[] = [{ widthPx: options.grid.widthPx, heightPx: options.grid.heightPx, pixels }];
  const side = options.tileSidePx ?? 512;
  for (let below = levels[0]!; below.widthPx > side || below.heightPx > side; below = levels.at(-1)!) {
    levels.push(expectedLevel(below, options));
  }
  return levels;
}

function expectedLevel(below: Level, { bands, sampleFormat, overviews, nodata }: Cog): Level {
  const [widthPx, heightPx] = [Math.ceil(below.widthPx / 2), Math.ceil(below.heightPx / 2)];
  const pixels = new SAMPLES[sampleFormat].Pixels(widthPx * heightPx * bands);
  for (let i = 0; i < pixels.length; i++) {
    const [x, y, band] = [Math.floor(i / bands) % widthPx, Math.floor(i / bands / widthPx), i % bands];
    const block = [0, 1, 2, 3]
      .map((corner) => [2 * x + (corner % 2), 2 * y + (corner >> 1)] as const)
      .filter(([px, py]) => px < below.widthPx && py < below.heightPx)
      .map(([px, py]) => below.pixels[(py * below.widthPx + px) * bands + band]!);
    const known = block.filter((value) => value !== nodata);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    if (overviews === 'nearest') pixels[i] = block[0]!;
    else if (known.length === 0) pixels[i] = nodata!;
    else pixels[i] = sampleFormat === 'float32' ? mean : Math.floor(mean + 0.5);
  }
  return { widthPx, heightPx, pixels };
}

/** Gradients, jumps and noise in every band, and holes where there is a nodata value. */
function patternOf({ grid, bands, sampleFormat, nodata }: GeoTiffOptions): Pixels {
  const out = new SAMPLES[sampleFormat].Pixels(grid.widthPx * grid.heightPx * bands);
  for (let i = 0; i < out.length; i++) {
    const pixel = Math.floor(i / bands);
    const [x, y] = [pixel % grid.widthPx, Math.floor(pixel / grid.widthPx)];
    const hole = nodata !== undefined && ((x >> 5) + (y >> 4)) % 7 === 0 && (x * y) % 5 !== 0;
    out[i] = hole ? nodata : ((i * 7919) % 151) + ((x >> 3) % 89) + (sampleFormat === 'float32' ? 0.25 : 0);
  }
  return out;
}
