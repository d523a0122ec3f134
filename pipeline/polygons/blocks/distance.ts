/**
 * Exact Euclidean distances on a raster, to whatever pixels are called sources. Pure.
 *
 * Distances down the columns first, then, row by row, the lower envelope of the parabolas (x − u)² + g(u)², one a column
 * (Meijster, Roerdink and Hesselink, "A general algorithm for computing distance transforms in linear time", 2000). Whole
 * numbers all along: nothing is rounded, so a pixel's distance does not depend on the window it is seen in, as long as the
 * window reaches `maxPx` further than the pixel.
 */

/**
 * By pixel: square of its distance to the nearest pixel with `isSource` ≠ 0, from centre to centre, 0 for these themselves.
 * Further than `maxPx`, or without any source: maxPx² + 1. `maxPx` is a whole number.
 */
export function squaredDistances(isSource: Uint8Array, widthPx: number, heightPx: number, maxPx: number): Int32Array {
  const rows = nearestRows(isSource, widthPx, heightPx, maxPx);
  const squares = new Int32Array(isSource.length);
  const envelope = new Envelope(widthPx);
  const beyond = maxPx * maxPx + 1;
  for (let y = 0; y < heightPx; y++) {
    const from = y * widthPx;
    envelope.clear();
    for (let u = 0, i = from; u < widthPx; u++, i++) {
      const row = rows[i]!;
      if (row !== NONE) envelope.add(u, (y - row) * (y - row), 1);
    }
    envelope.fillSquares(squares, from, beyond);
  }
  return squares;
}

/**
 * By pixel: index (y × width + x) of the nearest pixel with `isSource` ≠ 0, of equally near ones the one with the smaller y,
 * then the smaller x; −1 where there is none within `maxPx`.
 */
export function nearestSource(isSource: Uint8Array, widthPx: number, heightPx: number, maxPx: number): Int32Array {
  const rows = nearestRows(isSource, widthPx, heightPx, maxPx);
  const nearest = new Int32Array(isSource.length);
  const envelope = new Envelope(widthPx);
  // squares are weighed by more than any row counts, so that the row decides among equal squares and nowhere else
  const weight = heightPx + 1;
  for (let y = 0; y < heightPx; y++) {
    const from = y * widthPx;
    envelope.clear();
    for (let u = 0, i = from; u < widthPx; u++, i++) {
      const row = rows[i]!;
      if (row !== NONE) envelope.add(u, weight * (y - row) * (y - row) + row, weight);
    }
    envelope.fillColumns(nearest, from);
    for (let x = 0, i = from; x < widthPx; x++, i++) {
      const u = nearest[i]!;
      const row = u < 0 ? NONE : rows[from + u]!;
      const isNear = row !== NONE && (x - u) * (x - u) + (y - row) * (y - row) <= maxPx * maxPx;
      nearest[i] = isNear ? row * widthPx + u : -1;
    }
  }
  return nearest;
}

const NONE = -1;

/** By pixel: row of the nearest source in its column, the upper of two; `NONE` further than `maxPx`. */
function nearestRows(isSource: Uint8Array, widthPx: number, heightPx: number, maxPx: number): Int32Array {
  const rows = new Int32Array(isSource.length);
  const last = new Int32Array(widthPx).fill(NONE);
  for (let y = 0, i = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, i++) {
      if (isSource[i] !== 0) last[x] = y;
      const row = last[x]!;
      rows[i] = row !== NONE && y - row <= maxPx ? row : NONE;
    }
  }
  last.fill(NONE);
  for (let y = heightPx - 1; y >= 0; y--) {
    for (let x = 0, i = y * widthPx; x < widthPx; x++, i++) {
      const above = rows[i]!;
      if (above === y) last[x] = y;
      const below = last[x]!;
      if (below !== NONE && below - y <= maxPx && (above === NONE || below - y < y - above)) rows[i] = below;
    }
  }
  return rows;
}

/** The lowest of parabolas weight × (x − u)² + cost(u), added by ascending u; of equal ones the first. */
class Envelope {
  private readonly widthPx: number;
  private readonly columns: Int32Array;
  private readonly costs: Float64Array;
  /** Where each of them becomes the lowest. */
  private readonly starts: Int32Array;
  private count = 0;

  constructor(widthPx: number) {
    this.widthPx = widthPx;
    this.columns = new Int32Array(widthPx);
    this.costs = new Float64Array(widthPx);
    this.starts = new Int32Array(widthPx);
  }

  clear(): void {
    this.count = 0;
  }

  add(u: number, cost: number, weight: number): void {
    const { columns, costs, starts } = this;
    let top = this.count - 1;
    while (top >= 0) {
      const [x, v] = [starts[top]!, columns[top]!];
      if (weight * (x - v) * (x - v) + costs[top]! <= weight * (x - u) * (x - u) + cost) break;
      top--;
    }
    let start = 0;
    if (top >= 0) {
      const v = columns[top]!;
      start = 1 + Math.floor((weight * (u - v) * (u + v) + cost - costs[top]!) / (2 * weight * (u - v)));
      if (start >= this.widthPx) {
        this.count = top + 1;
        return;
      }
    }
    this.count = top + 2;
    columns[top + 1] = u;
    costs[top + 1] = cost;
    starts[top + 1] = start;
  }

  fillColumns(into: Int32Array, from: number): void {
    let end = this.widthPx;
    for (let k = this.count - 1; k >= 0; k--) {
      into.fill(this.columns[k]!, from + this.starts[k]!, from + end);
      end = this.starts[k]!;
    }
    into.fill(-1, from, from + end);
  }

  fillSquares(into: Int32Array, from: number, beyond: number): void {
    let end = this.widthPx;
    for (let k = this.count - 1; k >= 0; k--) {
      const [u, cost, start] = [this.columns[k]!, this.costs[k]!, this.starts[k]!];
      for (let x = start; x < end; x++) {
        const square = (x - u) * (x - u) + cost;
        into[from + x] = square < beyond ? square : beyond;
      }
      end = start;
    }
    into.fill(beyond, from, from + end);
  }
}
