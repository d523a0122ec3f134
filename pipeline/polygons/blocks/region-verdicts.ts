/**
 * What is decided of whole regions by sums over their pixels, on a raster of any extent read block by block. In memory: the
 * regions that reach the rows and columns where blocks are still to come, and by region a byte for each block that waits for one.
 * The sums are whole numbers, so that neither the cut into blocks nor their order can show.
 */
import type { PixelWindow } from '../../grid.ts';
import { opened, rootOf } from './linked-regions.ts';
import type { RegionSums } from './region-sums.ts';

/** What is decided of a region of so many pixels with such a sum; undefined: it cannot be told before it is whole. */
export type Verdict = (pixels: number, sum: number, isWhole: boolean) => number | undefined;

/** A block all of whose regions are decided: by region of `connectedRegions(block)`, the verdict. */
export interface Judged {
  block: PixelWindow;
  verdicts: Uint8Array;
}

/** A block that is judged once nothing of it is pending. */
interface Share {
  judged: Judged;
  pending: number;
}

interface Node {
  /** Itself, or the region it turned out to be part of. */
  parent: Node;
  value: number;
  pixels: number;
  sum: number;
  /** Pixel edges towards blocks not read yet. */
  openEdges: number;
  /** Where it gets its verdict. */
  shares: { share: Share; region: number }[];
  verdict: number | undefined;
}

export class RegionVerdicts {
  /** By verdict: how many regions had it, counted as often as they were decided, and their pixels. */
  readonly regions: number[] = [];
  readonly pixels: number[] = [];
  private readonly widthPx: number;
  private readonly heightPx: number;
  private readonly verdict: Verdict;
  /** By column: the region above the next block. */
  private readonly above: (Node | null)[];
  /** By row of the block: the region left of the next block. */
  private left: (Node | null)[] = [];
  private ready: Judged[] = [];

  constructor(widthPx: number, heightPx: number, verdict: Verdict) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.verdict = verdict;
    this.above = new Array<Node | null>(widthPx).fill(null);
  }

  /**
   * Takes the next block; they come row by row. Returns the blocks, this one or earlier ones, that are decided now. After the last
   * block all are.
   */
  take(block: PixelWindow, { values, pixels, sums, sides }: RegionSums): Judged[] {
    const share: Share = { judged: { block, verdicts: new Uint8Array(values.length) }, pending: 1 };
    const nodes: Node[] = new Array<Node>(values.length);
    const touched = new Set<Node>();
    for (let region = 1; region < values.length; region++) {
      nodes[region] = newNode(values[region]!, pixels[region]!, sums[region]!, { share, region });
      touched.add(nodes[region]!);
      share.pending++;
    }
    const along = (side: Uint32Array) => Array.from(side, (region) => nodes[region] ?? null);
    this.joinToFrontier(block, along(sides.top), along(sides.left), touched);
    this.leaveFrontier(block, along(sides.bottom), along(sides.right));
    for (const node of touched) this.review(rootOf(node));
    this.release(share);
    const { ready } = this;
    this.ready = [];
    return ready;
  }

  private joinToFrontier({ xPx, yPx }: PixelWindow, top: (Node | null)[], left: (Node | null)[], touched: Set<Node>) {
    if (yPx > 0) for (const [x, node] of top.entries()) this.meet(this.above[xPx + x]!, node, touched);
    if (xPx > 0) for (const [y, node] of left.entries()) this.meet(this.left[y]!, node, touched);
  }

  private leaveFrontier(block: PixelWindow, bottom: (Node | null)[], right: (Node | null)[]): void {
    const below = block.yPx + block.heightPx < this.heightPx;
    const beyond = block.xPx + block.widthPx < this.widthPx;
    for (const [x, node] of bottom.entries()) this.above[block.xPx + x] = below ? opened(node) : null;
    this.left = right.map((node) => (beyond ? opened(node) : null));
  }

  private meet(former: Node | null, latter: Node | null, touched: Set<Node>): void {
    if (former === null) return;
    const root = rootOf(former);
    root.openEdges--;
    touched.add(root);
    if (latter !== null && latter.value === root.value) touched.add(this.unite(root, rootOf(latter)));
  }

  /** Makes one region of two and returns it. */
  private unite(a: Node, b: Node): Node {
    if (a === b) return a;
    // what was decided before the region was whole is so whatever else belongs to it
    const decided = a.verdict ?? b.verdict;
    if (decided !== undefined) for (const node of [a, b]) this.decide(node, decided);
    const [root, part] = a.shares.length >= b.shares.length ? [a, b] : [b, a];
    part.parent = root;
    root.pixels += part.pixels;
    root.sum += part.sum;
    root.openEdges += part.openEdges;
    for (const share of part.shares) root.shares.push(share);
    part.shares = [];
    return root;
  }

  private review(node: Node): void {
    if (node.verdict !== undefined) return;
    const verdict = this.verdict(node.pixels, node.sum, node.openEdges === 0);
    if (verdict !== undefined) this.decide(node, verdict);
  }

  private decide(node: Node, verdict: number): void {
    if (node.verdict !== undefined) return;
    node.verdict = verdict;
    this.regions[verdict] = (this.regions[verdict] ?? 0) + 1;
    this.pixels[verdict] = (this.pixels[verdict] ?? 0) + node.pixels;
    for (const { share, region } of node.shares) {
      share.judged.verdicts[region] = verdict;
      this.release(share);
    }
    node.shares = [];
  }

  private release(share: Share): void {
    if (--share.pending === 0) this.ready.push(share.judged);
  }
}

function newNode(value: number, pixels: number, sum: number, share: Node['shares'][number]): Node {
  const node = { value, pixels, sum, openEdges: 0, shares: [share], verdict: undefined } as unknown as Node;
  node.parent = node;
  return node;
}
