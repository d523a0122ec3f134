/** A revision published again passes all checks of a first publication: what was loosened meanwhile is found, and not published. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Insertion } from '../../../pipeline/continuite/common-limit.ts';
import { joinedObjects } from '../../../pipeline/continuite/joined-objects.ts';
import { joinedUnknownGround } from '../../../pipeline/continuite/joined-unknown-ground.ts';
import { readCurrent } from '../../../pipeline/publish/read-current.ts';
import { republish } from '../../../pipeline/publish/republish.ts';
import { ChecksFailed } from '../../../pipeline/publish/run-checks.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import { openTestDatabase } from '../../database.ts';
import { type ProducedSketch, publisherOf } from './produced-sketches.ts';
import { box, ctx } from './squares.ts';

const database = await openTestDatabase();
const { publishProduced } = publisherOf(database);

const hole = (...ring: Parameters<typeof box>) => [...box(...ring)].reverse();

/** A meadow with a small yard in it, a road through to the outline, and ground of no object at the west of the extent. */
const country: ProducedSketch[] = [
  {
    id: 'pré',
    rings: [
      [
        [0, 0],
        [200, 0],
        [200, 100],
        [100, 100],
        [100, 106],
        [200, 106],
        [200, 200],
        [0, 200],
      ],
      hole(20, 20, 20, 20),
      hole(60, 60, 10, 10),
    ],
  },
  { id: 'cour', code_cs: 'CS1.1.2.1', code_us: 'US5', rings: [box(20, 20, 20, 20)] },
  { id: 'route', code_cs: 'CS1.1.1.2', code_us: 'US4.1.1', ossature: 1, rings: [box(100, 100, 100, 6)] },
];
const beside = {
  listed: [{ id: 'cour', rule: 'surface' as const, reason: 'essai' }],
  zones: [box(10, 10, 40, 40)],
  nodata: [box(60, 60, 10, 10), box(-50, 0, 50, 200)],
};

/** On the edges of the road's end and of the meadow beside ground of no object; `[from, to]` as the objects have them. */
const insertions: Insertion[] = [
  { edge: { owner: 3, x1: 506_200, y1: 6_287_100, x2: 506_200, y2: 6_287_106 }, points: [[506_200, 6_287_103]] },
  { edge: { owner: 1, x1: 506_000, y1: 6_287_200, x2: 506_000, y2: 6_287_000 }, points: [[506_000, 6_287_050]] },
];

const currentRevision = () => readCurrent(database, { departement: '999', millesime: 2024 });

async function republishJoined(): Promise<number> {
  const current = await currentRevision();
  async function* objects() {
    for await (const { rang, joined } of joinedObjects(database, current.revisionId, insertions)) {
      yield { rang, wkb: polygonWkb(joined) };
    }
  }
  const unknownGround = joinedUnknownGround(database, current.revisionId, insertions);
  const changed = { rangs: [1, 3], objects: objects(), unknownGround };
  return republish(database, current, changed, { rapport: {}, preparePairs: async () => {} }, ctx);
}

test('with the junctions of a neighbour it is what it was, on ground of no object too', async () => {
  await publishProduced(country, beside);
  const former = await currentRevision();
  const revisionId = await republishJoined();
  assert.equal((await currentRevision()).revisionId, revisionId);
  const { rows } = await database.pool.query(
    `select r.tolerance_largeur_m, r.tolerance_ossature_m, r.ossature_isolee_m2, r.nombre_zones, r.est_couverture,
            (select count(*) from production.exception e where e.revision_id = r.id) as exceptions,
            (select string_agg(ST_NPoints(geom)::text, ' ' order by rang) from production.sol_inconnu s where s.revision_id = r.id) as sommets
       from production.revision r where r.id in ($1, $2) order by r.id`,
    [former.revisionId, revisionId],
  );
  const told = { tolerance_largeur_m: 1.6, tolerance_ossature_m: 0.84, ossature_isolee_m2: 5_000, nombre_zones: 1 };
  const same = { ...told, est_couverture: true, exceptions: 1 };
  assert.deepEqual(rows, [
    { ...same, sommets: '5 5' },
    { ...same, sommets: '5 6' },
  ]);
});

const loosened: [string, string, RegExp][] = [
  [
    'an exception that is gone',
    `delete from production.exception where revision_id = $1`,
    /"objects reach their minimal unit" is not true: cour \(400\.0 m² of CS1\.1\.2\.1: merge it with a neighbour, or list it with its reason\)/,
  ],
  [
    'a tolerance that is gone',
    `update production.revision set tolerance_ossature_m = -2 where id = $1`,
    /"objects reach their width" is not true: route \(nowhere 5 m wide, ossature of CS1\.1\.1\.2/,
  ],
  [
    'an object that is gone',
    `delete from production.occupation_sol where revision_id = $1 and id = 'cour'`,
    /"no gap is left inside" is not true: pré \(a gap of 400\.000 m²/,
  ],
  [
    'ground of no object that is gone',
    `delete from production.sol_inconnu where revision_id = $1 and rang = 1`,
    /"no gap is left inside" is not true: pré \(a gap of 100\.000 m²/,
  ],
  [
    'an object that became ossature',
    `update production.occupation_sol set ossature = 1 where revision_id = $1 and id = 'cour'`,
    /"the ossature hangs together" is not true: cour \(a piece of 400\.0 m² of CS1\.1\.2\.1 in 1 objects/,
  ],
  [
    'an object that has its neighbour’s couverture',
    `update production.occupation_sol set code_cs = 'CS2.2.1', artificiel = false, impermeable = false, code_us = 'US1.1'
      where revision_id = $1 and id = 'cour'`,
    /"neighbours differ in couverture" is not true: pré \+ cour \(two of CS2\.2\.1 share 80\.00 m/,
  ],
  [
    'a zone that leaves the extent',
    `update production.zone_construite set geom = ST_Translate(geom, 1000, 0) where revision_id = $1`,
    /"zones lie on objects" is not true: zone 0 \(ground outside the extent/,
  ],
  [
    'an object of several parts',
    `update production.occupation_sol set geom = ST_Multi(geom) where revision_id = $1 and id = 'cour'`,
    /"objects are of one part" is not true: cour \(1 parties\)/,
  ],
  [
    'a verdict that is not the matrix’s',
    `update production.occupation_sol set artificiel = not artificiel where revision_id = $1 and id = 'cour'`,
    /"verdicts follow the matrix" is not true: cour \(CS1\.1\.2\.1 US5\)/,
  ],
  [
    'an object without confidence',
    `update production.occupation_sol set confiance = null where revision_id = $1 and id = 'pré'`,
    /"attributes are complete" is not true: pré \(no confidence/,
  ],
];

for (const [name, statement, message] of loosened) {
  test(`${name} stops it, and what was published stays`, async () => {
    const { revisionId } = await publishProduced(country, beside);
    await database.pool.query(statement, [revisionId]);
    await assert.rejects(republishJoined(), (error) => {
      assert.ok(error instanceof ChecksFailed, String(error));
      assert.match(error.message, message);
      return true;
    });
    assert.equal((await currentRevision()).revisionId, revisionId);
  });
}
