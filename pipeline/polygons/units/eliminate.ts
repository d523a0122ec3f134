/**
 * Regions under the minimal unit give way to their neighbours, smallest first, on a raster of any extent read block by block.
 *
 * The order is that of the whole raster, though only what lies near the blocks being read is in memory. This holds because a
 * region chooses among the *classes* round it, by the whole border it has with each: what it chooses can change only while a
 * smaller region beside it is still to give way. So a region may go as soon as it is known whole and no smaller one that must
 * go lies beside it, and a region that is large enough is settled at once, whole or not. The cut into blocks cannot show.
 *
 * A region that nobody may take waits as long as something beside it may still change: a building that gives way to it makes it
 * another, one that gives way to what lies beyond brings it new neighbours; then it is its turn again.
 */
import type { PixelWindow } from '../../grid.ts';
import { connectedRegions, type Regions } from '../../regions.ts';
import { opened, rootOf } from '../blocks/linked-regions.ts';
import {
  addAll,
  addBorder,
  addBordersWithin,
  changingBeside,
  earlier,
  type Node,
  newNode,
  type Share,
  size,
  type Unsettled,
  unsettledBeside,
} from './elimination-node.ts';

export interface EliminationRules {
  /** Whether a region of so many pixels, so many of them counted (see `take`), stays. May not turn false as they grow. */
  isLarge(value: number, pixels: number, counted: number): boolean;
  /** Regions of a fixed class do not give way, and take nothing but what `isEnclave` gives them. */
  isFixed(value: number): boolean;
  /** Whether a region of so many pixels that only fixed ones lie round becomes part of them; absent: none does. */
  isEnclave?(value: number, pixels: number): boolean;
  /** Whether a region of so many pixels that nobody else may take goes to those of no affinity; absent: none does. */
  isSpeck?(value: number, pixels: number): boolean;
  /** Value that what lies beside a region of such a fixed one may not take; absent: there is none. */
  barredBy?(fixed: number): number;
  /** What a pixel edge between the two counts for when a region of `value` chooses `other`; 0: never. */
  affinity(value: number, other: number): number;
  /** Whether it is told that such a region gave way. */
  isTold?(value: number, pixels: number): boolean;
}

/** A block all of whose regions are settled: by region of `connectedRegions(block)`, the class it ends with. */
export interface Settled {
  block: PixelWindow;
  classOf: Uint8Array;
}

/** A region that stays though it is small, since nothing round it may take it, or one that gave way. `firstPixel` = y × width + x. */
export interface Stranded {
  value: number;
  pixels: number;
  counted: number;
  firstPixel: number;
  /** Values of the regions round it in the end, in order. */
  beside: number[];
}

const NONE: ReadonlySet<number> = new Set();

export class Elimination {
  readonly stranded: Stranded[] = [];
  /** Regions that gave way and are told, as they were then. In no order. */
  readonly lost: Omit<Stranded, 'beside'>[] = [];
  /** Regions that became part of fixed ones. */
  readonly enclaves = { count: 0, pixels: 0 };
  private readonly widthPx: number;
  private readonly heightPx: number;
  private readonly rules: EliminationRules;
  /** What a border counts for: with free regions, with fixed ones, with free ones of no affinity. */
  private readonly free: EliminationRules['affinity'] = (value, other) =>
    this.rules.isFixed(other) ? 0 : this.rules.affinity(value, other);
  private readonly fixed: EliminationRules['affinity'] = (value, other) =>
    this.rules.isFixed(other) ? this.rules.affinity(value, other) : 0;
  private readonly other: EliminationRules['affinity'] = (_, other) => (this.rules.isFixed(other) ? 0 : 1);
  /** By column: the region above the next block. */
  private readonly above: (Node | null)[];
  /** By row of the block: the region left of the next block. */
  private left: (Node | null)[] = [];
  private ready: Settled[] = [];
  /** Regions to look at again, once what is being joined is joined. */
  private readonly queue: Node[] = [];

  constructor(widthPx: number, heightPx: number, rules: EliminationRules) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.rules = rules;
    this.above = new Array<Node | null>(widthPx).fill(null);
  }

  /**
   * Takes the next block, row by row, those of a row of one height, those of a column of one width: its classes (0 nodata) and, by
   * pixel, 1 where it is counted for `isLarge`. Returns the blocks, this one or earlier ones, that are settled now. After the last
   * all are.
   */
  take(block: PixelWindow, classes: Uint8Array, counted?: Uint8Array): Settled[] {
    const regions = connectedRegions(classes, block.widthPx, block.heightPx);
    const share: Share = { settled: { block, classOf: new Uint8Array(regions.count + 1) }, pending: 1 };
    const nodes = this.nodesOf(block, regions, counted);
    const touched = new Set<Node>();
    for (let region = 1; region <= regions.count; region++) {
      const node = nodes[region]!;
      share.pending++;
      node.unsettled!.shares.push({ share, region });
      touched.add(node);
    }
    addBordersWithin(block, regions, nodes);
    this.joinToFrontier(block, regions.labels, nodes, touched);
    addAll(this.queue, touched);
    for (let node = this.queue.pop(); node !== undefined; node = this.queue.pop()) this.review(rootOf(node));
    this.release(share);
    const ready = this.ready;
    this.ready = [];
    return ready;
  }

  private nodesOf({ xPx, yPx, widthPx }: PixelWindow, regions: Regions, counted: Uint8Array | undefined): Node[] {
    const nodes: Node[] = new Array<Node>(regions.count + 1);
    const { labels, classOf, pixels } = regions;
    const countedIn = new Int32Array(regions.count + 1);
    for (let row = 0, i = 0; i < labels.length; row++) {
      const before = (yPx + row) * this.widthPx + xPx - i;
      for (const end = i + widthPx; i < end; i++) {
        const region = labels[i]!;
        if (counted !== undefined) countedIn[region]! += counted[i]!;
        if (region === 0 || nodes[region] !== undefined) continue;
        nodes[region] = newNode(classOf[region]!, pixels[region]!, before + i);
      }
    }
    for (let region = 1; region <= regions.count; region++) nodes[region]!.counted = countedIn[region]!;
    return nodes;
  }

  /** Joins the block to what lies above and to its left, and leaves its lower and right sides as the new frontier. */
  private joinToFrontier(block: PixelWindow, labels: Int32Array, nodes: Node[], touched: Set<Node>): void {
    const { xPx, yPx, widthPx, heightPx } = block;
    const at = (x: number, y: number) => nodes[labels[y * widthPx + x]!] ?? null;
    if (yPx > 0) for (let x = 0; x < widthPx; x++) this.meet(this.above[xPx + x]!, at(x, 0), touched);
    if (xPx > 0) for (let y = 0; y < heightPx; y++) this.meet(this.left[y]!, at(0, y), touched);
    const below = yPx + heightPx < this.heightPx;
    const beyond = xPx + widthPx < this.widthPx;
    for (let x = 0; x < widthPx; x++) this.above[xPx + x] = below ? opened(at(x, heightPx - 1)) : null;
    this.left = Array.from({ length: heightPx }, (_, y) => (beyond ? opened(at(widthPx - 1, y)) : null));
  }

  private meet(former: Node | null, latter: Node | null, touched: Set<Node>): void {
    if (former !== null) {
      const root = rootOf(former);
      root.openEdges--;
      touched.add(root);
    }
    if (former === null || latter === null) return;
    const [a, b] = [rootOf(former), rootOf(latter)];
    if (a === b) return;
    if (a.value === b.value) touched.add(this.unite(a, b));
    else addBorder(a, b, 1);
  }

  /** Makes one region of two and returns it. Who waited for either looks again. */
  private unite(a: Node, b: Node): Node {
    const [root, part] = a.unsettled === null || (b.unsettled !== null && size(a) >= size(b)) ? [a, b] : [b, a];
    part.parent = root;
    root.pixels += part.pixels;
    root.counted += part.counted;
    root.firstPixel = Math.min(root.firstPixel, part.firstPixel);
    root.openEdges += part.openEdges;
    root.isStuck = false;
    const [whole, added] = [root.unsettled, part.unsettled];
    part.unsettled = null;
    if (added === null) return root; // both are settled
    if (whole === null) this.give(root.value, added);
    else {
      for (const [node, length] of added.borders) whole.borders.set(node, (whole.borders.get(node) ?? 0) + length);
      addAll(whole.shares, added.shares);
    }
    this.wake(added);
    if (whole !== null) this.wake(whole);
    return root;
  }

  /** Settles a region that is large enough, lets one give way whose turn has come; else it waits. */
  private review(node: Node): void {
    if (node.unsettled === null) return;
    if (this.rules.isFixed(node.value) || this.rules.isLarge(node.value, node.pixels, node.counted)) {
      this.settle(node);
      return;
    }
    if (node.openEdges > 0) return;
    const first = earlier(node);
    if (first === undefined) this.giveWay(node);
    else first.unsettled!.waiting.push(node);
  }

  private settle(node: Node): void {
    const { unsettled } = node;
    node.unsettled = null;
    this.give(node.value, unsettled!);
    this.wake(unsettled!);
  }

  /** Has those who wait look again. */
  private wake({ waiting }: Unsettled): void {
    for (const node of waiting) rootOf(node).isStuck = false;
    addAll(this.queue, waiting.splice(0));
  }

  /** Makes `node` part of the regions of the class that holds most of its border. */
  private giveWay(node: Node): void {
    const { isEnclave, isSpeck } = this.rules;
    const value =
      this.chooseClass(node, this.free) ||
      (isEnclave?.(node.value, node.pixels) && this.chooseClass(node, this.fixed)) ||
      (isSpeck?.(node.value, node.pixels) && this.chooseClass(node, this.other)) ||
      0;
    const { pixels, counted, firstPixel } = node;
    if (value === 0) {
      this.strand(node);
      return;
    }
    if (this.rules.isFixed(value)) {
      this.enclaves.count++;
      this.enclaves.pixels += pixels;
    }
    if (this.rules.isTold?.(node.value, pixels)) this.lost.push({ value: node.value, pixels, counted, firstPixel });
    const takers = [...node.unsettled!.borders.keys()].map(rootOf).filter((root) => root.value === value);
    node.value = value;
    let whole = node;
    for (const taker of takers) if (rootOf(taker) !== whole) whole = this.unite(whole, rootOf(taker));
    this.queue.push(whole);
  }

  /** Nobody may take `node` as things are: it stays, unless something beside it may still change. */
  private strand(node: Node): void {
    const { value, pixels, counted, firstPixel } = node;
    const { borders, waiting } = node.unsettled!;
    if (changingBeside(node).next().done) {
      const around = [...borders.keys()].map(rootOf).filter((root) => root !== node);
      const beside = [...new Set(around.map((root) => root.value))];
      this.stranded.push({ value, pixels, counted, firstPixel, beside: beside.sort((a, b) => a - b) });
      this.settle(node);
      return;
    }
    node.isStuck = true;
    for (const { unsettled } of unsettledBeside(node))
      if (!unsettled!.waiting.includes(node)) unsettled!.waiting.push(node);
    // who let it go first need not; stuck ones wait for what it waits for
    for (const waiter of waiting.splice(0)) (rootOf(waiter).isStuck ? waiting : this.queue).push(waiter);
  }

  /**
   * The class with the greatest border × affinity; of equals the one with the smaller value; 0 where none may take it.
   */
  private chooseClass(node: Node, affinity: EliminationRules['affinity']): number {
    const scores = new Map<number, number>();
    const barred = this.barredBeside(node);
    for (const [neighbour, length] of node.unsettled!.borders) {
      const root = rootOf(neighbour);
      if (root === node || barred.has(root.value)) continue;
      const gain = length * affinity(node.value, root.value);
      if (gain > 0) scores.set(root.value, (scores.get(root.value) ?? 0) + gain);
    }
    let [best, most] = [0, 0];
    for (const [value, score] of scores)
      if (score > most || (score === most && value < best)) [best, most] = [value, score];
    return best;
  }

  private barredBeside(node: Node): ReadonlySet<number> {
    const { isFixed, barredBy } = this.rules;
    if (barredBy === undefined) return NONE;
    const beside = Array.from(node.unsettled!.borders.keys(), (neighbour) => rootOf(neighbour).value);
    return new Set(beside.filter(isFixed).map(barredBy));
  }

  private give(value: number, { shares }: Unsettled): void {
    for (const { share, region } of shares) {
      share.settled.classOf[region] = value;
      this.release(share);
    }
  }

  private release(share: Share): void {
    if (--share.pending === 0) this.ready.push(share.settled);
  }
}
