/** Classes whose run kept the probabilities of all of them are voted on by these. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { CLASS_NODATA, type ClassesArtefact } from '../../../pipeline/artefacts.ts';
import { RasterCache } from '../../../pipeline/geotiff/raster-cache.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import { cutInDalles, type PixelWindow } from '../../../pipeline/grid.ts';
import { framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import { dallesIn, openDalleReader, recodeTable } from '../../../pipeline/polygons/read-classes.ts';
import { majorityByProbability } from '../../../pipeline/polygons/units/majority.ts';
import { vectorise } from '../../../pipeline/polygons/vectorise.ts';
import { unitGrid } from './ascii.ts';
import { randomNumbers } from './random-raster.ts';
import { context, hashesOf, scratch } from './vectorise-scene.ts';

const folder = await scratch();
after(() => rm(folder, { recursive: true }));

const [WIDTH, HEIGHT] = [47, 31];
const CODES = ['CS1.1.1.2', 'CS2.2.1'];
/** Two of the model's classes mean one couverture. */
const LEGEND = ['CS2.2.1', 'CS1.1.1.2', 'CS2.2.1'].map((codeCs, index) => ({
  index,
  name: `${index}`,
  codeCs,
  colour: '#000000',
}));
const grid = unitGrid(WIDTH, HEIGHT);

/** Noisy probabilities: road on the left, one of two kinds of meadow on the right; some ground unknown. */
const random = randomNumbers(11);
const probabilities = Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
  const road = (i % WIDTH < 20 ? 95 : 40) + random(90);
  const meadow = random(255 - road);
  return [meadow, road, 255 - road - meadow];
});
const classOf = probabilities.map((three, i) => (i % 97 === 0 ? CLASS_NODATA : three.indexOf(Math.max(...three))));

async function classesArtefact(): Promise<ClassesArtefact> {
  const dalles: ClassesArtefact['dalles'] = [];
  for (const window of cutInDalles(grid, 20)) {
    const name = `${window.xPx}-${window.yPx}`;
    const [classPath, confidencePath, probabilitiesPath] = ['classes', 'confidence', 'probabilities'].map((kind) =>
      join(folder, `${name}.${kind}.tif`),
    ) as [string, string, string];
    const ground = { ...grid, originX: grid.originX + window.xPx, originY: grid.originY - window.yPx };
    const options = {
      grid: { ...ground, widthPx: window.widthPx, heightPx: window.heightPx },
      sampleFormat: 'uint8',
    } as const;
    const at = indexesOf(window);
    await writeGeoTiff(
      classPath,
      { ...options, bands: 1, nodata: CLASS_NODATA },
      Uint8Array.from(at, (i) => classOf[i]!),
    );
    await writeGeoTiff(
      confidencePath,
      { ...options, bands: 1 },
      Uint8Array.from(at, (i) => Math.max(...probabilities[i]!)),
    );
    await writeGeoTiff(
      probabilitiesPath,
      { ...options, bands: 3 },
      Uint8Array.from(at.flatMap((i) => probabilities[i]!)),
    );
    dalles.push({ window, classPath, confidencePath, probabilitiesPath });
  }
  return { grid, modelId: 'trial', classes: LEGEND, dalles };
}

const indexesOf = ({ xPx, yPx, widthPx, heightPx }: PixelWindow) =>
  Array.from({ length: widthPx * heightPx }, (_, i) => (yPx + Math.floor(i / widthPx)) * WIDTH + xPx + (i % widthPx));

const artefact = await classesArtefact();

suite('vote by probabilities', () => {
  test('classes of one couverture count together, across dalles, whatever the blocks', async () => {
    const values = Uint8Array.from(classOf, (index) => (index === CLASS_NODATA ? 0 : index === 1 ? 1 : 2));
    const frame = (pixels: Uint8Array) =>
      framedFrom(pixels, WIDTH, { xPx: 0, yPx: 0, widthPx: WIDTH, heightPx: HEIGHT }, 1);
    const planes = [1, 0].map((road) =>
      Uint8Array.from(probabilities, (three) => (road ? three[1]! : three[0]! + three[2]!)),
    );
    const wanted = majorityByProbability(
      frame(values),
      planes.map((plane) => frame(plane).pixels),
    );
    assert.ok(wanted.some((value, i) => value !== values[i]));
    const rasters = new RasterCache();
    const reader = openDalleReader(rasters);
    const recode = recodeTable(LEGEND, CODES);
    for (const blockPx of [9, 64]) {
      for (const block of cutInDalles(grid, blockPx)) {
        const job = { modelId: 'trial', dalles: dallesIn(artefact, block), recode, block };
        const { classes, voted } = await reader.read({ ...job, isVoted: true });
        assert.deepEqual(
          [...voted!],
          indexesOf(block).map((i) => wanted[i]!),
        );
        assert.deepEqual(
          [...classes],
          indexesOf(block).map((i) => values[i]!),
        );
        assert.deepEqual(classes, (await reader.read({ ...job, isVoted: false })).classes);
      }
    }
    await rasters.close();
  });

  test('the chain votes by them where they are there, and tells what that changed', async () => {
    const options = { departement: '999', workers: 1 };
    const whole = await vectorise(artefact, join(folder, 'whole'), options, context());
    const recode = whole.tallies!.find(({ pass }) => pass === 'recode')!;
    assert.ok(recode.pixels[1]![2]! + recode.pixels[2]![1]! > 0);
    const cut = await vectorise(artefact, join(folder, 'cut'), { ...options, blockPx: 16 }, context());
    assert.deepEqual(await hashesOf(cut), await hashesOf(whole));
  });
});
