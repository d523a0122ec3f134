/** Patches for training cut from imagery and annotations, through the command's own function. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { type ExtractCommandOptions, extractFromOptions } from '../../../pipeline/commands/annotations.ts';
import type { CommandEnv } from '../../../pipeline/commands/environment.ts';
import { readConfig } from '../../../pipeline/config.ts';
import type { Grid } from '../../../pipeline/grid.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { lambert, writeTiny } from '../rasters/tiny-tiff.ts';
import { leastGap, readSplit, SPLITS } from './patches-on-disk.ts';

const SAMPLES = process.env['OCSGE_SAMPLES'];
const NAIP = join(SAMPLES ?? '', 'imagery', 'naip-rgbn-0m60');

const folder = mkdtempSync(join(tmpdir(), 'ocsge-extract-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SIDE = 32;
const DALLE = 64;
/** Far apart but for the first two, which touch. */
const PLACES: [number, number][] = [
  [0, 0],
  [DALLE, 0],
  [1000, 0],
  [0, -1000],
  [1000, -1000],
  [2000, -2000],
];

/** Everything is a function of the ground, so that each pixel of a patch can be told from where it says it is. */
const dnAt = (xM: number, yM: number, band: number) => (7 * xM + 3 * yM + 50 * band) % 200;
const classAt = (xM: number, yM: number) => Math.floor(xM / 16 + yM / 8) % 3;
/** No image in a corner of the first dalle, no annotation in another. */
const isHole = (xM: number, yM: number) => xM < 506_008 && yM > 6_286_990;
const isUnknown = (xM: number, yM: number) => xM >= 506_120 && xM < 506_128 && yM > 6_286_980;

async function writeGround() {
  const [img, mns, mnt, mask] = ['img', 'mns', 'mnt', 'mask'].map((name) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  }) as [string, string, string, string];
  for (const [index, place] of PLACES.entries()) {
    const grid = lambert(DALLE, DALLE, 1, place);
    const ground = (value: (xM: number, yM: number, band: number) => number) => (x: number, y: number, band: number) =>
      value(grid.originX + x, grid.originY - y, band);
    const name = `${index}.tif`;
    const bytes = { sampleFormat: 'uint8' } as const;
    const photo = ground((x, y, band) => (isHole(x, y) ? 255 : dnAt(x, y, band)));
    await writeTiny(join(img, name), grid, photo, { bands: 3, nodata: 255, ...bytes });
    await writeTiny(
      join(mns, name),
      grid,
      ground((x) => 100 + (x % 70)),
    );
    await writeTiny(join(mnt, name), grid, () => 100);
    const drawn = ground((x, y) => (isUnknown(x, y) ? 99 : classAt(x, y)));
    await writeTiny(join(mask, name), grid, drawn, { nodata: 99, ...bytes });
  }
  const table = join(folder, 'classes.csv');
  const rows = ['0,herbe,CS2.2.1,#ccf24d', '1,toit,CS1.1.1.1,#ff377a', '2,eau,CS1.2.2,#00ccf2'];
  writeFileSync(table, `value,name,codeCs,colour\n${rows.join('\n')}\n`);
  return { img, mns, mnt, mask, table };
}

const polygon = (code_cs: string, [minX, minY, maxX, maxY]: [number, number, number, number]) => {
  const corners = [
    [minX, minY],
    [maxX, minY],
    [maxX, maxY],
    [minX, maxY],
    [minX, minY],
  ];
  const coordinates = [corners.map(([x, y]) => [506_000 + x!, 6_287_000 + y!])];
  return { type: 'Feature', properties: { code_cs }, geometry: { type: 'Polygon', coordinates } };
};

const printed: string[] = [];
const env: CommandEnv = {
  config: { ...readConfig({}), dataDir: join(folder, 'data') },
  report: silentReport,
  signal: new AbortController().signal,
  print: (text) => printed.push(text),
};
const DEFAULTS = { patch: String(SIDE), block: 'auto', split: '60,20,20', seed: '1', maxUnknown: '0.5' };
let made = 0;
const outPath = () => join(folder, `out-${made++}`);

suite('ocsge annotations extract', async () => {
  const ground = await writeGround();
  const given = (more: Partial<ExtractCommandOptions> = {}): ExtractCommandOptions => ({
    ...DEFAULTS,
    pva: [ground.img],
    mns: [ground.mns],
    mnt: [ground.mnt],
    annotations: [ground.mask],
    classes: ground.table,
    bands: 'R,G,B,NDSM:5',
    out: outPath(),
    ...more,
  });

  test('each pixel of a patch and of its mask is what the ground has there; holes and unknown ground are 255', async () => {
    const options = given();
    await extractFromOptions(options, env);
    let [holes, count] = [0, 0];
    for (const split of SPLITS) {
      const read = readSplit(options.out, split);
      count += read.count;
      assert.deepEqual([read.sidePx, read.bands, read.resolutionM], [SIDE, ['R', 'G', 'B', 'NDSM'], 1]);
      assert.deepEqual([read.ignoreIndex, read.patches.length], [255, read.count]);
      assert.deepEqual(
        read.classes.map(({ index, name, codeCs }) => [index, name, codeCs]),
        [
          [0, 'herbe', 'CS2.2.1'],
          [1, 'toit', 'CS1.1.1.1'],
          [2, 'eau', 'CS1.2.2'],
        ],
      );
      assert.deepEqual([read.x.length, read.y.length], [read.count * 4 * SIDE * SIDE, read.count * SIDE * SIDE]);
      for (let i = 0; i < read.y.length; i++) {
        const [patch, pixel] = [Math.floor(i / SIDE ** 2), i % SIDE ** 2];
        const { xM, yM } = read.patches[patch]!;
        const [x, y] = [xM + (pixel % SIDE), yM - Math.floor(pixel / SIDE)];
        const bands = [0, 1, 2, 3].map((band) => read.x[(patch * 4 + band) * SIDE ** 2 + pixel]);
        const hole = isHole(x, y);
        if (hole || isUnknown(x, y)) holes++;
        const expected = hole
          ? [0, 0, 0, 0]
          : [0, 1, 2].map((band) => dnAt(x, y, band)).concat(Math.min(255, (x % 70) * 5));
        assert.deepEqual([read.y[i], ...bands], [hole || isUnknown(x, y) ? 255 : classAt(x, y), ...expected]);
      }
    }
    assert.deepEqual([count, holes], [PLACES.length * 4, 10 * 8 + 20 * 8]);
  });

  test('splits do not come near each other, equal seeds give equal bytes, and every class is in every split', async () => {
    const [first, second] = [given({ step: '16' }), given({ step: '16' })];
    for (const options of [first, second]) await extractFromOptions(options, env);
    const splits = SPLITS.map((split) => readSplit(first.out, split));
    assert.ok(leastGap(splits) >= SIDE, `${leastGap(splits)} m`);
    for (const { y } of splits) for (const value of [0, 1, 2]) assert.ok(y.includes(value));
    for (const split of SPLITS) {
      for (const name of ['index.json', 'x.u8', 'y.u8']) {
        assert.ok(readFileSync(join(first.out, split, name)).equals(readFileSync(join(second.out, split, name))));
      }
    }
    assert.match(printed.at(-1)!, /train +valid +test +all\nblocks .* 5\n.*herbe \(CS2\.2\.1\) +\d+\.\d\d %/s);
  });

  test('square blocks through ground that holds together: what comes too near is given up, and drawn as such', async () => {
    const out = outPath();
    const field = lambert(320, 320, 1, [0, 2000]);
    const [img, mask] = [join(folder, 'field.tif'), join(folder, 'field-mask.tif')];
    await writeTiny(img, field, (x, y) => (x + y) % 200, { bands: 3, sampleFormat: 'uint8' });
    await writeTiny(mask, field, (x, y) => (Math.floor(x / 5) + Math.floor(y / 7)) % 3, { sampleFormat: 'uint8' });
    await extractFromOptions(
      given({ pva: [img], annotations: [mask], bands: 'R,G,B', block: '80', patch: '16', out }),
      env,
    );
    const splits = SPLITS.map((split) => readSplit(out, split));
    assert.ok(leastGap(splits) >= 16, `${leastGap(splits)} m`);
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as {
      leftOut: { buffer: number };
      patches: Record<string, number>;
    };
    assert.ok(summary.leftOut.buffer > 0);
    const { features, crs } = JSON.parse(readFileSync(join(out, 'split.geojson'), 'utf8')) as {
      features: { properties: { what: string; split: string } }[];
      crs: { properties: { name: string } };
    };
    assert.equal(crs.properties.name, 'urn:ogc:def:crs:EPSG::2154');
    const drawn = (split: string) =>
      features.filter(({ properties }) => properties.what === 'patch' && properties.split === split).length;
    assert.deepEqual(
      SPLITS.map(drawn),
      SPLITS.map((split) => summary.patches[split]),
    );
    assert.equal(drawn('none'), summary.leftOut.buffer);
  });

  test('polygons: what they cover is cut, and 255 is what they do not', async () => {
    const drawn = join(folder, 'drawn.geojson');
    const features = PLACES.slice(2).flatMap(([x, y]) => [
      polygon('CS2.2.1', [x, y - DALLE, x + 40, y]),
      polygon('CS1.2.2', [x + 48, y - DALLE, x + DALLE, y]),
    ]);
    const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::2154' } };
    writeFileSync(drawn, JSON.stringify({ type: 'FeatureCollection', crs, features }));
    const { classes: _, ...options } = given({ annotations: [drawn] });
    await extractFromOptions(options, env);
    for (const split of SPLITS) {
      const { classes, count, patches, y } = readSplit(options.out, split);
      assert.deepEqual(
        classes.map(({ codeCs }) => codeCs),
        ['CS1.2.2', 'CS2.2.1'],
      );
      assert.equal(count % 4, 0);
      for (let i = 0; i < y.length; i++) {
        const inDalle = (patches[Math.floor(i / SIDE ** 2)]!.xM + (i % SIDE) - 506_000) % 1000;
        assert.equal(y[i], inDalle < 40 ? 1 : inDalle < 48 ? 255 : 0);
      }
    }
  });

  test('refused, with nothing left behind: existing folders, no 8-bit imagery, too few blocks, ground elsewhere', async () => {
    const taken = outPath();
    mkdirSync(taken);
    writeFileSync(join(taken, 'thesis.txt'), 'years of work');
    await assert.rejects(extractFromOptions(given({ out: taken }), env), /exists already; another folder wanted/);
    await assert.rejects(extractFromOptions(given({ out: taken, force: true }), env), /no patches of ours in it/);
    assert.deepEqual(readdirSync(taken), ['thesis.txt']);
    const far: Grid = lambert(DALLE, DALLE, 1, [50_000, 0]);
    const elsewhere = await writeTiny(join(folder, 'far.tif'), far, () => 1, { bands: 3, sampleFormat: 'uint8' });
    const deep = await writeTiny(join(folder, '16.tif'), lambert(DALLE, DALLE), () => 3000, {
      bands: 3,
      sampleFormat: 'uint16',
    });
    const refusals: [Partial<ExtractCommandOptions>, RegExp][] = [
      [{ pva: [elsewhere], bands: 'R,G,B' }, /the imagery covers none of the annotated ground/],
      [{ pva: [deep], bands: 'R,G,B', split: '1,0,0' }, /16\.tif \(pva\): 16-bit whole numbers found, 8-bit DN wanted/],
      [{ annotations: [join(ground.mask, '0.tif')] }, /1 block\(s\) of annotated ground for train, valid, test/],
      [{ split: '70,30' }, /three shares wanted/],
      [{ block: '10' }, /--block is "10": a number from 32/],
      [{ bands: 'R,X' }, /band X/],
      [{ patch: '1.5' }, /--patch is "1\.5": a whole number/],
    ];
    for (const [more, message] of refusals) {
      const options = given(more);
      await assert.rejects(extractFromOptions(options, env), message);
      assert.equal(existsSync(options.out), false);
    }
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.part')),
      [],
    );
    const scaled = given({ pva: [deep], bands: 'R,G,B', scale: '0.0625', split: '1,0,0' });
    await extractFromOptions(scaled, env);
    assert.equal(readSplit(scaled.out, 'train').x[0], 188);
  });

  const skip = SAMPLES === undefined && 'OCSGE_SAMPLES is not set: no real imagery here';
  test('real imagery: 167 patches of a dozen places, no split near another', { skip }, async () => {
    const table = join(folder, 'naip.csv');
    const rows = [
      '0,low vegetation,CS2.2.1,#ccf24d',
      '1,building,CS1.1.1.1,#ff377a',
      '2,road,CS1.1.1.2,#ff9191',
      '3,bare ground,CS1.2.1,#cccccc',
      '4,trees,CS2.1.1.1,#80ff00',
      '5,water,CS1.2.2,#00ccf2',
    ];
    writeFileSync(table, `value,name,codeCs,colour\n${rows.join('\n')}\n`);
    const out = outPath();
    await extractFromOptions(
      {
        ...DEFAULTS,
        rgbie: [join(NAIP, 'img')],
        annotations: [join(NAIP, 'mask')],
        classes: table,
        bands: 'R,G,B,NIR',
        patch: '256',
        split: '70,15,15',
        out,
      },
      env,
    );
    const splits = SPLITS.map((split) => readSplit(out, split));
    assert.equal(
      splits.reduce((sum, { count }) => sum + count, 0),
      167,
    );
    assert.ok(leastGap(splits) >= 256 * 0.6 - 1e-3, `${leastGap(splits)} m`);
    for (const { y, count } of splits) {
      assert.ok(count >= 15);
      assert.deepEqual(
        [0, 1, 2, 3, 4, 5].filter((value) => !y.includes(value)),
        [],
      );
    }
  });
});
