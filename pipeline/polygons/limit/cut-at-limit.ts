/**
 * Regions cut at the limit of an extent. The limit's vertices stay, to the millimetre, and between them only junctions are
 * added, so that the extent's outline is kept exactly. Where a border crosses the limit the point is kept as numbers can say
 * it, not to the millimetre: rounded, a junction would pull the limit aside by up to 0.7 mm, and the areas beside it by square
 * decimetres on a long edge; as it is the areas of all parts sum to the extent's to far less than that. Pure.
 */
import type { MultiPolygon, Polygon, Position } from 'geojson';
import { bboxOf } from '../../boxes.ts';
import { polygonsOf } from './join-chains.ts';
import { boundaryWithin, type CutVertex } from './limit-chains.ts';
import { Crossings, regionEdgesOf } from './limit-crossings.ts';
import { type BoxMm, type LimitEdges, passesEast, pointsOf, toMetres, toMm } from './limit-edges.ts';
import { limitEdgesOf, touchesOf } from './limit-touches.ts';

export interface Limit {
  /**
   * What the limit leaves of a polygon: the polygon itself (the same object) where it lies whole inside, nothing where it lies
   * outside, else its parts. Its coordinates are metres, whole millimetres, closed rings, the ground on their left. Equal borders of neighbours
   * give equal junctions, to the bit. Order: by first vertex, north to south, then west to east.
   */
  cut(rings: Position[][]): Position[][][];
  /**
   * Ground outside the limit that is surrounded by it (holes, less what of the extent lies in them), with the junctions met so
   * far as vertices: with it, parts and unknown ground have one outline each and no gap inside.
   */
  enclaves(): Position[][][];
}

/** Millimetres; the limit in the regions' CRS, any orientation. An index makes the cost of a cut independent of its length. */
export function openLimit(limit: Polygon | MultiPolygon): Limit {
  const edges = limitEdgesOf(limit);
  const touches = touchesOf(edges);
  const junctions = new Map<number, Map<string, CutVertex>>();
  return {
    cut: (rings) => cut(rings, edges, touches, junctions),
    enclaves: () => enclaves(edges, junctions),
  };
}

type Junctions = Map<number, Map<string, CutVertex>>;

function cut(rings: Position[][], limit: LimitEdges, touches: number[][], junctions: Junctions): Position[][][] {
  const outline = rings[0]! as [number, number][];
  const box = bboxOf(outline).map(toMm) as BoxMm;
  if (!limit.meets(box)) return limit.holds(toMm(outline[0]![0]), toMm(outline[0]![1])) ? [rings] : [];
  const points = rings.map(pointsOf).filter((ring) => ring.length >= 3);
  if (points.length === 0) return [];
  const region = regionEdgesOf(points);
  const crossings = new Crossings(region, limit, touches);
  const boundary = boundaryWithin(region, limit, crossings);
  const isWhole =
    crossings.nodes.size === 0 && boundary.loops.length === points.length && !boundary.loops.some(isOfLimit);
  if (isWhole) return [rings];
  const parts = polygonsOf(boundary);
  for (const vertex of parts.flat(2)) remember(vertex, junctions);
  return parts.map((part) => part.map((ring) => [...ring, ring[0]!].map(({ x, y }) => [x, y])));
}

const isOfLimit = (loop: CutVertex[]) => loop[0]!.leavesAlongLimit;

function remember(vertex: CutVertex, junctions: Junctions): void {
  const { node, isLimitVertex, x, y } = vertex;
  if (node === undefined || isLimitVertex || node.edge < 0) return;
  const there = junctions.get(node.edge) ?? new Map<string, CutVertex>();
  junctions.set(node.edge, there.set(`${x} ${y}`, vertex));
}

function enclaves(limit: LimitEdges, junctions: Junctions): Position[][][] {
  const found: Position[][][] = [];
  limit.isHole.forEach((isHole, ring) => {
    if (!isHole) return;
    const within = limit.isHole.flatMap((otherIsHole, other) =>
      !otherIsHole && holeOf(limit, other) === ring ? [ringWithJunctions(limit, other, junctions)] : [],
    );
    found.push([ringWithJunctions(limit, ring, junctions), ...within]);
  });
  return found;
}

/** The hole an outline lies in: the smallest of those round it. */
function holeOf(limit: LimitEdges, outline: number): number | undefined {
  const at = limit.ringStarts[outline]!;
  const round = limit.isHole.flatMap((isHole, ring) => (isHole && ringHolds(limit, ring, at) ? [ring] : []));
  const width = (ring: number) => limit.ringBoxes[ring]![2] - limit.ringBoxes[ring]![0];
  return round.sort((a, b) => width(a) - width(b))[0];
}

function ringHolds(limit: LimitEdges, ring: number, vertex: number): boolean {
  const { x, y, next } = limit;
  let inside = false;
  for (let edge = limit.ringStarts[ring]!; edge < limit.ringStarts[ring + 1]!; edge++) {
    const to = next[edge]!;
    if (passesEast(x[edge]!, y[edge]!, x[to]!, y[to]!, x[vertex]!, y[vertex]!)) inside = !inside;
  }
  return inside;
}

/** Turned round, since the ground meant is on the other side of the limit: a hole counter-clockwise, an outline clockwise. */
function ringWithJunctions(limit: LimitEdges, ring: number, junctions: Junctions): Position[] {
  const positions: Position[] = [];
  for (let edge = limit.ringStarts[ring]!; edge < limit.ringStarts[ring + 1]!; edge++) {
    positions.push([toMetres(limit.x[edge]!), toMetres(limit.y[edge]!)]);
    const between = [...(junctions.get(edge)?.values() ?? [])].sort((a, b) => a.node!.share - b.node!.share);
    for (const { x, y } of between) positions.push([x, y]);
  }
  return [...positions, positions[0]!].reverse();
}
