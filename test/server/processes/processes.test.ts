import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import supertest from 'supertest';
import { silentReport } from '../../../pipeline/log.ts';
import { runWorker, type WorkerOptions } from '../../../pipeline/worker.ts';
import { createApp } from '../../../server/app.ts';
import { createToken, ensureFirstToken } from '../../../sql/tokens.ts';
import { openTestDatabase } from '../../database.ts';

const database = await openTestDatabase();
const root = realpathSync(mkdtempSync(join(tmpdir(), 'ocsge-sources-')));
after(() => rmSync(root, { recursive: true }));
const open = join(root, 'open');
mkdirSync(open);
writeFileSync(join(open, 'pva.tif'), '');
writeFileSync(join(root, 'secret.tif'), '');
symlinkSync(join(root, 'secret.tif'), join(open, 'escape.tif'));
symlinkSync(join(open, 'pva.tif'), join(open, 'inside.tif'));

const app = createApp({
  config: { publicUrl: undefined, trustProxy: false, sourcesDirs: [open] },
  database,
  writeDatabase: database,
  pages: {},
  log: pino({ level: 'silent' }),
  registryCheckMs: 0,
});
const token = (await ensureFirstToken(database))!;
const otherToken = await createToken(database, 'another');

const inputs = { departement: '999', millesime: 2022, sources: { pva: join(open, 'pva.tif') }, model: 'demo' };
const EXECUTION = '/processes/produce/execution';
const execute = (body: string | object, bearer: string | undefined = token) => {
  const request = supertest(app).post(EXECUTION).set('Accept', 'application/json');
  if (bearer !== undefined) request.set('Authorization', `Bearer ${bearer}`);
  return request.send(body);
};

/** Runs a worker on the queue while `during` runs. */
async function withWorker(produce: WorkerOptions['produce'], during: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const config = database.connection;
  const worker = runWorker({ database, config, report: silentReport, signal: stop.signal, pollMs: 50, produce });
  try {
    await during();
  } finally {
    stop.abort();
    await worker;
  }
}

async function poll(path: string, wanted: (body: { status: string; progress: number }) => boolean) {
  for (const end = Date.now() + 30_000; Date.now() < end; await pause(50)) {
    const { body } = await supertest(app).get(path).expect(200);
    if (wanted(body)) return body;
  }
  assert.fail(`${path} did not come to what was wanted within 30 s`);
}

suite('descriptions', () => {
  test('the list, and its limit', async () => {
    const { body } = await supertest(app).get('/processes').expect(200);
    assert.deepEqual(
      body.processes.map(({ id, version, jobControlOptions }: Record<string, unknown>) => [
        id,
        version,
        jobControlOptions,
      ]),
      [['produce', '1.0.0', ['async-execute', 'dismiss']]],
    );
    assert.equal(body.processes[0].inputs, undefined);
    assert.ok(Array.isArray(body.links));
    await supertest(app).get('/processes?limit=1').expect(200);
    await supertest(app).get('/processes?limit=0').expect(400);
    await supertest(app).get('/processes?colour=red').expect(400);
  });

  test('inputs and outputs by their ids, each with a schema of the keywords the standard knows', async () => {
    const { body } = await supertest(app).get('/processes/produce').expect(200);
    const known = new Set(
      'type pattern example minimum maximum minLength maxLength minItems maxItems items minProperties additionalProperties properties oneOf format'.split(
        ' ',
      ),
    );
    const check = (schema: Record<string, unknown>): void => {
      for (const keyword of Object.keys(schema)) assert.ok(known.has(keyword), `keyword ${keyword}`);
      for (const below of Object.values((schema['properties'] ?? {}) as object)) check(below);
      for (const below of (schema['oneOf'] ?? []) as Record<string, unknown>[]) check(below);
      if (schema['items'] !== undefined) check(schema['items'] as Record<string, unknown>);
    };
    for (const { schema } of Object.values({ ...body.inputs, ...body.outputs }) as { schema: object }[]) {
      check(schema as Record<string, unknown>);
    }
    assert.deepEqual(Object.keys(body.inputs).slice(0, 3), ['departement', 'millesime', 'sources']);
    const execution = body.links.find(({ rel }: { rel: string }) => rel.endsWith('/execute'));
    assert.match(execution.href, /^http:\/\/127\.0\.0\.1:\d+\/processes\/produce\/execution$/);
  });

  test('an unknown process', async () => {
    const { body } = await supertest(app).get('/processes/nope').set('Accept', 'application/json').expect(404);
    assert.equal(body.type, 'http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-process');
    await supertest(app).post('/processes/nope/execution').auth(token, { type: 'bearer' }).send({ inputs }).expect(404);
  });
});

suite('who may execute', () => {
  test('nobody without a token that is known here', async () => {
    const none = await execute({ inputs }, undefined).unset('Authorization').expect(401);
    assert.equal(none.get('WWW-Authenticate'), 'Bearer');
    const wrong = await execute({ inputs }, `${token}x`).expect(401);
    assert.equal(wrong.get('WWW-Authenticate'), 'Bearer error="invalid_token"');
    await execute({ inputs }, "' or ''='").expect(401);
    const { rows } = await database.pool.query('select count(*) from production.run');
    assert.equal(rows[0].count, 0);
  });

  test('the first token is given once, and only its hash is kept', async () => {
    assert.equal(await ensureFirstToken(database), undefined);
    const { rows } = await database.pool.query('select * from production.token');
    assert.equal(rows.length, 2);
    assert.ok(!JSON.stringify(rows).includes(token));
  });
});

suite('bodies that cannot be used', () => {
  const wrong: [string, object | string, RegExp][] = [
    ['no inputs', { 'invalid-execute-request': 'true)' }, /invalid-execute-request is not known; inputs is missing/],
    ['a list', [], /no JSON object/],
    ['text that is no JSON', '{"inputs":', /not JSON/],
    ['a millésime that is text', { inputs: { ...inputs, millesime: '2022' } }, /inputs\.millesime must be integer/],
    ['no model', { inputs: { ...inputs, model: undefined } }, /inputs\.model is missing/],
    ['a département that is none', { inputs: { ...inputs, departement: '20' } }, /inputs\.departement must match/],
    ['an unknown input', { inputs: { ...inputs, colour: 'red' } }, /inputs\.colour is not known/],
    ['an unknown source', { inputs: { ...inputs, sources: { x: '/a' } } }, /inputs\.sources\.x is not known/],
    ['__proto__', `{"inputs": {"__proto__": {"a": 1}}}`, /inputs/],
    [
      'a reference',
      { inputs: { ...inputs, sources: { href: 'http://127.0.0.1/' } } },
      /inputs\.sources is a reference/,
    ],
    ['a callback', { inputs, subscriber: { successUri: 'http://127.0.0.1/' } }, /subscriber is not supported/],
    ['an unknown output', { inputs, outputs: { x: {} } }, /outputs\.x is not known/],
    ['an output by reference', { inputs, outputs: { revision: { transmissionMode: 'reference' } } }, /by value/],
    ['raw results', { inputs, response: 'raw' }, /response is "document"/],
  ];
  for (const [what, body, message] of wrong) {
    test(what, async () => {
      const answer = await execute(body).set('Content-Type', 'application/json').expect(400);
      assert.match(answer.body.detail, message);
    });
  }

  test('another media type, and a body of more than 1 MB', async () => {
    await execute('<inputs/>').set('Content-Type', 'application/xml').expect(415);
    await execute({ inputs: { ...inputs, attribution: 'x'.repeat(1_100_000) } }).expect(413);
  });
});

suite('files a request may name', () => {
  const refused: [string, string, RegExp][] = [
    ['outside', join(root, 'secret.tif'), /is under no folder the operator has opened/],
    ['outside, not there', join(root, 'nothing.tif'), /is under no folder the operator has opened/],
    ['up and out', join(open, 'x').replace(/x$/, '../secret.tif'), /is under no folder/],
    ['a folder whose name only begins alike', `${open}-too/pva.tif`, /is under no folder/],
    ['through a symbolic link', join(open, 'escape.tif'), /is under no folder/],
    ['not there', join(open, 'nothing.tif'), /is not there/],
    ['relative', 'pva.tif', /no absolute path/],
    ['an address', 'http://169.254.169.254/latest/meta-data', /no absolute path/],
    ["GDAL's way to an address", '/vsicurl/http://127.0.0.1/', /is under no folder/],
    ['a NUL', `${open}/pva.tif\0.png`, /no absolute path/],
  ];
  for (const [what, path, message] of refused) {
    test(what, async () => {
      for (const wrong of [
        { sources: { pva: [join(open, 'pva.tif'), path] } },
        { references: path },
        { model: path },
      ]) {
        if ('model' in wrong && what === 'relative') continue; // an id of a model, perhaps
        const { body } = await execute({ inputs: { ...inputs, ...wrong } }).expect(400);
        assert.match(body.detail, message);
      }
    });
  }
});

suite('jobs', () => {
  const result = { collectionId: 'occupation-sol-999-2022', revisionId: 3, objectCount: 42 };

  test('from asking to results', async () => {
    const asked = await execute({ inputs: { ...inputs, sources: { value: inputs.sources } } })
      .set('Prefer', 'respond-async ')
      .expect(201);
    assert.equal(asked.get('Preference-Applied'), 'respond-async');
    const location = asked.get('Location')!;
    assert.match(location, /^http:\/\/127\.0\.0\.1:\d+\/jobs\/[0-9a-f-]{36}$/);
    const { pathname } = new URL(location);
    assert.deepEqual(
      [
        asked.body.processID,
        asked.body.type,
        asked.body.status,
        asked.body.progress,
        location.endsWith(asked.body.jobID),
      ],
      ['produce', 'process', 'accepted', 0, true],
    );
    const early = await supertest(app).get(`${pathname}/results`).set('Accept', 'application/json').expect(404);
    assert.equal(early.body.type, 'http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/result-not-ready');

    let goOn: () => void = () => {};
    const seen: unknown[] = [];
    await withWorker(
      async (request, { report }) => {
        seen.push(request);
        report.step('classes', 10, 'px').advance(5);
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        return result;
      },
      async () => {
        const half = await poll(pathname, ({ progress }) => progress > 0);
        assert.deepEqual(
          [half.status, half.progress, half.message],
          ['running', 30, 'Interprétation des images : 50 %'],
        );
        assert.ok(half.links.some(({ rel }: { rel: string }) => rel === 'monitor'));
        goOn();
        const done = await poll(pathname, ({ status }) => status === 'successful');
        assert.ok(done.created <= done.started && done.started <= done.finished);
        const link = done.links.find(({ rel }: { rel: string }) => rel.endsWith('/results'));
        const results = await supertest(app).get(new URL(link.href).pathname).expect(200);
        const { collection, ...numbers } = results.body;
        assert.match(collection, /^http:\/\/127\.0\.0\.1:\d+\/collections\/occupation-sol-999-2022$/);
        assert.deepEqual(numbers, { revision: 3, objets: 42 });
      },
    );
    assert.deepEqual(seen, [{ ...inputs, sources: { pva: [inputs.sources.pva] } }]);
  });

  test('a failed job says why, and has no results', async () => {
    const { body } = await execute({ inputs }).expect(201);
    const produce: WorkerOptions['produce'] = async () => {
      throw new Error('password authentication failed for user "ocsge"');
    };
    await withWorker(produce, async () => {
      const failed = await poll(`/jobs/${body.jobID}`, ({ status }) => status === 'failed');
      assert.match(failed.message, /La production a échoué/);
      assert.doesNotMatch(JSON.stringify(failed), /password/);
    });
    const { body: problem } = await supertest(app).get(`/jobs/${body.jobID}/results`).expect(500);
    assert.match(problem.detail, /La production a échoué/);
  });

  test('dismissed while it runs, by who asked for it only', async () => {
    const { body } = await execute({ inputs }).expect(201);
    const path = `/jobs/${body.jobID}`;
    let stopped = false;
    const produce: WorkerOptions['produce'] = (_request, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(signal.reason);
        });
      });
    await withWorker(produce, async () => {
      await poll(path, ({ status }) => status === 'running');
      await supertest(app).delete(path).expect(401);
      await supertest(app).delete(path).auth(otherToken, { type: 'bearer' }).expect(403);
      const dismissed = await supertest(app).delete(path).auth(token, { type: 'bearer' }).expect(200);
      assert.equal(dismissed.body.status, 'dismissed');
      for (const end = Date.now() + 10_000; !stopped && Date.now() < end; ) await pause(50);
      assert.ok(stopped, 'the work was stopped');
    });
    assert.equal((await supertest(app).get(path).expect(200)).body.status, 'dismissed');
    await supertest(app).get(`${path}/results`).expect(410);
    await supertest(app).delete(path).auth(token, { type: 'bearer' }).expect(410);
  });

  test('the list: one token does not see the jobs of another, nor does anybody without one', async () => {
    const own = await supertest(app).get('/jobs').auth(token, { type: 'bearer' }).expect(200);
    assert.deepEqual(
      own.body.jobs.map(({ status }: { status: string }) => status),
      ['dismissed', 'failed', 'successful'],
    );
    assert.ok(Array.isArray(own.body.links));
    const get = async (query: string) =>
      (await supertest(app).get(`/jobs?${query}`).auth(token, { type: 'bearer' }).expect(200)).body.jobs.length;
    assert.equal(await get('limit=1'), 1);
    assert.equal(await get('status=failed,successful'), 2);
    assert.equal(await get('processID=other'), 0);
    await supertest(app).get('/jobs?status=asleep').expect(400);
    await supertest(app).get('/jobs').auth('ocsge_unknown', { type: 'bearer' }).expect(401);
    assert.deepEqual((await supertest(app).get('/jobs').expect(200)).body.jobs, []);
    const other = await supertest(app).get('/jobs').auth(otherToken, { type: 'bearer' }).expect(200);
    assert.deepEqual(other.body.jobs, []);
  });

  test('a job that is not there', async () => {
    for (const id of ['nope', '00000000-0000-4000-8000-000000000000', "x'--"]) {
      for (const path of [`/jobs/${encodeURIComponent(id)}`, `/jobs/${encodeURIComponent(id)}/results`]) {
        const { body } = await supertest(app).get(path).set('Accept', 'application/json').expect(404);
        assert.equal(body.type, 'http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job');
      }
    }
  });

  test('a queue that is full refuses, saying when to come back', async () => {
    for (let job = 0; job < 20; job++) await execute({ inputs }).expect(201);
    const full = await execute({ inputs }).expect(503);
    assert.equal(full.get('Retry-After'), '60');
    await execute({ inputs }, otherToken).expect(201);
  });
});
