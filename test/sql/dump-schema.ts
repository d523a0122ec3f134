/** The schema as PostgreSQL 15 tells it, without what differs between two servers. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian keeps the clients of each version in a folder of their own. */
const DEBIAN = '/usr/lib/postgresql/15/bin/pg_dump';

/** `pg_dump` of production and published: statements only, no comments, settings, owners or versions. */
export function dumpSchema(databaseUrl: string): string {
  const dump = execFileSync(
    existsSync(DEBIAN) ? DEBIAN : 'pg_dump',
    ['--schema-only', '--no-owner', '--no-privileges', '--schema=production', '--schema=published', databaseUrl],
    { encoding: 'utf8' },
  );
  const lines = dump.split('\n').filter((line) => !/^(--|SET |SELECT pg_catalog\.set_config|\\)/.test(line));
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
