import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FeatureCollection, LineString, Polygon, Position } from 'geojson';
import { fromFile } from 'geotiff';
import type { StageContext } from '../../pipeline/artefacts.ts';
import { silentReport } from '../../pipeline/log.ts';
import { burn } from '../../pipeline/rasterise.ts';
import { SCENE_CLASSES } from '../../pipeline/scenes/classes.ts';
import { planLandscape } from '../../pipeline/scenes/landscape.ts';
import { renderPatch } from '../../pipeline/scenes/patches.ts';
import { CHANGES, FIRST, SECOND } from '../../pipeline/scenes/plan.ts';
import { holds, type Ring } from '../../pipeline/scenes/plane.ts';
import { referenceLayer } from '../../pipeline/scenes/references.ts';
import { DEMO_SCENE, renderScene, type SceneFiles } from '../../pipeline/scenes/render-scene.ts';
import { makeScene, RESOLUTION_M, renderImages, type Scene } from '../../pipeline/scenes/scene.ts';

const folder = mkdtempSync(join(tmpdir(), 'ocsge-scenes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const context = (threads: number): StageContext => ({
  report: silentReport,
  signal: new AbortController().signal,
  threads,
});
const size = { seed: 31, widthM: 300, heightM: 220 };
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const codeOf = (classIndex: number) => SCENE_CLASSES[classIndex]!.codeCs;

describe('a rendered scene', () => {
  let files: SceneFiles;
  before(async () => {
    files = await renderScene({ ...size, date: 2019, outDir: join(folder, 'one') }, context(1));
  });

  test('is the same bytes with two threads', async () => {
    const again = await renderScene({ ...size, date: 2019, outDir: join(folder, 'two') }, context(2));
    for (const key of ['pva', 'irc', 'mns', 'mnt', 'truth', 'territoires', 'truthChanges'] as const) {
      assert.equal(sha256(again[key]), sha256(files[key]), key);
    }
    for (const [layer, path] of Object.entries(files.references)) {
      assert.equal(sha256(again.references[layer as keyof SceneFiles['references']]), sha256(path), layer);
    }
  });

  test('is not rendered again when it is whole', async () => {
    const { mtimeMs } = statSync(files.pva);
    await renderScene({ ...size, date: 2019, outDir: join(folder, 'one') }, context(1));
    assert.equal(statSync(files.pva).mtimeMs, mtimeMs);
  });

  test('comes on grids that differ in origin, resolution and nodata', async () => {
    const open = async (path: string) => (await fromFile(path)).getImage();
    const [pva, irc, mns, mnt] = await Promise.all([files.pva, files.irc, files.mns, files.mnt].map(open));
    assert.deepEqual([pva!.getWidth(), pva!.getHeight(), pva!.getSamplesPerPixel()], [1500, 1100, 3]);
    assert.deepEqual(pva!.getOrigin().slice(0, 2), [506_000, 6_287_000]);
    assert.deepEqual(irc!.getBoundingBox(), pva!.getBoundingBox());
    const resolutions = [pva, mns, mnt].map((image) => image!.getResolution()[0]);
    assert.deepEqual(resolutions, [0.2, 0.5, 1]);
    assert.deepEqual(
      [pva, mns, mnt].map((image) => image!.getGDALNoData()),
      [255, 9999, -9999],
    );
    assert.notEqual(mns!.getOrigin()[0], mnt!.getOrigin()[0]);
    const values = (await mns!.readRasters({ interleave: true })) as unknown as Float32Array;
    assert.ok(values.includes(9999), 'the surface model has holes at its rim');
    assert.ok(values.some((value) => value > 100 && value < 300));
  });

  test('refuses a date it was not seen at', async () => {
    const wrong = { ...size, date: 2020 as 2019, outDir: join(folder, 'wrong') };
    await assert.rejects(renderScene(wrong, context(1)), { name: 'BadInput', message: /2019 or 2022/ });
  });

  test('has two communes that cover its extent exactly', () => {
    const { features } = JSON.parse(readFileSync(files.territoires, 'utf8'));
    const byCode = new Map<string, [number, number][]>(
      features.map((feature: { properties: { code: string }; geometry: { coordinates: [number, number][][] } }) => [
        feature.properties.code,
        feature.geometry.coordinates[0],
      ]),
    );
    const [west, east, whole] = ['99901', '99902', '999'].map((code) => byCode.get(code)!);
    assert.ok(Math.abs(area(whole!) - 300 * 220) < 1e-6);
    assert.ok(Math.abs(area(west!) + area(east!) - area(whole!)) < 1e-6);
    const east2 = new Set(east!.map(String));
    const border = west!.filter((point) => east2.has(String(point)));
    assert.ok(border.length >= 5, 'the communes share the vertices of their border');
    const whole2 = new Set(whole!.map(String));
    const ends = border.filter(([, y]) => y === 6_287_000 || y === 6_286_780);
    assert.equal(ends.length, 2);
    for (const end of ends) assert.ok(whole2.has(String(end)), 'the département has the ends of the border');
  });
});

describe('the demonstration landscape', () => {
  const scene = makeScene(DEMO_SCENE);

  test('has every kind of change, and the truth shows it', () => {
    assert.deepEqual(new Set(scene.plan.changes.map(({ kind }) => kind)), new Set(CHANGES));
    for (const { kind, ring } of scene.plan.changes) {
      const share = changedShare(scene, ring);
      assert.ok(share.inside > 0.12, `${kind}: ${(100 * share.inside).toFixed(1)} % of its ground changed`);
      assert.ok(share.areaM2 > 500, `${kind}: ${share.areaM2} m² changed`);
    }
  });

  test('keeps its shapes where nothing changed', () => {
    const window = { xPx: 0, yPx: 0, widthPx: 7000, heightPx: 500 };
    for (const yPx of [600, 2600, 4600]) {
      const [before, now] = [0, 1].map((date) => renderImages(scene, date as 0 | 1, { ...window, yPx }).truth);
      let differs = 0;
      for (let i = 0; i < before!.length; i++) {
        if (codeOf(before![i]!) === codeOf(now![i]!)) continue;
        const at: [number, number] = [
          ((i % 7000) + 0.5) * RESOLUTION_M,
          (yPx + Math.floor(i / 7000) + 0.5) * RESOLUTION_M,
        ];
        if (!scene.plan.changes.some(({ ring }) => holds(ring, at))) differs++;
      }
      assert.ok(differs / before!.length < 0.002, `rows from ${yPx}: ${differs} pixels changed outside the changes`);
    }
  });

  test("gives the river's banks as BD TOPO would, and water lies between them and not beside", () => {
    for (const date of [FIRST, SECOND] as const) {
      const text = referenceLayer(scene.plan, DEMO_SCENE, 'surface_hydrographique', date);
      const { features } = JSON.parse(text) as FeatureCollection<Polygon>;
      assert.equal(features.length, 1);
      const { cleabs, ...attributes } = features[0]!.properties!;
      assert.match(cleabs, /^SURFACEH\d+$/);
      const flowing = { nature: 'Ecoulement naturel', persistance: 'Permanent', position_par_rapport_au_sol: '0' };
      assert.deepEqual(attributes, flowing);
      const river = features[0]!.geometry;
      assert.equal(crossings(river.coordinates[0]!), 0, 'the banks do not cross');
      const { between, beside } = waterAlong(scene, river);
      console.error('SHARES', between, beside);
      assert.ok(between > 0.95, `${(100 * between).toFixed(1)} % of what lies between the banks is water`);
      assert.ok(beside < 0.02, `${(100 * beside).toFixed(1)} % of what lies beside is water`);
    }
  });

  test('has every class', () => {
    const seen = new Set(scene.plan.brushes.map(({ style }) => style.class));
    assert.equal(seen.size, SCENE_CLASSES.length);
  });

  test('is the same however it is cut', () => {
    const whole = renderPatch(scene, 1, { xPx: 3000, yPx: 2000, widthPx: 300, heightPx: 260 });
    const part = renderPatch(scene, 1, { xPx: 3100, yPx: 2090, widthPx: 150, heightPx: 120 });
    for (let row = 0; row < 120; row++) {
      const from = (row + 90) * 300 + 100;
      for (let band = 0; band < 5; band++) {
        const expected = whole.bands[band]!.subarray(from, from + 150);
        assert.deepEqual(part.bands[band]!.subarray(row * 150, (row + 1) * 150), expected);
      }
      assert.deepEqual(part.truth.subarray(row * 150, (row + 1) * 150), whole.truth.subarray(from, from + 150));
    }
  });

  test('is another one with another seed', () => {
    const other = makeScene({ ...DEMO_SCENE, seed: 1000 });
    const window = { xPx: 2000, yPx: 2000, widthPx: 1500, heightPx: 1500 };
    const [a, b] = [scene, other].map((each) => renderImages(each, 0, window).truth);
    const same = a!.filter((value, i) => codeOf(value) === codeOf(b![i]!)).length / a!.length;
    assert.ok(same < 0.6, `${(100 * same).toFixed(0)} % of the ground is the same`);
    const again = planLandscape(DEMO_SCENE);
    assert.deepEqual(again.brushes, scene.plan.brushes);
    assert.deepEqual(again.references, scene.plan.references);
  });
});

/** Pairs of a closed ring's sides that cross. */
function crossings(ring: Position[]): number {
  const side = (a: Position, b: Position, p: Position) =>
    Math.sign((b[0]! - a[0]!) * (p[1]! - a[1]!) - (b[1]! - a[1]!) * (p[0]! - a[0]!));
  let count = 0;
  for (let i = 1; i < ring.length; i++) {
    for (let j = i + 2; j < ring.length; j++) {
      const [a, b, c, d] = [ring[i - 1]!, ring[i]!, ring[j - 1]!, ring[j]!];
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) count++;
    }
  }
  return count;
}

/** Where no tree hides the ground: share of water between a river's banks, and in the 3 m beside them. */
function waterAlong(scene: Scene, river: Polygon): { between: number; beside: number } {
  const grid = {
    srid: 2154,
    originX: 506_000,
    originY: 6_287_000,
    resolutionM: RESOLUTION_M,
    widthPx: 7000,
    heightPx: 5500,
  };
  const banks: LineString = { type: 'LineString', coordinates: river.coordinates[0]! };
  const [between, beside] = [
    { water: 0, all: 0 },
    { water: 0, all: 0 },
  ];
  for (const yPx of [300, 1500, 3500, 4700]) {
    const window = { xPx: 0, yPx, widthPx: 7000, heightPx: 200 };
    const { truth } = renderImages(scene, 0, window);
    const [inside, along] = [new Uint8Array(truth.length), new Uint8Array(truth.length)];
    burn(river, 0, grid, inside, window);
    burn(banks, 6, grid, along, window);
    for (let i = 0; i < truth.length; i++) {
      const count = inside[i] ? between : along[i] ? beside : undefined;
      if (count === undefined || codeOf(truth[i]!).startsWith('CS2.1.1')) continue;
      count.all++;
      if (codeOf(truth[i]!) === 'CS1.2.2') count.water++;
    }
  }
  return { between: between.water / between.all, beside: beside.water / beside.all };
}

/** Share and area of a ring's ground whose couverture differs between the dates. */
function changedShare(scene: Scene, ring: Ring): { inside: number; areaM2: number } {
  const [xs, ys] = [ring.map(([x]) => x / RESOLUTION_M), ring.map(([, y]) => y / RESOLUTION_M)];
  const [xPx, yPx] = [Math.max(Math.floor(Math.min(...xs)), 0), Math.max(Math.floor(Math.min(...ys)), 0)];
  const window = { xPx, yPx, widthPx: Math.ceil(Math.max(...xs)) - xPx, heightPx: Math.ceil(Math.max(...ys)) - yPx };
  const [before, now] = [0, 1].map((date) => renderImages(scene, date as 0 | 1, window).truth);
  let [inside, changed] = [0, 0];
  for (let i = 0; i < before!.length; i++) {
    const x = (xPx + (i % window.widthPx) + 0.5) * RESOLUTION_M;
    const y = (yPx + Math.floor(i / window.widthPx) + 0.5) * RESOLUTION_M;
    if (!holds(ring, [x, y])) continue;
    inside++;
    if (codeOf(before![i]!) !== codeOf(now![i]!)) changed++;
  }
  return { inside: changed / inside, areaM2: changed * RESOLUTION_M ** 2 };
}

function area(ring: [number, number][]): number {
  let twice = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [[x1, y1], [x2, y2]] = [ring[i]!, ring[i + 1]!];
    twice += (x1 - 506_000) * (y2 - 6_287_000) - (x2 - 506_000) * (y1 - 6_287_000);
  }
  return Math.abs(twice) / 2;
}
