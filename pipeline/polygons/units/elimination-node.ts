/** Regions while they are being merged: parts of one another, with their borders. */
import type { PixelWindow } from '../../grid.ts';
import type { Regions } from '../../regions.ts';
import { rootOf } from '../blocks/linked-regions.ts';
import type { Settled } from './eliminate.ts';

/** A block that is settled once nothing of it is pending. */
export interface Share {
  settled: Settled;
  pending: number;
}

export interface Node {
  /** Itself, or the region it became part of. */
  parent: Node;
  value: number;
  pixels: number;
  /** Pixels that `EliminationRules.isLarge` wants counted apart. */
  counted: number;
  firstPixel: number;
  /** Pixel edges towards blocks not read yet. */
  openEdges: number;
  /** Nobody may take it as things are; it waits for all that may still change beside it. */
  isStuck: boolean;
  /** Null: it is settled, its class never changes. */
  unsettled: Unsettled | null;
}

export interface Unsettled {
  /** Border with each neighbour, in pixel edges; neighbours may since have become part of others. */
  borders: Map<Node, number>;
  /** Where it gets its class when it is settled. */
  shares: { share: Share; region: number }[];
  /** Regions that look again when this one has changed. */
  waiting: Node[];
}

export function newNode(value: number, pixels: number, firstPixel: number): Node {
  const node = {
    value,
    pixels,
    counted: 0,
    firstPixel,
    openEdges: 0,
    isStuck: false,
    unsettled: { borders: new Map(), shares: [], waiting: [] },
  } as unknown as Node;
  node.parent = node;
  return node;
}

/** `length` pixel edges between two regions; a settled one needs to know no neighbours. */
export function addBorder(a: Node, b: Node, length: number): void {
  a.unsettled?.borders.set(b, (a.unsettled.borders.get(b) ?? 0) + length);
  b.unsettled?.borders.set(a, (b.unsettled.borders.get(a) ?? 0) + length);
}

/** Borders between regions of one block; along a row, edges between the same two are added together. `nodes`: by region. */
export function addBordersWithin({ widthPx, heightPx }: PixelWindow, { labels }: Regions, nodes: Node[]): void {
  for (let y = 0, i = 0; y < heightPx; y++) {
    const below = y + 1 < heightPx ? widthPx : 0; // the last row has itself below
    let length = 0;
    for (let x = 1; x <= widthPx; x++, i++) {
      const here = labels[i]!;
      const right = x < widthPx ? labels[i + 1]! : 0;
      if (right !== here && right !== 0 && here !== 0) addBorder(nodes[here]!, nodes[right]!, 1);
      const under = labels[i + below]!;
      if (under !== here && under !== 0 && here !== 0) length++;
      if (length === 0 || (right === here && labels[i + 1 + below] === under)) continue;
      addBorder(nodes[here]!, nodes[under]!, length);
      length = 0;
    }
  }
}

/** How much uniting costs. */
export const size = (node: Node) => node.unsettled!.borders.size + node.unsettled!.shares.length;

const isBefore = (a: Node, b: Node) => a.pixels < b.pixels || (a.pixels === b.pixels && a.firstPixel < b.firstPixel);

/** A region that must go before `node`: one beside it, or one that may yet set free a stuck one beside it that is smaller. */
export function earlier(node: Node): Node | undefined {
  let hasStuck = false;
  for (const neighbour of node.unsettled!.borders.keys()) {
    const root = rootOf(neighbour);
    if (root === node || root.unsettled === null) continue;
    if (root.isStuck) hasStuck = true;
    else if (isBefore(root, node)) return root;
  }
  if (!hasStuck) return undefined;
  for (const root of changingBeside(node, (stuck) => isBefore(stuck, node))) if (isBefore(root, node)) return root;
  return undefined;
}

/** Regions that may give way beside `node`, or beside stuck ones for which `isPassed` holds, which lie beside it or one another. */
export function* changingBeside(node: Node, isPassed: (stuck: Node) => boolean = () => true): Generator<Node> {
  const seen = new Set([node]);
  // grows while it is walked
  for (const root of seen) {
    if (root !== node && !root.isStuck) yield root;
    else for (const beside of unsettledBeside(root)) if (!beside.isStuck || isPassed(beside)) seen.add(beside);
  }
}

/** Regions beside `node` whose class may change; one may come more than once. */
export function* unsettledBeside(node: Node): Generator<Node> {
  for (const neighbour of node.unsettled!.borders.keys()) {
    const root = rootOf(neighbour);
    if (root !== node && root.unsettled !== null) yield root;
  }
}

/** Appends what may be a hundred thousand: more than one call takes arguments. */
export function addAll<Value>(list: Value[], more: Iterable<Value>): void {
  for (const value of more) list.push(value);
}
