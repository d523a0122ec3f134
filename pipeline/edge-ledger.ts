/**
 * The edges that do not cancel out. In a coverage every edge of an object is also an edge of exactly one neighbour, the other way
 * round, or it lies on the outline: so what is left after cancelling is the outline, and nothing else. Pure; one pass, and in
 * memory only the edges that still wait for their neighbour.
 */
import type { Edge } from './loops.ts';

/** An edge without a neighbour, and whose it is. */
export interface ExposedEdge extends Edge {
  owner: number;
}

export interface EdgeLedger {
  /** Enters the edges of a Polygon or MultiPolygon, 2D little-endian WKB; `owner`: told with those that stay exposed. */
  add(wkb: Buffer, owner?: number): void;
  exposed(): ExposedEdge[];
  /** Edges with two objects on the same side: ground that both cover. */
  doubled: Edge[];
}

const POINT = 16;
const POLYGON = 3;
const MULTIPOLYGON = 6;
const DOUBLED_MAX = 100;

export function createEdgeLedger(): EdgeLedger {
  const open = new Map<string, number>();
  let owner = 0;
  const doubled: Edge[] = [];

  const enter = (from: string, to: string) => {
    if (from === to || open.delete(to + from)) return;
    if (!open.has(from + to)) open.set(from + to, owner);
    else if (doubled.length < DOUBLED_MAX) doubled.push(edgeOf(from + to));
  };

  /** Exterior rings are entered counter-clockwise, holes clockwise: the object is on the left of its edges. */
  const addRing = (wkb: Buffer, start: number, points: number, exterior: boolean) => {
    const forward = signedAreaM2(wkb, start, points) > 0 === exterior;
    let from = wkb.toString('latin1', start, start + POINT); // a point's bytes as a short string: the fastest exact key
    for (let at = start + POINT; at < start + points * POINT; at += POINT) {
      const to = wkb.toString('latin1', at, at + POINT);
      if (forward) enter(from, to);
      else enter(to, from);
      from = to;
    }
  };

  const addGeometry = (wkb: Buffer, start: number): number => {
    const type = wkb.readUInt32LE(start + 1);
    if (type !== POLYGON && type !== MULTIPOLYGON) throw new Error(`a polygon is wanted, WKB type ${type} found`);
    const parts = wkb.readUInt32LE(start + 5);
    let at = start + 9;
    for (let part = 0; part < parts; part++) {
      if (type === MULTIPOLYGON) {
        at = addGeometry(wkb, at);
        continue;
      }
      const points = wkb.readUInt32LE(at);
      addRing(wkb, at + 4, points, part === 0);
      at += 4 + points * POINT;
    }
    return at;
  };

  return {
    add: (wkb, of = 0) => {
      owner = of;
      addGeometry(wkb, 0);
    },
    exposed: () => Array.from(open, ([key, of]) => ({ ...edgeOf(key), owner: of })),
    doubled,
  };
}

function edgeOf(key: string): Edge {
  const bytes = Buffer.from(key, 'latin1');
  const [x1, y1, x2, y2] = [0, 8, 16, 24].map((at) => bytes.readDoubleLE(at)) as [number, number, number, number];
  return { x1, y1, x2, y2 };
}

/** Shoelace formula, from the ring's first point so that large coordinates cost no digits. Positive: counter-clockwise. */
function signedAreaM2(wkb: Buffer, start: number, points: number): number {
  const x0 = wkb.readDoubleLE(start);
  const y0 = wkb.readDoubleLE(start + 8);
  let twice = 0;
  let [x, y] = [0, 0];
  for (let at = start + POINT; at < start + points * POINT; at += POINT) {
    const nextX = wkb.readDoubleLE(at) - x0;
    const nextY = wkb.readDoubleLE(at + 8) - y0;
    twice += x * nextY - nextX * y;
    [x, y] = [nextX, nextY];
  }
  return twice / 2;
}
