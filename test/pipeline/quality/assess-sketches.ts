/** Coverages drawn by hand, assessed: the report, and what it finds broken. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { silentReport } from '../../../pipeline/log.ts';
import { assessQuality } from '../../../pipeline/quality/quality.ts';
import type { QualityReport } from '../../../pipeline/quality/report.ts';
import { type Beside, type Sketch, writeSketches } from './sketched-coverage.ts';

const root = mkdtempSync(join(tmpdir(), 'ocsge-quality-'));
after(() => rmSync(root, { recursive: true }));
const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };
let runs = 0;

/** The report, and the folder its files lie in. */
export async function assess(
  sketches: Sketch[],
  beside: Beside = {},
  report = silentReport,
): Promise<QualityReport & { folder: string }> {
  const dir = join(root, String(runs++));
  const polygons = await writeSketches(dir, sketches, beside);
  const folder = join(dir, 'quality');
  const { reportPath } = await assessQuality(polygons, folder, { title: 'essai' }, { ...ctx, report });
  return { ...(JSON.parse(await readFile(reportPath, 'utf8')) as QualityReport), folder };
}

/** Rules with faults that nothing excuses. */
export const broken = ({ rules }: QualityReport) => rules.filter(({ count }) => count > 0).map(({ rule }) => rule);
export const faultsOf = ({ rules }: QualityReport, name: string) => rules.find(({ rule }) => rule === name)!;
