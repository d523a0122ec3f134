/**
 * Staircases → lines, arc by arc. An arc's result depends on nothing but the arc, so that the cut of the raster and the order of
 * the work cannot show; what two neighbours then do to each other is `settle-crossings.ts`'s. Pure.
 *
 * Coordinates here are half pixels (corner (x, y) of the raster is (2x, 2y)): corners and the middles of pixel edges are whole
 * numbers, and every test is exact.
 */

/** A chain of points, x and y by turns, in half pixels. */
export type Chain = Int32Array;

/**
 * Takes the steps out of a border that runs along pixel edges. A pixel border drawn through a straight line is runs of one
 * pixel between longer ones: the middles of the short runs lie on the line to half a pixel. A vertex between two runs of more
 * than one pixel is a corner and stays. Ends stay. `corners`: x, y by turns, in whole pixels, no three in a line; closed where
 * the last is the first.
 */
export function withoutSteps(corners: ArrayLike<number>): Chain {
  const count = corners.length / 2;
  const out = new Int32Array(4 * count);
  let length = 0;
  const push = (x: number, y: number) => {
    out[length++] = x;
    out[length++] = y;
  };
  push(2 * corners[0]!, 2 * corners[1]!);
  let before = Number.POSITIVE_INFINITY; // the ends are corners: nothing is known of what lies beyond
  for (let i = 1; i < count; i++) {
    const [x0, y0, x1, y1] = [corners[2 * i - 2]!, corners[2 * i - 1]!, corners[2 * i]!, corners[2 * i + 1]!];
    const run = Math.abs(x1 - x0) + Math.abs(y1 - y0);
    if (run > 1 && before > 1 && i > 1) push(2 * x0, 2 * y0);
    if (run === 1 && count > 2) push(x0 + x1, y0 + y1);
    before = run;
  }
  push(2 * corners[2 * count - 2]!, 2 * corners[2 * count - 1]!);
  return out.slice(0, length);
}

/**
 * Indexes of the points of `chain` that stay. Points are left out one after the other, the one whose absence moves the line
 * least first (then the earlier one), as long as no point left out is further than `toleranceHalfPx` from the line that takes
 * its place. Ends stay; a closed chain keeps at least three more points.
 */
export function kept(chain: Chain, toleranceHalfPx: number): Int32Array {
  const count = chain.length / 2;
  const closed = chain[0] === chain[2 * count - 2] && chain[1] === chain[2 * count - 1];
  const least = closed ? 4 : 2;
  const before = Int32Array.from({ length: count }, (_, i) => i - 1);
  const after = Int32Array.from({ length: count }, (_, i) => i + 1);
  const limit = toleranceHalfPx * toleranceHalfPx;
  const costs = new Float64Array(count);
  const heap = new Heap(costs);
  const price = (i: number) => {
    costs[i] = deviation(chain, before[i]!, after[i]!, limit);
    if (costs[i]! <= limit) heap.push(i);
    else heap.remove(i);
  };
  for (let i = 1; i < count - 1; i++) price(i);
  let left = count;
  while (heap.size > 0 && left > least) {
    const i = heap.pop();
    const [a, b] = [before[i]!, after[i]!];
    after[a] = b;
    before[b] = a;
    left--;
    if (a > 0) price(a);
    if (b < count - 1) price(b);
  }
  const result = new Int32Array(left);
  for (let i = 0, n = 0; n < left; i = after[i]!) result[n++] = i;
  return result;
}

/** Square of the largest distance, in half pixels, of the points between `a` and `b` to the segment from `a` to `b`. */
function deviation(chain: Chain, a: number, b: number, limit: number): number {
  const [ax, ay] = [chain[2 * a]!, chain[2 * a + 1]!];
  const [dx, dy] = [chain[2 * b]! - ax, chain[2 * b + 1]! - ay];
  const square = dx * dx + dy * dy;
  let worst = 0;
  for (let i = a + 1; i < b; i++) {
    const [px, py] = [chain[2 * i]! - ax, chain[2 * i + 1]! - ay];
    const along = px * dx + py * dy;
    let distance: number;
    if (along <= 0) distance = px * px + py * py;
    else if (along >= square) distance = (px - dx) ** 2 + (py - dy) ** 2;
    else distance = (px * dy - py * dx) ** 2 / square;
    if (distance > worst) {
      worst = distance;
      if (worst > limit) return worst;
    }
  }
  return worst;
}

/** Indexes by cost, the smallest first; equal costs by index. */
class Heap {
  size = 0;
  private readonly costs: Float64Array;
  private readonly items: Int32Array;
  private readonly places: Int32Array;

  constructor(costs: Float64Array) {
    this.costs = costs;
    this.items = new Int32Array(costs.length);
    this.places = new Int32Array(costs.length).fill(-1);
  }

  /** Adds `item`, or puts it where its new cost belongs. */
  push(item: number): void {
    if (this.places[item] === -1) this.set(this.size++, item);
    this.up(this.places[item]!);
    this.down(this.places[item]!);
  }

  pop(): number {
    const top = this.items[0]!;
    this.remove(top);
    return top;
  }

  remove(item: number): void {
    const place = this.places[item]!;
    if (place === -1) return;
    this.places[item] = -1;
    const last = this.items[--this.size]!;
    if (place === this.size) return;
    this.set(place, last);
    this.up(place);
    this.down(this.places[last]!);
  }

  private set(place: number, item: number): void {
    this.items[place] = item;
    this.places[item] = place;
  }

  private before(a: number, b: number): boolean {
    const difference = this.costs[a]! - this.costs[b]!;
    return difference < 0 || (difference === 0 && a < b);
  }

  private up(from: number): void {
    const item = this.items[from]!;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.before(item, this.items[parent]!)) break;
      this.set(place, this.items[parent]!);
      place = parent;
    }
    this.set(place, item);
  }

  private down(from: number): void {
    const item = this.items[from]!;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.before(this.items[child + 1]!, this.items[child]!)) child++;
      if (!this.before(this.items[child]!, item)) break;
      this.set(place, this.items[child]!);
      place = child;
    }
    this.set(place, item);
  }
}
