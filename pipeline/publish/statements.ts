/** Whole statements and checks, kept as files under sql/: read once, with the name of a revision's table put in. */
import { readdirSync, readFileSync } from 'node:fs';
import { packageFile } from '../../sql/package-root.ts';

/** The table of a revision's objects: a partition of production.occupation_sol once it is attached. */
export const partitionName = (revisionId: number) => `occupation_sol_r${Number(revisionId)}`;
export const partitionTable = (revisionId: number) => `production.${partitionName(revisionId)}`;

const files = new Map<string, string>();

function sqlFile(...path: string[]): string {
  const file = packageFile('sql', ...path);
  if (!files.has(file)) files.set(file, readFileSync(file, 'utf8'));
  return files.get(file)!;
}

/** A statement of sql/promotion, for the table of one revision. Values are bound by the caller, never written in. */
export const promotion = (name: string, revisionId: number) =>
  sqlFile('promotion', `${name}.sql`)
    .replaceAll('{{partition}}', partitionTable(revisionId))
    .replaceAll('{{name}}', partitionName(revisionId))
    .replaceAll('{{revision}}', String(Number(revisionId)));

/** Folders of sql/checks. */
export type CheckFolder =
  | 'every-revision'
  | 'coverage'
  | 'zone-construite'
  | 'unknown-ground'
  | 'produced'
  | 'produced-zones'
  | 'ossature'
  | 'free-edges'
  | 'outline';

export interface Check {
  /** The assertion, a true sentence: `identifiers are unique`. */
  name: string;
  /** Rows (id, trouve) that contradict it, for objects $2 to $3 of revision $1 (or its zones, its ground without objects, its free edges); it reads `objets`. */
  text: string;
}

/** The checks of sql/checks/<folder>, by name. */
export const checksOf = (folder: CheckFolder): Check[] =>
  readdirSync(packageFile('sql', 'checks', folder))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ name: file.slice(0, -4).replaceAll('-', ' '), text: sqlFile('checks', folder, file) }));
