/** Chains of a boundary joined into polygons, as Simple Features wants them. Pure. */
import { isNearer } from './exact-side.ts';
import type { Chain, CutBoundary, CutVertex } from './limit-chains.ts';
import type { Node } from './limit-crossings.ts';

/** A simple ring, open; positive area: counter-clockwise. */
interface Loop {
  vertices: CutVertex[];
  areaM2: number;
}

/**
 * The polygons a boundary encloses, their ground on its left: outline first, counter-clockwise, holes clockwise, rings open and
 * from their first vertex in scan order (north to south, then west to east), in which polygons and holes follow each other too. Parts that touch in
 * a point are polygons apart; what a ring goes round where it touches itself is a hole. On the limit nothing stays between its
 * vertices but points where the ground changes hands, or another ring of it touches.
 */
export function polygonsOf({ chains, loops }: CutBoundary): CutVertex[][][] {
  const closed = [...loops, ...walks(chains)].flatMap(simpleLoops);
  const shared = nodesOfSeveral(closed);
  const simple = closed.flatMap((vertices) => loopOf(vertices, shared));
  const outlines = simple.filter(({ areaM2 }) => areaM2 > 0).map((outline) => ({ outline, holes: [] as Loop[] }));
  outlines.sort((a, b) => byFirstVertex(a.outline, b.outline));
  for (const hole of simple) {
    if (hole.areaM2 >= 0) continue;
    const holders = outlines.length === 1 ? outlines : outlines.filter(({ outline }) => holds(outline, hole));
    const least = holders.reduce<(typeof outlines)[0] | undefined>(
      (best, other) => (best && best.outline.areaM2 <= other.outline.areaM2 ? best : other),
      undefined,
    );
    least?.holes.push(hole);
  }
  return outlines.map(({ outline, holes }) => [outline, ...holes.sort(byFirstVertex)].map(({ vertices }) => vertices));
}

/** Closed walks: at a node the sharpest turn to the left, so that each walk stays with one piece of ground. */
function walks(chains: Chain[]): CutVertex[][] {
  const leaving = new Map<Node, Chain[]>();
  for (const chain of chains) {
    const there = leaving.get(chain.from);
    if (there) there.push(chain);
    else leaving.set(chain.from, [chain]);
  }
  const walked = new Set<Chain>();
  const found: CutVertex[][] = [];
  for (const first of chains) {
    if (walked.has(first)) continue;
    const walk: CutVertex[] = [];
    for (let chain: Chain | undefined = first; chain && !walked.has(chain); chain = nextOf(chain, leaving)) {
      walked.add(chain);
      for (const vertex of chain.vertices) walk.push(vertex);
    }
    found.push(walk);
  }
  return found;
}

function nextOf({ to, endDx, endDy }: Chain, leaving: Map<Node, Chain[]>): Chain | undefined {
  const heading = ({ startDx, startDy }: Chain) => ({ dx: startDx, dy: startDy });
  return leaving
    .get(to)
    ?.reduce((best, other) => (isNearer(heading(other), heading(best), -endDx, -endDy) ? other : best));
}

/** Cuts a closed walk where it comes back to a point. */
function simpleLoops(walk: CutVertex[]): CutVertex[][] {
  const loops: CutVertex[][] = [];
  const open: CutVertex[] = [];
  const at = new Map<string, number>();
  for (const vertex of walk) {
    const key = `${vertex.x} ${vertex.y}`;
    const before = at.get(key);
    if (before === undefined) {
      at.set(key, open.length);
      open.push(vertex);
      continue;
    }
    const loop = open.splice(before);
    for (const { x, y } of loop) at.delete(`${x} ${y}`);
    loops.push(loop);
    at.set(key, before);
    open.push(vertex);
  }
  return [...loops, open];
}

/** Nodes that several loops pass. */
function nodesOfSeveral(loops: CutVertex[][]): Set<Node> {
  const [once, several] = [new Set<Node>(), new Set<Node>()];
  for (const { node } of loops.flat()) {
    if (node !== undefined) (once.has(node) ? several : once).add(node);
  }
  return several;
}

/** Nothing where no ground is left. */
function loopOf(vertices: CutVertex[], shared: Set<Node>): Loop[] {
  const kept = vertices.filter((vertex, i) => {
    const comesAlongLimit = vertices.at(i - 1)!.leavesAlongLimit;
    if (vertex.isLimitVertex || !comesAlongLimit || !vertex.leavesAlongLimit) return true;
    return vertex.node !== undefined && shared.has(vertex.node);
  });
  if (kept.length < 3) return [];
  const first = kept.reduce((best, vertex, i) => (isBefore(vertex, kept[best]!) ? i : best), 0);
  const turned = [...kept.slice(first), ...kept.slice(0, first)];
  return [{ vertices: turned, areaM2: areaOf(turned) }];
}

const isBefore = (a: CutVertex, b: CutVertex) => a.y > b.y || (a.y === b.y && a.x < b.x);

const byFirstVertex = (a: Loop, b: Loop) =>
  b.vertices[0]!.y - a.vertices[0]!.y || a.vertices[0]!.x - b.vertices[0]!.x || b.areaM2 - a.areaM2;

function areaOf(vertices: CutVertex[]): number {
  const { x: x0, y: y0 } = vertices[0]!;
  const twice = vertices.reduce((sum, { x, y }, i) => {
    const next = vertices[(i + 1) % vertices.length]!;
    return sum + (x - x0) * (next.y - y0) - (next.x - x0) * (y - y0);
  }, 0);
  return twice / 2;
}

/** Whether an outline holds a hole: by a vertex they do not share. */
function holds({ vertices }: Loop, hole: Loop): boolean {
  const own = new Set(vertices.map(({ x, y }) => `${x} ${y}`));
  const { x, y } = hole.vertices.find((vertex) => !own.has(`${vertex.x} ${vertex.y}`)) ?? hole.vertices[0]!;
  let inside = false;
  vertices.forEach((a, i) => {
    const b = vertices[(i + 1) % vertices.length]!;
    if (a.y <= y !== b.y <= y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  });
  return inside;
}
