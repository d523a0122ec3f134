/** Straight edges in the plane, found by where they are. Pure. */

/** Cells have whole numbers that are less from the origin. */
const OFFSET = 2 ** 24;

/** Edges by number, in arrays that grow; their coordinates in whatever unit. */
export class LineIndex {
  readonly cellSize: number;
  count = 0;
  /** Four numbers an edge: from x, y to x, y. */
  ends = new Float64Array(1 << 12);
  /** By cell, its edges. */
  private readonly cells = new Map<number, number[]>();
  /** By edge, the search that saw it last. */
  private seen = new Uint32Array(1 << 10);
  private search = 0;

  constructor(cellSize: number) {
    this.cellSize = cellSize;
  }

  /** Returns the edge's number. `reach`: how far beyond the edge it is to be found. */
  add(ax: number, ay: number, bx: number, by: number, reach = 0): number {
    const edge = this.count++;
    if (edge === this.seen.length) {
      this.ends = grown(this.ends, new Float64Array(this.ends.length * 2));
      this.seen = grown(this.seen, new Uint32Array(this.seen.length * 2));
    }
    this.ends[edge * 4] = ax;
    this.ends[edge * 4 + 1] = ay;
    this.ends[edge * 4 + 2] = bx;
    this.ends[edge * 4 + 3] = by;
    const right = this.cell(Math.max(ax, bx) + reach);
    for (let x = this.cell(Math.min(ax, bx) - reach); x <= right; x++) {
      const [minY, maxY] = this.rangeIn(x, ax, ay, bx, by, reach);
      const bottom = this.cell(maxY + reach);
      for (let y = this.cell(minY - reach); y <= bottom; y++) this.put(keyOf(x, y), edge);
    }
    return edge;
  }

  /** From where to where an edge goes in a column of cells, grown by the reach and a little for rounding. */
  private rangeIn(column: number, ax: number, ay: number, bx: number, by: number, reach: number): [number, number] {
    const [low, high] = ay < by ? [ay, by] : [by, ay];
    if (ax === bx) return [low, high];
    const margin = reach + this.cellSize / 100;
    const yAt = (x: number) => Math.min(Math.max(ay + ((x - ax) / (bx - ax)) * (by - ay), low), high);
    const [from, to] = [yAt(column * this.cellSize - margin), yAt((column + 1) * this.cellSize + margin)];
    return from < to ? [from, to] : [to, from];
  }

  private put(key: number, edge: number): void {
    const cell = this.cells.get(key);
    if (cell) cell.push(edge);
    else this.cells.set(key, [edge]);
  }

  /** Edges in the cells that a box touches, each once. */
  near(minX: number, minY: number, maxX: number, maxY: number): number[] {
    const search = ++this.search;
    const found: number[] = [];
    const right = this.cell(maxX);
    const bottom = this.cell(maxY);
    for (let x = this.cell(minX); x <= right; x++) {
      for (let y = this.cell(minY); y <= bottom; y++) {
        const cell = this.cells.get(keyOf(x, y));
        for (let i = 0; cell !== undefined && i < cell.length; i++) {
          const edge = cell[i]!;
          if (this.seen[edge] === search) continue;
          this.seen[edge] = search;
          found.push(edge);
        }
      }
    }
    return found;
  }

  private cell(position: number): number {
    return Math.floor(position / this.cellSize);
  }
}

const keyOf = (x: number, y: number) => (x + OFFSET) * 2 * OFFSET + y + OFFSET;

function grown<Values extends Float64Array | Uint32Array>(values: Values, larger: Values): Values {
  larger.set(values);
  return larger;
}

/** How far along an edge lies the point of it that is nearest to (x, y): 0 to 1. */
export function alongEdge(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  if (length === 0) return 0;
  const along = ((x - ax) * dx + (y - ay) * dy) / length;
  return along <= 0 ? 0 : along >= 1 ? 1 : along;
}

/** Square of the distance to an edge. One expression everywhere, so that equal input gives equal bits. */
export function squareToEdge(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const along = alongEdge(x, y, ax, ay, bx, by);
  const dx = x - (along === 1 ? bx : ax + along * (bx - ax));
  const dy = y - (along === 1 ? by : ay + along * (by - ay));
  return dx * dx + dy * dy;
}

/** Distance between edges `a` and `b` of `ends`: 0 where they cross. */
export function edgeDistance(ends: Float64Array, a: number, b: number): number {
  const [ax, ay, bx, by] = [ends[a * 4]!, ends[a * 4 + 1]!, ends[a * 4 + 2]!, ends[a * 4 + 3]!];
  const [cx, cy, dx, dy] = [ends[b * 4]!, ends[b * 4 + 1]!, ends[b * 4 + 2]!, ends[b * 4 + 3]!];
  const crosses =
    side(ax, ay, bx, by, cx, cy) * side(ax, ay, bx, by, dx, dy) < 0 &&
    side(cx, cy, dx, dy, ax, ay) * side(cx, cy, dx, dy, bx, by) < 0;
  if (crosses) return 0;
  const square = Math.min(
    squareToEdge(cx, cy, ax, ay, bx, by),
    squareToEdge(dx, dy, ax, ay, bx, by),
    squareToEdge(ax, ay, cx, cy, dx, dy),
    squareToEdge(bx, by, cx, cy, dx, dy),
  );
  return Math.sqrt(square);
}

/** Positive where (x, y) is on one side of the line through a and b, negative on the other. */
const side = (ax: number, ay: number, bx: number, by: number, x: number, y: number) =>
  (bx - ax) * (y - ay) - (by - ay) * (x - ax);
