import type { Database } from '../../sql/database.ts';

export interface Status {
  engine: string;
  millesimes: {
    departement: string;
    millesime: number;
    etat: string;
    origine: string;
    revision: number;
    objets: number;
    aireM2: number;
    couverture: boolean;
    publishedAt: string;
  }[];
  /** Revisions on disk that are not the published one: loading, failed, or kept for rollback. */
  otherRevisions: { id: number; departement: string; millesime: number; etat: string; createdAt: string }[];
  runs: { id: string; process: string; status: string; progress: number; message: string | null; createdAt: string }[];
}

/** What is published, which revisions are kept, and the last twenty runs. */
export async function readStatus(database: Database): Promise<Status> {
  const millesimes = await database.pool.query(
    `select departement, millesime, etat, origine, revision_id as revision, nombre_objets as objets, aire_m2 as "aireM2",
            est_couverture as couverture, created_at as "publishedAt"
       from published.millesime order by departement, millesime`,
  );
  const otherRevisions = await database.pool.query(
    `select r.id, r.departement, r.millesime, r.etat, r.created_at as "createdAt"
       from production.revision r
       join production.millesime m using (departement, millesime)
      where m.revision_courante is distinct from r.id
      order by r.id`,
  );
  const runs = await database.pool.query(
    `select id, process_id as process, status, progress, message, created_at as "createdAt"
       from production.run order by created_at desc limit 20`, // index run_created
  );
  return {
    engine: database.engine,
    millesimes: millesimes.rows,
    otherRevisions: otherRevisions.rows,
    runs: runs.rows,
  } as Status;
}

export function statusText(status: Status): string {
  const lines = [
    `database: ${status.engine}`,
    '',
    status.millesimes.length === 0 ? 'nothing is published' : 'published:',
  ];
  for (const row of status.millesimes) {
    const hectares = (row.aireM2 / 10_000).toFixed(1);
    const kind = row.couverture ? 'coverage' : 'as delivered, not a coverage';
    lines.push(
      `  ${row.departement.padEnd(3)} ${row.millesime}  ${row.etat}, ${row.origine}  revision ${row.revision}  ${row.objets} objects, ${hectares} ha, ${kind}`,
    );
  }
  if (status.otherRevisions.length > 0) lines.push('', 'other revisions:');
  for (const row of status.otherRevisions) {
    lines.push(
      `  ${row.id}  ${row.departement} ${row.millesime}  ${row.etat}  ${new Date(row.createdAt).toISOString()}`,
    );
  }
  if (status.runs.length > 0) lines.push('', 'runs:');
  for (const row of status.runs) {
    lines.push(`  ${row.id}  ${row.process}  ${row.status} ${row.progress} %  ${row.message ?? ''}`);
  }
  return lines.join('\n');
}
