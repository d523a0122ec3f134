/** Every role, shifted by known parts of a pixel and of several resolutions, against sums written out from the definition. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { BandRequest } from '../../../pipeline/artefacts.ts';
import type { Grid } from '../../../pipeline/grid.ts';
import type { Role } from '../../../pipeline/rasters/bands.ts';
import { openWindowSource } from '../../../pipeline/rasters/open-window-source.ts';
import { lambert, writeTiny } from './tiny-tiff.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocsge-alignment-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** What every run of this test is aligned to: 0.2 m, some way inside of the sources. */
const TARGET: Grid = lambert(23, 19, 0.2, [2, -2]);

/** No two pixels alike, and far from any plane. */
const sample = (x: number, y: number, band: number) => (x * 97 + y * 61 + ((x * y) % 13) * 17 + band * 41) % 256;

const ROLES: { role: Role; bands: string[]; count: number }[] = [
  { role: 'pva', bands: ['R', 'G', 'B', 'NIR'], count: 4 },
  { role: 'irc', bands: ['NIR', 'R', 'G'], count: 3 },
  { role: 'mns', bands: ['MNS'], count: 1 },
  { role: 'mnt', bands: ['MNT'], count: 1 },
  { role: 'rgbie', bands: ['R', 'G', 'B', 'NIR', 'E'], count: 5 },
];

/** [pixel of the source in metres, shift of its corner east and north in metres]. */
const SOURCES: [number, [number, number]][] = [
  [0.2, [0, 0]],
  [0.2, [0.1, 0.1]], // half a pixel, as the real LiDAR grids are
  [0.2, [0.05, -0.15]],
  [0.2, [-0.0214, 0.1786]],
  [0.2, [0.004, 0.002]], // further than a hundredth of a pixel: not the same grid
  [0.25, [0.05, 0.125]],
  [0.5, [-0.3, 0.4]],
  [0.5, [0.25, 0.25]],
  [0.1, [0.05, 0]],
  [0.1, [0, 0]],
  [0.15, [0.07, -0.04]],
  [1, [-0.45, 0.7]],
];

/** [source pixel, its weight] for one target pixel on one axis; positions in source pixels from the source's edge. */
function weightsOf(from: number, to: number): [number, number][] {
  const hat = (at: number, pixel: number) => Math.max(0, 1 - Math.abs(at - (pixel + 0.5)));
  const weights: [number, number][] = [];
  const steps = to - from > 1 + 1e-9 ? 2048 : 1; // coarser: the mean of the surface, summed up; else its value at the centre
  for (let pixel = Math.floor(from) - 2; pixel <= to + 2; pixel++) {
    let sum = 0;
    for (let step = 0; step < steps; step++) sum += hat(from + ((step + 0.5) / steps) * (to - from), pixel);
    if (sum > 0) weights.push([pixel, sum / steps]);
  }
  return weights;
}

/** What each pixel of the target is, by the definition. */
function expected(grid: Grid, band: number): number[] {
  const { resolutionM } = grid;
  const size = 0.2 / resolutionM;
  const axis = (count: number, startM: number) =>
    Array.from({ length: count }, (_, i) => (startM + i * 0.2) / resolutionM).map((from) =>
      weightsOf(from, from + size),
    );
  const columns = axis(23, TARGET.originX - grid.originX);
  const rows = axis(19, grid.originY - TARGET.originY);
  return rows.flatMap((row) =>
    columns.map((column) => {
      let sum = 0;
      for (const [y, rowWeight] of row)
        for (const [x, weight] of column) sum += rowWeight * weight * sample(x, y, band);
      return sum;
    }),
  );
}

describe('alignment', () => {
  for (const { role, bands, count } of ROLES) {
    for (const [resolutionM, shift] of SOURCES) {
      test(`${role} of ${resolutionM} m shifted by ${shift} m`, async () => {
        const side = Math.ceil(10 / resolutionM);
        const grid = lambert(side, side, resolutionM, shift);
        const sampleFormat = role === 'mns' || role === 'mnt' ? 'float32' : 'uint8';
        const path = await writeTiny(join(folder, `${role}.tif`), grid, sample, { bands: count, sampleFormat });
        const requests = bands.map(
          (name): BandRequest => ({ name: name === 'E' ? 'NDSM' : name, scale: name === 'E' ? 5 : 1, offset: 0 }),
        );
        const source = await openWindowSource({ [role]: [path] }, requests, { srid: 2154, grid: TARGET });
        const { data, valid } = await source.read({ xPx: 0, yPx: 0, widthPx: 23, heightPx: 19 });
        await source.close();
        assert.ok(valid.every((known) => known === 1));
        for (let band = 0; band < count; band++) {
          expected(grid, band).forEach((wanted, i) => {
            const found = data[band * 23 * 19 + i]!;
            if (Math.abs(found - wanted) > 1e-3) assert.fail(`band ${band}, pixel ${i}: ${found} for ${wanted}`);
          });
        }
      });
    }
  }

  test('grids within a hundredth of a pixel are the same grid: samples come as they are', async () => {
    const grid = lambert(60, 60, 0.2, [0.0018, -0.0018]);
    const path = await writeTiny(join(folder, 'same.tif'), grid, sample, { bands: 3, sampleFormat: 'uint8' });
    const source = await openWindowSource({ pva: [path] }, [{ name: 'B', scale: 1, offset: 0 }], {
      srid: 2154,
      grid: TARGET,
    });
    const { data } = await source.read({ xPx: 3, yPx: 4, widthPx: 8, heightPx: 5 });
    await source.close();
    assert.deepEqual(
      [...data],
      Array.from({ length: 40 }, (_, i) => sample(13 + (i % 8), 14 + Math.floor(i / 8), 2)),
    );
  });

  test('windows cut anywhere give the pixels of the whole', async () => {
    const grid = lambert(24, 24, 0.5, [0.15, 0.35]);
    const path = await writeTiny(
      join(folder, 'cut.tif'),
      grid,
      (x, y) => (x === 7 && y === 6 ? -9999 : sample(x, y, 0)),
      {
        nodata: -9999,
      },
    );
    const source = await openWindowSource({ mns: [path] }, [{ name: 'MNS', scale: 1, offset: 0 }], {
      srid: 2154,
      grid: TARGET,
    });
    const whole = await source.read({ xPx: 0, yPx: 0, widthPx: 23, heightPx: 19 });
    assert.ok(whole.valid.includes(0), 'the hole is in it');
    for (const window of [
      { xPx: 5, yPx: 2, widthPx: 7, heightPx: 11 },
      { xPx: 12, yPx: 3, widthPx: 1, heightPx: 1 },
      { xPx: -2, yPx: 15, widthPx: 30, heightPx: 9 },
    ]) {
      const { data, valid } = await source.read(window);
      for (let i = 0; i < data.length; i++) {
        const [x, y] = [window.xPx + (i % window.widthPx), window.yPx + Math.floor(i / window.widthPx)];
        const inside = x >= 0 && y >= 0 && x < 23 && y < 19;
        assert.equal(valid[i], inside ? whole.valid[y * 23 + x] : 0);
        if (inside) assert.ok(Math.abs(data[i]! - whole.data[y * 23 + x]!) < 1e-4);
      }
    }
    await source.close();
  });
});

test('half a pixel aside, to either side: the last row and column are in the grid, and known', async () => {
  const band = { name: 'R', scale: 1, offset: 0 } as BandRequest;
  const nir = { ...band, name: 'NIR' };
  const pva = await writeTiny(join(folder, 'edge-pva.tif'), lambert(30, 30, 0.2), sample, {
    bands: 3,
    sampleFormat: 'uint8',
  });
  for (const shift of [
    [-0.1, 0.1],
    [0.1, -0.1],
  ] as [number, number][]) {
    const irc = await writeTiny(join(folder, `edge-irc${shift[0]}.tif`), lambert(30, 30, 0.2, shift), sample, {
      bands: 3,
      sampleFormat: 'uint8',
    });
    const source = await openWindowSource({ pva: [pva], irc: [irc] }, [band, nir], { srid: 2154 });
    assert.deepEqual([source.grid.widthPx, source.grid.heightPx], [30, 30]);
    const { valid } = await source.read({ xPx: 0, yPx: 0, widthPx: 30, heightPx: 30 });
    assert.ok(!valid.includes(0), `${shift}`);
    await source.close();
  }
});
