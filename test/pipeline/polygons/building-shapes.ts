/** Buildings drawn on pixels, and measures of polygons, for tests of squaring. No code of the product measures here. */
import type { Position } from 'geojson';
import type { Grid } from '../../../pipeline/grid.ts';
import { UNITS_PER_PX } from '../../../pipeline/polygons/lines/draft-line.ts';
import { burn } from '../../../pipeline/rasterise.ts';
import { unitGrid } from './ascii.ts';
import { randomNumbers } from './random-raster.ts';

export const GROUND = 1;
export const BUILDING = 2;

/** Rings in metres, the outer one first. */
export const SHAPES: Record<string, Position[][]> = {
  rectangle: [box(0, 0, 20, 10)],
  'an L': [ringOf([0, 0, 20, 0, 20, 8, 8, 8, 8, 18, 0, 18])],
  'a T': [ringOf([0, 0, 24, 0, 24, 8, 16, 8, 16, 18, 8, 18, 8, 8, 0, 8])],
  'a U': [ringOf([0, 0, 24, 0, 24, 16, 16, 16, 16, 8, 8, 8, 8, 16, 0, 16])],
  'a courtyard': [box(0, 0, 26, 20), box(8, 6, 18, 13)],
};

function box(left: number, top: number, right: number, bottom: number): Position[] {
  return ringOf([left, top, right, top, right, bottom, left, bottom]);
}

function ringOf(places: number[]): Position[] {
  const ring = Array.from({ length: places.length / 2 }, (_, i) => [places[2 * i]!, places[2 * i + 1]!]);
  return [...ring, ring[0]!];
}

/** The shape turned by `degrees` and moved so that its first corner lies at (x, y), in pixels of `resolutionM`; y to the south. */
export function placed(shape: Position[][], degrees: number, resolutionM: number, x: number, y: number): Position[][] {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return shape.map((ring) =>
    ring.map(([u, v]) => [x + (u! * cos - v! * sin) / resolutionM, y + (u! * sin + v! * cos) / resolutionM]),
  );
}

/** Sets the pixels whose centres lie within rings in pixels (y to the south) to `value`. */
export function fill(classes: Uint8Array, widthPx: number, rings: Position[][], value: number): void {
  const heightPx = classes.length / widthPx;
  const grid: Grid = unitGrid(widthPx, heightPx);
  const mask = new Uint8Array(classes.length);
  const turned = rings.map((ring) => ring.map(([x, y]) => [x!, heightPx - y!]));
  burn({ type: 'Polygon', coordinates: turned }, 0, grid, mask);
  for (let i = 0; i < mask.length; i++) if (mask[i]) classes[i] = value;
}

/** Half the pixels beside a border go over to the other side, then each pixel takes what most of its 3 × 3 are. */
export function addNoise(classes: Uint8Array, widthPx: number, seed: number): void {
  const random = randomNumbers(seed);
  const before = classes.slice();
  const inside = (i: number) => i % widthPx > 0 && i % widthPx < widthPx - 1;
  for (let i = widthPx; i < classes.length - widthPx; i++) {
    if (!inside(i)) continue;
    const other = [i - 1, i + 1, i - widthPx, i + widthPx].find((near) => before[near] !== before[i]);
    if (other !== undefined && random(2) === 0) classes[i] = before[other]!;
  }
  const noisy = classes.slice();
  for (let i = widthPx; i < classes.length - widthPx; i++) {
    if (!inside(i)) continue;
    const counts = new Map<number, number>();
    for (const row of [-widthPx, 0, widthPx])
      for (const near of [i + row - 1, i + row, i + row + 1])
        counts.set(noisy[near]!, (counts.get(noisy[near]!) ?? 0) + 1);
    classes[i] = [...counts].reduce((best, other) => (other[1] > best[1] ? other : best))[0];
  }
}

/** Rings in 1/64 of a pixel → in pixels. */
export const inPixels = (rings: number[][]) =>
  rings.map((ring) =>
    Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i]! / UNITS_PER_PX, ring[2 * i + 1]! / UNITS_PER_PX]),
  );

/** Intersection over union of two polygons (rings by the even-odd rule), along lines of sight an eighth of a pixel apart. */
export function overlapOf(a: Position[][], b: Position[][]): number {
  const rows = [...a, ...b].flat().map(([, y]) => y!);
  const [top, bottom] = [Math.floor(Math.min(...rows)), Math.ceil(Math.max(...rows))];
  let [both, either] = [0, 0];
  for (let y = top + 1 / 16; y < bottom; y += 1 / 8) {
    const events = [...crossings(a, y).map((x) => ({ x, of: 1 })), ...crossings(b, y).map((x) => ({ x, of: 2 }))];
    events.sort((p, q) => p.x - q.x);
    let inside = 0;
    events.forEach(({ x, of }, i) => {
      inside ^= of;
      const length = (events[i + 1]?.x ?? x) - x;
      if (inside === 3) both += length;
      if (inside !== 0) either += length;
    });
  }
  return both / either;
}

function crossings(rings: Position[][], y: number): number[] {
  return rings.flatMap((ring) =>
    ring.slice(1).flatMap(([x1, y1], i) => {
      const [x0, y0] = ring[i] as [number, number];
      return y0 > y === y1! > y ? [] : [x0 + ((y - y0) / (y1! - y0)) * (x1! - x0)];
    }),
  );
}

/** How far the angles of a ring are from right ones, at most, in degrees. */
export function offSquare(ring: Position[]): number {
  const points = ring.slice(1);
  const heading = (i: number) => {
    const [[x0, y0], [x1, y1]] = [points.at(i - 1)!, points[i]!] as [Position, Position];
    return (Math.atan2(y1! - y0!, x1! - x0!) * 180) / Math.PI;
  };
  return Math.max(
    ...points.map((_, i) => {
      const turn = Math.abs(heading((i + 1) % points.length) - heading(i));
      return Math.abs(Math.min(turn, 360 - turn) - 90);
    }),
  );
}
