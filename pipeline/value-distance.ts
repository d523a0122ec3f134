/**
 * How far each pixel is from the nearest one of another value: the size of what it lies in. Pure.
 *
 * One pass for all values together: down a column a pixel's distance to another value is known by itself; along a row, from
 * inside a run of one value, a column of the run offers its own distance and the pixels beside the run offer 0. So the lower
 * envelope of parabolas is taken run by run, exact and in linear time, in whole numbers (after Meijster, Roerdink and Hesselink,
 * "A general algorithm for computing distance transforms in linear time", 2000).
 */

/** Values of classes, or numbers of regions. 0 is unknown: it has no distance, and is no other value to anyone. */
export type Values = Uint8Array | Uint32Array | Int32Array;

/**
 * By pixel: square of the distance, centre to centre, to the nearest pixel of another value; maxPx² + 1 beyond `maxPx` and where
 * the value is 0. What lies beyond unknown pixels in the same row or column is not seen: nothing known makes it narrow there.
 */
export function squaredValueDistances(values: Values, widthPx: number, maxPx: number): Int32Array {
  const far = maxPx + 1;
  const steps = new Int32Array(values.length).fill(far);
  const step = (i: number, before: number) => {
    const [value, other] = [values[i]!, values[before]!];
    const found = other === value ? steps[before]! + 1 : other === 0 || value === 0 ? far : 1;
    if (found < steps[i]!) steps[i] = found;
  };
  for (let i = widthPx; i < values.length; i++) step(i, i - widthPx);
  for (let i = values.length - widthPx - 1; i >= 0; i--) step(i, i + widthPx);
  return alongRows(values, steps, widthPx, maxPx, true);
}

/**
 * By pixel: square of the distance to the nearest pixel with `isSource` ≠ 0 in what it lies in: one of its own value, with no
 * other in its row from the pixel to the source's column, nor in that column from there to the source. Else maxPx² + 1.
 */
export function squaredDistancesWithin(
  values: Values,
  isSource: Uint8Array,
  widthPx: number,
  maxPx: number,
): Int32Array {
  const far = maxPx + 1;
  const steps = new Int32Array(values.length).fill(far);
  for (let i = 0; i < isSource.length; i++) if (isSource[i] !== 0) steps[i] = 0;
  const step = (i: number, before: number) => {
    if (values[before] === values[i] && steps[before]! + 1 < steps[i]!) steps[i] = steps[before]! + 1;
  };
  for (let i = widthPx; i < values.length; i++) step(i, i - widthPx);
  for (let i = values.length - widthPx - 1; i >= 0; i--) step(i, i + widthPx);
  return alongRows(values, steps, widthPx, maxPx, false);
}

/** By pixel: square of the distance to the nearest pixel with `isSource` ≠ 0, whatever lies between; maxPx² + 1 beyond `maxPx`. */
export const squaredDistances = (isSource: Uint8Array, widthPx: number, maxPx: number): Int32Array =>
  squaredDistancesWithin(new Uint8Array(isSource.length).fill(1), isSource, widthPx, maxPx);

/** Squares from the steps down the columns, run by run of equal values; `walls`: another value beside a run is at distance 0. */
function alongRows(values: Values, steps: Int32Array, widthPx: number, maxPx: number, walls: boolean): Int32Array {
  const beyond = maxPx * maxPx + 1;
  const envelope = new RunEnvelope(widthPx + 2, beyond);
  for (let i = 0; i < steps.length; i++) steps[i] = steps[i]! > maxPx ? beyond : steps[i]! * steps[i]!;
  for (let row = 0; row < values.length; row += widthPx) {
    for (let from = row; from < row + widthPx; ) {
      const value = values[from]!;
      let to = from + 1;
      while (to < row + widthPx && values[to] === value) to++;
      if (value === 0) steps.fill(beyond, from, to);
      else {
        const before = walls && from > row && values[from - 1] !== 0;
        envelope.apply(steps, from, to, before, walls && to < row + widthPx && values[to] !== 0);
      }
      from = to;
    }
  }
  return steps;
}

/** Whether all are alike: then none is nearer by way of another column. */
function isFlat(squares: Int32Array, from: number, to: number): boolean {
  const first = squares[from]!;
  for (let x = from + 1; x < to; x++) if (squares[x] !== first) return false;
  return true;
}

/** The lowest of parabolas (x − u)² + cost(u) over one run of a row. */
class RunEnvelope {
  private readonly columns: Int32Array;
  private readonly costs: Int32Array;
  /** Where each of them becomes the lowest. */
  private readonly starts: Int32Array;
  private readonly beyond: number;
  private count = 0;

  constructor(size: number, beyond: number) {
    this.columns = new Int32Array(size);
    this.costs = new Int32Array(size);
    this.starts = new Int32Array(size);
    this.beyond = beyond;
  }

  /** Replaces `squares[from…to − 1]` by the minimum over the run; `before`, `after`: another value lies at its end. */
  apply(squares: Int32Array, from: number, to: number, before: boolean, after: boolean): void {
    const { beyond } = this;
    this.count = 0;
    if (!before && !after && isFlat(squares, from, to)) return;
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
