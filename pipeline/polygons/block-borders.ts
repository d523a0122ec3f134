/**
 * Borders inside one block of a class raster, as pieces of arcs. Regions are 4-connected, so a border runs exactly where two
 * neighbouring pixels have different classes: no labels are needed to find it, and a block and one pixel round it tell all. Pure.
 */
import { DEGREE, EAST, NORTH, ONWARD, opposite, SOUTH, WEST } from './corners.ts';
import { IntList } from './int-list.ts';

/** A block of the raster, its classes with one pixel round it: (widthPx + 2) × (heightPx + 2), 0 outside the raster. */
export interface FramedBlock {
  xPx: number;
  yPx: number;
  widthPx: number;
  heightPx: number;
  framed: Uint8Array;
  /** Whether the raster ends with this block's right column, its last row. */
  lastColumn: boolean;
  lastRow: boolean;
}

/**
 * Pieces of arcs: piece p has the corners `points[2 × starts[p]]`… (x, y by turns, in pixels of the raster, no three in a line)
 * and, by its first edge, the pixels on its two sides. It ends at nodes, where three or four borders meet, and on the lines
 * between blocks.
 */
export interface Pieces {
  count: number;
  starts: Int32Array;
  points: Int32Array;
  /** By piece × 2: x and y of the pixel left of the first edge, then right of it: four numbers a piece. */
  sides: Int32Array;
  /** By piece × 2: 1 where its first, its last point is a node; 0 where another piece goes on. */
  atNode: Uint8Array;
}

const STEP_X = [1, 0, -1, 0];
const STEP_Y = [0, 1, 0, -1];

/** The pieces of the borders that belong to the block: those above and left of its pixels, and the raster's own edge. */
export function piecesOf(block: FramedBlock): Pieces {
  const { all, own } = edgesOf(block);
  const walk = new Walk(block, all, own);
  const [width, height] = [block.widthPx, block.heightPx];
  const stride = width + 1;
  for (let corner = 0; corner < all.length; corner++) {
    if (own[corner] === 0) continue;
    const x = corner % stride;
    const atEdge = x === 0 || x === width || corner < stride || corner >= height * stride;
    if (!atEdge && DEGREE[all[corner]!]! === 2) continue;
    for (let direction = EAST; direction <= NORTH; direction++) {
      if (own[corner]! & (1 << direction)) walk.from(corner, direction);
    }
  }
  // what is left are borders that go round within the block: from their first corner in scan order, to the south
  for (let corner = 0; corner < all.length; corner++) if (own[corner] !== 0) walk.from(corner, SOUTH);
  return walk.pieces();
}

/** By corner of the block, (width + 1) × (height + 1): the borders that leave it, and those of them the block has to trace. */
function edgesOf({ widthPx, heightPx, framed, lastColumn, lastRow }: FramedBlock): {
  all: Uint8Array;
  own: Uint8Array;
} {
  const [stride, row] = [widthPx + 1, widthPx + 2];
  const all = new Uint8Array(stride * (heightPx + 1));
  const own = new Uint8Array(all.length);
  for (let y = 0; y <= heightPx; y++) {
    const lastY = y === heightPx;
    let [northWest, southWest] = [framed[y * row]!, framed[(y + 1) * row]!];
    for (let x = 0, corner = y * stride, at = y * row + 1; x <= widthPx; x++, corner++, at++) {
      const northEast = framed[at]!;
      const southEast = framed[at + row]!;
      if (northWest !== northEast || southWest !== southEast || northWest !== southWest || northEast !== southEast) {
        const edges =
          (northEast !== southEast ? 1 << EAST : 0) |
          (southWest !== southEast ? 1 << SOUTH : 0) |
          (northWest !== southWest ? 1 << WEST : 0) |
          (northWest !== northEast ? 1 << NORTH : 0);
        all[corner] = edges;
        let mine = edges;
        if (x === widthPx) mine &= lastColumn ? ~(1 << EAST) : 1 << WEST;
        if (x === 0) mine &= ~(1 << WEST);
        if (lastY) mine &= lastRow ? ~(1 << SOUTH) : 1 << NORTH;
        if (y === 0) mine &= ~(1 << NORTH);
        own[corner] = mine;
      }
      northWest = northEast;
      southWest = southEast;
    }
  }
  return { all, own };
}

/** Follows borders and takes them off `own`. */
class Walk {
  private readonly starts = new IntList();
  private readonly points = new IntList();
  private readonly sides = new IntList();
  private readonly atNode = new IntList();
  private readonly block: FramedBlock;
  private readonly all: Uint8Array;
  private readonly own: Uint8Array;
  private readonly steps: number[];

  constructor(block: FramedBlock, all: Uint8Array, own: Uint8Array) {
    this.block = block;
    this.all = all;
    this.own = own;
    this.steps = [1, block.widthPx + 1, -1, -(block.widthPx + 1)];
    this.starts.push(0);
  }

  /** One piece, from `start` in direction `heading` to the next node or side of the block, or back to `start`. */
  from(start: number, heading: number): void {
    const { all, own, steps } = this;
    const stride = this.block.widthPx + 1;
    const lastRow = this.block.heightPx * stride;
    this.noteSides(start, heading);
    this.addPoint(start);
    let direction = heading;
    let corner = start;
    for (;;) {
      own[corner]! &= ~(1 << direction);
      corner += steps[direction]!;
      own[corner]! &= ~(1 << opposite(direction));
      const edges = all[corner]!;
      const x = corner % stride;
      if (corner === start || DEGREE[edges]! > 2 || x === 0 || x === stride - 1 || corner < stride || corner >= lastRow)
        break;
      const onward = ONWARD[(edges << 2) | direction]!;
      if (onward !== direction) this.addPoint(corner);
      direction = onward;
    }
    this.addPoint(corner);
    this.starts.push(this.points.length / 2);
    this.atNode.push(DEGREE[all[start]!]! > 2 ? 1 : 0);
    this.atNode.push(DEGREE[all[corner]!]! > 2 ? 1 : 0);
  }

  pieces(): Pieces {
    const starts = this.starts.view();
    const [points, sides, atNode] = [this.points.view(), this.sides.view(), Uint8Array.from(this.atNode.view())];
    return { count: starts.length - 1, starts, points, sides, atNode };
  }

  private addPoint(corner: number): void {
    const x = corner % (this.block.widthPx + 1);
    this.points.push(this.block.xPx + x);
    this.points.push(this.block.yPx + (corner - x) / (this.block.widthPx + 1));
  }

  /** The pixels left and right of the edge that leaves `corner`. */
  private noteSides(corner: number, direction: number): void {
    const column = corner % (this.block.widthPx + 1);
    const x = this.block.xPx + column;
    const y = this.block.yPx + (corner - column) / (this.block.widthPx + 1);
    // of the four pixels round the corner, that clockwise and that anticlockwise of the edge
    const [rightX, rightY] = [direction === EAST || direction === NORTH ? x : x - 1, direction < WEST ? y : y - 1];
    this.sides.push(rightX + STEP_Y[direction]!);
    this.sides.push(rightY - STEP_X[direction]!);
    this.sides.push(rightX);
    this.sides.push(rightY);
  }
}
