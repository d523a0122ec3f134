/** An outline cut into stretches along two directions square to each other, and free ones between. Pure. */

/** Along the direction, square to it, or neither. */
export const ALONG = 0;
export const ACROSS = 1;
export const FREE = 2;
export type Label = typeof ALONG | typeof ACROSS | typeof FREE;

/** The outline's corners from number `from` to number `to`. */
export interface Stretch {
  from: number;
  to: number;
  label: Label;
}

type Sum = 'u' | 'v' | 'uu' | 'uv' | 'vv' | 'vdu' | 'udv';

/** An outline in a building's own frame: u runs along its direction, v across; sums over the middles of the pixel edges. */
export class TurnedOutline {
  readonly u: Float64Array;
  readonly v: Float64Array;
  private readonly sums: Record<Sum, Float64Array>;
  private readonly cos: number;
  private readonly sin: number;
  private readonly x0: number;
  private readonly y0: number;

  /** `corners`: x and y by turns, in pixels, counted from the first. */
  constructor(corners: Int32Array, angle: number) {
    const count = corners.length / 2;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    [this.cos, this.sin, this.x0, this.y0] = [cos, sin, corners[0]!, corners[1]!];
    this.u = new Float64Array(count);
    this.v = new Float64Array(count);
    const sums = () => new Float64Array(count);
    this.sums = { u: sums(), v: sums(), uu: sums(), uv: sums(), vv: sums(), vdu: sums(), udv: sums() };
    for (let i = 0; i < count; i++) {
      const [x, y] = [corners[2 * i]! - corners[0]!, corners[2 * i + 1]! - corners[1]!];
      this.u[i] = x * cos + y * sin;
      this.v[i] = y * cos - x * sin;
      if (i > 0) this.addEdge(i);
    }
  }

  /** Of a place in the frame, x and y in pixels. */
  placeOf(u: number, v: number): [x: number, y: number] {
    return [this.x0 + u * this.cos - v * this.sin, this.y0 + u * this.sin + v * this.cos];
  }

  private addEdge(i: number): void {
    const [u, v] = [(this.u[i - 1]! + this.u[i]!) / 2, (this.v[i - 1]! + this.v[i]!) / 2];
    const { sums } = this;
    sums.u[i] = sums.u[i - 1]! + u;
    sums.v[i] = sums.v[i - 1]! + v;
    sums.uu[i] = sums.uu[i - 1]! + u * u;
    sums.uv[i] = sums.uv[i - 1]! + u * v;
    sums.vv[i] = sums.vv[i - 1]! + v * v;
    sums.vdu[i] = sums.vdu[i - 1]! + v * (this.u[i]! - this.u[i - 1]!);
    sums.udv[i] = sums.udv[i - 1]! + u * (this.v[i]! - this.v[i - 1]!);
  }

  private sum(of: Sum, from: number, to: number): number {
    return this.sums[of][to]! - this.sums[of][from]!;
  }

  /** Where the line lies that takes a stretch's place: its v if along, its u if across. */
  offset(from: number, to: number, label: Label): number {
    return this.sum(label === ALONG ? 'v' : 'u', from, to) / (to - from);
  }

  /** Normal, of length 1, of the line that takes a stretch's place: a free one's lies along it by least squares. */
  normalOf(from: number, to: number, label: Label): readonly [number, number] {
    if (label !== FREE) return label === ALONG ? [0, 1] : [1, 0];
    const n = to - from;
    const [u, v] = [this.sum('u', from, to), this.sum('v', from, to)];
    const [uu, vv] = [this.sum('uu', from, to) - (u * u) / n, this.sum('vv', from, to) - (v * v) / n];
    const heading = Math.atan2(2 * (this.sum('uv', from, to) - (u * v) / n), uu - vv) / 2;
    return [-Math.sin(heading), Math.cos(heading)];
  }

  /** Where a line with a normal lies that leaves what is on either side of a stretch its area. */
  offsetKeepingArea(from: number, to: number, [a, b]: readonly [number, number]): number {
    const [u0, v0, u1, v1] = [this.u[from]!, this.v[from]!, this.u[to]!, this.v[to]!];
    const lying = (a * b * (u1 * u1 - u0 * u0 - v1 * v1 + v0 * v0)) / 2;
    const area = lying + b * b * this.sum('vdu', from, to) - a * a * this.sum('udv', from, to);
    return area / (b * (u1 - u0) - a * (v1 - v0));
  }

  /** Sum of squared distances between a stretch and a line along or across at `offset`. */
  residual(from: number, to: number, label: Label, offset: number): number {
    const along = label === ALONG;
    const square = this.sum(along ? 'vv' : 'uu', from, to);
    return square - 2 * offset * this.sum(along ? 'v' : 'u', from, to) + (to - from) * offset * offset;
  }

  /** The same for the chord from its first to its last corner. */
  chordResidual(from: number, to: number): number {
    const [du, dv] = [this.u[to]! - this.u[from]!, this.v[to]! - this.v[from]!];
    const length = Math.hypot(du, dv);
    if (length === 0) return Number.POSITIVE_INFINITY;
    const [a, b] = [-dv / length, du / length];
    const c = a * this.u[from]! + b * this.v[from]!;
    const squares =
      a * a * this.sum('uu', from, to) + 2 * a * b * this.sum('uv', from, to) + b * b * this.sum('vv', from, to);
    return squares - 2 * c * (a * this.sum('u', from, to) + b * this.sum('v', from, to)) + (to - from) * c * c;
  }

  /** How stretches along and across lean out of the frame, by least squares: the frame must turn by `atan(lean ÷ weight)`. */
  lean(stretches: readonly Stretch[]): { lean: number; weight: number } {
    let [lean, weight] = [0, 0];
    for (const { from, to, label } of stretches) {
      if (label === FREE) continue;
      const n = to - from;
      const [u, v] = [this.sum('u', from, to), this.sum('v', from, to)];
      const slope = this.sum('uv', from, to) - (u * v) / n;
      lean += label === ALONG ? slope : -slope;
      weight += label === ALONG ? this.sum('uu', from, to) - (u * u) / n : this.sum('vv', from, to) - (v * v) / n;
    }
    return { lean, weight };
  }
}

/** What is asked of the stretches. */
export interface Cutting {
  /** Corners where stretches may meet, in order; the outline's first and last among them. */
  breaks: readonly number[];
  /** What one stretch more has to save in squared distances. */
  price: number;
  /** No free stretch is shorter, in pixels. */
  shortestFreePx: number;
  /** Label of the first stretch, which the last must not have: for closed outlines. */
  first?: Label;
}

/** A free stretch costs more than one along or across. */
const FREE_PRICE = 3;
/** … and leans out of both directions by 15°, or by so many pixels: less is the noise of a wall along one of them. */
const LEAST_LEAN = { tan: Math.tan(Math.PI / 12), px: 4 };
/** No stretch passes more breaks: a straight wall has few, and the work stays in proportion to the outline. */
const MOST_BREAKS = 100;
const LABELS: readonly Label[] = [ALONG, ACROSS, FREE];

/**
 * The cheapest cut (sum of squared distances, plus the price of each stretch), by dynamic programming over `breaks`. Neighbouring
 * stretches have different labels, unless both are free. `null` where there is none.
 */
export function cutInStretches(
  outline: TurnedOutline,
  cutting: Cutting,
): { cost: number; stretches: Stretch[] } | null {
  const { breaks, first } = cutting;
  const n = breaks.length;
  const costs = new Float64Array(3 * n).fill(Number.POSITIVE_INFINITY);
  const cameFrom = new Int32Array(3 * n).fill(-1);
  for (let j = 1; j < n; j++) {
    for (const label of LABELS) {
      for (let i = Math.max(0, j - MOST_BREAKS); i < j; i++) {
        const before = i === 0 ? ((first ?? label) === label ? 0 : -1) : cheapestBefore(costs, i, label);
        const paid = before === -1 ? Number.POSITIVE_INFINITY : i === 0 ? 0 : costs[before]!;
        if (paid >= costs[3 * j + label]!) continue;
        const cost = paid + costOf(outline, cutting, i, j, label);
        if (cost >= costs[3 * j + label]!) continue;
        costs[3 * j + label] = cost;
        cameFrom[3 * j + label] = i === 0 ? label : before;
      }
    }
  }
  const last = cheapestBefore(costs, n - 1, first ?? null);
  if (last === -1 || costs[last] === Number.POSITIVE_INFINITY) return null;
  const stretches: Stretch[] = [];
  for (let state = last; state > 2; state = cameFrom[state]!) {
    const [to, from] = [Math.floor(state / 3), Math.floor(cameFrom[state]! / 3)];
    stretches.push({ from: breaks[from]!, to: breaks[to]!, label: (state % 3) as Label });
  }
  return { cost: costs[last]!, stretches: stretches.reverse() };
}

/** The cheapest state at break `i` that a stretch with `label` may follow; `null`: any. */
function cheapestBefore(costs: Float64Array, i: number, label: Label | null): number {
  let best = -1;
  for (const other of LABELS) {
    if (other === label && label !== FREE) continue;
    if (best === -1 || costs[3 * i + other]! < costs[best]!) best = 3 * i + other;
  }
  return best;
}

function costOf(outline: TurnedOutline, cutting: Cutting, i: number, j: number, label: Label): number {
  const { breaks, price } = cutting;
  const [from, to] = [breaks[i]!, breaks[j]!];
  const [du, dv] = [Math.abs(outline.u[to]! - outline.u[from]!), Math.abs(outline.v[to]! - outline.v[from]!)];
  if (label === FREE) {
    const isNone = !leansOut(du, dv) || Math.hypot(du, dv) < cutting.shortestFreePx;
    return isNone ? Number.POSITIVE_INFINITY : FREE_PRICE * price + outline.chordResidual(from, to);
  }
  if (label === ALONG ? du <= dv : dv <= du) return Number.POSITIVE_INFINITY;
  return price + outline.residual(from, to, label, outline.offset(from, to, label));
}

/** Whether a free side, `du` long along and `dv` across, is no wall of either direction. */
export function leansOut(du: number, dv: number): boolean {
  const [along, across] = [Math.abs(du), Math.abs(dv)];
  const least = Math.min(along, across);
  return least >= LEAST_LEAN.px || least >= LEAST_LEAN.tan * Math.max(along, across);
}
