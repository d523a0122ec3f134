/** Whether a line crosses itself or comes too near itself. Crossings are told exactly, for vertices are whole numbers. Pure. */
import type { DraftLine } from './draft-line.ts';

/** In units, 1/16 of a pixel: enough that coordinates rounded to the millimetre do not meet either. */
const LEAST_GAP = 4;

/**
 * Two segments that meet though they do not follow each other, as the ways along the border at their ends (from, to, from, to);
 * undefined where none do. `reachPx`: how far a corner may be left aside at most. Two segments can meet only if the border
 * between them stays near: what comes back after having gone further off is kept away by the clearance.
 */
export function firstCrossing(draft: DraftLine, reachPx: number): [number, number, number, number] | undefined {
  const { x, y, way, after, closed, around } = draft;
  const vertices = draft.vertices();
  const segments = closed ? vertices.length : vertices.length - 1;
  const comesBack = closed || (x[vertices[0]!] === x[vertices.at(-1)!] && y[vertices[0]!] === y[vertices.at(-1)!]);
  const lookAhead = 2 * Math.ceil(Math.PI * (2 * reachPx + 2) ** 2);
  for (let s = 0; s < segments; s++) {
    const a = vertices[s]!;
    const b = after[a]!;
    const end = closed ? s + segments - 1 : segments;
    for (let k = s + 2; k < end; k++) {
      if (comesBack && s === 0 && k === segments - 1) break; // they follow each other
      const c = vertices[k < segments ? k : k - segments]!;
      const gone = way[c]! - way[b]! + (k < segments ? 0 : around);
      if (gone > lookAhead) break;
      if (meet(x, y, a, b, c, after[c]!)) return [way[a]!, way[b]!, way[c]!, way[after[c]!]!];
    }
  }
  return undefined;
}

/** Whether the segments from `a` to `b` and from `c` to `d` meet, or nearly so. */
function meet(x: Int32Array, y: Int32Array, a: number, b: number, c: number, d: number): boolean {
  if (apart(x[a]!, x[b]!, x[c]!, x[d]!) || apart(y[a]!, y[b]!, y[c]!, y[d]!)) return false;
  const side = (p: number, q: number, r: number) =>
    Math.sign((x[q]! - x[p]!) * (y[r]! - y[p]!) - (y[q]! - y[p]!) * (x[r]! - x[p]!));
  if (side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0) return true;
  return isNear(x, y, a, c, d) || isNear(x, y, b, c, d) || isNear(x, y, c, a, b) || isNear(x, y, d, a, b);
}

const apart = (a: number, b: number, c: number, d: number) =>
  Math.max(a, b) + LEAST_GAP < Math.min(c, d) || Math.max(c, d) + LEAST_GAP < Math.min(a, b);

/** Whether vertex `p` is less than the least gap from the segment from `a` to `b`. */
function isNear(x: Int32Array, y: Int32Array, p: number, a: number, b: number): boolean {
  const [dx, dy, px, py] = [x[b]! - x[a]!, y[b]! - y[a]!, x[p]! - x[a]!, y[p]! - y[a]!];
  const along = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy)));
  return (px - along * dx) ** 2 + (py - along * dy) ** 2 < LEAST_GAP ** 2;
}
