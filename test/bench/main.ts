/** `npm run bench -- [ID…] [--json FILE] [--objects N] [--runs N]`: what the rows measure, as a table. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench, BenchRow } from './harness.ts';
import { changes } from './rows/changes.ts';
import { evaluateRow } from './rows/evaluate.ts';
import { generalise } from './rows/generalise.ts';
import { health } from './rows/health.ts';
import { importRow } from './rows/import.ts';
import { inferMemory } from './rows/infer-memory.ts';
import { inferOverhead } from './rows/infer-overhead.ts';
import { inferShare, inferShareResnet34 } from './rows/infer-share.ts';
import { inferWorkers } from './rows/infer-workers.ts';
import { items1000 } from './rows/items-1000.ts';
import { produce } from './rows/produce.ts';
import { publishWait } from './rows/publish-wait.ts';
import { readHttp } from './rows/read-http.ts';
import { tile } from './rows/tile.ts';
import { trace } from './rows/trace.ts';
import { vectorGrowth } from './rows/vector-growth.ts';
import { vectorMemory } from './rows/vector-memory.ts';
import { vertices } from './rows/vertices.ts';

const BENCHES: Bench[] = [
  importRow,
  produce,
  inferOverhead,
  inferShare,
  inferShareResnet34,
  inferWorkers,
  inferMemory,
  readHttp,
  evaluateRow,
  trace,
  generalise,
  vertices,
  vectorMemory,
  vectorGrowth,
  items1000,
  tile,
  changes,
  publishWait,
  health,
];

const HELP = `npm run bench -- [ID…] [--json FILE] [--objects N] [--runs N]

Runs the rows named by ID, or all. Inputs are seeded; the value is the median of the runs.

  --json FILE   also write one JSON object a row: bench, value, unit, peer, ratio, detail
  --objects N   objects of the seeded coverages (default 250000)
  --runs N      runs of each timing (default 5)

${BENCHES.map(({ id, about }) => `  ${id.padEnd(20)} ${about}`).join('\n')}

ratio: against a peer, its time ÷ ours (2 is twice as fast); else the figure the row is about.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'string' },
      objects: { type: 'string', default: '250000' },
      runs: { type: 'string', default: '5' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const unknown = positionals.filter((id) => !BENCHES.some((bench) => bench.id === id));
  const [objects, runs] = [Number(values.objects), Number(values.runs)];
  if (unknown.length > 0 || !(objects >= 1) || !(runs >= 1)) {
    console.error(
      unknown.length > 0 ? `unknown row: ${unknown.join(', ')}\n` : '--objects and --runs want a number from 1\n',
    );
    console.error(HELP);
    return 2;
  }
  const chosen = BENCHES.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
  if (values.json !== undefined) writeFileSync(values.json, '');
  let failed = 0;
  const rows: [string, BenchRow][] = [];
  for (const bench of chosen) {
    const say = (text: string) => console.error(`${bench.id}: ${text}`);
    say(bench.about);
    try {
      const row = await bench.run({ objects, runs, say });
      rows.push([bench.id, row]);
      if (values.json !== undefined) appendFileSync(values.json, `${JSON.stringify({ bench: bench.id, ...row })}\n`);
    } catch (error) {
      failed++;
      console.error(error);
    }
  }
  console.log(table(rows));
  return failed === 0 ? 0 : 1;
}

function table(rows: [string, BenchRow][]): string {
  const cells = rows.map(([id, { value, unit, peer, ratio }]) => [
    id,
    `${value} ${unit}`,
    String(ratio ?? ''),
    peer ?? '',
  ]);
  const all = [['bench', 'median', 'ratio', 'peer'], ...cells];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

process.exitCode = await main();
