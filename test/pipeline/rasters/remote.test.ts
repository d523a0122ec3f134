/** Rasters behind addresses: what is asked of the server, and what is said when it does not do its part. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { BandRequest } from '../../../pipeline/artefacts.ts';
import { checkUrl, isPrivate, pinAddress, shownUrl } from '../../../pipeline/geotiff/http-access.ts';
import type { HttpSettings } from '../../../pipeline/geotiff/http-file.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import { openWindowSource } from '../../../pipeline/rasters/open-window-source.ts';
import { type RangeServer, serveRanges } from './range-server.ts';
import { lambert } from './tiny-tiff.ts';

const SIDE = 512;
const GRID = lambert(SIDE, SIDE, 0.2);
const R: BandRequest[] = ['R', 'G', 'B'].map((name) => ({ name, scale: 1, offset: 0 }));
const WHOLE = { xPx: 0, yPx: 0, widthPx: SIDE, heightPx: SIDE };

let folder: string;
let server: RangeServer;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocsge-remote-'));
  server = await serveRanges(folder);
  await writeNoise(1);
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  server.misbehave = undefined;
  server.etag = '"one"';
  server.ranges.length = 0;
});

/** 64 tiles of noise, which no compression makes small. */
async function writeNoise(seed: number): Promise<void> {
  let state = seed;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state & 255;
  };
  const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, next);
  await writeGeoTiff(join(folder, 'pva.tif'), { grid: GRID, bands: 3, sampleFormat: 'uint8', tileSidePx: 64 }, pixels);
}

const open = (path: string, http: HttpSettings = {}) =>
  openWindowSource({ pva: [path] }, R, { srid: 2154, http: { backoffMs: 1, ...http } });

const refused = (path: string, message: RegExp, http: HttpSettings = {}) =>
  assert.rejects(
    open(path, http).then((source) => source.read(WHOLE).finally(() => source.close())),
    (error: Error) => {
      assert.equal(error.name, 'BadInput', error.stack);
      assert.match(error.message, message);
      return true;
    },
  );

describe('byte ranges', () => {
  test('the same pixels as from disk, in few requests, and no more than the window needs', async () => {
    const [far, near] = [await open(`${server.url}/pva.tif`), await open(join(folder, 'pva.tif'))];
    const opening = server.ranges.length;
    assert.ok(opening <= 2, `${opening} requests to open`);
    const window = { xPx: 130, yPx: 70, widthPx: 120, heightPx: 100 };
    assert.deepEqual((await far.read(window)).data, (await near.read(window)).data);
    const read = server.ranges.slice(opening);
    const bytes = read.reduce((sum, [start, end]) => sum + end - start + 1, 0);
    assert.ok(read.length <= 3, `${read.length} requests for 2 × 2 tiles of 3 rows`);
    assert.ok(bytes < 0.3 * SIDE * SIDE * 3, `${bytes} bytes`);
    server.ranges.length = 0;
    assert.deepEqual((await far.read(WHOLE)).data, (await near.read(WHOLE)).data);
    assert.ok(server.ranges.length <= 4, `${server.ranges.length} requests for the rest`);
    await Promise.all([far.close(), near.close()]);
  });

  test('the identity of the content is the server’s word for it', async () => {
    const identity = async () => {
      const source = await open(`${server.url}/pva.tif?signature=secret`);
      const [input] = await source.inputsOf(WHOLE);
      await source.close();
      return input!;
    };
    const first = await identity();
    assert.equal(first.path, `${server.url}/pva.tif?…`);
    assert.deepEqual(await identity(), first);
    server.etag = '"two"';
    assert.notEqual((await identity()).sha256, first.sha256);
  });

  test('a busy server, a lost connection and a short answer are asked again', async () => {
    const { size } = await stat(join(folder, 'pva.tif'));
    const faults: ((response: ServerResponse) => unknown)[] = [
      (response) => response.writeHead(503).end(),
      (response) => response.destroy(),
      (response) => {
        const headers = { 'content-range': `bytes 0-65535/${size}`, 'content-length': 65536, etag: '"one"' };
        response.writeHead(206, headers).write('short');
        setTimeout(() => response.destroy(), 5);
      },
    ];
    for (const fault of faults) {
      let faulty = 2;
      server.misbehave = (_request, response) => {
        if (faulty-- <= 0) return false;
        fault(response);
        return true;
      };
      const source = await open(`${server.url}/pva.tif`);
      await source.close();
    }
  });
});

describe('what a server may do wrong', () => {
  const always = (status: number, headers: Record<string, string> = {}) => {
    server.misbehave = (_request, response) => {
      response.writeHead(status, headers).end('x'.repeat(10));
      return true;
    };
  };

  test('what is not there, not allowed, or moved', async () => {
    await refused(`${server.url}/none.tif`, /none\.tif: status 404, 206 wanted/);
    always(403);
    await refused(`${server.url}/pva.tif`, /status 403, 206 wanted/);
    const asked = server.ranges.length;
    always(302, { location: `${server.url}/pva.tif` });
    await refused(`${server.url}/pva.tif`, /redirects \(status 302\), which is not followed/);
    assert.equal(server.ranges.length, asked, 'the redirection was not followed');
  });

  test('no ranges, foreign ranges, a server that stays down', async () => {
    always(200);
    await refused(`${server.url}/pva.tif`, /does not answer byte ranges \(status 200, 206 wanted\)/);
    always(206, { 'content-range': 'bytes 5-9/100' });
    await refused(`${server.url}/pva.tif`, /range "bytes 5-9\/100" answered, bytes from 0 wanted/);
    always(500);
    await refused(`${server.url}/pva.tif`, /cannot be read, 4 attempts \(status 500\)/);
    await refused('http://127.0.0.1:1/pva.tif', /cannot be read, 4 attempts \(.*ECONNREFUSED/);
  });

  test('silence', async () => {
    server.misbehave = () => true;
    await refused(`${server.url}/pva.tif`, /cannot be read, 4 attempts \(no answer for 0\.05 s\)/, { timeoutMs: 50 });
  });

  test('a file that changes while it is read', async () => {
    const source = await open(`${server.url}/pva.tif`);
    server.etag = '"two"';
    await assert.rejects(
      source.read(WHOLE),
      /pva\.tif: changed while it was read \(\d+ bytes, "one"; now \d+ bytes, "two"\)/,
    );
    await source.close();
  });

  test('something else than a GeoTIFF, and a truncated one', async () => {
    await writeFile(join(folder, 'page.tif'), '<html>'.repeat(100));
    await refused(`${server.url}/page.tif`, /page\.tif: not a readable GeoTIFF/);
  });
});

describe('which addresses may be read', () => {
  test('by a person: https anywhere, http on this machine only, no passwords', () => {
    for (const path of ['https://data.example.fr/a.tif', 'http://localhost:8000/a.tif', 'http://[::1]/a.tif']) {
      assert.equal(checkUrl(path, {}).href, path);
    }
    assert.throws(() => checkUrl('http://data.example.fr/a.tif', {}), /http found, https wanted/);
    assert.throws(
      () => checkUrl('https://me:pass@data.example.fr/a.tif', {}),
      (error: Error) => {
        assert.match(error.message, /a user or password is in the address/);
        return !error.message.includes('pass@');
      },
    );
    assert.equal(shownUrl('https://data.example.fr/a.tif?X-Sig=1'), 'https://data.example.fr/a.tif?…');
  });

  test('by a job: origins of the list, and none that is private unless it is listed', async () => {
    const listed = { origins: ['https://data.example.fr', 'http://localhost:9000', server.url] };
    for (const path of [
      'https://data.example.fr:444/a',
      'http://data.example.fr/a',
      'https://data.example.fr.evil.example/a',
    ]) {
      assert.throws(() => checkUrl(path, listed), /is not among the origins the operator allows/);
    }
    const source = await open(`${server.url}/pva.tif`, listed);
    await source.close();
    await refused(`${server.url}/pva.tif`, /not among the origins/, { origins: [] });
    assert.equal(server.ranges.length, 1, 'no connection for what is not listed');
    assert.ok((await pinAddress(new URL('http://localhost:9000/a'), listed)).address);
  });

  test('a listed name with a private address is refused, however that is written; its address may be listed too', async () => {
    // Debian resolves a machine's own name to 127.0.1.1 or the like; ip6-localhost is in every hosts file there.
    const url = new URL('http://ip6-localhost:9000/a');
    const known = await pinAddress(url, {}).catch(() => undefined);
    if (known === undefined) return;
    await assert.rejects(pinAddress(url, { origins: [url.origin] }), /its name has a private address/);
    assert.deepEqual(await pinAddress(url, { origins: [url.origin, known.address] }), known);
  });

  test('private addresses of both families', () => {
    const closed =
      '127.0.0.1 10.1.2.3 172.31.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 ::1 :: fe80::1 fd00::1 ::ffff:10.0.0.1 64:ff9b::a00:1';
    for (const address of closed.split(' ')) assert.ok(isPrivate(address), address);
    for (const address of ['8.8.8.8', '172.32.0.1', '193.51.0.1', '2001:660::1', '2a00:1450::1']) {
      assert.ok(!isPrivate(address), address);
    }
  });

  test('numbers that mean an address are that address', () => {
    for (const host of ['2130706433', '0x7f.1', '0177.0.0.1', '127.1']) {
      assert.equal(checkUrl(`http://${host}:8000/a.tif`, {}).hostname, '127.0.0.1');
      assert.throws(() => checkUrl(`http://${host}:8000/a.tif`, { origins: ['http://data.example.fr'] }), /not among/);
    }
  });
});
