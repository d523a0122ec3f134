import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { produceFromOptions } from '../../../pipeline/commands/produce.ts';
import { readConfig } from '../../../pipeline/config.ts';
import { silentReport } from '../../../pipeline/log.ts';

const folder = mkdtempSync(join(tmpdir(), 'ocsge-request-'));
after(() => rmSync(folder, { recursive: true }));
const request = join(folder, 'request.json');
const env = { config: readConfig({}), report: silentReport, signal: new AbortController().signal, print: () => {} };

const geometry = { type: 'Polygon', coordinates: [[[0, 0]]] };
const noDepartement = {
  millesime: 2022,
  model: 'm',
  sources: { pva: 'a.tif' },
  extent: { type: 'Feature', properties: { name: 'a text that is no path' }, geometry },
};
const refused: [string, string, string][] = [
  ['a list', '[]', `${request}: [] found; an object wanted, a production request`],
  ['null', 'null', `${request}: null found; an object wanted, a production request`],
  ['a number', '3', `${request}: 3 found; an object wanted, a production request`],
  ['one field missing, an inline feature kept', JSON.stringify(noDepartement), `${request}: departement is missing`],
  ['the same after a byte order mark', `\uFEFF${JSON.stringify(noDepartement)}`, `${request}: departement is missing`],
  [
    'a file address',
    JSON.stringify({ ...noDepartement, departement: '999', sources: { pva: 'file:///a.tif' } }),
    `${request}: sources.pva is "file:///a.tif": paths or https addresses are wanted`,
  ],
];
for (const [what, text, message] of refused) {
  test(`refused in a file: ${what}`, async () => {
    writeFileSync(request, text);
    await assert.rejects(produceFromOptions({ request }, env), { name: 'BadInput', message });
  });
}
