/** A reader as the server is one: which revision is current, then a page of it, again and again. Forked by the row publish-wait. */
import pg from 'pg';
import { quantile, round } from './harness.ts';

export interface Waits {
  reads: number;
  medianMs: number;
  p99Ms: number;
  longestMs: number;
  /** Revisions met, in order. */
  revisions: number[];
}

const PAUSE_MS = 2;

async function read(url: string, departement: string, millesime: number, stopped: () => boolean): Promise<Waits> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const waits: number[] = [];
  const revisions = new Set<number>();
  while (!stopped()) {
    const start = performance.now();
    const { rows } = await client.query<{ revision_id: string }>(
      'select revision_id from published.millesime where departement = $1 and millesime = $2', // primary key of millesime
      [departement, millesime],
    );
    const revision = Number(rows[0]!.revision_id);
    const page = await client.query(
      'select id, code_cs, geojson_wgs84 from published.occupation_sol where revision_id = $1 and rang > $2 order by rang limit 10', // key of the partition
      [revision, Math.floor(Math.random() * 1000)],
    );
    waits.push(performance.now() - start);
    if (page.rows.length === 0) throw new Error(`revision ${revision} is current and has no objects`);
    revisions.add(revision);
    if (waits.length === 1) process.send!('reading');
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await client.end();
  const sorted = waits.toSorted((a, b) => a - b);
  return {
    reads: waits.length,
    medianMs: round(quantile(sorted, 0.5)),
    p99Ms: round(quantile(sorted, 0.99)),
    longestMs: round(sorted.at(-1)!),
    revisions: [...revisions],
  };
}

let stop = false;
process.once('message', () => {
  stop = true;
});
const [url, departement, millesime] = process.argv.slice(2) as [string, string, string];
process.send!(await read(url, departement, Number(millesime), () => stop));
process.disconnect();
