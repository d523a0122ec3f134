/** Plane geometry of the plan: rings are open lists of points, in metres, x to the east and y to the south. Pure. */

export type Point = [number, number];
export type Ring = Point[];

export interface Axis {
  centre: Point;
  /** Direction of the longer side, radians. */
  angle: number;
  lengthM: number;
  widthM: number;
}

export function areaM2(ring: Ring): number {
  let twice = 0;
  for (let i = 0; i < ring.length; i++) {
    const [x1, y1] = ring[i]!;
    const [x2, y2] = ring[(i + 1) % ring.length]!;
    twice += x1 * y2 - x2 * y1;
  }
  return Math.abs(twice) / 2;
}

export const boxRing = (x1: number, y1: number, x2: number, y2: number): Ring => [
  [x1, y1],
  [x2, y1],
  [x2, y2],
  [x1, y2],
];

/** A rectangle about a centre, its length along `angle`. */
export function rectangle([x, y]: Point, angle: number, lengthM: number, widthM: number): Ring {
  const [ux, uy] = [(Math.cos(angle) * lengthM) / 2, (Math.sin(angle) * lengthM) / 2];
  const [vx, vy] = [(-Math.sin(angle) * widthM) / 2, (Math.cos(angle) * widthM) / 2];
  return [
    [x - ux - vx, y - uy - vy],
    [x + ux - vx, y + uy - vy],
    [x + ux + vx, y + uy + vy],
    [x - ux + vx, y - uy + vy],
  ];
}

export const along = ([x, y]: Point, angle: number, distance: number): Point => [
  x + Math.cos(angle) * distance,
  y + Math.sin(angle) * distance,
];

export const distanceM = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** The narrowest oriented box round a ring, to 5°. */
export function axisOf(ring: Ring): Axis {
  let best: Axis | undefined;
  for (let step = 0; step < 36; step++) {
    const angle = (step * Math.PI) / 36;
    const us = ring.map(([x, y]) => x * Math.cos(angle) + y * Math.sin(angle));
    const vs = ring.map(([x, y]) => y * Math.cos(angle) - x * Math.sin(angle));
    const [u1, u2, v1, v2] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
    if (best && v2 - v1 >= best.widthM) continue;
    const [u, v] = [(u1 + u2) / 2, (v1 + v2) / 2];
    const centre: Point = [u * Math.cos(angle) - v * Math.sin(angle), u * Math.sin(angle) + v * Math.cos(angle)];
    best = { centre, angle, lengthM: u2 - u1, widthM: v2 - v1 };
  }
  return best!;
}

/** The part of a convex ring on the left of the line through `point` along `angle` (towards −sin, +cos); may be empty. */
export function clipHalfPlane(ring: Ring, [px, py]: Point, angle: number): Ring {
  const side = ([x, y]: Point) => (y - py) * Math.cos(angle) - (x - px) * Math.sin(angle);
  const out: Ring = [];
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!;
    const b = ring[(i + 1) % ring.length]!;
    const [sa, sb] = [side(a), side(b)];
    if (sa >= 0) out.push(a);
    if ((sa > 0 && sb < 0) || (sa < 0 && sb > 0)) {
      const t = sa / (sa - sb);
      out.push([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]);
    }
  }
  return out;
}

/** Cuts a convex ring in two; `chord` is the cut. */
export function split(ring: Ring, point: Point, angle: number): { parts: [Ring, Ring]; chord: [Point, Point] } {
  const left = clipHalfPlane(ring, point, angle);
  const right = clipHalfPlane(ring, point, angle + Math.PI);
  const position = ([x, y]: Point) => (x - point[0]) * Math.cos(angle) + (y - point[1]) * Math.sin(angle);
  const offset = ([x, y]: Point) => Math.abs((y - point[1]) * Math.cos(angle) - (x - point[0]) * Math.sin(angle));
  const onLine = left.filter((vertex) => offset(vertex) < 1e-6).sort((a, b) => position(a) - position(b));
  return { parts: [left, right], chord: [onLine[0] ?? point, onLine.at(-1) ?? point] };
}

/** A convex ring shrunk by `byM` on every side; empty when nothing is left. */
export function inset(ring: Ring, byM: number): Ring {
  let out = ring;
  const turn = signedArea(ring) > 0 ? 0 : Math.PI;
  for (let i = 0; i < ring.length && out.length > 2; i++) {
    const a = ring[i]!;
    const b = ring[(i + 1) % ring.length]!;
    if (distanceM(a, b) < 1e-6) continue;
    const angle = Math.atan2(b[1] - a[1], b[0] - a[0]) + turn;
    out = clipHalfPlane(out, along(a, angle + Math.PI / 2, byM), angle);
  }
  return out.length > 2 ? out : [];
}

function signedArea(ring: Ring): number {
  let twice = 0;
  for (let i = 0; i < ring.length; i++) {
    const [x1, y1] = ring[i]!;
    const [x2, y2] = ring[(i + 1) % ring.length]!;
    twice += x1 * y2 - x2 * y1;
  }
  return twice / 2;
}

/** True when a convex ring holds the point. */
export function holds(ring: Ring, [x, y]: Point): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i]!;
    const [xj, yj] = ring[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** The same line with a vertex at least every `stepM`. */
export function densify(points: Point[], stepM: number, closed: boolean): Point[] {
  const out: Point[] = [];
  const last = closed ? points.length : points.length - 1;
  for (let i = 0; i < last; i++) {
    const a = points[i]!;
    const b = points[(i + 1) % points.length]!;
    const steps = Math.max(1, Math.ceil(distanceM(a, b) / stepM));
    for (let k = 0; k < steps; k++) out.push([a[0] + ((b[0] - a[0]) * k) / steps, a[1] + ((b[1] - a[1]) * k) / steps]);
  }
  if (!closed) out.push(points.at(-1)!);
  return out;
}
