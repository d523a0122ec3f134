/** QGIS loads what is served, as features and as vector tiles, and draws it in the official colours. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readNomenclature } from '../../sql/nomenclature.ts';
import { openTestDatabase } from '../database.ts';
import { publishSmallCoverage, SMALL } from './published.ts';
import { importSample, runs, SAMPLES, type Service, skipWithout, startService } from './service.ts';

/** Debian's own Python: the one python3-qgis is for. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('qgis_render.py', import.meta.url));
const PIXELS = 800 * 600;
const skip = skipWithout('QGIS (python3-qgis)', runs(PYTHON, ['-c', 'import qgis.core']));

interface Seen {
  qgis: string;
  valid: boolean;
  errors: string[];
  pixels: Record<string, number>;
  crs?: string;
  fields?: string[];
  featureCount?: number;
}

interface Order {
  kind: 'features' | 'tiles';
  url: string;
  bbox: number[];
  crs: string;
  png: string;
  [more: string]: unknown;
}

const couverture = readNomenclature().filter(({ dimension }) => dimension === 'CS');
const colours = Object.fromEntries(couverture.map(({ code, couleur }) => [code, couleur.toLowerCase()]));

suite('QGIS', { skip }, async () => {
  const database = await openTestDatabase();
  let service: Service;
  // OCSGE_PICTURES keeps the pictures, for eyes.
  const keep = process.env['OCSGE_PICTURES'];
  const pictures = keep ?? (await mkdtemp(join(tmpdir(), 'ocsge-qgis-')));
  let collectionId: string = SMALL.collectionId;

  before(async () => {
    await mkdir(pictures, { recursive: true });
    if (SAMPLES === undefined) await publishSmallCoverage(database);
    else collectionId = importSample(database);
    service = await startService(database);
  });
  after(async () => {
    await service?.stop();
    if (keep === undefined) await rm(pictures, { recursive: true, force: true });
  });

  test('a collection as OGC API Features', async () => {
    const bbox = await extentOf(service, collectionId);
    const png = join(pictures, 'qgis-features.png');
    const seen = await draw({
      kind: 'features',
      url: `${service.url}/`,
      collectionId,
      bbox,
      crs: 'EPSG:4326',
      colours,
      png,
    });
    assert.deepEqual([seen.valid, ...seen.errors], [true]);
    assert.ok(seen.fields?.includes('code_cs') && seen.fields.includes('code_us'), String(seen.fields));
    assert.equal(seen.featureCount, collectionId === SMALL.collectionId ? SMALL.count : 10_439);
    assertOfficialColours(seen);
  });

  test('its tiles as a vector tile layer', async () => {
    const [west, south, east, north] = (await extentOf(service, collectionId)) as [number, number, number, number];
    const { template, layer, minZoom, maxZoom } = await tilesOf(service, collectionId);
    const bbox = [...webMercator(west, south), ...webMercator(east, north)];
    const png = join(pictures, 'qgis-tiles.png');
    const seen = await draw({
      kind: 'tiles',
      url: template,
      layer,
      minZoom,
      maxZoom,
      bbox,
      crs: 'EPSG:3857',
      colours,
      png,
    });
    assert.deepEqual([seen.valid, ...seen.errors], [true]);
    assertOfficialColours(seen);
  });
});

/** The middle of the collection's extent, so that what is drawn is all data. */
async function extentOf({ url }: Service, collectionId: string): Promise<number[]> {
  const answer = await fetch(`${url}/collections/${collectionId}?f=json`);
  const { extent } = (await answer.json()) as { extent: { spatial: { bbox: number[][] } } };
  const [west, south, east, north] = extent.spatial.bbox[0]! as [number, number, number, number];
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  const half = Math.min(east - west, north - south) / 4;
  return [x - half, y - half, x + half, y + half];
}

/** The tileset as its TileJSON says it. */
async function tilesOf({ url }: Service, collectionId: string) {
  const answer = await fetch(`${url}/collections/${collectionId}/tiles/WebMercatorQuad/tilejson.json`);
  assert.equal(answer.status, 200);
  const tileJson = (await answer.json()) as {
    tiles: string[];
    minzoom: number;
    maxzoom: number;
    vector_layers: { id: string }[];
  };
  return {
    template: encodeURIComponent(tileJson.tiles[0]!).replaceAll('%7B', '{').replaceAll('%7D', '}'),
    layer: tileJson.vector_layers[0]!.id,
    minZoom: tileJson.minzoom,
    maxZoom: tileJson.maxzoom,
  };
}

const EARTH_M = 6_378_137;

function webMercator(longitude: number, latitude: number): [number, number] {
  const radians = Math.PI / 180;
  return [EARTH_M * longitude * radians, EARTH_M * Math.log(Math.tan(Math.PI / 4 + (latitude * radians) / 2))];
}

/** QGIS draws in a process of its own; its profile is thrown away. */
async function draw(order: Order): Promise<Seen> {
  const home = await mkdtemp(join(tmpdir(), 'ocsge-qgis-home-'));
  try {
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_RUNTIME_DIR: home,
      QT_QPA_PLATFORM: 'offscreen',
      LC_ALL: 'C.UTF-8',
    };
    const { stdout } = await promisify(execFile)(PYTHON, [SCRIPT, JSON.stringify(order)], { env, timeout: 120_000 });
    return JSON.parse(/^SEEN (.*)$/m.exec(stdout)![1]!) as Seen;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Nothing but official colours and the background, several of them, over most of the picture. */
function assertOfficialColours({ pixels }: Seen): void {
  const official = new Set(Object.values(colours));
  const drawn = Object.entries(pixels).filter(([colour]) => official.has(colour));
  const covered = drawn.reduce((sum, [, count]) => sum + count, 0);
  assert.ok(drawn.length >= 4, `colours drawn: ${JSON.stringify(pixels)}`);
  assert.ok(covered > PIXELS / 2, `${covered} of ${PIXELS} pixels in official colours: ${JSON.stringify(pixels)}`);
  const strange = Object.keys(pixels).filter((colour) => !official.has(colour) && colour !== '#ffffff');
  assert.deepEqual(strange, []);
}
