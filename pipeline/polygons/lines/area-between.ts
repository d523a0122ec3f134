/** How much ground lies between a border and the line that takes its place. Pure. */

/** Lines of sight per unit of height. */
const LINES = 4;

/**
 * Area that is on one side of `a` and on the other of `b`: two rings, or two lines with the same ends (x and y by turns). By lines
 * of sight a quarter of a unit apart; exact but where a vertex or a crossing lies between two.
 */
export function areaBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const line of [a, b]) {
    for (let i = 1; i < line.length; i += 2) {
      top = Math.min(top, line[i]!);
      bottom = Math.max(bottom, line[i]!);
    }
  }
  top = Math.floor(top);
  const lists: number[][] = Array.from({ length: Math.ceil((bottom - top) * LINES) }, () => []);
  addCrossings(a, top, lists);
  addCrossings(b, top, lists);
  let sum = 0;
  for (const list of lists) {
    list.sort((left, right) => left - right);
    for (let i = 0; i + 1 < list.length; i += 2) sum += list[i + 1]! - list[i]!;
  }
  return sum / LINES;
}

/** Area between a line and the first axis, with a sign; of a ring its own, positive where it turns from that axis to the second. */
export function areaUnder(line: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 2; i < line.length; i += 2) sum += (line[i - 2]! - line[i]!) * (line[i - 1]! + line[i + 1]!);
  return sum / 2;
}

/** By line of sight, where it crosses the line. */
function addCrossings(line: ArrayLike<number>, top: number, lists: number[][]): void {
  for (let i = 2; i < line.length; i += 2) {
    const [x0, y0, x1, y1] = [line[i - 2]!, (line[i - 1]! - top) * LINES, line[i]!, (line[i + 1]! - top) * LINES];
    const [from, to] = y0 < y1 ? [y0, y1] : [y1, y0];
    for (let row = Math.max(0, Math.ceil(from - 0.5)); row + 0.5 < to && row < lists.length; row++) {
      lists[row]!.push(x0 + ((row + 0.5 - y0) / (y1 - y0)) * (x1 - x0));
    }
  }
}
