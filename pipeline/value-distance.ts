/**
 * How far each pixel is from the nearest one of another value: the size of what it lies in. Pure.
 *
 * One pass for all values together: down a column a pixel's distance to another value is known by itself; along a row, from
 * inside a run of one value, a column of the run offers its own distance and the pixels beside the run offer 0. So the lower
 * envelope of parabolas is taken run by run, exact and in linear time, in whole numbers.
 */

/** Values of classes, or numbers of regions. 0 is unknown: it has no distance, and is no other value to anyone. */
export type Values = Uint8Array | Uint32Array | Int32Array;

/**
 * By pixel: square of the distance, centre to centre, to the nearest pixel of another value; maxPx² + 1 beyond `maxPx` and where
 * the value is 0. What lies beyond unknown pixels in the same row or column is not seen: nothing known makes it narrow there.
 */
export function squaredValueDistances(values: Values, widthPx: number, maxPx: number): Int32Array {
  const squares = columnSquares(values, widthPx, maxPx);
  const envelope = new RunEnvelope(widthPx + 2, maxPx);
  for (let row = 0; row < values.length; row += widthPx) {
    for (let from = row; from < row + widthPx; ) {
      const value = values[from]!;
      let to = from + 1;
      while (to < row + widthPx && values[to] === value) to++;
      if (value !== 0) {
        const closed = from > row && values[from - 1] !== 0;
        envelope.apply(squares, from, to, closed, to < row + widthPx && values[to] !== 0);
      }
      from = to;
    }
  }
  return squares;
}

/** Distances within each column, squared. */
function columnSquares(values: Values, widthPx: number, maxPx: number): Int32Array {
  const beyond = maxPx * maxPx + 1;
  const squares = new Int32Array(values.length);
  const far = maxPx + 1;
  const distance = new Int32Array(widthPx).fill(far); // to the nearest other value above, then below
  for (let i = 0; i < values.length; i++) {
    const x = i % widthPx;
    const value = values[i]!;
    const above = i < widthPx ? 0 : values[i - widthPx]!;
    const steps = above === value ? Math.min(far, distance[x]! + 1) : above === 0 ? far : 1;
    distance[x] = steps;
    squares[i] = value === 0 || steps === far ? beyond : steps * steps;
  }
  distance.fill(far);
  for (let i = values.length - 1; i >= 0; i--) {
    const x = i % widthPx;
    const value = values[i]!;
    const below = i + widthPx >= values.length ? 0 : values[i + widthPx]!;
    const steps = below === value ? Math.min(far, distance[x]! + 1) : below === 0 ? far : 1;
    distance[x] = steps;
    if (value !== 0 && steps < far && steps * steps < squares[i]!) squares[i] = steps * steps;
  }
  return squares;
}

/** The lowest of parabolas (x − u)² + cost(u) over one run of a row. */
class RunEnvelope {
  private readonly columns: Int32Array;
  private readonly costs: Int32Array;
  /** Where each of them becomes the lowest. */
  private readonly starts: Int32Array;
  private readonly maxPx: number;
  private count = 0;

  constructor(size: number, maxPx: number) {
    this.columns = new Int32Array(size);
    this.costs = new Int32Array(size);
    this.starts = new Int32Array(size);
    this.maxPx = maxPx;
  }

  /** Replaces `squares[from…to − 1]` by the minimum over the run; `before`, `after`: another value lies at its end. */
  apply(squares: Int32Array, from: number, to: number, before: boolean, after: boolean): void {
    const beyond = this.maxPx * this.maxPx + 1;
    this.count = 0;
    if (before) this.add(from - 1, 0, from, to);
    for (let u = from; u < to; u++) if (squares[u]! < beyond) this.add(u, squares[u]!, from, to);
    if (after) this.add(to, 0, from, to);
    let end = to;
    for (let k = this.count - 1; k >= 0; k--) {
      const u = this.columns[k]!;
      const cost = this.costs[k]!;
      const start = this.starts[k]!;
      for (let x = start; x < end; x++) {
        const square = (x - u) * (x - u) + cost;
        squares[x] = square < beyond ? square : beyond;
      }
      end = start;
    }
  }

  private add(u: number, cost: number, from: number, to: number): void {
    const { columns, costs, starts } = this;
    let start = from;
    let top = this.count - 1;
    for (; top >= 0; top--) {
      const x = starts[top]!;
      const v = columns[top]!;
      if ((x - v) * (x - v) + costs[top]! > (x - u) * (x - u) + cost) continue;
      start = v + 1 + Math.floor(((u - v) * (u - v) + cost - costs[top]!) / (2 * (u - v)));
      break;
    }
    this.count = top + 1;
    if (start >= to) return;
    this.count++;
    columns[top + 1] = u;
    costs[top + 1] = cost;
    starts[top + 1] = start;
  }
}
