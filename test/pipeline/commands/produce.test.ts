/** The chain from end to end on a small scene, as the command runs it, and what a kill leaves. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { hashFile, runFolder } from '../../../pipeline/artefacts.ts';
import { demoRequest } from '../../../pipeline/commands/demo.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { renderScene, type SceneYear } from '../../../pipeline/scenes/render-scene.ts';
import { openTestDatabase } from '../../database.ts';
import { runCommand, startCommand } from './command.ts';

const database = await openTestDatabase();
const { dataDir } = database.connection;
const ctx = { report: silentReport, signal: new AbortController().signal, threads: 2 };

async function writeRequest(date: SceneYear, former: SceneYear | undefined): Promise<string> {
  const outDir = join(dataDir, 'scene');
  const scene = await renderScene({ date, outDir, seed: 4, widthM: 240, heightM: 200 }, ctx);
  const path = join(dataDir, `production-${date}.json`);
  await writeFile(path, JSON.stringify({ ...demoRequest(scene, date, former), tile: 256, margin: 32, dalle: 192 }));
  return path;
}

const dalleFolder = join(runFolder(dataDir, '999', 2019), 'classes', 'dalles');
const finishedDalles = () =>
  existsSync(dalleFolder) ? readdirSync(dalleFolder).filter((name) => name.endsWith('.manifest.json')) : [];

const published = async () =>
  (await database.pool.query('select millesime, nombre_objets, est_couverture from published.millesime order by 1'))
    .rows;

describe('ocsge produce', () => {
  let request2019: string;
  before(async () => {
    request2019 = await writeRequest(2019, undefined);
  });

  it('killed half-way leaves what was published as it was; the same command goes on at the first unfinished dalle', async () => {
    const first = startCommand(['produce', '--request', request2019], database.env);
    while (finishedDalles().length < 5) {
      await pause(50);
      assert.equal(first.child.exitCode, null, 'it ended before it could be killed');
    }
    first.kill('SIGKILL');
    await first.ended;
    assert.deepEqual(await published(), []);
    const kept = finishedDalles().map((name) => join(dalleFolder, name.replace('.manifest.json', '.classes.tif')));
    const inodes = kept.map((path) => statSync(path).ino);

    const second = await runCommand(['produce', '--request', request2019], database.env);
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(
      kept.map((path) => statSync(path).ino),
      inodes,
      'finished dalles were made again',
    );
    const [row] = await published();
    assert.equal(row.est_couverture, true);
    assert.match(second.stdout, new RegExp(`occupation-sol-999-2019: ${row.nombre_objets} objects published`));
    const communes = await database.pool.query('select distinct commune from published.statistique_stock order by 1');
    assert.deepEqual(
      communes.rows.map(({ commune }) => commune),
      ['99901', '99902'],
    );
  });

  it('makes the second millésime on the frame of the first, and the pair of the two', async () => {
    const { code, stderr } = await runCommand(['produce', '--request', await writeRequest(2022, 2019)], database.env);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      (await published()).map(({ millesime }) => millesime),
      [2019, 2022],
    );
    const { rows } = await database.pool.query<{ common: number; before: number; pairs: number }>(
      `select (select count(*) from published.occupation_sol a join published.occupation_sol b using (id)
                where a.millesime = 2019 and b.millesime = 2022 and st_asbinary(a.geom) = st_asbinary(b.geom)) as common,
              (select nombre_objets from published.millesime where millesime = 2019) as before,
              (select count(*) from published.difference_paire) as pairs`,
    );
    const { common, before, pairs } = rows[0]!;
    assert.ok(common > before / 2, `${common} of ${before} objects kept id and bytes`);
    assert.equal(pairs, 1);
  });

  it('takes the published revision as the frame, not what a later run left on disk', async () => {
    const coarse = await runCommand(['produce', '--request', request2019, '--min-area', '400'], database.env);
    assert.equal(coarse.code, 0, coarse.stderr);
    const back = await runCommand(['rollback', '--departement', '999', '--millesime', '2019'], database.env);
    assert.equal(back.code, 0, back.stderr);
    const again = await runCommand(['produce', '--request', await writeRequest(2022, 2019)], database.env);
    assert.equal(again.code, 0, again.stderr);
    const { rows } = await database.pool.query<{ common: number; before: number }>(
      `select (select count(*) from published.millesime m
                 join published.occupation_sol a on a.revision_id = m.revision_id and m.millesime = 2019
                 join published.millesime n on n.millesime = 2022
                 join published.occupation_sol b on b.revision_id = n.revision_id and b.id = a.id
                where st_asbinary(a.geom) = st_asbinary(b.geom)) as common,
              (select nombre_objets from published.millesime where millesime = 2019) as before`,
    );
    assert.ok(rows[0]!.common > rows[0]!.before / 2, `${rows[0]!.common} of ${rows[0]!.before}`);
  });

  it('makes a damaged artefact again', async () => {
    const objets = join(runFolder(dataDir, '999', 2019), 'usage', 'objets.geojsonl');
    await truncate(objets, 1_000);
    const { code, stderr } = await runCommand(['produce', '--request', request2019], database.env);
    assert.equal(code, 0, stderr);
    assert.ok(statSync(objets).size > 1_000);
  });

  it('gives the same bytes when it is run again from nothing but the sources', async () => {
    const objets = join(runFolder(dataDir, '999', 2019), 'usage', 'objets.geojsonl');
    const { sha256 } = await hashFile(objets);
    await rm(runFolder(dataDir, '999', 2019), { recursive: true });
    const { code, stderr } = await runCommand(['produce', '--request', request2019, '--dalle', '400'], database.env);
    assert.equal(code, 0, stderr);
    assert.equal((await hashFile(objets)).sha256, sha256);
  });

  it('refuses a second writer of the same run, naming the process', async () => {
    await rm(runFolder(dataDir, '999', 2019), { recursive: true });
    const first = startCommand(['produce', '--request', request2019], database.env);
    await first.said(/"label":"classes"/);
    const second = await runCommand(['produce', '--request', request2019], database.env);
    assert.equal(second.code, 2, second.stderr);
    assert.match(second.stderr, new RegExp(`worked on by process ${first.child.pid}`));
    assert.equal((await first.ended).code, 0);
  });

  it('stops on SIGINT with exit code 130, and says that the same command goes on', async () => {
    await rm(runFolder(dataDir, '999', 2019), { recursive: true });
    const run = startCommand(['produce', '--request', request2019], database.env);
    await run.said(/"label":"classes"/);
    run.kill('SIGINT');
    const { code, stderr } = await run.ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /goes on where it was/);
  });

  it('tells bad input (2) from success, with what was found and wanted, and writes nothing', async () => {
    const before = await published();
    const bad: [string[], RegExp][] = [
      [
        ['produce', '--departement', '999', '--millesime', '2019'],
        /sources is missing.*model is missing|model is missing.*sources is missing/,
      ],
      [['produce', '--request', join(dataDir, 'none.json')], /none\.json: the production request cannot be read/],
      [
        ['produce', '--request', request2019, '--millesime', 'deux mille'],
        /--millesime is "deux mille": a number wanted/,
      ],
      [['produce', '--request', request2019, '--pva', 'nowhere.tif'], /nowhere\.tif/],
      [
        ['produce', '--request', request2019, '--from', '2015'],
        /999 2015 is not published; produce that millésime first/,
      ],
      [['produce', '--request', request2019, '--image-date', '2021-13-45'], /imageDate is "2021-13-45"; wanted a day/],
      [['produce', '--request', request2019, '--tile', '255'], /tiles of 255 × 255 px|multiple of/],
      [['produce', '--request', request2019, '--departement', 'xx'], /departement is "xx": one such as 062 is wanted/],
      [['produce', '--colour', 'red'], /unknown option '--colour'/],
      [['rollback', '--departement', '62', '--millesime', '2018'], /no former revision is kept/],
    ];
    for (const [words, message] of bad) {
      const { code, stderr } = await runCommand(words, database.env);
      assert.equal(code, 2, `${words.join(' ')}: ${stderr}`);
      assert.match(stderr.replaceAll('\\"', '"'), message);
    }
    assert.deepEqual(await published(), before);
  });

  it('has --help for every command', async () => {
    const { stdout } = await runCommand(['--help'], database.env);
    const commands = [
      'serve',
      'database',
      'migrate',
      'produce',
      'import',
      'worker',
      'demo',
      'status',
      'rollback',
      'token',
    ];
    for (const name of commands) {
      assert.match(stdout, new RegExp(`\\n  ${name} `));
      const help = await runCommand([name, '--help'], database.env);
      assert.equal(help.code, 0);
      assert.match(help.stdout, new RegExp(`Usage: ocsge ${name}`));
    }
  });
});
