/** Two halves of a territory, produced apart, published and joined. */
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import type { Polygon, Position } from 'geojson';
import type { PolygonProperties } from '../../../pipeline/artefacts.ts';
import { joinNeighbours } from '../../../pipeline/commands/continuite.ts';
import { createEdgeLedger } from '../../../pipeline/edge-ledger.ts';
import { BadInput } from '../../../pipeline/errors.ts';
import { readFrame } from '../../../pipeline/frames.ts';
import { readFeatures } from '../../../pipeline/geojsonl.ts';
import { proveCoverage } from '../../../pipeline/publish/prove-coverage.ts';
import { readCurrent } from '../../../pipeline/publish/read-current.ts';
import { openRevision } from '../../../pipeline/publish/revision.ts';
import { passes } from '../../../pipeline/publish/run-checks.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import { openTestDatabase } from '../../database.ts';
import { runCommand, startCommand } from '../commands/command.ts';
import { ctx, draw, east, faraway, publishHalf, west } from './two-halves.ts';

const database = await openTestDatabase();
const { dataDir } = database.connection;
const env = { database, dataDir };
const both = [
  { departement: '12', millesime: undefined },
  { departement: '48', millesime: undefined },
] as [Neighbour, Neighbour];
type Neighbour = { departement: string; millesime: number | undefined };

interface Row {
  rang: number;
  id: string;
  aire_m2: number;
  exact_m2: number;
  wkb: Buffer;
  rings: Position[][];
}

const currentOf = async (departement: string): Promise<number> =>
  (await database.pool.query('select revision_id from published.millesime where departement = $1', [departement]))
    .rows[0]!.revision_id;

async function rowsOf(revisionId: number): Promise<Row[]> {
  const { rows } = await database.pool.query(
    `select rang, id, aire_m2, ST_Area(geom) as exact_m2, ST_AsBinary(geom, 'NDR') as wkb, ST_AsGeoJSON(geom, 15) as geojson
       from published.occupation_sol where revision_id = $1 order by rang`,
    [revisionId],
  );
  return rows.map(({ geojson, ...row }) => ({ ...row, rings: (JSON.parse(geojson) as Polygon).coordinates }));
}

const exposed = (rows: Row[]) => {
  const ledger = createEdgeLedger();
  for (const { wkb } of rows) ledger.add(wkb);
  return ledger.exposed();
};

/** Edges of the common limit, as texts, from the south to the north whichever side they are of. */
function edgesAlong(rows: Row[]): string[] {
  const line = (west as Polygon).coordinates[0]!.slice(1, 5);
  const isOn = (x: number, y: number) =>
    line.slice(1).some(([bx, by], i) => {
      const [ax, ay] = line[i] as [number, number];
      const length = Math.hypot(bx! - ax, by! - ay);
      const share = ((x - ax) * (bx! - ax) + (y - ay) * (by! - ay)) / length;
      const off = Math.abs((x - ax) * (by! - ay) - (y - ay) * (bx! - ax)) / length;
      return off < 1e-6 && share > -1e-6 && share < length + 1e-6;
    });
  return exposed(rows)
    .filter(({ x1, y1, x2, y2 }) => isOn(x1, y1) && isOn(x2, y2))
    .map(({ x1, y1, x2, y2 }) => (y1 < y2 ? `${x1} ${y1} ${x2} ${y2}` : `${x2} ${y2} ${x1} ${y1}`))
    .sort();
}

/** WKB of a millésime's objects, by id. */
async function geometriesOf(polygonsPath: string): Promise<Map<string, string>> {
  const drawn = new Map<string, string>();
  for await (const { properties, geometry } of readFeatures<Polygon, PolygonProperties>(polygonsPath)) {
    drawn.set(properties.id, polygonWkb(geometry).toString('hex'));
  }
  return drawn;
}

suite('ocsge continuite', () => {
  let first: { west: number; east: number };
  before(async () => {
    const [a, b] = [
      { ...env, departement: '12', limit: west, phase: 0 },
      { ...env, departement: '48', limit: east, phase: 0.7 },
    ];
    first = { west: await publishHalf(a), east: await publishHalf(b) };
  });

  test('killed between its two publications it loses nothing, and the same command does the other', async () => {
    const command = startCommand(['continuite', '--departement', 'D012', '48'], database.env);
    await command.said(/Publish:Swapped|revisionId/);
    command.kill('SIGKILL');
    await command.ended;
    const { millesime } = await readCurrent(database, both[1]);
    const { rows: killed } = await database.pool.query<{ id: string }>('select id from production.run');
    await openRevision(database, millesime, killed[0]!.id); // as one killed a little later leaves it
    const between = { west: await currentOf('12'), east: await currentOf('48') };
    assert.notEqual(between.west, first.west);
    assert.equal(between.east, first.east);
    assert.deepEqual(
      (await rowsOf(between.east)).map(({ id }) => id),
      (await rowsOf(first.east)).map(({ id }) => id),
    );

    const again = await runCommand(['continuite', '--departement', '12', '--departement', '48'], database.env);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /occupation-sol-012-2021: nothing was missing/);
    assert.match(again.stdout, /occupation-sol-048-2021: \d+ junctions inserted in \d+ objects, revision \d+/);
    assert.equal(await currentOf('12'), between.west);
    assert.notEqual(await currentOf('48'), first.east);
    const { rows: loading } = await database.pool.query(`select id from production.revision where etat <> 'ready'`);
    assert.deepEqual(loading, [], 'what the killed one was loading is gone');
    const { rows: runs } = await database.pool.query('select status, message from production.run order by created_at');
    assert.deepEqual(runs, [
      { status: 'failed', message: 'Interrompu' },
      { status: 'successful', message: 'Publié' },
    ]);
  });

  test('both sides match vertex for vertex; no point moved, no area changed, ids stayed', async () => {
    const sides = [
      [first.west, await currentOf('12')],
      [first.east, await currentOf('48')],
    ];
    const edges: string[][] = [];
    for (const [former, current] of sides) {
      const [old, now] = [await rowsOf(former!), await rowsOf(current!)];
      assert.deepEqual(
        now.map(({ rang, id, aire_m2 }) => ({ rang, id, aire_m2 })),
        old.map(({ rang, id, aire_m2 }) => ({ rang, id, aire_m2 })),
      );
      now.forEach(({ rings, exact_m2, aire_m2 }, i) => {
        const points = rings.map((ring) => new Set(ring.map(String)));
        old[i]!.rings.forEach((ring, r) => {
          for (const point of ring) assert.ok(points[r]!.has(String(point)), `${point} moved`);
        });
        assert.ok(Math.abs(exact_m2 - aire_m2) < 1e-6, `${exact_m2} m², ${aire_m2} stored`);
      });
      assert.ok(
        edgesAlong(now).length > edgesAlong(old).length,
        'the campaigns differ, so that junctions were missing',
      );
      edges.push(edgesAlong(now));
      const proof = await proveCoverage(database, current!, ctx);
      assert.deepEqual([proof.length, proof.filter((check) => !passes(check))], [3, []]);
    }
    assert.ok(edges[0]!.length > 20);
    assert.deepEqual(edges[0], edges[1]);
    const { rows } = await database.pool.query(
      `select distinct est_couverture, (rapport -> 'continuite' ->> 'sommets')::int > 0 as dit, zoom_max from published.millesime`,
    );
    assert.deepEqual(rows, [{ est_couverture: true, dit: true, zoom_max: 16 }]);
  });

  test('run again it publishes nothing', async () => {
    const before = [await currentOf('12'), await currentOf('48')];
    const { sides, lengthM } = await joinNeighbours(both, env, ctx);
    assert.deepEqual(
      sides.map(({ vertices, revisionId }) => [vertices, revisionId]),
      [
        [0, undefined],
        [0, undefined],
      ],
    );
    assert.ok(lengthM > 120);
    assert.deepEqual([await currentOf('12'), await currentOf('48')], before);
  });

  test('the next millésime keeps joined objects byte for byte', async () => {
    const former = await readFrame(database, dataDir, '12', 2021);
    const next = await draw({ ...env, departement: '12', millesime: 2024, limit: west, phase: 0, former });
    const drawn = await geometriesOf(next.polygonsPath);
    const published = await rowsOf(await currentOf('12'));
    assert.equal(drawn.size, published.length);
    for (const { id, wkb } of published) assert.equal(drawn.get(id), wkb.toString('hex'));
    const twice = await draw({ ...env, departement: '12', millesime: 2027, limit: west, phase: 0, former: next });
    assert.deepEqual(await geometriesOf(twice.polygonsPath), drawn);
  });

  test('what cannot be joined is told', async () => {
    const with48 = (other: string, millesime?: number) =>
      joinNeighbours(
        [
          { departement: '48', millesime: undefined },
          { departement: other, millesime },
        ],
        env,
        ctx,
      );
    await assert.rejects(
      with48('07'),
      new BadInput('département 07: no millésime of it is published; publish it first'),
    );
    await assert.rejects(
      with48('12', 2018),
      new BadInput('département 12: its millésime 2018 is not published; publish it first'),
    );
    await publishHalf({ ...env, departement: '30', limit: faraway, phase: 0 });
    await assert.rejects(with48('30'), /30 2021 have no common limit: no border of one lies on the other's/);
    await database.pool.query(`update production.millesime set srid = 2975 where departement = '30'`);
    await assert.rejects(with48('30'), /48 2021 is in EPSG:2154, 30 2021 in EPSG:2975: neighbours of one CRS wanted/);
    const same = await runCommand(['continuite', '--departement', '12', 'D012'], database.env);
    assert.equal(same.code, 2);
    assert.match(same.stderr, /12 twice, two neighbours wanted/);
  });
});
