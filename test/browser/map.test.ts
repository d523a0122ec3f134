import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, suite, test } from 'node:test';
import { pino } from 'pino';
import type { Page } from 'playwright-core';
import { createApp } from '../../server/app.ts';
import { pages } from '../../server/pages/pages.ts';
import { openTestDatabase } from '../database.ts';
import { browserSkip, openPage, screenColour } from './browser.ts';
import { FIELDS, publishFields } from './four-fields.ts';

const HOSTILE = '<img src=x onerror="window.struck=1"></script>';

suite('map', { skip: browserSkip }, async () => {
  if (browserSkip !== false) return;
  const database = await openTestDatabase();
  await publishFields(database, HOSTILE);
  const app = createApp({
    config: { publicUrl: undefined, trustProxy: false },
    database,
    writeDatabase: database,
    pages,
    log: pino({ level: 'silent' }),
    registryCheckMs: 0,
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  after(() => server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  test('objects in the official colours, by couverture and usage; click; change; nothing asked of another host', async () => {
    const { page, faults, hosts } = await openPage();
    await page.goto(`http://${host}/map?collection=occupation-sol-999-2019`);
    await drawn(page);
    for (const [index, { colourCs }] of FIELDS.entries()) assert.equal(await colourOf(page, index), colourCs);
    await page.getByRole('button', { name: 'Usage' }).click();
    await drawn(page);
    for (const [index, { colourUs }] of FIELDS.entries()) assert.equal(await colourOf(page, index), colourUs);

    await page.mouse.click(...(await middleOf(page, 3)));
    const popup = page.locator('.maplibregl-popup-content');
    const told = (await popup.textContent())!;
    for (const text of [
      'Formations herbacées',
      'CS2.2.1',
      'Agriculture (US1.1)',
      '4 ha',
      '87 %',
      'OCSGE0000000000000000004',
    ]) {
      assert.ok(told.includes(text), `"${text}" in ${told}`);
    }
    const link = await popup.getByRole('link').getAttribute('href');
    assert.equal(link, '/collections/occupation-sol-999-2019/items/OCSGE0000000000000000004?f=html');
    await page.locator('.maplibregl-popup-close-button').click();

    await page.getByRole('button', { name: '2022' }).click();
    await page.getByRole('button', { name: 'Couverture' }).click();
    await drawn(page);
    assert.equal(await colourOf(page, 3), FIELDS[0]!.colourCs, 'the last field is built on in 2022');
    const colours = page.locator('#changes-legend');
    assert.equal(await colours.isVisible(), false);
    await page.getByLabel('Ce qui a changé de 2019 à 2022').check();
    assert.match((await colours.innerText())!, /artificialisé.*désartificialisé.*Autre changement/s);
    await page.getByText('1 surfaces changées dans la vue').waitFor();
    await drawn(page);
    await page.mouse.click(...(await middleOf(page, 3)));
    assert.match((await popup.textContent())!, /Formations herbacées.*\(CS2\.2\.1\) → Zones bâties \(CS1\.1\.1\.1\)/);
    assert.notEqual(await colourOf(page, 3), FIELDS[0]!.colourCs, 'what changed is drawn over it');

    assert.deepEqual([...hosts], [host]);
    assert.deepEqual(faults, []);
    assert.equal(await page.locator('#attribution').textContent(), HOSTILE);
    assert.equal(await page.evaluate('window.struck'), undefined);
  });

  test('the legend names the classes with their colours and shares', async () => {
    const { page, faults } = await openPage();
    await page.goto(`http://${host}/map?collection=occupation-sol-999-2019`);
    const built = page.locator('#legend li', { hasText: 'Zones bâties' });
    await built.getByText('25 %').waitFor();
    assert.equal(await built.locator('rect').getAttribute('fill'), '#FF377A');
    assert.equal(await page.locator('#legend li').count(), 14);
    await page.getByRole('button', { name: 'Artificialisation' }).click();
    assert.deepEqual(await page.locator('#legend li').allInnerTexts(), [
      'Artificialisé\n25 %',
      'Non artificialisé\n75 %',
    ]);
    assert.deepEqual(faults, []);
  });

  test('a telephone: the map is there, the panel opens and closes', async () => {
    const { page, faults } = await openPage({ width: 390, height: 780 });
    await page.goto(`http://${host}/map`);
    await drawn(page);
    assert.equal(await page.locator('#legend').isVisible(), false);
    await page.getByText('Légende et réglages').click();
    assert.equal(await page.locator('#legend').isVisible(), true);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    assert.ok((width as number) <= 390, `the page is ${width} px wide`);
    assert.deepEqual(faults, []);
  });

  test('every page of the site: no error, no other host, hostile text stays text', async () => {
    const { page, faults, hosts } = await openPage();
    const paths = [
      '/',
      '/conformance',
      '/collections',
      '/collections/occupation-sol-999-2019',
      '/collections/occupation-sol-999-2019/items',
      '/collections/occupation-sol-999-2019/items/OCSGE0000000000000000001',
      '/collections/occupation-sol-999-2019/tiles',
      '/nomenclature',
      '/changes?departement=999&from=2019&to=2022',
      '/changes/summary?departement=999&from=2019&to=2022',
      '/statistics/stock?departement=999',
      '/statistics/flux?departement=999&from=2019&to=2022',
      '/processes',
      '/processes/produce',
      '/jobs',
      '/health',
    ];
    for (const path of paths) {
      await page.goto(`http://${host}${path}`, { waitUntil: 'networkidle' });
      assert.equal(await page.locator('h1').count(), 1, `one heading on ${path}`);
    }
    assert.deepEqual(faults, []);
    assert.deepEqual([...hosts], [host]);
    assert.equal(await page.evaluate('window.struck'), undefined);
  });
});

/** Waits until the objects' layer is there and everything asked for is drawn. */
async function drawn(page: Page): Promise<void> {
  const ready = `Boolean(window.ocsgeMap?.getLayer('objects') && window.ocsgeMap.areTilesLoaded())`;
  for (const end = Date.now() + 20_000; !(await page.evaluate(ready)); await page.waitForTimeout(50)) {
    assert.ok(Date.now() < end, 'the map is drawn within 20 s');
  }
  await page.evaluate(
    `new Promise((resolve) => { window.ocsgeMap.once('idle', resolve); window.ocsgeMap.triggerRepaint(); })`,
  );
}

/** Where the middle of a field is on the screen; fields lie in a square, the first in its south-west. */
async function middleOf(page: Page, index: number): Promise<[number, number]> {
  const script = `(() => {
    const [west, south, east, north] = window.ocsgeMap.getSource('objects').bounds;
    const along = (from, to, part) => from + (to - from) * part;
    const at = window.ocsgeMap.project([along(west, east, ${index % 2 ? 0.75 : 0.25}), along(south, north, ${index > 1 ? 0.75 : 0.25})]);
    const box = document.getElementById('map').getBoundingClientRect();
    return [Math.round(at.x + box.left), Math.round(at.y + box.top)];
  })()`;
  return (await page.evaluate(script)) as [number, number];
}

const colourOf = async (page: Page, index: number) => screenColour(page, ...(await middleOf(page, index)));
