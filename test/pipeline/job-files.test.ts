import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BadInput } from '../../pipeline/errors.ts';
import { checkJobFiles } from '../../pipeline/job-files.ts';
import { parseProductionRequest } from '../../pipeline/production-request.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'ocsge-job-files-')));
after(() => rmSync(root, { recursive: true }));
const open = join(root, 'open');
for (const folder of ['open', 'open/clean', 'open/linked', 'secret']) mkdirSync(join(root, folder));
writeFileSync(join(open, 'clean', 'a.tif'), '');
writeFileSync(join(root, 'secret', 's.tif'), '');
symlinkSync(join(open, 'clean', 'a.tif'), join(open, 'clean', 'b.tif'));
symlinkSync(join(root, 'secret', 's.tif'), join(open, 'linked', 'l.tif'));
writeFileSync(join(open, 'troncon_de_route.shp'), '');
symlinkSync(join(root, 'secret', 's.tif'), join(open, 'TRONCON_DE_ROUTE.dbf'));

const asked = (fields: object) =>
  parseProductionRequest({
    departement: '999',
    millesime: 2022,
    sources: { pva: join(open, 'clean') },
    model: 'm',
    ...fields,
  });

test('files under the open folders, and links among them, are read', async () => {
  await checkJobFiles(asked({}), [open]);
  await checkJobFiles(asked({ sources: { pva: join(open, 'clean', '*.tif') } }), [open]);
  await checkJobFiles(asked({ sources: { pva: 'https://data.example.fr/a.tif' } }), [open]);
});

const refused: [string, object, RegExp][] = [
  ['a link in a folder', { sources: { pva: join(open, 'linked') } }, /linked.l\.tif leads outside/],
  ['a link a glob matches', { sources: { pva: join(open, 'link*', '*.tif') } }, /linked.l\.tif leads outside/],
  ['a file outside', { extent: join(root, 'secret', 's.tif') }, /s\.tif leads outside/],
  ['a link among references', { references: join(open, 'linked') }, /l\.tif leads outside/],
  ['a link beside a shapefile', { references: join(open, 'troncon_de_route.shp') }, /ROUTE\.dbf leads outside/],
  ['truth outside', { sources: { pva: join(open, 'clean'), annotations: join(root, 'secret') } }, /leads outside/],
];
for (const [what, fields, message] of refused) {
  test(`refused: ${what}`, async () => {
    await assert.rejects(checkJobFiles(asked(fields), [open]), (error: Error) => {
      assert.ok(error instanceof BadInput);
      assert.match(error.message, message);
      return true;
    });
  });
}
