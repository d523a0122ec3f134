/** What the server answers is what the contract says: status, media type, and the body's schema. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import request from 'supertest';
import { readContract } from '../../server/common/api.ts';
import { openTestDatabase } from '../database.ts';
import { publishPair, publishSquares, testApp } from './published-fixture.ts';

const database = await openTestDatabase();
const app = testApp(database);
const avant = await publishSquares(database, { millesime: 2019, count: 50 });
const apres = await publishSquares(database, { millesime: 2022, count: 50, estCouverture: false });
await publishPair(database, { avant, apres, years: [2019, 2022], artif: 3, desartif: 1, comparedM2: 5000 });
await database.pool.query(
  `insert into production.statistique_stock values ($1, null, 'CS1.1.1.1', 'US5', true, true, 500050), ($1, null, 'CS2.2.1', 'US1.1', false, false, 7)`,
  [avant],
);

interface Response {
  $ref?: string;
  content?: Record<string, { schema: object }>;
}
const contract = readContract();
const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: { 'date-time': true, uri: true, binary: true, uuid: true },
});
ajv.addSchema(contract as object, 'contract');
const responses = contract.components['responses'] as Record<string, Response>;

/** The schema of a response, by where it stands in the contract. */
function validator(path: string, status: number, mediaType: string): ValidateFunction {
  const response = (contract.paths[path]!['get']!['responses'] as Record<string, Response>)[status];
  assert.ok(response, `${path}: ${status} is not in the contract`);
  const name = response.$ref?.split('/').at(-1);
  const content = (name === undefined ? response : responses[name]!).content;
  const schema = content?.[mediaType]?.schema;
  assert.ok(schema, `${path}: ${status} ${mediaType} is not in the contract`);
  const text = JSON.stringify(schema).replaceAll('"#/', '"contract#/');
  return ajv.compile(JSON.parse(text) as object);
}

const VALUES: Record<string, string> = {
  '{collectionId}': 'occupation-sol-999-2019',
  '{featureId}': 'OCSGE0000000000000000001',
  '{tileMatrixSetId}': 'WebMercatorQuad',
  '{processId}': 'produce',
  '{jobId}': '00000000-0000-4000-8000-000000000000',
};
const QUERIES: Record<string, string> = {
  '/changes': '?departement=999&from=2019&to=2022&limit=2',
  '/changes/summary': '?departement=999&from=2019&to=2022',
  '/statistics/flux': '?from=2019&to=2022',
};

suite('the contract is kept', () => {
  for (const path of Object.keys(contract.paths)) {
    if (contract.paths[path]!['get'] === undefined || path.includes('{tileRow}')) continue;
    test(`by GET ${path}`, async () => {
      const asked = path.replaceAll(/\{\w+\}/g, (name) => VALUES[name] ?? assert.fail(`no value for ${name}`));
      const response = await request(app).get(asked + (QUERIES[path] ?? ''));
      assert.equal(response.status, path.startsWith('/jobs/') ? 404 : 200, response.text);
      const validate = validator(path, response.status, response.headers['content-type']!);
      assert.ok(validate(JSON.parse(response.text)), ajv.errorsText(validate.errors));
      const refused = await request(app).get(`${asked}?unknown=1`);
      const problem = validator(path, refused.status, refused.headers['content-type']!);
      assert.equal(refused.status, 400);
      assert.ok(problem(refused.body), ajv.errorsText(problem.errors));
      const page = await request(app)
        .get(asked + (QUERIES[path] ?? ''))
        .set('Accept', 'text/html');
      if (!path.endsWith('.json')) validator(path, page.status, page.headers['content-type']!.replace(/;.*/, ''));
    });
  }
});
