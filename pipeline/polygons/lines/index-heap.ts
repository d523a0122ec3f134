/** A heap of indexes by a cost that changes. Pure. */

/** Indexes by cost, the smallest first; equal costs by index. */
export class IndexHeap {
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
  put(item: number): void {
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
