/** Straight edges in the plane, found by where they are. Pure. */

/** Cells have whole numbers that are less from the origin. */
const OFFSET = 2 ** 24;

/** Edges by number, in arrays that grow; their coordinates in whatever unit. */
export class LineIndex {
  readonly cellSize: number;
  count = 0;
  /** Four numbers an edge: from x, y to x, y. */
  private ends = new Float64Array(1 << 12);
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
    this.ends.set([ax, ay, bx, by], edge * 4);
    const box = [
      Math.min(ax, bx) - reach,
      Math.min(ay, by) - reach,
      Math.max(ax, bx) + reach,
      Math.max(ay, by) + reach,
    ];
    for (const key of this.keys(box)) {
      const cell = this.cells.get(key);
      if (cell) cell.push(edge);
      else this.cells.set(key, [edge]);
    }
    return edge;
  }

  /** Edges in the cells that a box touches, each once. */
  *near(minX: number, minY: number, maxX: number, maxY: number): Generator<number> {
    const search = ++this.search;
    for (const key of this.keys([minX, minY, maxX, maxY])) {
      for (const edge of this.cells.get(key) ?? []) {
        if (this.seen[edge] === search) continue;
        this.seen[edge] = search;
        yield edge;
      }
    }
  }

  endsOf(edge: number): [ax: number, ay: number, bx: number, by: number] {
    const at = edge * 4;
    return [this.ends[at]!, this.ends[at + 1]!, this.ends[at + 2]!, this.ends[at + 3]!];
  }

  private *keys(box: number[]): Generator<number> {
    const [left, low, right, high] = box.map((edge) => Math.floor(edge / this.cellSize)) as [
      number,
      number,
      number,
      number,
    ];
    for (let x = left; x <= right; x++) for (let y = low; y <= high; y++) yield (x + OFFSET) * 2 * OFFSET + y + OFFSET;
  }
}

function grown<Values extends Float64Array | Uint32Array>(values: Values, larger: Values): Values {
  larger.set(values);
  return larger;
}

/** The point of an edge nearest to (x, y), and the square of its distance. One expression everywhere: equal input, equal bits. */
export function nearestOnEdge(
  x: number,
  y: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): { x: number; y: number; square: number } {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / length;
  const at = along <= 0 ? { x: ax, y: ay } : along >= 1 ? { x: bx, y: by } : { x: ax + along * dx, y: ay + along * dy };
  return { ...at, square: (x - at.x) ** 2 + (y - at.y) ** 2 };
}

/** Distance between two edges: 0 where they cross. */
export function edgeDistance(a: [number, number, number, number], b: [number, number, number, number]): number {
  const side = (e: number[], x: number, y: number) => (e[2]! - e[0]!) * (y - e[1]!) - (e[3]! - e[1]!) * (x - e[0]!);
  const crosses = side(a, b[0], b[1]) * side(a, b[2], b[3]) < 0 && side(b, a[0], a[1]) * side(b, a[2], a[3]) < 0;
  if (crosses) return 0;
  const squares = [
    nearestOnEdge(b[0], b[1], ...a).square,
    nearestOnEdge(b[2], b[3], ...a).square,
    nearestOnEdge(a[0], a[1], ...b).square,
    nearestOnEdge(a[2], a[3], ...b).square,
  ];
  return Math.sqrt(Math.min(...squares));
}
