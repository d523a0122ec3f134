/** Exposed edges joined into loops: outlines and gaps of a set of objects. Pure. */
import { areaOf } from './rings.ts';

/** An edge, with the object on its left. */
export interface Edge {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export interface Loop {
  /** Closed: the last point is the first. */
  points: [number, number][];
  /** Positive: the covered ground is inside (an outline). Negative: a gap. About zero: neighbours with unequal vertices. */
  areaM2: number;
}

/**
 * Loops of directed edges. Where several leave one point, `right` takes the sharpest right turn, which keeps each piece of
 * uncovered ground apart (a gap that touches the outline in a point stays a gap); `left` keeps each piece of covered ground apart.
 * Edges that come to a dead end are returned as loops of no area.
 */
export function joinLoops(edges: Edge[], turn: 'left' | 'right'): Loop[] {
  const leaving = new Map<string, Edge[]>();
  for (const edge of edges) {
    const key = `${edge.x1} ${edge.y1}`;
    const others = leaving.get(key);
    if (others) others.push(edge);
    else leaving.set(key, [edge]);
  }
  const loops: Loop[] = [];
  for (const start of edges) {
    if (take(leaving, start)) loops.push(follow(start, leaving, turn));
  }
  return loops;
}

function follow(start: Edge, leaving: Map<string, Edge[]>, turn: 'left' | 'right'): Loop {
  const points: [number, number][] = [[start.x1, start.y1]];
  let edge = start;
  for (;;) {
    points.push([edge.x2, edge.y2]);
    const choices = leaving.get(`${edge.x2} ${edge.y2}`) ?? [];
    const closes = edge.x2 === start.x1 && edge.y2 === start.y1;
    // Back at the start the loop is over when its first edge is the one the turn would have chosen.
    const next = sharpest(edge, closes ? [start, ...choices] : choices, turn);
    if (next === undefined) return { points, areaM2: 0 };
    if (next === start) return { points, areaM2: areaOf(points) };
    take(leaving, next);
    edge = next;
  }
}

/** Takes an edge out of those to follow; false if it was followed already. */
function take(leaving: Map<string, Edge[]>, edge: Edge): boolean {
  const others = leaving.get(`${edge.x1} ${edge.y1}`)!;
  const at = others.indexOf(edge);
  if (at >= 0) others.splice(at, 1);
  return at >= 0;
}

function sharpest(edge: Edge, choices: Edge[], turn: 'left' | 'right'): Edge | undefined {
  if (choices.length <= 1) return choices[0];
  const back = Math.atan2(edge.y1 - edge.y2, edge.x1 - edge.x2);
  /** Angle from the way back, counter-clockwise, in ]0, 2π]: smallest = sharpest right turn. */
  const angle = (next: Edge) => {
    const turned = Math.atan2(next.y2 - next.y1, next.x2 - next.x1) - back;
    return turned <= 0 ? turned + 2 * Math.PI : turned;
  };
  const sign = turn === 'right' ? 1 : -1;
  return choices.reduce((best, next) => (sign * angle(next) < sign * angle(best) ? next : best));
}
