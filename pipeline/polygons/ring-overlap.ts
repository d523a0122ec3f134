/** How much of two rings is the same ground. Pure. */

/** Lines of sight per unit of height. */
const LINES = 4;

/**
 * Area of the intersection of two simple rings (x and y by turns, closed), by lines of sight a quarter of a unit apart; exact but
 * where a vertex or a crossing lies between two.
 */
export function areaInBoth(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const ring of [a, b]) {
    for (let i = 1; i < ring.length; i += 2) {
      top = Math.min(top, ring[i]!);
      bottom = Math.max(bottom, ring[i]!);
    }
  }
  top = Math.floor(top);
  const rows = Math.ceil((bottom - top) * LINES);
  const [ofA, ofB] = [crossings(a, top, rows), crossings(b, top, rows)];
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += commonLength(ofA[row]!, ofB[row]!);
  return sum / LINES;
}

/** By line of sight, where it crosses the ring, from left to right. */
function crossings(ring: ArrayLike<number>, top: number, rows: number): number[][] {
  const lists: number[][] = Array.from({ length: rows }, () => []);
  for (let i = 2; i < ring.length; i += 2) {
    const [x0, y0, x1, y1] = [ring[i - 2]!, (ring[i - 1]! - top) * LINES, ring[i]!, (ring[i + 1]! - top) * LINES];
    const [from, to] = y0 < y1 ? [y0, y1] : [y1, y0];
    for (let row = Math.max(0, Math.ceil(from - 0.5)); row + 0.5 < to && row < rows; row++) {
      lists[row]!.push(x0 + ((row + 0.5 - y0) / (y1 - y0)) * (x1 - x0));
    }
  }
  for (const list of lists) list.sort((left, right) => left - right);
  return lists;
}

/** Length that lies inside both, each given by where its insides begin and end. */
function commonLength(a: number[], b: number[]): number {
  let [length, i, j] = [0, 0, 0];
  while (i + 1 < a.length && j + 1 < b.length) {
    length += Math.max(0, Math.min(a[i + 1]!, b[j + 1]!) - Math.max(a[i]!, b[j]!));
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return length;
}
