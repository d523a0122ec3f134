/** The bends of a border, by Douglas and Peucker's cut. Pure. */

/**
 * Numbers of the corners such that no corner between two of them is further than `reachPx` from the segment that joins them; the
 * first and the last are among them. A closed border is cut first at its furthest corner from where it begins.
 */
export function bendsOf(corners: Int32Array, reachPx: number): number[] {
  const last = corners.length / 2 - 1;
  const keep = new Uint8Array(last + 1);
  keep[0] = keep[last] = 1;
  const open: [number, number][] = [[0, last]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    const { at, distance } = furthest(corners, from, to);
    if (distance <= reachPx) continue;
    keep[at] = 1;
    open.push([from, at], [at, to]);
  }
  const bends: number[] = [];
  for (let i = 0; i <= last; i++) if (keep[i]) bends.push(i);
  return bends;
}

function furthest(corners: Int32Array, from: number, to: number): { at: number; distance: number } {
  const [ax, ay] = [corners[2 * from]!, corners[2 * from + 1]!];
  const [dx, dy] = [corners[2 * to]! - ax, corners[2 * to + 1]! - ay];
  const square = dx * dx + dy * dy;
  let [at, most] = [from, 0];
  for (let i = from + 1; i < to; i++) {
    const [px, py] = [corners[2 * i]! - ax, corners[2 * i + 1]! - ay];
    const along = square === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / square));
    const distance = (px - along * dx) ** 2 + (py - along * dy) ** 2;
    if (distance > most) [at, most] = [i, distance];
  }
  return { at, distance: Math.sqrt(most) };
}
