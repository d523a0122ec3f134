/** Where a limit touches itself: a ring's vertex on another ring. Pure. */
import type { MultiPolygon, Polygon } from 'geojson';
import { sideOf } from './exact-side.ts';
import { type BoxMm, LimitEdges, ringsOf } from './limit-edges.ts';

/** The edges of a limit, those that a vertex of it lies on in two: where it touches itself it has a vertex on both sides. */
export function limitEdgesOf(limit: Polygon | MultiPolygon): LimitEdges {
  const rings = ringsOf(limit);
  const edges = new LimitEdges(rings);
  const between = verticesOnEdges(edges);
  if (between.size === 0) return edges;
  const split = rings.map(({ points, hole }, ring) => ({
    hole,
    points: points.flatMap((point, i) => [point, ...(between.get(edges.ringStarts[ring]! + i) ?? [])]),
  }));
  return new LimitEdges(split);
}

/** By edge: vertices of the limit that lie between its ends, in their order from its start, each place once. */
function verticesOnEdges(limit: LimitEdges): Map<number, [number, number][]> {
  const { x, y, next } = limit;
  const found = new Map<number, [number, number][]>();
  for (let vertex = 0; vertex < x.length; vertex++) {
    const [vx, vy] = [x[vertex]!, y[vertex]!];
    for (const edge of limit.meeting([vx, vy, vx, vy])) {
      const to = next[edge]!;
      const isEnd = (x[edge] === vx && y[edge] === vy) || (x[to] === vx && y[to] === vy);
      if (isEnd || sideOf(x[edge]!, y[edge]!, x[to]!, y[to]!, vx, vy) !== 0) continue;
      const there = found.get(edge) ?? [];
      if (!there.some(([px, py]) => px === vx && py === vy)) there.push([vx, vy]);
      found.set(edge, there);
    }
  }
  for (const [edge, points] of found) {
    const along = ([px, py]: [number, number]) => Math.abs(px - x[edge]!) + Math.abs(py - y[edge]!);
    points.sort((a, b) => along(a) - along(b));
  }
  return found;
}

/** Vertices at places where a boundary passes several times. */
export function touchesOf({ x, y }: { x: ArrayLike<number>; y: ArrayLike<number> }): number[][] {
  const at = new Map<string, number[]>();
  for (let vertex = 0; vertex < x.length; vertex++) {
    const key = `${x[vertex]} ${y[vertex]}`;
    const there = at.get(key);
    if (there) there.push(vertex);
    else at.set(key, [vertex]);
  }
  return [...at.values()].filter((vertices) => vertices.length > 1);
}

export const isWithin = ([minX, minY, maxX, maxY]: BoxMm, x: number, y: number) =>
  x >= minX && x <= maxX && y >= minY && y <= maxY;
