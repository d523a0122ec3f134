/** Who may import whom, and how long things may get. The rules are the tables below; a failure names file and line. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { type Place, projectFiles, readSources, type SourceText } from './layers/read-sources.ts';

const MAX_FUNCTION_LINES = 60;
const MAX_FILE_LINES = 300;

const STAGES = 'rasters|classes|polygons|usage|publish|changes|annotations|evaluate|exchange|scenes|quality|continuite';
const PARTS = 'common|features|tiles|styles|processes|changes|statistics|pages';

/** Files directly under a half are its leaves, `geotiff/`, `geopackage/` and `references/` are leaves in several files; these are not. */
const PIPELINE_LEAF = /^pipeline\/(?!(main|run|worker)\.ts$)[^/]+\.ts$|^pipeline\/(geotiff|geopackage|references)\//;
const SERVER_LEAF = /^server\/(?!(main|app)\.ts$)[^/]+\.ts$/;

/**
 * The first row whose `from` matches a file governs it: each of our files it imports matches one of `may`. `$1` is what `from`
 * captured: its own folder.
 */
const RULES: { from: RegExp; may: (RegExp | string)[] }[] = [
  { from: /^ocsge\.ts$/, may: [/^(server|pipeline)\/main\.ts$/, /^(server|pipeline)\/config\.ts$/, /^sql\//] },
  { from: /^sql\//, may: [/^sql\//] },
  { from: /^server\/(main|app)\.ts$/, may: [/^server\//, /^sql\//] },
  { from: SERVER_LEAF, may: [SERVER_LEAF, /^sql\//] },
  { from: new RegExp(`^(server/(?:${PARTS}))/`), may: ['$1/', SERVER_LEAF, /^sql\//] },
  { from: /^pipeline\/(main|run|worker)\.ts$|^pipeline\/commands\//, may: [/^pipeline\//, /^sql\//] },
  { from: PIPELINE_LEAF, may: [PIPELINE_LEAF, /^sql\//] },
  { from: /^(pipeline\/(?:publish|exchange|changes|continuite))\//, may: ['$1/', PIPELINE_LEAF, /^sql\//] },
  // The other stages take files and give files: of the database they know the nomenclature's CSV at most.
  {
    from: new RegExp(`^(pipeline/(?:${STAGES}))/`),
    may: ['$1/', PIPELINE_LEAF, /^sql\/(nomenclature|package-root)\.ts$/],
  },
  { from: /^models\/training\//, may: [/^models\/training\//, /^pipeline\/(scenes|classes)\//, PIPELINE_LEAF] },
  { from: /^test\//, may: [/^(test|sql|server|pipeline|models)\//, /^ocsge\.ts$/] },
];

/** Packages that live in one place only. */
const PACKAGES: { name: string; only: RegExp }[] = [
  { name: 'onnxruntime-node', only: /^pipeline\/classes\// },
  { name: 'geojson-vt', only: /^pipeline\/publish\// },
  { name: 'vt-pbf', only: /^pipeline\/publish\// },
  { name: 'express', only: /^server\// },
  { name: 'compression', only: /^server\// },
  { name: 'node-sqlite3-wasm', only: /^pipeline\/(exchange|annotations|geopackage)\// },
  { name: '@electric-sql/pglite', only: /^sql\// },
];

const FOLDERS = {
  '': 'sql openapi models pipeline server test',
  sql: 'migrations published promotion checks nomenclature',
  pipeline: `commands geopackage geotiff references ${STAGES.replaceAll('|', ' ')}`,
  server: PARTS.replaceAll('|', ' '),
};

const ROOT_FILES =
  /^(README\.md|CHANGELOG\.md|CONTRIBUTING\.md|LICENSE|NOTICE|package(-lock)?\.json|tsconfig\.json|biome\.json|redocly\.yaml|ocsge\.ts|\..+)$/;
const VAGUE_NAMES = /(^|\/)(utils?|helpers?|libs?|shared|common|misc)(\/|\.[a-z.]+$)/;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.[cm]?[jt]s$/;

const OFFENDER = `import pg from 'pg';
export { b } from './a/b.ts';
import { env } from 'node:process';
export const load = () => import('@turf/turf');
export const one = process.env.HOME;
export const two = process['env']['HOME'];
export const { env: three } = process;
export const pool = new pg.Pool({});
export default function long(): string[] {
  return ['process.env', "import 'express'"]; // words in a text are no reads
}
`;

const paths = projectFiles();
const sources = readSources(paths);
const product = sources.filter(({ path }) => !path.startsWith('test/'));

/** `file:line what` of every place of `files` that `wrong` objects to. */
function objections(files: SourceText[], wrong: (file: SourceText) => Place[]): string[] {
  return files.flatMap((file) => wrong(file).map(({ line, what }) => `${file.path}:${line} ${what}`));
}

/** Our own files that `file` must not import. */
function forbiddenImports({ path, imports }: SourceText): Place[] {
  const rule = RULES.find(({ from }) => from.test(path));
  if (rule === undefined) return [{ line: 1, what: 'is under no rule of this table' }];
  const own = rule.from.exec(path)?.[1];
  return imports
    .filter(({ what }) => /^[^:]+\/.+\.[cm]?[jt]s$|^[^/:]+\.ts$/.test(what) && !what.startsWith('@'))
    .filter(
      ({ what }) =>
        !rule.may.some((may) => (may instanceof RegExp ? may.test(what) : what.startsWith(may.replace('$1', own!)))),
    )
    .map(({ line, what }) => ({ line, what: `imports ${what}` }));
}

suite('layers', () => {
  test('what the rules forbid is seen where it is done', (t) => {
    const root = mkdtempSync(join(tmpdir(), 'ocsge-layers-'));
    t.after(() => rmSync(root, { recursive: true }));
    writeFileSync(join(root, 'offender.ts'), OFFENDER);
    writeFileSync(join(root, 'barrel.ts'), "export { a } from './offender.ts';\n");
    const [offender, barrel] = readSources(['offender.ts', 'barrel.ts'], root) as [SourceText, SourceText];
    const seen = ({ imports, environmentReads, newPools, defaultExports, functions }: SourceText) =>
      [imports, environmentReads, newPools, defaultExports, functions].map((places) => places.map(({ line }) => line));
    assert.deepEqual(seen(offender), [[1, 2, 3, 4], [3, 5, 6, 7], [8], [9], [4, 9]]);
    assert.deepEqual(
      offender.imports.map(({ what }) => what),
      ['pg', 'a/b.ts', 'node:process', '@turf/turf'],
    );
    assert.deepEqual(
      offender.functions.map(({ lines }) => lines),
      [1, 3],
    );
    assert.deepEqual([offender.isBarrel, barrel.isBarrel, barrel.imports.length], [false, true, 1]);
  });

  test('each file imports only what its layer may', () => {
    assert.deepEqual(objections(sources, forbiddenImports), []);
  });

  for (const { name, only } of PACKAGES) {
    test(`${name} is imported under ${only.source} only`, () => {
      const elsewhere = product.filter(({ path }) => !only.test(path));
      assert.deepEqual(
        objections(elsewhere, ({ imports }) => imports.filter(({ what }) => what === name)),
        [],
      );
    });
  }

  test('the environment is read in config.ts only', () => {
    const others = product.filter(({ path }) => !path.endsWith('/config.ts'));
    assert.deepEqual(
      objections(others, ({ environmentReads }) => environmentReads),
      [],
    );
  });

  test('pools are made in sql/database.ts only', () => {
    const others = product.filter(({ path }) => path !== 'sql/database.ts');
    assert.deepEqual(
      objections(others, ({ newPools }) => newPools),
      [],
    );
  });

  test(`no function is longer than ${MAX_FUNCTION_LINES} lines`, () => {
    const long = ({ functions }: SourceText) =>
      functions
        .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
        .map(({ line, what, lines }) => ({ line, what: `${what}: ${lines} lines` }));
    assert.deepEqual(objections(sources, long), []);
  });

  test(`no file is longer than ${MAX_FILE_LINES} lines`, () => {
    const long = ({ lines }: SourceText) => (lines > MAX_FILE_LINES ? [{ line: lines, what: 'lines' }] : []);
    assert.deepEqual(objections(sources, long), []);
  });

  test('nothing is exported as default', () => {
    assert.deepEqual(
      objections(sources, ({ defaultExports }) => defaultExports),
      [],
    );
  });

  test('no file only passes on what others export', () => {
    assert.deepEqual(
      sources.filter(({ isBarrel }) => isBarrel).map(({ path }) => path),
      [],
    );
  });
});

suite('names', () => {
  test('folders and files at the root are the known ones', () => {
    const allowed = FOLDERS[''].split(' ');
    const strange = paths.filter((path) => {
      const [top, ...rest] = path.split('/') as [string, ...string[]];
      return rest.length === 0 ? !ROOT_FILES.test(top) : !top.startsWith('.') && !allowed.includes(top);
    });
    assert.deepEqual(strange, []);
  });

  for (const half of ['sql', 'pipeline', 'server'] as const) {
    test(`${half}/ holds these folders only: ${FOLDERS[half]}`, () => {
      const inside = paths.map((path) => path.split('/')).filter((parts) => parts[0] === half && parts.length > 2);
      const strange = inside.filter((parts) => !FOLDERS[half].split(' ').includes(parts[1]!));
      assert.deepEqual(
        strange.map((parts) => parts.join('/')),
        [],
      );
    });
  }

  test('no file or folder is called by a name that says nothing', () => {
    const ogcCommon = /(^|\/)(server\/common\/|openapi\/(paths\/)?common\.yaml$)/;
    assert.deepEqual(
      paths.filter((path) => VAGUE_NAMES.test(path.replace(ogcCommon, '/'))),
      [],
    );
  });

  test('source files are named in kebab-case', () => {
    assert.deepEqual(
      sources.map(({ path }) => path).filter((path) => !KEBAB_CASE.test(path.split('/').at(-1)!)),
      [],
    );
  });
});
