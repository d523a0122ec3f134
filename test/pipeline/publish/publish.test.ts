import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChecksFailed } from '../../../pipeline/publish/run-checks.ts';
import { openTestDatabase } from '../../database.ts';
import { box, demo, field, publishSketch, type Sketch } from './squares.ts';

const database = await openTestDatabase();

const published = async () =>
  (await database.pool.query('select millesime, revision_id, nombre_objets, rapport from published.millesime')).rows;

const leftOver = async () =>
  (
    await database.pool.query<{ name: string }>(
      `select relname as name from pg_class where relname ~ '^occupation_sol_r\\d+$' and relkind = 'r' order by 1`,
    )
  ).rows.map(({ name }) => name);

test('a tiny coverage is published with areas, verdicts, tiles and a report', async () => {
  const { revisionId, rapport } = await publishSketch(database, field, demo(2019, { imageDebut: '2019-06-01' }));
  const { rows } = await database.pool.query(
    `select rang, id, aire_m2, artificiel, impermeable, geojson_wgs84 from published.occupation_sol
      where revision_id = $1 order by rang`,
    [revisionId],
  );
  assert.deepEqual(
    rows.map(({ rang, id, aire_m2, artificiel, impermeable }) => [rang, id, aire_m2, artificiel, impermeable]),
    [
      [1, 'champ', 9_600, false, false],
      [2, 'mare', 400, false, false],
      [3, 'parking', 5_000, true, true],
    ],
  );
  const rings = rows.map((row) => JSON.parse(row.geojson_wgs84).coordinates as number[][][]);
  const shared = JSON.stringify(rings[0]![0]![2]);
  assert.ok(
    rings[2]![0]!.some((point) => JSON.stringify(point) === shared),
    'a shared vertex is the same text',
  );
  assert.equal(rapport['est_couverture'], true);
  assert.deepEqual(rapport['superpositions'], {
    paires: 0,
    aire_m2: 0,
    inclusions: { paires: 0, aire_m2: 0 },
    exemples: [],
  });
  const { rows: tiles } = await database.pool.query('select count(*) from published.tile where revision_id = $1', [
    revisionId,
  ]);
  assert.ok(tiles[0].count > 0);
  const { rows: log } = await database.pool.query('select millesime, revision_id from published.publication');
  assert.deepEqual(log, [{ millesime: 2019, revision_id: revisionId }]);
});

const faulty: [string, RegExp, Sketch[]][] = [
  ['a gap', /no gap is left inside.*400\.000 m²/, field.filter(({ id }) => id !== 'mare')],
  [
    'an overlap with a common edge',
    /no ground is covered twice/,
    [...field, { id: 'bis', rings: [box(140, 0, 10, 100)] }],
  ],
  [
    'an object floating over another',
    /no ground is covered twice/,
    [...field, { id: 'île', rings: [box(10, 10, 5, 5)] }],
  ],
  ['objects that cross', /no ground is covered twice/, [...field, { id: 'x', rings: [box(140, 10, 50, 50)] }]],
  [
    'a vertex only one neighbour has',
    /neighbours share their vertices/,
    [field[0]!, field[1]!, { ...field[2]!, rings: [box(100, 0, 50, 100)] }],
  ],
  [
    'an invalid geometry',
    /geometries are valid polygons.*Self-intersection/,
    [
      {
        id: 'noeud',
        rings: [
          [
            [0, 0],
            [10, 10],
            [10, 0],
            [0, 10],
          ],
        ],
      },
    ],
  ],
  ['an unknown code', /codes are leaves of the nomenclature.*CS9/, [{ ...field[1]!, code_cs: 'CS9' }]],
  ['a code that is no leaf', /codes are leaves of the nomenclature.*CS1 /, [{ ...field[1]!, code_cs: 'CS1' }]],
  ['an id given twice', /identifiers are unique.*mare/, [field[0]!, field[1]!, { ...field[2]!, id: 'mare' }]],
  ['nothing', /there are objects/, []],
];

for (const [name, message, sketches] of faulty) {
  test(`${name} is refused, and what was published stays`, async () => {
    const before = [await published(), await leftOver()];
    await assert.rejects(publishSketch(database, sketches, demo(2019)), (error) => {
      assert.ok(error instanceof ChecksFailed, String(error));
      assert.match(error.message, message);
      return true;
    });
    assert.deepEqual([await published(), await leftOver()], before);
    const { rows } = await database.pool.query('select etat from production.revision order by id desc limit 1');
    assert.equal(rows[0].etat, 'failed');
  });
}

test('a source that fails half-way leaves no trace', async () => {
  const counts = async () =>
    (
      await database.pool.query(
        'select (select count(*) from production.revision) as r, (select count(*) from production.millesime) as m',
      )
    ).rows;
  const before = [await published(), await leftOver(), await counts()];
  const { objetOf, ctx } = await import('./squares.ts');
  const { publish } = await import('../../../pipeline/publish/publish.ts');
  async function* broken() {
    yield objetOf(field[0]!);
    throw new Error('the disk is gone');
  }
  const options = { requireCoverage: true, keepHours: 24, preparePairs: async () => {} };
  await assert.rejects(publish(database, { objets: broken }, demo(2031), options, ctx), /the disk is gone/);
  assert.deepEqual([await published(), await leftOver(), await counts()], before);
});

test('a delivery with the same faults is published as delivered, and they are counted', async () => {
  const bow: Sketch = {
    id: 'noeud',
    rings: [
      [
        [200, 0],
        [220, 20],
        [220, 0],
        [200, 20],
      ],
    ],
  };
  const thin: Sketch = {
    id: 'fil',
    rings: [
      [
        [300, 0],
        [310, 0],
        [300, 1e-9],
      ],
    ],
  };
  const delivered = [field[0]!, field[2]!, { id: 'x', rings: [box(140, 10, 20, 10)] }, bow, thin];
  const { revisionId, rapport } = await publishSketch(database, delivered, demo(2018, { origine: 'imported' }), {
    requireCoverage: false,
  });
  assert.equal(rapport['est_couverture'], false);
  assert.equal((rapport['superpositions'] as { paires: number }).paires, 1);
  assert.ok(Math.abs((rapport['superpositions'] as { aire_m2: number }).aire_m2 - 100) < 1e-6);
  const { nombre, aire_m2 } = rapport['trous'] as { nombre: number; aire_m2: number };
  assert.deepEqual([nombre, Math.round(aire_m2)], [1, 400]);
  const [repaired] = rapport['reparees'] as { id: string; raison: string; aire_apres_m2: number }[];
  assert.equal(repaired!.id, 'noeud');
  assert.match(repaired!.raison, /Self-intersection/);
  assert.equal(repaired!.aire_apres_m2, 200);
  const { rows } = await database.pool.query(
    `select GeometryType(geom) as type from published.occupation_sol where revision_id = $1 and id = 'noeud'`,
    [revisionId],
  );
  assert.deepEqual(rows, [{ type: 'MULTIPOLYGON' }], 'two parts, one row');
});
