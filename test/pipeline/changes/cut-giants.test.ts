import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Position } from 'geojson';
import { makePair } from '../../../pipeline/changes/make-pair.ts';
import { openTestDatabase } from '../../database.ts';
import { context, loadRevision, type Parcel, rectangle, saw } from './coverages.ts';

const database = await openTestDatabase();
const { pool } = database;

suite('objects of very many vertices', () => {
  test('are worked on in parts; differences, their parts and ground alone are those of the whole', async () => {
    const field = (ring: Position[]): Parcel => ({ cs: 'CS2.2.1', us: 'US1.1', rings: [ring] });
    const house = (ring: Position[]): Parcel => ({ cs: 'CS1.1.1.1', us: 'US5', rings: [ring] });
    const before = [field(saw(3000, 0, 250, 9)), field(rectangle(0, 300, 500, 400))];
    const after = [
      house(saw(2000, -50, 3, 3)), // its top crosses the other's teeth, each a part
      field(saw(2500, 120, 245, 7)),
      house(rectangle(100, 100, 200, 310)), // over both, a delivery that overlaps itself
    ];
    const { revisionId: avant } = await loadRevision(database, '01', 2019, before);
    const { revisionId: apres } = await loadRevision(database, '01', 2022, after);
    await makePair(database, avant, apres, context());
    const { rows: whole } = await pool.query(
      `select a.rang as a, b.rang as b, round(ST_Area(d.geom) * 100)::int as aire
         from production.occupation_sol a
         join production.occupation_sol b on b.revision_id = $2 and b.code_cs <> a.code_cs and b.geom && a.geom
         cross join lateral ST_Dump(production.surface_commune(a.geom, b.geom)) d
        where a.revision_id = $1 and ST_Area(d.geom) >= 0.005
        order by a.rang, b.rang, ST_XMin(d.geom), ST_YMin(d.geom), ST_Area(d.geom)`,
      [avant, apres],
    );
    const { rows: found } = await pool.query(
      'select id, aire_dm2, ST_IsValid(geom) as valid from production.difference where revision_avant = $1 order by rang',
      [avant],
    );
    assert.ok(whole.length > 1000, `${whole.length} parts`);
    assert.equal(found.length, whole.length);
    for (const [i, { aire_dm2, valid }] of found.entries()) {
      assert.ok(valid);
      assert.ok(Math.abs(aire_dm2 - whole[i].aire) <= 1, `part ${i}: ${aire_dm2} dm², whole ${whole[i].aire}`);
    }
    const { rows: alone } = await pool.query(
      `with a as (select ST_Union(geom, 0.00001) as geom from production.occupation_sol where revision_id = $1),
            b as (select ST_Union(geom, 0.00001) as geom from production.occupation_sol where revision_id = $2)
       select ST_Area(production.surface_seule(a.geom, b.geom)) * 100 as avant from a, b`,
      [avant, apres],
    );
    const { rows: pairs } = await pool.query(
      'select aire_avant_seule_dm2 as avant_seule from production.difference_paire where revision_avant = $1',
      [avant],
    );
    const { avant_seule } = pairs[0];
    assert.ok(avant_seule > 1_000_000);
    assert.ok(Math.abs(avant_seule - alone[0].avant) <= 100, `${avant_seule} dm² alone, whole ${alone[0].avant}`);
    const { rows: left } = await pool.query(
      'select (select count(*) from production.paire_morceau) + (select count(*) from production.paire_fragment) as n',
    );
    assert.equal(left[0].n, 0);
  });
});
