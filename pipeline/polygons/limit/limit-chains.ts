/** The boundary of what a limit leaves of a region, from node to node: parts of the region's and parts of the limit's. Pure. */
import { placeOf } from './exact-side.ts';
import { type Crossings, type Hit, type Node, type RegionEdges, regionHolds } from './limit-crossings.ts';
import { type LimitEdges, toMetres } from './limit-edges.ts';

/** A vertex of the result, metres, and what is known of the edge that leaves it. */
export interface CutVertex {
  x: number;
  y: number;
  node: Node | undefined;
  isLimitVertex: boolean;
  leavesAlongLimit: boolean;
}

/** From one node to another; `vertices` begin with the first and leave out the last. Directions are in millimetres. */
export interface Chain {
  from: Node;
  to: Node;
  vertices: CutVertex[];
  startDx: number;
  startDy: number;
  endDx: number;
  endDy: number;
}

export interface CutBoundary {
  chains: Chain[];
  /** Whole rings without a node. */
  loops: CutVertex[][];
}

export function boundaryWithin(region: RegionEdges, limit: LimitEdges, crossings: Crossings): CutBoundary {
  const boundary: CutBoundary = { chains: [], loops: [] };
  for (let ring = 0; ring + 1 < region.ringStarts.length; ring++) {
    addRegionRing(boundary, region, region.ringStarts[ring]!, region.ringStarts[ring + 1]!, limit, crossings);
  }
  addLimitChains(boundary, limit, crossings);
  addLimitRings(boundary, region, limit, crossings);
  return boundary;
}

/** A point the region's ring passes: a vertex, a node, or both, and the direction it leaves in. */
interface Station {
  x: number;
  y: number;
  node: Node | undefined;
  dx: number;
  dy: number;
}

function addRegionRing(
  boundary: CutBoundary,
  region: RegionEdges,
  start: number,
  end: number,
  limit: LimitEdges,
  crossings: Crossings,
): void {
  const stations = stationsOf(region, start, end, crossings);
  const first = stations.findIndex(({ node }) => node !== undefined);
  if (first < 0) {
    if (limit.holds(region.x[start]!, region.y[start]!)) boundary.loops.push(stations.map((s) => vertexOf(s, false)));
    return;
  }
  const n = stations.length;
  let chain: Chain | undefined;
  let along = false;
  for (let i = 0; i <= n; i++) {
    const station = stations[(first + i) % n]!;
    const { node, dx, dy } = station;
    if (node !== undefined) {
      const before = stations[(first + i + n - 1) % n]!;
      if (chain) boundary.chains.push({ ...chain, to: node, endDx: before.dx, endDy: before.dy });
      if (i === n) return;
      const place = node.limit.length === 0 ? 'inside' : placeOf(dx, dy, node.limit);
      along = place === 'along';
      chain = along || place === 'inside' ? newChain(node, dx, dy) : undefined;
    }
    chain?.vertices.push(vertexOf(station, along));
  }
}

const newChain = (node: Node, dx: number, dy: number): Chain => ({
  from: node,
  to: node,
  vertices: [],
  startDx: dx,
  startDy: dy,
  endDx: 0,
  endDy: 0,
});

function stationsOf(region: RegionEdges, start: number, end: number, crossings: Crossings): Station[] {
  const { x, y, next } = region;
  const stations: Station[] = [];
  for (let vertex = start; vertex < end; vertex++) {
    const to = next[vertex]!;
    const [dx, dy] = [x[to]! - x[vertex]!, y[to]! - y[vertex]!];
    const node = crossings.atRegionVertex.get(vertex);
    stations.push({ x: toMetres(x[vertex]!), y: toMetres(y[vertex]!), node, dx, dy });
    for (const hit of crossings.onRegionEdge.get(vertex) ?? []) {
      stations.push({ x: hit.node.x, y: hit.node.y, node: hit.node, dx, dy });
    }
  }
  return stations;
}

const vertexOf = ({ x, y, node }: Station, leavesAlongLimit: boolean): CutVertex => ({
  x,
  y,
  node,
  isLimitVertex: node?.isLimitVertex ?? false,
  leavesAlongLimit,
});

/** The limit where the region is on both its sides, from each node on. What both run along is the region's already. */
function addLimitChains(boundary: CutBoundary, limit: LimitEdges, crossings: Crossings): void {
  const { x, y, next } = limit;
  const leave = (node: Node, edge: number, later: Hit[]) => {
    const [dx, dy] = [x[next[edge]!]! - x[edge]!, y[next[edge]!]! - y[edge]!];
    if (node.region.length === 0 || placeOf(dx, dy, node.region) === 'inside')
      boundary.chains.push(followLimit(node, edge, later, limit, crossings));
  };
  for (const [vertex, node] of crossings.atLimitVertex) leave(node, vertex, crossings.onLimitEdge.get(vertex) ?? []);
  for (const [edge, hits] of crossings.onLimitEdge) {
    for (const [i, { node }] of hits.entries()) leave(node, edge, hits.slice(i + 1));
  }
}

/** `later`: the nodes still to come on the first edge. */
function followLimit(from: Node, start: number, later: Hit[], limit: LimitEdges, crossings: Crossings): Chain {
  const { x, y, next } = limit;
  const directionOf = (edge: number): [number, number] => [x[next[edge]!]! - x[edge]!, y[next[edge]!]! - y[edge]!];
  const chain = newChain(from, ...directionOf(start));
  const push = (node: Node | undefined, px: number, py: number, isLimitVertex: boolean) =>
    chain.vertices.push({ x: px, y: py, node, isLimitVertex, leavesAlongLimit: true });
  push(from, from.x, from.y, from.isLimitVertex);
  let edge = start;
  let hit = later[0];
  for (;;) {
    const end = hit?.node ?? crossings.atLimitVertex.get(next[edge]!);
    if (end !== undefined) {
      const [endDx, endDy] = directionOf(edge);
      return { ...chain, to: end, endDx, endDy };
    }
    edge = next[edge]!;
    push(undefined, toMetres(x[edge]!), toMetres(y[edge]!), true);
    hit = crossings.onLimitEdge.get(edge)?.[0];
  }
}

/** Rings of the limit that lie whole in the region. */
function addLimitRings(boundary: CutBoundary, region: RegionEdges, limit: LimitEdges, crossings: Crossings): void {
  const met = new Set<number>();
  for (const vertex of crossings.atLimitVertex.keys()) met.add(limit.ringOf[vertex]!);
  for (const edge of crossings.onLimitEdge.keys()) met.add(limit.ringOf[edge]!);
  const [minX, minY, maxX, maxY] = region.box;
  limit.ringBoxes.forEach((box, ring) => {
    if (met.has(ring) || box[0] < minX || box[1] < minY || box[2] > maxX || box[3] > maxY) return;
    const [start, end] = [limit.ringStarts[ring]!, limit.ringStarts[ring + 1]!];
    if (!regionHolds(region, limit.x[start]!, limit.y[start]!)) return;
    const vertices = Array.from({ length: end - start }, (_, i): CutVertex => {
      const [x, y] = [toMetres(limit.x[start + i]!), toMetres(limit.y[start + i]!)];
      return { x, y, node: undefined, isLimitVertex: true, leavesAlongLimit: true };
    });
    boundary.loops.push(vertices);
  });
}
