import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import supertest from 'supertest';
import type { WorkerOptions } from '../../../pipeline/worker.ts';
import { app, execute, inputs, otherToken, poll, token, withWorker } from './asking.ts';

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
          ['running', 20, 'Interprétation des images : 50 %'],
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
    assert.deepEqual(seen, [{ ...inputs, sources: [{ pva: { paths: [inputs.sources.pva] } }] }]);
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
