import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import supertest from 'supertest';
import { ensureFirstToken } from '../../../sql/tokens.ts';
import { app, database, execute, inputs, open, root, token } from './asking.ts';

suite('descriptions', () => {
  test('the list, and its limit', async () => {
    const { body } = await supertest(app).get('/processes').expect(200);
    assert.deepEqual(
      body.processes.map(({ id, version, jobControlOptions }: Record<string, unknown>) => [
        id,
        version,
        jobControlOptions,
      ]),
      [['produce', '1.1.0', ['async-execute', 'dismiss']]],
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
      'type pattern example minimum maximum minLength maxLength minItems maxItems items minProperties additionalProperties properties oneOf format enum required'.split(
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
    [
      'a model that is not there',
      { inputs: { ...inputs, model: 'no-such-model' } },
      /no model of this service; there are: .*demo-rgbie-1/,
    ],
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
    ['a link inside a folder', join(open, 'linked'), /linked.l\.tif is a link out of the folders/],
    ['a link that a glob matches', join(open, 'linked', '*.tif'), /linked.l\.tif is a link out of the folders/],
    ['not there', join(open, 'nothing.tif'), /is not there/],
    ['relative', 'pva.tif', /no absolute path/],
    ['an address', 'http://169.254.169.254/latest/meta-data', /is no address this service reads/],
    [
      'an origin that only begins alike',
      'https://data.example.fr.evil.example/a.tif',
      /is no address this service reads/,
    ],
    ['a user before the origin', 'https://data.example.fr@evil.example/a.tif', /is no address this service reads/],
    ['a password', 'https://me:secret@data.example.fr/a.tif', /is no address this service reads/],
    ['another scheme', 'file:///etc/passwd', /is no address this service reads/],
    ['a glob outside', join(root, '*.tif'), /is under no folder/],
    ['a glob up and out', `${open}/*/../../secret.tif`, /is under no folder/],
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

  test('wherever a request names one: acquisitions, what is stated of files, annotations, an extent', async () => {
    const path = join(root, 'secret.tif');
    for (const wrong of [
      { sources: [inputs.sources, { pva: path }] },
      { sources: { ...inputs.sources, mns: { path: [path], scale: 1 } } },
      { sources: { ...inputs.sources, annotations: path } },
      { sources: { ...inputs.sources, annotations: { path: inputs.sources.pva, classes: path } } },
      { extent: path },
    ]) {
      const { body } = await execute({ inputs: { ...inputs, ...wrong } }).expect(400);
      assert.match(body.detail, /is under no folder/);
    }
  });

  test('rasters of an origin on the list, and nothing else from it', async () => {
    const address = 'https://data.example.fr/2022/pva.tif?token=1';
    const asked = await execute({ inputs: { ...inputs, sources: { pva: address } } }).expect(201);
    await supertest(app).delete(`/jobs/${asked.body.jobID}`).set('Authorization', `Bearer ${token}`).expect(200);
    for (const wrong of [
      { territoires: address },
      { model: address },
      { sources: { ...inputs.sources, annotations: address } },
    ]) {
      const { body } = await execute({ inputs: { ...inputs, ...wrong } }).expect(400);
      assert.match(body.detail, /is no address this service reads/);
    }
  });
});
