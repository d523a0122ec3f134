/** A production's zone construite, from the image to the service. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import supertest from 'supertest';
import { silentReport } from '../../../pipeline/log.ts';
import { parseProductionRequest } from '../../../pipeline/production-request.ts';
import { produce } from '../../../pipeline/run.ts';
import { openTestDatabase } from '../../database.ts';
import { testApp } from '../../server/published-fixture.ts';
import { contractJson, delivered } from '../classes/tiny-model.ts';
import { lambert, writeTiny } from '../rasters/tiny-tiff.ts';

const database = await openTestDatabase();
const { dataDir } = database.connection;
const model = await delivered('bands3', contractJson());
const config = { databaseUrl: undefined, dataDir, threads: 1, revisionKeepHours: 24, sourceOrigins: [], debug: false };

/** Two halls of 60 × 60 m, bright in red (built), 40 m apart in the middle of green ground (water to this model). */
const isHall = (x: number, y: number) => y >= 40 && y < 100 && ((x >= 20 && x < 80) || (x >= 120 && x < 180));

async function produced(millesime: number, more: object) {
  const draw = (x: number, y: number, band: number) => (band === (isHall(x, y) ? 0 : 1) ? 200 : 50);
  const pva = await writeTiny(join(dataDir, 'halls.tif'), lambert(200, 140), draw, { bands: 3, sampleFormat: 'uint8' });
  const asked = { departement: '999', millesime, model, tile: 64, margin: 0, sources: { pva }, ...more };
  const env = { database, config, report: silentReport, signal: new AbortController().signal };
  return produce(parseProductionRequest(asked), env);
}

test('a production publishes its zone construite; one that is not generalised has none', async () => {
  await produced(2019, {});
  await produced(2022, { generalise: false });
  const app = testApp(database);
  const crs = 'http://www.opengis.net/def/crs/EPSG/0/2154';
  const { body } = await supertest(app).get(`/collections/zone-construite-999-2019/items?crs=${crs}`).expect(200);
  assert.equal(body.features.length, 1, 'less than 50 m apart, the halls are one zone');
  const [{ id, properties, geometry }] = body.features;
  assert.match(id, /^OCSGE\d{19}$/);
  assert.equal(properties.millesime, 2019);
  assert.ok(properties.aire_m2 > 2 * 3600 + 1000 && properties.aire_m2 < 160 * 60, `${properties.aire_m2} m²`);
  const xs = geometry.coordinates[0].map(([x]: [number, number]) => x);
  assert.ok(Math.abs(Math.min(...xs) - 506_020) <= 1 && Math.abs(Math.max(...xs) - 506_180) <= 1);
  await supertest(app).get('/collections/zone-construite-999-2022').expect(404);

  await produced(2019, { zoneConstruite: { closingM: 15 } });
  const { body: apart } = await supertest(app).get('/collections/zone-construite-999-2019/items').expect(200);
  assert.equal(apart.features.length, 2, 'more than 30 m apart, they are two');
});
