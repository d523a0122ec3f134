/** Whether a line may take a border's place: near enough everywhere, and not across itself. Pure. */
import type { Border } from './straighten.ts';

export interface Fit {
  /** −1, or the first corner that is left too far aside. */
  fault: number;
  /** Mean distance of the corners from the line, in pixels, as far as the fault. */
  meanPx: number;
}

/**
 * How a line fits a border: whether every corner is nearer than allowed to the line's stretch that stands for it, and every vertex to
 * the place of the border that it stands for. Then each point of the line lies within what some corner allows, and no two lines that
 * keep to this can meet (see `clearance.ts`). `line` in pixels; `joints[k]`: what vertex k stands for, the number of a corner, or
 * that and a half for the middle of the edge after it, where no more is allowed than at both its ends; on a closed border they may
 * count beyond its ends.
 */
export function fitOf(border: Border, line: ArrayLike<number>, joints: readonly number[]): Fit {
  const { corners, allowedPx } = border;
  const edges = allowedPx.length - 1;
  let [sum, count] = [0, 0];
  for (let k = 0; k < joints.length; k++) {
    if (!isHeld(border, joints[k]!, line[2 * k]!, line[2 * k + 1]!)) {
      return { fault: numberAt(Math.floor(joints[k]!), edges), meanPx: sum / Math.max(1, count) };
    }
    if (k + 1 === joints.length) break;
    const segment = [line[2 * k]!, line[2 * k + 1]!, line[2 * k + 2]!, line[2 * k + 3]!] as const;
    for (let i = Math.ceil(joints[k]!); i <= joints[k + 1]!; i++) {
      const at = numberAt(i, edges);
      const distance = distanceToSegment(corners[2 * at]!, corners[2 * at + 1]!, segment);
      if (distance > 0 && distance >= allowedPx[at]!) return { fault: at, meanPx: sum / Math.max(1, count) };
      sum += distance;
      count++;
    }
  }
  return { fault: -1, meanPx: sum / count };
}

const numberAt = (corner: number, edges: number) =>
  corner < 0 ? corner + edges : corner > edges ? corner - edges : corner;

/** Whether a vertex is near enough to what it stands for. */
function isHeld({ corners, allowedPx }: Border, joint: number, x: number, y: number): boolean {
  const edges = allowedPx.length - 1;
  const [a, b] = [numberAt(Math.floor(joint), edges), numberAt(Math.ceil(joint), edges)];
  const distance = Math.hypot(
    x - (corners[2 * a]! + corners[2 * b]!) / 2,
    y - (corners[2 * a + 1]! + corners[2 * b + 1]!) / 2,
  );
  return distance === 0 || distance < Math.min(allowedPx[a]!, allowedPx[b]!);
}

function distanceToSegment(x: number, y: number, [ax, ay, bx, by]: readonly [number, number, number, number]): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Between two segments that follow each other no angle is sharper than this: cosine of 15°. */
const SHARPEST_COS = Math.cos(Math.PI / 12);

/** Whether no two segments of a line in whole numbers meet but neighbours, at their common end, without a spike there. Exact. */
export function isSimple(line: Int32Array): boolean {
  const segments = line.length / 2 - 1;
  const closed = line[0] === line.at(-2) && line[1] === line.at(-1);
  for (let s = 0; s < segments; s++) {
    if (line[2 * s] === line[2 * s + 2] && line[2 * s + 1] === line[2 * s + 3]) return false;
    for (let t = s + 1; t < segments; t++) {
      const next = t === s + 1 || (closed && s === 0 && t === segments - 1);
      if (next ? foldsBack(line, t === s + 1 ? s : t, t === s + 1 ? t : s) : meet(line, s, t)) return false;
    }
  }
  return true;
}

const side = (line: Int32Array, p: number, q: number, r: number) =>
  Math.sign(
    (line[2 * q]! - line[2 * p]!) * (line[2 * r + 1]! - line[2 * p + 1]!) -
      (line[2 * q + 1]! - line[2 * p + 1]!) * (line[2 * r]! - line[2 * p]!),
  );

/** Whether segment `t`, which begins where `s` ends, goes back along it, or nearly. */
function foldsBack(line: Int32Array, s: number, t: number): boolean {
  const [px, py] = [line[2 * s + 2]! - line[2 * s]!, line[2 * s + 3]! - line[2 * s + 1]!];
  const [qx, qy] = [line[2 * t + 2]! - line[2 * t]!, line[2 * t + 3]! - line[2 * t + 1]!];
  return px * qx + py * qy < -SHARPEST_COS * Math.hypot(px, py) * Math.hypot(qx, qy);
}

function meet(line: Int32Array, s: number, t: number): boolean {
  for (const axis of [0, 1]) {
    const [a, b, c, d] = [line[2 * s + axis]!, line[2 * s + 2 + axis]!, line[2 * t + axis]!, line[2 * t + 2 + axis]!];
    if (Math.max(a, b) < Math.min(c, d) || Math.max(c, d) < Math.min(a, b)) return false;
  }
  return (
    side(line, s, s + 1, t) * side(line, s, s + 1, t + 1) <= 0 &&
    side(line, t, t + 1, s) * side(line, t, t + 1, s + 1) <= 0
  );
}
