import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import request from 'supertest';
import { openTestDatabase } from '../database.ts';
import { publishPair, publishSquares, testApp } from './published-fixture.ts';

const database = await openTestDatabase();
const app = testApp(database);
const avant = await publishSquares(database, { millesime: 2019, count: 400 });
const apres = await publishSquares(database, { millesime: 2022, count: 400, estCouverture: false });
await publishPair(database, { avant, apres, years: [2019, 2022], artif: 30, desartif: 10, comparedM2: 40_000 });

// Stocks by hand: two communes and ground in none, in dm².
await database.pool.query(
  `insert into production.territoire values
     ('commune', '99901', 'Bourg', '999', null, 2024, 'fictif', 20000, st_makeenvelope(506000, 6287000, 506200, 6287100, 2154), '{"type":"Polygon","coordinates":[]}'),
     ('commune', '99902', 'Val', '999', null, 2024, 'fictif', 10000, st_makeenvelope(506200, 6287000, 506300, 6287100, 2154), '{"type":"Polygon","coordinates":[]}')`,
);
await database.pool.query(
  `insert into production.statistique_stock values
     ($1, '99901', 'CS1.1.1.1', 'US5', true, true, 500050), ($1, '99901', 'CS2.2.1', 'US1.1', false, false, 1499950),
     ($1, '99902', 'CS1.1.1.1', 'US5', true, true, 100000), ($1, null, 'CS1.1.1.1', 'US2', true, true, 7),
     ($2, '99901', 'CS1.1.1.1', 'US5', true, true, 600000), ($2, '99901', 'CS2.2.1', 'US1.1', false, false, 1400000)`,
  [avant, apres],
);

const PAIR = 'departement=999&from=2019&to=2022';
const get = async (path: string) => (await request(app).get(path).expect(200)).body;

suite('changes', () => {
  test('gives what differs, with both dates, and goes on by next', async () => {
    const first = await get(`/changes?${PAIR}&limit=25`);
    assert.equal(first.numberMatched, 40);
    assert.equal(first.features.length, 25);
    assert.deepEqual(first.features[0].properties, {
      id: 'D1',
      id_avant: 'OCSGE0000000000000000001',
      id_apres: 'OCSGE0000000000000000001',
      cs_avant: 'CS2.2.1',
      us_avant: 'US1.1',
      artificiel_avant: false,
      artificiel_apres: true,
      cs_apres: 'CS1.1.1.1',
      us_apres: 'US5',
      impermeable_avant: false,
      impermeable_apres: true,
      aire_m2: 100,
    });
    const next = first.links.find((link: { rel: string }) => link.rel === 'next').href as string;
    const second = await get(next.replace(/^https?:\/\/[^/]+/, ''));
    assert.equal(second.features.length, 15);
    assert.ok(!second.links.some((link: { rel: string }) => link.rel === 'next'));
  });

  test('takes a box, codes and verdicts, and every spelling of a département', async () => {
    const crs = 'bbox-crs=http://www.opengis.net/def/crs/EPSG/0/2154';
    assert.equal((await get(`/changes?${PAIR}&bbox=506012,6287002,506018,6287008&${crs}`)).numberMatched, 1);
    assert.equal((await get(`/changes?${PAIR}&cs_apres=CS1`)).numberMatched, 30);
    assert.equal((await get(`/changes?${PAIR}&artificiel_avant=true`)).numberMatched, 10);
    assert.equal((await get('/changes?departement=D999&from=2019&to=2022')).numberMatched, 40);
  });

  test('warns that a millésime is no coverage, with the overlapping area', async () => {
    for (const path of [`/changes?${PAIR}&limit=1`, `/changes/summary?${PAIR}`, `/statistics/flux?from=2019&to=2022`]) {
      const { avertissements } = await get(path);
      assert.equal(avertissements.length, 1, path);
      assert.equal(avertissements[0].millesime, 2022);
      assert.equal(avertissements[0].superposition_m2, 1234.5);
      assert.match(avertissements[0].message, /n'est pas une couverture/);
    }
  });

  test('are a collection too, in the CRS of the département', async () => {
    const { body } = await request(app).get('/collections/difference-999-2019-2022').expect(200);
    assert.equal(body.storageCrs, 'http://www.opengis.net/def/crs/EPSG/0/2154');
    assert.equal(body.itemCount, 40);
    const items = await get('/collections/difference-999-2019-2022/items?limit=10000');
    assert.equal(items.features.length, 40);
    const item = await get('/collections/difference-999-2019-2022/items/D7');
    assert.equal(item.properties.id, 'D7');
    await request(app).get('/collections/difference-999-2022-2019').expect(404);
  });

  test('410 once another revision is compared and the old differences are gone', async () => {
    const { links } = await get('/collections/difference-999-2019-2022/items?limit=5');
    const next = links.find((link: { rel: string }) => link.rel === 'next').href.replace(/^https?:\/\/[^/]+/, '');
    const newer = await publishSquares(database, { millesime: 2022, count: 400 });
    await publishPair(database, {
      avant,
      apres: newer,
      years: [2019, 2022],
      artif: 2,
      desartif: 0,
      comparedM2: 40_000,
    });
    assert.equal((await get(next)).features.length, 5);
    assert.equal((await get(`/changes?${PAIR}`)).numberMatched, 2);
    await database.pool.query('delete from production.difference_paire where revision_apres = $1', [apres]);
    await request(app).get(next).expect(410);
    await database.pool.query('update production.millesime set revision_courante = $1 where millesime = 2022', [apres]);
    await publishPair(database, { avant, apres, years: [2019, 2022], artif: 30, desartif: 10, comparedM2: 40_000 });
  });
});

suite('summary of changes', () => {
  test('sums each passage in m² and in ha, and says what was compared', async () => {
    const body = await get(`/changes/summary?${PAIR}`);
    assert.deepEqual(body.couverture, [
      { avant: 'CS2.2.1', apres: 'CS1.1.1.1', aire_m2: 3000, aire_ha: 0.3 },
      { avant: 'CS1.1.1.1', apres: 'CS2.2.1', aire_m2: 1000, aire_ha: 0.1 },
    ]);
    assert.deepEqual(body.artificialisation, [
      { avant: 'false', apres: 'true', aire_m2: 3000, aire_ha: 0.3 },
      { avant: 'true', apres: 'false', aire_m2: 1000, aire_ha: 0.1 },
    ]);
    assert.deepEqual(body.surface_comparee, { aire_m2: 40_000, aire_ha: 4 });
    assert.deepEqual(body.surface_changee, { aire_m2: 4000, aire_ha: 0.4 });
    assert.deepEqual(body.surface_avant_seule, { aire_m2: 7, aire_ha: 0.0007 });
    assert.equal(body.nombre, 40);
    assert.equal(body.objets_identiques, 10);
  });
});

suite('stock', () => {
  test('of a commune: m², ha, shares of the commune, by couverture and by usage', async () => {
    const body = await get('/statistics/stock?commune=99901&millesime=2019');
    assert.deepEqual(body.territoire, {
      niveau: 'commune',
      code: '99901',
      nom: 'Bourg',
      departement: '999',
      aire_m2: 20_000,
      aire_ha: 2,
    });
    const [stock] = body.stocks;
    assert.deepEqual(stock.artificiel, { aire_m2: 5000.5, aire_ha: 0.50005, pourcent: 25.0025 });
    assert.deepEqual(stock.impermeable, stock.artificiel);
    assert.equal(stock.surface.aire_m2, 20_000);
    assert.equal(stock.couverture.length, 2);
    assert.equal(stock.couverture[0].code, 'CS1.1.1.1');
    assert.equal(stock.couverture[0].libelle, 'Zones bâties');
    assert.equal(stock.couverture[0].artificiel.pourcent_artificiel, 100);
    assert.equal(stock.reference.sur, 'territoire');
  });

  test('of a département counts what lies in no commune; of everything, each year', async () => {
    const departement = await get('/statistics/stock?departement=999&millesime=2019');
    assert.equal(departement.stocks[0].artificiel.aire_m2, 6000.57);
    assert.equal(departement.stocks[0].reference.sur, 'surface couverte');
    const all = await get('/statistics/stock');
    assert.deepEqual(
      all.stocks.map((stock: { millesime: number }) => stock.millesime),
      [2019, 2022],
    );
    assert.equal(all.stocks[0].avertissements.length, 0);
    assert.equal(all.stocks[1].avertissements.length, 1);
    assert.equal(all.stocks[1].artificiel.aire_m2, 6000);
  });
});

suite('flux', () => {
  test('what is gained goes to the new class, what is lost to the old one', async () => {
    const { artificialisation, impermeabilisation, surface_comparee } = await get('/statistics/flux?from=2019&to=2022');
    assert.equal(surface_comparee.aire_m2, 40_000);
    assert.deepEqual(artificialisation.gagne, { aire_m2: 3000, aire_ha: 0.3, pourcent: 7.5 });
    assert.deepEqual(artificialisation.perdu, { aire_m2: 1000, aire_ha: 0.1, pourcent: 2.5 });
    assert.deepEqual(artificialisation.net, { aire_m2: 2000, aire_ha: 0.2, pourcent: 5 });
    assert.deepEqual(
      artificialisation.couverture.map((entry: { code: string }) => entry.code),
      ['CS1.1.1.1'],
    );
    assert.equal(artificialisation.couverture[0].gagne.aire_m2, 3000);
    assert.equal(artificialisation.couverture[0].perdu.aire_m2, 1000);
    assert.equal(artificialisation.usage[0].code, 'US5');
    assert.deepEqual(impermeabilisation.net, artificialisation.net);
  });

  test('of a commune takes its own rows only', async () => {
    const body = await get('/statistics/flux?from=2019&to=2022&commune=99901');
    assert.equal(body.artificialisation.gagne.aire_m2, 1500);
    assert.equal(body.artificialisation.gagne.pourcent, 7.5);
    const none = await get('/statistics/flux?from=2019&to=2022&commune=99902');
    assert.equal(none.artificialisation.net.aire_m2, 0);
  });
});

suite('territories', () => {
  test('are collections, filtered by name', async () => {
    const page = await get('/collections/communes/items?departement=999&limit=1');
    assert.equal(page.numberMatched, 2);
    assert.equal(page.features[0].id, '99901');
    const next = page.links.find((link: { rel: string }) => link.rel === 'next').href as string;
    assert.equal((await get(next.replace(/^https?:\/\/[^/]+/, ''))).features[0].id, '99902');
    assert.equal((await get('/collections/communes/items/99902')).properties.nom, 'Val');
    assert.equal((await get('/collections/communes/items?nom=Val')).numberMatched, 1);
    const crs = 'bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857';
    assert.equal((await get(`/collections/communes/items?bbox=-20000000,0,20000000,10000000&${crs}`)).numberMatched, 2);
    assert.equal((await get('/collections/departements/items')).numberMatched, 0);
  });

  test('have the tag of what is known of them: 304 until one is written anew', async () => {
    for (const path of [
      '/collections/communes/items',
      '/collections/communes/items?f=html',
      '/collections/departements/items',
    ]) {
      const { headers } = await request(app).get(path).set('Host', 'example.fr').expect(200);
      const again = () => request(app).get(path).set('Host', 'example.fr').set('If-None-Match', headers['etag']!);
      assert.equal((await again()).status, 304, path);
      if (path.includes('departements')) continue;
      await database.pool.query("update production.territoire set nom = nom || '.' where code = '99902'");
      assert.equal((await again()).status, 200, path);
    }
  });
});
