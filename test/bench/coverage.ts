/**
 * A coverage of any number of objects: a grid of cells whose nodes are moved and whose edges waver. Neighbours draw a common edge
 * from the same numbers, so that there is no gap and no overlap; 33 vertices an object, as in land cover at this scale.
 */
import type { ObjetOccupationSol } from '../../pipeline/artefacts.ts';
import { polygonWkb } from '../../pipeline/wkb.ts';
import { draw } from './seeded.ts';

const CELL_M = 60;
const ORIGIN: Point = [506_000, 6_287_000];
const VERTICES_PER_EDGE = 8;
/** Shares of a cell's side and of the way to the nearer node: with less than these no two edges can cross. */
const NODE_SHIFT = 0.1;
const EDGE_WAVER = 0.15;

/** Share of the objects that differ at the second date; of these every other one is cut in two as well. */
const CHANGED_SHARE = 0.03;

/** Couverture and usage in about the shares of a rural département. */
const CLASSES = [
  ['CS2.2.1', 'US1.1', 0.4],
  ['CS2.1.1.1', 'US1.2', 0.22],
  ['CS2.1.1.2', 'US1.2', 0.08],
  ['CS2.2.1', 'US235', 0.1],
  ['CS1.1.1.1', 'US235', 0.08],
  ['CS1.1.1.2', 'US4.1.1', 0.07],
  ['CS1.1.2.1', 'US235', 0.02],
  ['CS1.2.2', 'US6.3', 0.03],
] as const;

type Point = [number, number];

export interface CoverageOptions {
  objects: number;
  /** 2 gives the ground some years later. */
  date?: 1 | 2;
  seed?: number;
}

/** Cells of a side of the square; the last row may be partly filled. */
const columnsOf = (objects: number) => Math.ceil(Math.sqrt(objects));

export const hasChanged = (seed: number, column: number, row: number) => draw(seed + 3, column, row) < CHANGED_SHARE;

/** The objects, row by row; equal options give equal objects. */
export function* coverageObjects({ objects, date = 1, seed = 1 }: CoverageOptions): Generator<ObjetOccupationSol> {
  const columns = columnsOf(objects);
  for (let cell = 0; cell < objects; cell++) {
    const [column, row] = [cell % columns, Math.floor(cell / columns)];
    const changed = date === 2 && hasChanged(seed, column, row);
    const rings = changed && cell % 2 === 0 ? cellInTwo(seed, column, row) : [cellRing(seed, column, row)];
    for (const [part, ring] of rings.entries()) {
      const [codeCs, codeUs] = classOf(draw(seed, column, row), changed && part === 0 ? 1 : 0);
      const id = `OCSGE${String(part === 0 ? cell : objects + cell).padStart(19, '0')}`;
      yield { ...attributes(id, codeCs, codeUs), wkb: polygonWkb({ type: 'Polygon', coordinates: [ring] }) };
    }
  }
}

function attributes(id: string, codeCs: string, codeUs: string): Omit<ObjetOccupationSol, 'wkb'> {
  return {
    id,
    code_cs: codeCs,
    code_us: codeUs,
    source: 'banc',
    ossature: 0,
    id_origine: '',
    code_or: '',
    confiance: 0.9,
    us_source: null,
    us_rule: null,
    us_share: null,
  };
}

/** `later` steps on in the list: another class than the first date's. */
function classOf(value: number, later: number): readonly [string, string, number] {
  let sum = 0;
  const index = CLASSES.findIndex(([, , share]) => {
    sum += share;
    return value < sum;
  });
  return CLASSES[(Math.max(index, 0) + later) % CLASSES.length]!;
}

/** The cell's border, counter-clockwise from its lower left node, closed. */
function cellRing(seed: number, column: number, row: number): Point[] {
  const south = edge(seed, [column, row], [column + 1, row]);
  const east = edge(seed, [column + 1, row], [column + 1, row + 1]);
  const north = edge(seed, [column, row + 1], [column + 1, row + 1]).toReversed();
  const west = edge(seed, [column, row], [column, row + 1]).toReversed();
  return [south, east, north, west].flatMap((side) => side.slice(0, -1)).concat([south[0]!]);
}

/** The same border cut from the lower left to the upper right node: no vertex is new, so the neighbours stay as they are. */
function cellInTwo(seed: number, column: number, row: number): Point[][] {
  const ring = cellRing(seed, column, row);
  const opposite = 2 * VERTICES_PER_EDGE;
  return [
    [...ring.slice(0, opposite + 1), ring[0]!],
    [...ring.slice(opposite), ring[opposite]!],
  ];
}

/** From node `a` to node `b`. An edge is always drawn from its lower or left node: both its cells get the same vertices. */
function edge(seed: number, a: Point, b: Point): Point[] {
  const [from, to] = [node(seed, ...a), node(seed, ...b)];
  const along: Point = [to[0] - from[0], to[1] - from[1]];
  const direction = a[0] === b[0] ? 1 : 2;
  const points: Point[] = [from];
  for (let k = 1; k < VERTICES_PER_EDGE; k++) {
    const t = k / VERTICES_PER_EDGE;
    const waver = (draw(seed + 10 * direction + k, ...a) * 2 - 1) * EDGE_WAVER * Math.min(t, 1 - t);
    points.push([mm(from[0] + along[0] * t - along[1] * waver), mm(from[1] + along[1] * t + along[0] * waver)]);
  }
  return [...points, to];
}

function node(seed: number, column: number, row: number): Point {
  const shift = (salt: number) => (draw(seed + salt, column, row) * 2 - 1) * NODE_SHIFT;
  return [mm(ORIGIN[0] + (column + shift(1)) * CELL_M), mm(ORIGIN[1] + (row + shift(2)) * CELL_M)];
}

const mm = (metres: number) => Math.round(metres * 1000) / 1000;
