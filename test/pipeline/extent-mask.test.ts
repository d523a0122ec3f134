/** An extent on windows, however long its outline: the same as burnt whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Polygon, Position } from 'geojson';
import { extentMask } from '../../pipeline/extent-mask.ts';
import type { Grid } from '../../pipeline/grid.ts';
import { burn } from '../../pipeline/rasterise.ts';

test('windows of an extent are parts of the whole, across bands of ground', () => {
  const [x, y] = [700_000, 6_300_950];
  const outline = Array.from({ length: 180 }, (_, i): Position => {
    const angle = (i * Math.PI) / 90;
    const radius = 350 + 90 * Math.sin(7 * angle);
    return [x + 400 + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
  const hole = [
    [300, -150],
    [420, 260],
    [510, -130],
    [300, -150],
  ].map(([dx, dy]) => [x + dx!, y + dy!]);
  const extent: Polygon = { type: 'Polygon', coordinates: [[...outline, outline[0]!], hole] };
  const grid: Grid = { srid: 2154, originX: x, originY: y + 450, resolutionM: 2.5, widthPx: 320, heightPx: 360 };
  const whole = new Uint8Array(320 * 360);
  burn(extent, 0, grid, whole);
  const mask = extentMask(extent);
  const [widthPx, heightPx] = [37, 53];
  for (let yPx = -20; yPx < 360; yPx += heightPx) {
    for (let xPx = -10; xPx < 320; xPx += widthPx) {
      mask(grid, { xPx, yPx, widthPx, heightPx }).forEach((value, i) => {
        const [column, row] = [xPx + (i % widthPx), yPx + Math.floor(i / widthPx)];
        const isIn = column >= 0 && column < 320 && row >= 0 && row < 360;
        if (isIn) assert.equal(value, whole[row * 320 + column], `${column}, ${row}`);
      });
    }
  }
  assert.ok(whole.includes(1) && whole.includes(0));
});
