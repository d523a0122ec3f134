import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import { blocksOf, createLayer, openLayer } from '../../../pipeline/polygons/blocks/layer.ts';
import { SortedSpool } from '../../../pipeline/polygons/coverage/spool.ts';
import { randomNumbers } from './random-raster.ts';

const folder = await mkdtemp(join(tmpdir(), 'ocsge-layer-'));
after(() => rm(folder, { recursive: true }));

const [widthPx, heightPx] = [37, 23];
const raster = Uint8Array.from({ length: widthPx * heightPx }, (_, i) => (i * 7) % 251);

test('a layer gives back any window with any frame, whatever the order its blocks were written in', async () => {
  for (const blockPx of [5, 16, 64]) {
    const shape = { widthPx, heightPx, blockPx };
    const path = join(folder, `${blockPx}.layer`);
    const writer = await createLayer(path, shape);
    const blocks = blocksOf(shape);
    const write = (block: (typeof blocks)[number]) => writer.write(block, framedFrom(raster, widthPx, block, 0).pixels);
    await Promise.all(blocks.toReversed().map(write));
    assert.equal(existsSync(path), false);
    await writer.finish();
    const layer = await openLayer(path);
    assert.deepEqual([layer.widthPx, layer.heightPx, layer.blockPx], [widthPx, heightPx, blockPx]);
    for (const [xPx, yPx, width, height, framePx] of [
      [0, 0, widthPx, heightPx, 0],
      [0, 0, widthPx, heightPx, 30],
      [13, 4, 9, 11, 6],
      [36, 22, 1, 1, 2],
    ] as const) {
      const window = { xPx, yPx, widthPx: width, heightPx: height };
      assert.deepEqual(await layer.readFramed(window, framePx), framedFrom(raster, widthPx, window, framePx));
    }
    const first = await layer.readBlock(0);
    assert.notEqual(first.slice().buffer, first.buffer);
    await layer.close();
  }
});

test('a layer with a block missing has no name, given up it leaves nothing', async () => {
  const shape = { widthPx, heightPx, blockPx: 16 };
  const path = join(folder, 'missing.layer');
  const writer = await createLayer(path, shape);
  await writer.write(blocksOf(shape)[0]!, new Uint8Array(256));
  await assert.rejects(writer.finish(), /5 of 6 blocks are missing/);
  await writer.abort();
  assert.ok(!(await readdir(folder)).some((name) => name.startsWith('missing')));
});

test('a spool gives its records by key, from memory or from many runs, and again', async () => {
  for (const [runs, runBytes] of [
    ['none', 1 << 20],
    ['many', 500],
  ] as const) {
    const random = randomNumbers(5);
    const spool = new SortedSpool(join(folder, runs), runBytes);
    const wanted: [number, string][] = [];
    for (let i = 0; i < 700; i++) {
      const [key, text] = [random(1_000_000) * 1e7, `${i}`.repeat(random(40))];
      wanted.push([key, text]);
      await spool.add(key, Buffer.from(text));
    }
    wanted.sort((a, b) => a[0] - b[0]);
    for (let time = 0; time < 2; time++) {
      const found: [number, string][] = [];
      for await (const records of spool.sorted()) {
        for (const { key, payload } of records) found.push([key, Buffer.from(payload).toString()]);
      }
      assert.deepEqual(found, wanted);
    }
    const files = async () => (await readdir(folder)).filter((name) => name.startsWith(`${runs}.`)).length;
    assert.equal((await files()) > 1, runs === 'many');
    await spool.remove();
    assert.equal(await files(), 0);
  }
});
