import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { pino } from 'pino';
import supertest from 'supertest';
import { createApp } from '../../../server/app.ts';
import { anchor, html } from '../../../server/pages/html.ts';
import { pages } from '../../../server/pages/pages.ts';
import { openTestDatabase } from '../../database.ts';
import { publishPair, publishSquares } from '../published-fixture.ts';

const HOSTILE = `</script></title><img src=x onerror="alert(1)"><style>*{}</style>'"&`;

const database = await openTestDatabase();
const avant = await publishSquares(database, {
  millesime: 2019,
  count: 250,
  attribution: HOSTILE,
  estCouverture: false,
});
const apres = await publishSquares(database, { millesime: 2022, count: 250, attribution: HOSTILE });
await publishPair(database, { avant, apres, years: [2019, 2022], artif: 3, desartif: 2, comparedM2: 25_000 });
await database.pool.query(
  `insert into production.territoire (niveau, code, nom, departement, aire_m2, geom, geojson_wgs84)
   values ('commune', '99901', $1, '999', 1, st_geomfromtext('POLYGON((506000 6287000,506001 6287000,506001 6287001,506000 6287000))', 2154),
           '{"type":"Polygon","coordinates":[]}')`,
  [HOSTILE],
);
await database.pool.query(`update production.occupation_sol_r${apres} set us_rule = $1, source = $1`, [HOSTILE]);
await database.pool.query(`update production.millesime set licence = $1, licence_url = 'javascript:alert(1)'`, [
  HOSTILE,
]);

const app = createApp({
  config: { publicUrl: undefined, trustProxy: false },
  database,
  writeDatabase: database,
  pages,
  log: pino({ level: 'silent' }),
  registryCheckMs: 0,
});

const getPage = async (path: string, status = 200) => {
  const answer = await supertest(app).get(path).set('Accept', 'text/html').expect(status);
  assert.match(answer.get('Content-Type')!, /^text\/html; charset=utf-8/);
  return answer.text;
};

/** What holds of every page, whatever the data. */
function checkPage(page: string, path: string): void {
  assert.match(page, /^<!doctype html>\n<html lang="fr">/, path);
  assert.doesNotMatch(page, /<img src=x|<style|onerror="/i, `markup out of data on ${path}`);
  assert.doesNotMatch(page, /href="javascript:/i, `a script as an address on ${path}`);
  assert.doesNotMatch(page, /<script(?![^>]* src=)[^>]*>/, `an inline script on ${path}`);
  assert.doesNotMatch(page, / style="/, `an inline style on ${path}`);
  for (const [, address] of page.matchAll(/<(?:script|link|img)[^>]* (?:src|href)="([^"]*)"/g)) {
    assert.match(address!, /^\/assets\//, `a file from elsewhere on ${path}`);
  }
}

suite('pages', () => {
  const paths = [
    '/',
    '/conformance',
    '/nomenclature',
    '/health',
    '/map',
    '/collections',
    '/collections/occupation-sol-999-2022',
    '/collections/occupation-sol-999-2019',
    '/collections/occupation-sol-999-2022/items',
    '/collections/occupation-sol-999-2022/items/OCSGE0000000000000000001',
    '/collections/occupation-sol/items/999-2022-OCSGE0000000000000000001',
    '/collections/communes/items',
    '/collections/communes/items/99901',
    '/collections/occupation-sol-999-2022/tiles',
    '/collections/occupation-sol-999-2022/tiles/WebMercatorQuad',
    '/tileMatrixSets',
    '/tileMatrixSets/WebMercatorQuad',
    '/changes?departement=999&from=2019&to=2022',
    '/changes/summary?departement=999&from=2019&to=2022',
    '/statistics/stock',
    '/statistics/stock?commune=99901',
    '/statistics/flux?departement=999&from=2019&to=2022',
    '/processes',
    '/processes/produce',
    '/jobs',
  ];
  for (const path of paths) {
    test(`${path}: nothing out of the data is markup, nothing comes from elsewhere`, async () => {
      checkPage(await getPage(path), path);
    });
  }

  const hostile = encodeURIComponent(HOSTILE);
  const faulty: [string, number][] = [
    [`/collections/${hostile}`, 404],
    [`/collections/occupation-sol-999-2022/items/${hostile}`, 404],
    [`/collections/occupation-sol-999-2022/items?limit=${hostile}`, 400],
    [`/collections/occupation-sol-999-2022/items?${hostile}=1`, 400],
    [`/changes?departement=${hostile}&from=2019&to=2022`, 400],
    [`/statistics/stock?commune=${hostile}`, 400],
    [`/processes/${hostile}`, 404],
    [`/jobs/${hostile}`, 404],
    [`/${hostile}`, 404],
    ['/assets/../config.ts', 404],
    ['/assets/%2e%2e/site-router.ts', 404],
    ['/assets/maplibre/..%2f..%2fpackage.json', 404],
  ];
  for (const [path, status] of faulty) {
    test(`${decodeURIComponent(path).slice(0, 60)} is a problem's page, escaped`, async () => {
      checkPage(await getPage(path, status), path);
    });
  }

  test('a fault is told in French, its detail below', async () => {
    const told: [string, number, string][] = [
      ['/collections?f=html&limit=x', 400, 'Demande incorrecte'],
      ['/collections/%E0?f=html', 400, 'Demande incorrecte'],
      ['/nothing', 404, 'Page introuvable'],
      ['/collections/occupation-sol-999-2022/items?cursor=0.999999.1', 410, 'Données remplacées'],
    ];
    for (const [path, status, title] of told) {
      const page = await getPage(path, status);
      assert.ok(page.includes(`<h1>${title}</h1>`) && page.includes(`<title>${title} (${status})`), path);
      assert.match(page, /Détail technique : <span lang="en">[^<]+<\/span>/, path);
    }
    const posted = await supertest(app).post('/collections').set('Accept', 'text/html').expect(405);
    assert.match(posted.text, /<h1>Méthode impossible<\/h1>/);
    const refused = await supertest(app).post('/processes/produce/execution').set('Accept', 'text/html').send({});
    assert.equal(refused.status, 401);
    assert.match(refused.text, /<h1>Clé demandée<\/h1>/);
  });

  test('every status has its words', () => {
    const context = { name: 'problem', baseUrl: 'http://x', selfUrl: 'http://x/', jsonUrl: 'http://x/' } as const;
    const titles = [400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 500, 503].map(
      (status) => /<h1>(.*)<\/h1>/.exec(pages.problem({ status, detail: '', instance: '' }, context))![1],
    );
    assert.equal(new Set(titles).size, 12);
  });

  test('the summary names the classes with their colours, and the ground that was not compared', async () => {
    const page = await getPage('/changes/summary?departement=999&from=2019&to=2022');
    assert.match(
      page,
      /<td><svg class="swatch".*?fill="#[0-9a-fA-F]{6}".*?Formations herbacées [^<]*<code>CS2\.2\.1<\/code><\/td>/s,
    );
    assert.match(page, /<table class="transitions">/);
    assert.match(page, /<td>Non artificialisé<\/td><td>Artificialisé<\/td>/);
    assert.match(page, /Décrite en 2019 seulement, non comparée<\/dt><dd>7\u00a0m²/);
    await database.pool.query(
      'update production.difference_paire set aire_avant_seule_dm2 = 0, aire_apres_seule_dm2 = 0',
    );
    assert.doesNotMatch(await getPage('/changes/summary?departement=999&from=2019&to=2022'), /non comparée/);
  });

  test('columns have French titles, and no trail ends in nothing', async () => {
    for (const path of ['/changes?departement=999&from=2019&to=2022', '/collections/occupation-sol-999-2022/items']) {
      const page = await getPage(path);
      const titles = [...page.matchAll(/<th scope="col">([^<]*)<\/th>/g)].map((match) => match[1]!);
      assert.ok(titles.length > 5 && titles.every((title) => /^[A-Z]/.test(title)), titles.join());
      assert.doesNotMatch(page, /›\s*<\/p>/);
      assert.match(page, /Accueil<\/a> › <a/);
    }
  });

  test('where image dates are not known the year is told, not its first and last day', async () => {
    const [unknown, pair] = ['occupation-sol-999-2022', 'difference-999-2019-2022'].map((id) => `/collections/${id}`);
    assert.match(await getPage(unknown!), /<dt>Images<\/dt><dd>année 2022<\/dd>/);
    assert.match(await getPage(pair!), /<dt>Images<\/dt><dd>années 2019 à 2022<\/dd>/);
    await database.pool.query(
      `update production.millesime set image_debut = '2022-06-01', image_fin = '2022-07-15' where millesime = 2022`,
    );
    assert.match(await getPage(unknown!), /<dt>Images<\/dt><dd>01\/06\/2022 – 15\/07\/2022<\/dd>/);
  });

  test('the items page leads on to the next and says what the filters were in its links', async () => {
    const page = await getPage('/collections/occupation-sol-999-2022/items?limit=10&code_cs=CS2.2.1');
    const next = /<a class="button" rel="next" href="([^"]*)"/.exec(page)![1]!.replaceAll('&#38;', '&');
    const url = new URL(next);
    assert.equal(url.searchParams.get('code_cs'), 'CS2.2.1');
    const second = await getPage(url.pathname + url.search);
    const ids = (text: string) => [...text.matchAll(/items\/(OCSGE\d+)"/g)].map((match) => match[1]);
    assert.equal(ids(page).length, 10);
    assert.equal(new Set([...ids(page), ...ids(second)]).size, 20);
  });

  test('the landing page has the figures, and the address for QGIS', async () => {
    const page = await getPage('/');
    assert.match(page, /<strong>2<\/strong><span>millésimes/);
    assert.match(page, /Données : &#60;\/script&#62;/, 'the hostile attribution is there, as text');
    assert.match(page, /<pre>http:\/\/127\.0\.0\.1:\d+\/<\/pre>/);
    assert.match(page, /\/changes\/summary\?departement=999&amp;from=2019&amp;to=2022/);
  });

  test('a millésime that is no coverage says so', async () => {
    assert.match(
      await getPage('/collections/occupation-sol-999-2019'),
      /n&#39;est pas une couverture|n'est pas une couverture/,
    );
  });

  test('files of the pages are served with their types, the icon too', async () => {
    for (const [path, type] of [
      ['/assets/style.css', /text\/css/],
      ['/assets/map.js', /javascript/],
      ['/assets/maplibre/maplibre-gl.mjs', /javascript/],
      ['/assets/maplibre/maplibre-gl-worker.mjs', /javascript/],
      ['/favicon.ico', /image\/svg\+xml/],
    ] as const) {
      const answer = await supertest(app).get(path).expect(200);
      assert.match(answer.get('Content-Type')!, type);
      assert.equal(answer.get('X-Content-Type-Options'), 'nosniff');
    }
  });
});

test('templates escape every value that is not HTML itself', () => {
  const inner = html`<b>${'<'}</b>`;
  const page = html`<p title="${'"'}">${[inner, '&', 3, null, undefined, false]}</p>`;
  assert.equal(page.text, '<p title="&#34;"><b>&#60;</b>&#38;3</p>');
});

test('only addresses of the web are links', () => {
  assert.equal(anchor('https://example.fr/?a=1&b="', 'x').text, '<a href="https://example.fr/?a=1&#38;b=&#34;">x</a>');
  for (const href of [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    '//other.example',
    'JaVaScRiPt:1',
  ]) {
    assert.equal(anchor(href, 'x').text, 'x');
  }
});
