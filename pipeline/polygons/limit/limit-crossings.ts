/** Where the boundary of a region meets a limit. Pure; which points those are is decided exactly. */
import { bboxOf } from '../../boxes.ts';
import { type Heading, sideOf } from './exact-side.ts';
import { type BoxMm, type LimitEdges, passesEast, toMetres } from './limit-edges.ts';
import { isWithin, touchesOf } from './limit-touches.ts';

/** A point of both boundaries, or of one that touches itself inside the other. Metres: where two edges cross between millimetres, it is on the limit's to a nanometre. */
export interface Node {
  x: number;
  y: number;
  isLimitVertex: boolean;
  /** Edges of the region and of the limit there. */
  region: Heading[];
  limit: Heading[];
  /** The limit's edge it is on, and where on it, 0 to 1. */
  edge: number;
  share: number;
}

/** A node between the ends of an edge. */
export interface Hit {
  node: Node;
  /** Where on the edge, 0 to 1. */
  share: number;
}

/** A region's boundary: edge `i` runs from vertex `i` to `next[i]`, the region on its left. Whole millimetres. */
export interface RegionEdges {
  x: number[];
  y: number[];
  next: number[];
  previous: number[];
  ringStarts: number[];
  box: BoxMm;
}

export function regionEdgesOf(rings: [number, number][][]): RegionEdges {
  const region: RegionEdges = {
    x: [],
    y: [],
    next: [],
    previous: [],
    ringStarts: [0],
    box: bboxOf(rings[0] ?? []),
  };
  for (const points of rings) {
    const start = region.x.length;
    const n = points.length;
    points.forEach(([x, y], i) => {
      region.x.push(x);
      region.y.push(y);
      region.next.push(start + ((i + 1) % n));
      region.previous.push(start + ((i + n - 1) % n));
    });
    region.ringStarts.push(start + n);
  }
  return region;
}

/** Whether a point that is on no edge is inside. */
export function regionHolds({ x, y, next }: RegionEdges, px: number, py: number): boolean {
  let inside = false;
  for (let edge = 0; edge < x.length; edge++) {
    if (passesEast(x[edge]!, y[edge]!, x[next[edge]!]!, y[next[edge]!]!, px, py)) inside = !inside;
  }
  return inside;
}

export class Crossings {
  readonly nodes = new Map<string, Node>();
  readonly atRegionVertex = new Map<number, Node>();
  readonly atLimitVertex = new Map<number, Node>();
  readonly onRegionEdge = new Map<number, Hit[]>();
  readonly onLimitEdge = new Map<number, Hit[]>();
  private readonly region: RegionEdges;
  private readonly limit: LimitEdges;

  /** `touches`: vertices of the limit by place, where it touches itself. */
  constructor(region: RegionEdges, limit: LimitEdges, touches: number[][] = []) {
    [this.region, this.limit] = [region, limit];
    const { x, y, next } = region;
    for (let edge = 0; edge < x.length; edge++) {
      const to = next[edge]!;
      const box = bboxOf([
        [x[edge]!, y[edge]!],
        [x[to]!, y[to]!],
      ]);
      for (const other of limit.meeting(box)) this.meet(edge, other);
    }
    for (const vertices of touches) this.meetTouch(vertices);
    if (this.nodes.size > 0) for (const vertices of touchesOf(region)) this.meetOwnTouch(vertices);
    for (const hits of [...this.onRegionEdge.values(), ...this.onLimitEdge.values()]) {
      hits.sort((a, b) => a.share - b.share);
    }
  }

  /** Enters where two edges cross, where the region's first end is on the limit's, and where the limit's is on the region's. */
  private meet(edge: number, other: number): void {
    const { region: r, limit: l } = this;
    const [b, q] = [r.next[edge]!, l.next[other]!];
    const [ax, ay, bx, by] = [r.x[edge]!, r.y[edge]!, r.x[b]!, r.y[b]!];
    const [px, py, qx, qy] = [l.x[other]!, l.y[other]!, l.x[q]!, l.y[q]!];
    const [sideA, sideB] = [sideOf(px, py, qx, qy, ax, ay), sideOf(px, py, qx, qy, bx, by)];
    const [sideP, sideQ] = [sideOf(ax, ay, bx, by, px, py), sideOf(ax, ay, bx, by, qx, qy)];
    if (sideA * sideB < 0 && sideP * sideQ < 0) {
      this.cross(edge, other);
      return;
    }
    if (sideA === 0 && isBetween(ax, ay, px, py, qx, qy)) {
      const node = this.nodeAt(toMetres(ax), toMetres(ay));
      this.passRegionVertex(node, edge);
      if (ax === px && ay === py) this.passLimitVertex(node, other);
      else if (ax === qx && ay === qy) this.passLimitVertex(node, q);
      else this.passLimitEdge(node, other, shareOf(ax, ay, px, py, qx, qy));
    }
    if (sideP === 0 && isBetween(px, py, ax, ay, bx, by)) {
      const node = this.nodeAt(toMetres(px), toMetres(py));
      this.passLimitVertex(node, other);
      if (px === ax && py === ay) this.passRegionVertex(node, edge);
      else if (px === bx && py === by) this.passRegionVertex(node, b);
      else this.passRegionEdge(node, edge, shareOf(px, py, ax, ay, bx, by));
    }
  }

  /**
   * The point is computed on the limit's edge, so that it lies on it as well as a number can say it, and from both edges taken
   * by their first end in x and y: the two regions beside a border get the same bits.
   */
  private cross(edge: number, other: number): void {
    const { region: r, limit: l } = this;
    const [b, q] = [r.next[edge]!, l.next[other]!];
    const from = isFirst(r.x[edge]!, r.y[edge]!, r.x[b]!, r.y[b]!) ? edge : b;
    const to = from === edge ? b : edge;
    const first = isFirst(l.x[other]!, l.y[other]!, l.x[q]!, l.y[q]!) ? other : q;
    const last = first === other ? q : other;
    const [dx, dy] = [r.x[to]! - r.x[from]!, r.y[to]! - r.y[from]!];
    const offset = (vertex: number) => dx * (l.y[vertex]! - r.y[from]!) - dy * (l.x[vertex]! - r.x[from]!);
    const along = offset(first) / (offset(first) - offset(last));
    const x = toMetres(l.x[first]!) + along * toMetres(l.x[last]! - l.x[first]!);
    const y = toMetres(l.y[first]!) + along * toMetres(l.y[last]! - l.y[first]!);
    const node = this.nodeAt(x, y);
    this.passLimitEdge(node, other, first === other ? along : 1 - along);
    const [ex, ey] = [l.x[q]! - l.x[other]!, l.y[q]! - l.y[other]!];
    const away = (vertex: number) => ex * (r.y[vertex]! - l.y[other]!) - ey * (r.x[vertex]! - l.x[other]!);
    this.passRegionEdge(node, edge, away(edge) / (away(edge) - away(b)));
  }

  /** Inside the region the limit's boundaries meet there; on its border the edges have told. */
  private meetTouch(vertices: number[]): void {
    const { region, limit } = this;
    const [x, y] = [limit.x[vertices[0]!]!, limit.y[vertices[0]!]!];
    if (this.atLimitVertex.has(vertices[0]!) || !isWithin(region.box, x, y) || !regionHolds(region, x, y)) return;
    const node = this.nodeAt(toMetres(x), toMetres(y));
    for (const vertex of vertices) this.passLimitVertex(node, vertex);
  }

  /** Where the region touches itself inside the limit: with the limit's borders, what hangs together there may do so no more. */
  private meetOwnTouch(vertices: number[]): void {
    const [x, y] = [this.region.x[vertices[0]!]!, this.region.y[vertices[0]!]!];
    if (this.atRegionVertex.has(vertices[0]!) || !this.limit.holds(x, y)) return;
    const node = this.nodeAt(toMetres(x), toMetres(y));
    for (const vertex of vertices) this.passRegionVertex(node, vertex);
  }

  private nodeAt(x: number, y: number): Node {
    const key = `${x} ${y}`;
    const there = this.nodes.get(key);
    if (there) return there;
    const node: Node = { x, y, isLimitVertex: false, region: [], limit: [], edge: -1, share: 0 };
    this.nodes.set(key, node);
    return node;
  }

  private passRegionVertex(node: Node, vertex: number): void {
    if (this.atRegionVertex.has(vertex)) return;
    this.atRegionVertex.set(vertex, node);
    node.region.push(...headingsAt(this.region, vertex));
  }

  private passLimitVertex(node: Node, vertex: number): void {
    if (this.atLimitVertex.has(vertex)) return;
    this.atLimitVertex.set(vertex, node);
    node.isLimitVertex = true;
    node.limit.push(...headingsAt(this.limit, vertex));
  }

  private passRegionEdge(node: Node, edge: number, share: number): void {
    if (addHit(this.onRegionEdge, edge, { node, share })) node.region.push(...headingsAlong(this.region, edge));
  }

  private passLimitEdge(node: Node, edge: number, share: number): void {
    if (!addHit(this.onLimitEdge, edge, { node, share })) return;
    node.limit.push(...headingsAlong(this.limit, edge));
    [node.edge, node.share] = [edge, share];
  }
}

function addHit(hits: Map<number, Hit[]>, edge: number, hit: Hit): boolean {
  const there = hits.get(edge);
  if (there === undefined) hits.set(edge, [hit]);
  else if (there.some(({ node }) => node === hit.node)) return false;
  else there.push(hit);
  return true;
}

type Edges = Pick<RegionEdges, 'next' | 'previous'> | Pick<LimitEdges, 'next' | 'previous'>;

function headingsAt(edges: Edges & { x: ArrayLike<number>; y: ArrayLike<number> }, vertex: number): Heading[] {
  const { x, y } = edges;
  const [to, from] = [edges.next[vertex]!, edges.previous[vertex]!];
  return [
    { dx: x[to]! - x[vertex]!, dy: y[to]! - y[vertex]!, groundOn: 1 },
    { dx: x[from]! - x[vertex]!, dy: y[from]! - y[vertex]!, groundOn: -1 },
  ];
}

function headingsAlong(edges: Edges & { x: ArrayLike<number>; y: ArrayLike<number> }, edge: number): Heading[] {
  const to = edges.next[edge]!;
  const [dx, dy] = [edges.x[to]! - edges.x[edge]!, edges.y[to]! - edges.y[edge]!];
  return [
    { dx, dy, groundOn: 1 },
    { dx: -dx, dy: -dy, groundOn: -1 },
  ];
}

/** Whether a point of the line through two others is between them, or one of them. */
const isBetween = (x: number, y: number, ax: number, ay: number, bx: number, by: number) =>
  x >= Math.min(ax, bx) && x <= Math.max(ax, bx) && y >= Math.min(ay, by) && y <= Math.max(ay, by);

const isFirst = (ax: number, ay: number, bx: number, by: number) => ax < bx || (ax === bx && ay < by);

const shareOf = (x: number, y: number, ax: number, ay: number, bx: number, by: number) =>
  Math.abs(bx - ax) >= Math.abs(by - ay) ? (x - ax) / (bx - ax) : (y - ay) / (by - ay);
