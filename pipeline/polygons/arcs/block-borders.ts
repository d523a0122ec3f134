/**
 * Borders inside one block of a class raster, as pieces of arcs. Regions are 4-connected, so a border runs exactly where two
 * neighbouring pixels have different classes: no labels are needed to find it, and a block with a frame of pixels tells all. Pure.
 */
import { Clearance } from '../lines/clearance.ts';
import { DEGREE, EAST, NORTH, ONWARD, opposite, SOUTH, WEST } from './corners.ts';
import { IntList } from './int-list.ts';

/** A block of the raster, its classes with `framePx` pixels (1 at least) round it on every side, 0 outside the raster. */
export interface FramedBlock {
  xPx: number;
  yPx: number;
  widthPx: number;
  heightPx: number;
  framePx: number;
  framed: Uint8Array;
  /** Whether the raster ends with this block's right column, its last row. */
  lastColumn: boolean;
  lastRow: boolean;
}

/**
 * Pieces of arcs. Piece p has the points `points[2 × starts[p]]`… (x, y by turns, in pixels of the raster, no three in a line)
 * and ends at nodes, where three or four borders meet, and on the lines between blocks.
 */
export interface Pieces {
  count: number;
  starts: Int32Array;
  points: Int32Array;
  /** Four numbers a piece: x and y of the pixel left of its first edge, then of that right of it. */
  sides: Int32Array;
  /** Two a piece: 1 where its first, its last point is a node; 0 where another piece goes on. */
  atNode: Uint8Array;
  /** `clearances[clearanceStarts[p]]`…: for every corner it passes, ends included, see `Clearance`; empty where none is asked. */
  clearanceStarts: Int32Array;
  clearances: Int32Array;
}

const STEP_X = [1, 0, -1, 0];
const STEP_Y = [0, 1, 0, -1];

/**
 * The pieces of the borders that belong to the block: those above and left of its pixels, and the raster's own edge.
 * `reachPx`: how far clearance is looked for; 0 for none, at most framePx − 1.
 */
export function piecesOf(block: FramedBlock, reachPx: number): Pieces {
  const lattice = latticeOf(block);
  const walk = new Walk(block, lattice, reachPx > 0 ? new Clearance(lattice, reachPx) : undefined);
  const { widthPx, heightPx } = block;
  for (let y = 0; y <= heightPx; y++) {
    for (let x = 0, corner = lattice.first + y * lattice.stride; x <= widthPx; x++, corner++) {
      const own = lattice.own[corner]!;
      if (own === 0) continue;
      const onSide = x === 0 || x === widthPx || y === 0 || y === heightPx;
      if (!onSide && DEGREE[lattice.edges[corner]!]! === 2) continue;
      for (let direction = EAST; direction <= NORTH; direction++) {
        if (lattice.own[corner]! & (1 << direction)) walk.from(corner, direction);
      }
    }
  }
  // what is left are borders that go round within the block: from their first corner in scan order, to the south
  for (let y = 0; y <= heightPx; y++) {
    for (let corner = lattice.first + y * lattice.stride, end = corner + widthPx; corner <= end; corner++) {
      if (lattice.own[corner] !== 0) walk.from(corner, SOUTH);
    }
  }
  return walk.pieces();
}

/** Corners of a framed block. */
interface Lattice {
  /** Border edges that leave each corner, see `corners.ts`. */
  edges: Uint8Array;
  /** Those of them the block has to trace. */
  own: Uint8Array;
  /** Corners in a row. */
  stride: number;
  /** The block's upper left corner. */
  first: number;
}

function latticeOf({ widthPx, heightPx, framePx, framed, lastColumn, lastRow }: FramedBlock): Lattice {
  const row = widthPx + 2 * framePx;
  const stride = row - 1;
  const rows = heightPx + 2 * framePx - 1;
  const edges = new Uint8Array(stride * rows);
  for (let y = 0; y < rows; y++) {
    let northWest = framed[y * row]!;
    let southWest = framed[(y + 1) * row]!;
    for (let x = 0, corner = y * stride, at = y * row + 1; x < stride; x++, corner++, at++) {
      const northEast = framed[at]!;
      const southEast = framed[at + row]!;
      edges[corner] =
        (northEast !== southEast ? 1 << EAST : 0) |
        (southWest !== southEast ? 1 << SOUTH : 0) |
        (northWest !== southWest ? 1 << WEST : 0) |
        (northWest !== northEast ? 1 << NORTH : 0);
      northWest = northEast;
      southWest = southEast;
    }
  }
  const first = (framePx - 1) * (stride + 1);
  const own = new Uint8Array(edges.length);
  for (let y = 0; y <= heightPx; y++) {
    const rowMask = ~(y === 0 ? 1 << NORTH : 0) & (y < heightPx ? 15 : lastRow ? ~(1 << SOUTH) : 1 << NORTH);
    const start = first + y * stride;
    for (let corner = start; corner <= start + widthPx; corner++) own[corner] = edges[corner]! & rowMask;
    own[start]! &= ~(1 << WEST);
    own[start + widthPx]! &= lastColumn ? ~(1 << EAST) : 1 << WEST;
  }
  return { edges, own, stride, first };
}

/** Follows borders and takes them off `own`. */
class Walk {
  private readonly starts = new IntList();
  private readonly points = new IntList();
  private readonly sides = new IntList();
  private readonly atNode = new IntList();
  private readonly clearanceStarts = new IntList();
  private readonly clearances = new IntList();
  private readonly block: FramedBlock;
  private readonly lattice: Lattice;
  private readonly clearance: Clearance | undefined;
  private readonly steps: number[];

  constructor(block: FramedBlock, lattice: Lattice, clearance: Clearance | undefined) {
    this.block = block;
    this.lattice = lattice;
    this.clearance = clearance;
    this.steps = [1, lattice.stride, -1, -lattice.stride];
    this.starts.push(0);
    this.clearanceStarts.push(0);
  }

  /** One piece, from `start` in direction `heading` to the next node or side of the block, or back to `start`. */
  from(start: number, heading: number): void {
    const { edges, own, stride, first } = this.lattice;
    const { widthPx, heightPx } = this.block;
    const [top, bottom] = [first + stride, first + heightPx * stride];
    this.noteSides(start, heading);
    this.addPoint(start);
    let direction = heading;
    let corner = start;
    for (;;) {
      if (this.clearance !== undefined) this.clearances.push(this.clearance.at(corner));
      own[corner]! &= ~(1 << direction);
      corner += this.steps[direction]!;
      own[corner]! &= ~(1 << opposite(direction));
      const leaving = edges[corner]!;
      const x = (corner - first) % stride;
      const onSide = x === 0 || x === widthPx || corner < top || corner >= bottom;
      if (corner === start || onSide || DEGREE[leaving]! > 2) break;
      const onward = ONWARD[(leaving << 2) | direction]!;
      if (onward !== direction) this.addPoint(corner);
      direction = onward;
    }
    if (this.clearance !== undefined) this.clearances.push(this.clearance.at(corner));
    this.addPoint(corner);
    this.starts.push(this.points.length / 2);
    this.clearanceStarts.push(this.clearances.length);
    this.atNode.push(DEGREE[edges[start]!]! > 2 ? 1 : 0);
    this.atNode.push(DEGREE[edges[corner]!]! > 2 ? 1 : 0);
  }

  pieces(): Pieces {
    const starts = this.starts.view();
    return {
      count: starts.length - 1,
      starts,
      points: this.points.view(),
      sides: this.sides.view(),
      atNode: Uint8Array.from(this.atNode.view()),
      clearanceStarts: this.clearanceStarts.view(),
      clearances: this.clearances.view(),
    };
  }

  private placeOf(corner: number): [x: number, y: number] {
    const { first, stride } = this.lattice;
    const x = (corner - first) % stride;
    return [this.block.xPx + x, this.block.yPx + (corner - first - x) / stride];
  }

  private addPoint(corner: number): void {
    const [x, y] = this.placeOf(corner);
    this.points.push(x);
    this.points.push(y);
  }

  /** The pixels left and right of the edge that leaves `corner`. */
  private noteSides(corner: number, direction: number): void {
    const [x, y] = this.placeOf(corner);
    const rightX = direction === EAST || direction === NORTH ? x : x - 1;
    const rightY = direction < WEST ? y : y - 1;
    this.sides.push(rightX + STEP_Y[direction]!);
    this.sides.push(rightY - STEP_X[direction]!);
    this.sides.push(rightX);
    this.sides.push(rightY);
  }
}
