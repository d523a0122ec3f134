import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { routeTable, SOURCES } from '../../server/app.ts';
import { readContract, writeOut } from '../../server/common/api.ts';
import type { ServerContext } from '../../server/context.ts';
import {
  type Millesime,
  millesimeCollection,
  toutCollection,
  zoneCollection,
} from '../../server/published-collections.ts';
import { packageFile } from '../../sql/package-root.ts';

const millesime: Millesime = {
  departement: '999',
  millesime: 2019,
  cycle: null,
  imageDebut: null,
  imageFin: null,
  origine: 'produced',
  etat: 'auto',
  attribution: 'fictif',
  licence: 'MIT',
  licenceUrl: null,
  srid: 2154,
  revisionId: 1,
  nombreObjets: 10,
  nombreZones: 3,
  aireM2: 1000,
  estCouverture: true,
  superpositionM2: 0,
  bboxWgs84: [0, 43, 1, 44],
  zoomMin: 10,
  zoomMax: 16,
  createdAt: new Date(0),
  rapport: {},
};

/** Problems found, as `rule: message (place)`. */
async function lint(source: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source, config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer ?? ''})`);
}

suite('the HTTP contract', () => {
  test('lints clean as it is written', async () => {
    assert.deepEqual(await lint(readFileSync(packageFile('openapi', 'openapi.yaml'), 'utf8')), []);
  });

  test('lints clean as it is served, with and without millésimes', async () => {
    for (const millesimes of [[], [millesime]]) {
      const ofMillesimes = millesimes.flatMap((entry) => [millesimeCollection(entry), zoneCollection(entry)!]);
      const collections = [toutCollection(millesimes), ...ofMillesimes];
      const served = writeOut(readContract(), collections, SOURCES, 'https://example.fr/ocsge');
      assert.deepEqual(await lint(JSON.stringify(served)), []);
      assert.deepEqual(served.servers, [{ url: 'https://example.fr/ocsge' }]);
    }
  });

  test('has every route, and no other', () => {
    const routes = routeTable({} as ServerContext).map(([method, path]) => `${method} ${path}`);
    const described = Object.entries(readContract().paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    assert.deepEqual(described.sort(), routes.sort());
  });

  test('writes out the items of each collection, with the properties that can be filtered', () => {
    const collections = [toutCollection([millesime]), millesimeCollection(millesime)];
    const { paths } = writeOut(readContract(), collections, SOURCES, 'https://example.fr');
    assert.equal(paths['/collections/{collectionId}/items'], undefined);
    const { parameters } = paths['/collections/occupation-sol-999-2019/items']!['get']!;
    const names = parameters.map(({ $ref, name }) => name ?? $ref!.split('/').at(-1));
    for (const name of ['limit', 'bbox', 'resultType', 'code_cs', 'departement']) assert.ok(names.includes(name), name);
    assert.ok(!names.includes('collectionId'));
    assert.ok(paths['/collections/occupation-sol-999-2019/items/{featureId}']);
  });

  test('names limit as QGIS looks for it', () => {
    const { limit } = readContract().components.parameters as unknown as Record<string, Record<string, unknown>>;
    assert.equal(limit!['style'], 'form');
    assert.equal(limit!['explode'], false);
    assert.deepEqual(limit!['schema'], { type: 'integer', minimum: 1, maximum: 10_000, default: 1000 });
  });

  test('each query parameter says its style and explode', () => {
    const { paths, components } = readContract();
    const inline = Object.values(paths).flatMap((item) => Object.values(item).flatMap(({ parameters }) => parameters));
    for (const parameter of [...inline, ...(Object.values(components.parameters) as { in?: string }[])]) {
      if ('in' in parameter && parameter.in === 'query') {
        assert.deepEqual([parameter['style' as never], parameter['explode' as never]], ['form', false]);
      }
    }
  });
});
