import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CLASS_NODATA, type ClassesArtefact, type StageContext } from '../../../pipeline/artefacts.ts';
import { BadInput } from '../../../pipeline/errors.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import { cutInDalles, type PixelWindow } from '../../../pipeline/grid.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { readCouverture } from '../../../pipeline/polygons/read-couverture.ts';
import { unitGrid } from './ascii.ts';

const folder = await mkdtemp(join(tmpdir(), 'ocsge-couverture-'));
after(() => rm(folder, { recursive: true }));
const ctx: StageContext = { report: silentReport, signal: new AbortController().signal, threads: 1 };
const grid = unitGrid(5, 4);

/** Writes `classes` (5 × 4) in dalles of `sidePx`; confidence is the pixel's number. */
async function classesArtefact(name: string, classes: number[], sidePx: number): Promise<ClassesArtefact> {
  const write = async (kind: string, values: number[], window: PixelWindow) => {
    const path = join(folder, `${name}-${kind}-${window.xPx}-${window.yPx}.tif`);
    const rows = Array.from({ length: window.heightPx }, (_, row) => {
      const start = (window.yPx + row) * grid.widthPx + window.xPx;
      return values.slice(start, start + window.widthPx);
    });
    const { widthPx, heightPx } = window;
    await writeGeoTiff(
      path,
      { grid: { ...grid, widthPx, heightPx }, bands: 1, sampleFormat: 'uint8' },
      Uint8Array.from(rows.flat()),
    );
    return path;
  };
  const dalles = [];
  for (const window of cutInDalles(grid, sidePx)) {
    const classPath = await write('class', classes, window);
    dalles.push({ window, classPath, confidencePath: await write('confidence', [...classes.keys()], window) });
  }
  const modelClass = (index: number, codeCs: string | null) => ({
    index,
    name: String(index),
    codeCs,
    colour: '#000000',
  });
  const modelClasses = [
    modelClass(0, 'CS2.2.1'),
    modelClass(3, 'CS1.1.1.1'),
    modelClass(7, 'CS2.2.1'),
    modelClass(9, null),
  ];
  return { grid, modelId: 'trial', classes: modelClasses, dalles };
}

const pixels = [0, 3, 7, 255, 0, 0, 3, 7, 255, 0, 3, 3, 3, 3, 3, 7, 0, 7, 0, 255];

test('dalles become one raster; two classes of one couverture become one', async () => {
  for (const sidePx of [2, 3, 5]) {
    const couverture = await readCouverture(await classesArtefact(`cut ${sidePx}`, pixels, sidePx), ctx);
    assert.deepEqual(couverture.codesCs, ['CS1.1.1.1', 'CS2.2.1']);
    assert.deepEqual([...couverture.classes], [2, 1, 2, 0, 2, 2, 1, 2, 0, 2, 1, 1, 1, 1, 1, 2, 2, 2, 2, 0]);
    assert.deepEqual(
      [...couverture.confidence],
      pixels.map((value, i) => (value === CLASS_NODATA ? 0 : i)),
    );
  }
});

test('a class without couverture is refused, naming the file, the class and those wanted', async () => {
  for (const value of [9, 4]) {
    const artefact = await classesArtefact(`class ${value}`, pixels.with(6, value), 5);
    await assert.rejects(readCouverture(artefact, ctx), (error: Error) => {
      assert.match(
        error.message,
        new RegExp(`class ${value}-class-0-0.tif: class ${value} found; .* for 0, 3, 7 only`),
      );
      return error instanceof BadInput;
    });
  }
});

test('a dalle of another size is refused', async () => {
  const artefact = await classesArtefact('size', pixels, 5);
  artefact.dalles[0]!.window = { ...artefact.dalles[0]!.window, heightPx: 3 };
  await assert.rejects(readCouverture(artefact, ctx), /5 × 4 pixels found, 5 × 3 wanted by its dalle/);
});
