/** sql/checks/README.md says which check is which rule of the report: every rule is there, every check, and a test that refuses it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FAULT_RULES } from '../../../pipeline/quality/report.ts';
import { packageFile } from '../../../sql/package-root.ts';

const folder = packageFile('sql', 'checks');
const readme = readFileSync(join(folder, 'README.md'), 'utf8');
/** Measured against what the database does not have. */
const NOT_IN_SQL = ['emprise', 'raster'];

const namedIn = (text: string) => [...text.matchAll(/`([a-z-]+\/[a-z-]+)`/g)].map((match) => match[1]!);
const checks = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.sql'))
  .map((path) => path.slice(0, -4))
  .sort();

test('every rule of the quality report has its check in SQL, or the reason why it cannot', () => {
  const rows = new Map([...readme.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map((match) => [match[1]!, match[2]!]));
  for (const rule of FAULT_RULES) {
    const cell = rows.get(rule);
    assert.ok(cell !== undefined, `${rule} is not in the table`);
    if (NOT_IN_SQL.includes(rule)) assert.match(cell, /^not in SQL: \w.{20}/, rule);
    else assert.ok(namedIn(cell).length > 0, `${rule} has no check`);
  }
});

test('the checks that are named are those that are there', () => {
  const isCheck = (name: string) => !name.startsWith('pipeline/');
  assert.deepEqual([...new Set(namedIn(readme).filter(isCheck))].sort(), checks);
});

test('each is seen to refuse something', () => {
  const tests = packageFile('test', 'pipeline', 'publish');
  const text = readdirSync(tests)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(tests, name), 'utf8'))
    .join('\n');
  const shown = (check: string) => {
    const words = check
      .split('/')[1]!
      .replaceAll('-', ' ')
      .replace(/^(the|no|objects) /, '');
    return new RegExp(`/[^/\n]*${words}`).test(text);
  };
  assert.deepEqual(
    checks.filter((check) => !shown(check)),
    [],
  );
});
