/** The ground that rings enclose by the even-odd rule, as `rasterise.ts` burns it: also where outlines cross themselves. Pure. */
import type { Position } from 'geojson';

/** Not level; from its lower end to its upper one. */
interface Edge {
  fromX: number;
  fromY: number;
  toX: number;
  toY: number;
}

/** Exact but for rounding: of rings that cross nothing it is what the shoelace formula gives, holes taken away. */
export function evenOddM2(rings: Position[][]): number {
  const edges = edgesOf(rings);
  const levels = [...new Set(edges.flatMap(({ fromY, toY }) => [fromY, toY]))].sort((a, b) => a - b);
  let across: Edge[] = [];
  let next = 0;
  let sum = 0;
  for (let i = 1; i < levels.length; i++) {
    const [low, high] = [levels[i - 1]!, levels[i]!];
    across = across.filter(({ toY }) => toY > low);
    while (next < edges.length && edges[next]!.fromY <= low) across.push(edges[next++]!);
    sum += bandM2(across, low, high);
  }
  return sum;
}

/** Lowest first, from the first vertex, so that large coordinates cost no digits. */
function edgesOf(rings: Position[][]): Edge[] {
  const [originX, originY] = (rings[0]?.[0] ?? [0, 0]) as [number, number];
  const edges: Edge[] = [];
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [a, b] = ring[i - 1]![1]! < ring[i]![1]! ? [ring[i - 1]!, ring[i]!] : [ring[i]!, ring[i - 1]!];
      if (a[1] === b[1]) continue;
      edges.push({ fromX: a[0]! - originX, fromY: a[1]! - originY, toX: b[0]! - originX, toY: b[1]! - originY });
    }
  }
  return edges.sort((a, b) => a.fromY - b.fromY);
}

/** Between two levels with no vertex between: the width inside changes evenly from one crossing of edges to the next. */
function bandM2(across: Edge[], low: number, high: number): number {
  const [below, above] = [low, high].map((y) => across.map((edge) => xAt(edge, y))) as [number[], number[]];
  const breaks = [low, ...crossings(below, above, low, high), high];
  const widths = breaks.map((y) => insideM(across.map((edge) => xAt(edge, y))));
  let sum = 0;
  for (let i = 1; i < breaks.length; i++) sum += ((widths[i - 1]! + widths[i]!) / 2) * (breaks[i]! - breaks[i - 1]!);
  return sum;
}

/** Where edges cross, by height; few bands have any, and those alone are looked through pair by pair. */
function crossings(below: number[], above: number[], low: number, high: number): number[] {
  const order = [...below.keys()].sort((a, b) => below[a]! - below[b]! || above[a]! - above[b]!);
  if (order.every((edge, i) => i === 0 || above[order[i - 1]!]! <= above[edge]!)) return [];
  const found: number[] = [];
  for (let a = 0; a < below.length; a++) {
    for (let b = 0; b < a; b++) {
      const [before, after] = [below[a]! - below[b]!, above[a]! - above[b]!];
      if (before * after < 0) found.push(low + ((high - low) * before) / (before - after));
    }
  }
  return found.sort((a, b) => a - b);
}

/** Ends exactly, so that edges that share a vertex do not seem to cross there. */
function xAt({ fromX, fromY, toX, toY }: Edge, y: number): number {
  if (y === fromY) return fromX;
  return y === toY ? toX : fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX);
}

function insideM(xs: number[]): number {
  xs.sort((a, b) => a - b);
  let sum = 0;
  for (let i = 1; i < xs.length; i += 2) sum += xs[i]! - xs[i - 1]!;
  return sum;
}
