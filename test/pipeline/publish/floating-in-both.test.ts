/** On networks drawn at random, ground of no object among them, the report and the check in SQL call the same pieces floating. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Position } from 'geojson';
import { ChecksFailed } from '../../../pipeline/publish/run-checks.ts';
import { matchEdges } from '../../../pipeline/quality/coverage-pass.ts';
import { EdgeSpool, NODATA } from '../../../pipeline/quality/edge-spool.ts';
import { ObjectTable } from '../../../pipeline/quality/object-table.ts';
import { draw } from '../../bench/seeded.ts';
import { openTestDatabase } from '../../database.ts';
import { type ProducedSketch, publisherOf } from './produced-sketches.ts';
import { box } from './squares.ts';

const database = await openTestDatabase();
const { publishProduced } = publisherOf(database);

/** Cells of a side, and metres of a cell: two cells lie as far apart as one network may part. */
const [CELLS, CELL_M] = [9, 20];
const SIDE_M = CELLS * CELL_M;
/** A piece of two cells floats, one of three does not; as the report reckons it from a least length. */
const MIN_PIECE_M = 400;
const FLOATING_BELOW_M2 = 1_000;
const LANDS = ['CS2.2.1', 'CS2.1.1.1', 'CS2.1.1.2', 'CS1.2.1', 'CS2.1.2'];

type Ring = [number, number][];

function field(seed: number): { objects: ProducedSketch[]; nodata: Ring[] } {
  const [objects, nodata]: [ProducedSketch[], Ring[]] = [[], []];
  for (let cell = 0; cell < CELLS * CELLS; cell++) {
    const [column, row] = [cell % CELLS, Math.floor(cell / CELLS)];
    const ring = box(column * CELL_M, row * CELL_M, CELL_M, CELL_M);
    const share = draw(seed, column, row);
    const id = `OCSGE${String(cell + 1).padStart(19, '0')}`;
    if (share < 0.03) nodata.push(ring);
    else if (share < 0.4) {
      const [code_cs, code_us] =
        share < 0.25 ? ['CS1.1.1.2', 'US4.1.1'] : share < 0.35 ? ['CS1.1.2.1', 'US4.1.2'] : ['CS1.2.2', 'US6.3'];
      objects.push({ id, code_cs, code_us, ossature: 1, rings: [ring] });
    } else objects.push({ id, code_cs: LANDS[(column + 2 * row) % 5]!, code_us: 'US6.3', rings: [ring] });
  }
  return { objects, nodata };
}

async function inReport({ objects, nodata }: ReturnType<typeof field>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ocsge-floating-'));
  const spool = new EdgeSpool(folder, 1_000);
  const table = new ObjectTable(objects.length);
  const closed = (ring: Ring): Position[] => [...ring, ring[0]!];
  for (const [number, { id, rings, code_cs, ossature }] of objects.entries()) {
    table.set(number, code_cs!, ossature === 1, CELL_M ** 2, id);
    await spool.add(number, rings.map(closed));
  }
  for (const ring of nodata) await spool.add(NODATA, [closed(ring)]);
  const isOn = (a: number, b: number) => a === b && (a === 0 || a === SIDE_M);
  const border = {
    areaM2: SIDE_M ** 2,
    lengthM: 4 * SIDE_M,
    has: ({ x1, y1, x2, y2 }: { x1: number; y1: number; x2: number; y2: number }) => isOn(x1, x2) || isOn(y1, y2),
    holds: () => true,
  };
  const told = { kinds: [], notes: [], minPieceM: MIN_PIECE_M };
  const { floating } = await matchEdges(spool, table, border, SIDE_M ** 2, told);
  await spool.close();
  rmSync(folder, { recursive: true, force: true });
  return floating.map((fault) => objects[fault.objects[0]!]!.id).sort();
}

async function inSql({ objects, nodata }: ReturnType<typeof field>): Promise<string[]> {
  const zones = [box(0, 0, SIDE_M, SIDE_M)];
  const failed = await publishProduced(objects, { zones, nodata, floatingBelowM2: FLOATING_BELOW_M2 }).then(
    () => [],
    (error) => (error instanceof ChecksFailed ? error.failed : assert.fail(String(error))),
  );
  const check = failed.find(({ name }) => name === 'the ossature hangs together');
  return (check?.examples ?? []).map(({ id }) => id).sort();
}

/** Examples of a check that are told. */
const TOLD = 5;

test('the report and SQL find the same pieces', async () => {
  let found = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const sketch = field(seed);
    const [report, sql] = [await inReport(sketch), await inSql(sketch)];
    found += report.length;
    if (report.length <= TOLD) assert.deepEqual(sql, report, `seed ${seed}`);
    else {
      assert.equal(sql.length, TOLD, `seed ${seed}`);
      for (const id of sql) assert.ok(report.includes(id), `seed ${seed}: ${id}`);
    }
  }
  assert.ok(found > 12, `${found} pieces`);
});
