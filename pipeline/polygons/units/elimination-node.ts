/** Regions while they are being merged: parts of one another, with their borders. */
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
  zonePixels: number;
  firstPixel: number;
  /** Pixel edges towards blocks not read yet. */
  openEdges: number;
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
    zonePixels: 0,
    firstPixel,
    openEdges: 0,
    unsettled: { borders: new Map(), shares: [], waiting: [] },
  } as unknown as Node;
  node.parent = node;
  return node;
}

/** The region that `node` turned out to be part of. */
export function rootOf(node: Node): Node {
  let root = node;
  while (root.parent !== root) {
    root.parent = root.parent.parent;
    root = root.parent;
  }
  return root;
}

/** The region of a pixel that has an edge towards a block not read yet. */
export function opened(node: Node | null): Node | null {
  if (node === null) return null;
  const root = rootOf(node);
  root.openEdges++;
  return root;
}

/** `length` pixel edges between two regions; a settled one needs to know no neighbours. */
export function addBorder(a: Node, b: Node, length: number): void {
  a.unsettled?.borders.set(b, (a.unsettled.borders.get(b) ?? 0) + length);
  b.unsettled?.borders.set(a, (b.unsettled.borders.get(a) ?? 0) + length);
}

/** How much uniting costs. */
export const size = (node: Node) => node.unsettled!.borders.size + node.unsettled!.shares.length;

/** A region beside `node` that must go before it. */
export function smallerBeside(node: Node): Node | undefined {
  for (const neighbour of node.unsettled!.borders.keys()) {
    const root = rootOf(neighbour);
    if (root === node || root.unsettled === null) continue;
    if (root.pixels < node.pixels || (root.pixels === node.pixels && root.firstPixel < node.firstPixel)) return root;
  }
  return undefined;
}

/** Appends what may be a hundred thousand: more than one call takes arguments. */
export function addAll<Value>(list: Value[], more: Iterable<Value>): void {
  for (const value of more) list.push(value);
}
