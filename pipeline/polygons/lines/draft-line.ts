/**
 * A line on its way from a border to what is drawn: a chain of vertices, each held to a point of the border. It may stand for the
 * border as long as every corner is nearer than allowed to the segment it belongs to, and every vertex to the point it is held
 * to: then each point of the line lies less than allowed from a point of the border, in the same order. Pure.
 */
import type { Border } from './straighten.ts';

/** Vertices are whole numbers of 1/64 of a pixel: both sides of a border have the same to the last bit, tests of sides are exact. */
export const UNITS_PER_PX = 64;

/** Between two segments that follow each other no angle is sharper than this: tan² of 15°. */
const SHARPEST_TAN2 = Math.tan(Math.PI / 12) ** 2;

export class DraftLine {
  /** Vertices, in units. */
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** The point of the border each is held to, by half pixels of way: 2i is corner i, 2i + 1 the middle of the edge after it. */
  readonly way: Int32Array;
  /** The vertices before and after; −1 beyond the ends of a line that is not closed. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** Vertices in the line. */
  count = 0;
  readonly closed: boolean;
  private readonly corners: Int32Array;
  private readonly allowed2: Float64Array;
  /** Half pixels of way round a closed border. */
  readonly around: number;
  /** Vertices ever put in: indexes are below. */
  size = 0;

  constructor({ corners, allowedPx, closed }: Border) {
    const most = corners.length;
    this.x = new Int32Array(most);
    this.y = new Int32Array(most);
    this.way = new Int32Array(most);
    this.before = new Int32Array(most);
    this.after = new Int32Array(most);
    this.closed = closed;
    this.corners = corners.map((value) => value * UNITS_PER_PX);
    this.allowed2 = new Float64Array(allowedPx.length);
    for (let i = 0; i < allowedPx.length; i++) this.allowed2[i] = (allowedPx[i]! * UNITS_PER_PX) ** 2;
    this.around = corners.length - 2;
  }

  /** Adds the point of the border at `way` as the last vertex. */
  push(way: number): void {
    const at = this.size++;
    this.x[at] = this.borderX(way);
    this.y[at] = this.borderY(way);
    this.way[at] = way;
    this.before[at] = at - 1;
    this.after[at] = at + 1;
    this.count++;
  }

  /** To be called after the last `push`. */
  close(): void {
    const last = this.size - 1;
    this.after[last] = this.closed ? 0 : -1;
    this.before[0] = this.closed ? last : -1;
  }

  remove(vertex: number): void {
    const [before, after] = [this.before[vertex]!, this.after[vertex]!];
    this.after[before] = after;
    this.before[after] = before;
    this.count--;
    this.before[vertex] = this.after[vertex] = -2;
  }

  move(vertex: number, x: number, y: number, way: number): void {
    this.x[vertex] = x;
    this.y[vertex] = y;
    this.way[vertex] = way;
  }

  isAt(vertex: number, x: number, y: number): boolean {
    return this.x[vertex] === x && this.y[vertex] === y;
  }

  /** The fewest vertices that the line may have. */
  get least(): number {
    const loop = this.corners[0] === this.corners.at(-2) && this.corners[1] === this.corners.at(-1);
    return this.closed ? 3 : loop ? 4 : 2;
  }

  isThere(vertex: number): boolean {
    return this.before[vertex] !== -2;
  }

  /** The way of the border's point nearest to (x, y), from that of vertex `a` to that of vertex `b`; −1 if too far. */
  hold(x: number, y: number, a: number, b: number): number {
    let nearest = Number.POSITIVE_INFINITY;
    let found = -1;
    const start = this.way[a]!;
    const end = this.way[b]! >= start ? this.way[b]! : this.way[b]! + this.around;
    for (let way = start; way <= end; way++) {
      const at = this.closed && way >= this.around ? way - this.around : way;
      const square = (this.borderX(at) - x) ** 2 + (this.borderY(at) - y) ** 2;
      if (square >= nearest) continue;
      nearest = square;
      found = at;
    }
    const corner = found >> 1;
    const allowed2 = Math.min(this.allowed2[corner]!, this.allowed2[found & 1 ? corner + 1 : corner]!);
    return nearest === 0 || nearest < allowed2 ? found : -1;
  }

  /** Whether the segment between two points of the border may stand for what lies between them. */
  stands(from: number, to: number): boolean {
    return this.mayStand(this.borderX(from), this.borderY(from), from, this.borderX(to), this.borderY(to), to);
  }

  /** Whether the segment from vertex `a` to vertex `d` may stand for the border between them, without a spike at either. */
  mayJoin(a: number, d: number): boolean {
    const { x, y, way, before, after } = this;
    const [p, n] = [before[a]!, after[d]!];
    return (
      (x[a] !== x[d] || y[a] !== y[d]) &&
      (p < 0 || isOpen(x[p]!, y[p]!, x[a]!, y[a]!, x[d]!, y[d]!)) &&
      (n < 0 || isOpen(x[a]!, y[a]!, x[d]!, y[d]!, x[n]!, y[n]!)) &&
      this.mayStand(x[a]!, y[a]!, way[a]!, x[d]!, y[d]!, way[d]!)
    );
  }

  /** Whether the line may go from vertex `a` by (ex, ey), held to `e`, to vertex `d`, without a spike at any of the three. */
  mayPass(a: number, ex: number, ey: number, e: number, d: number): boolean {
    const { x, y, way, before, after } = this;
    const [p, n] = [before[a]!, after[d]!];
    const [ax, ay, dx, dy] = [x[a]!, y[a]!, x[d]!, y[d]!];
    return (
      isOpen(ax, ay, ex, ey, dx, dy) &&
      (p < 0 || isOpen(x[p]!, y[p]!, ax, ay, ex, ey)) &&
      (n < 0 || isOpen(ex, ey, dx, dy, x[n]!, y[n]!)) &&
      this.mayStand(ax, ay, way[a]!, ex, ey, e) &&
      this.mayStand(ex, ey, e, dx, dy, way[d]!)
    );
  }

  /** Twice the area that the border has on its right and the line has not, in square units. */
  missingArea2(): number {
    const { corners, x, y, after } = this;
    const [x0, y0] = [corners[0]!, corners[1]!]; // near by, so that products stay whole
    let area2 = 0;
    for (let i = 0; i + 3 < corners.length; i += 2) {
      area2 += (corners[i]! - x0) * (corners[i + 3]! - y0) - (corners[i + 2]! - x0) * (corners[i + 1]! - y0);
    }
    for (const a of this.vertices()) {
      const b = after[a]!;
      if (b >= 0) area2 -= (x[a]! - x0) * (y[b]! - y0) - (x[b]! - x0) * (y[a]! - y0);
    }
    return area2;
  }

  /** Indexes of the vertices, in order. */
  vertices(): number[] {
    const list: number[] = [];
    let vertex = 0;
    while (!this.isThere(vertex)) vertex++;
    for (let i = 0; i < this.count; i++, vertex = this.after[vertex]!) list.push(vertex);
    return list;
  }

  /** x and y by turns; the first vertex again at the end of a closed line. */
  points(): Int32Array {
    const vertices = this.vertices();
    if (this.closed) vertices.push(vertices[0]!);
    const points = new Int32Array(2 * vertices.length);
    vertices.forEach((vertex, i) => {
      points[2 * i] = this.x[vertex]!;
      points[2 * i + 1] = this.y[vertex]!;
    });
    return points;
  }

  /** Whether a segment from (ax, ay), held to way `a`, to (bx, by), held to `b`, may stand for the border between them. */
  private mayStand(ax: number, ay: number, a: number, bx: number, by: number, b: number): boolean {
    const { corners, allowed2, around } = this;
    const [dx, dy] = [bx - ax, by - ay];
    const square = dx * dx + dy * dy;
    const end = (b > a || !this.closed ? b : b + around) >> 1;
    for (let i = (a + 1) >> 1; i <= end; i++) {
      const corner = this.closed && 2 * i >= around ? i - around / 2 : i;
      const [px, py] = [corners[2 * corner]! - ax, corners[2 * corner + 1]! - ay];
      const along = px * dx + py * dy;
      let distance: number;
      if (along <= 0) distance = px * px + py * py;
      else if (along >= square) distance = (px - dx) ** 2 + (py - dy) ** 2;
      else distance = (px * dy - py * dx) ** 2 / square;
      if (distance !== 0 && distance >= allowed2[corner]!) return false;
    }
    return true;
  }

  private borderX(way: number): number {
    const at = way & ~1;
    return way & 1 ? (this.corners[at]! + this.corners[at + 2]!) / 2 : this.corners[at]!;
  }

  private borderY(way: number): number {
    const at = (way & ~1) + 1;
    return way & 1 ? (this.corners[at]! + this.corners[at + 2]!) / 2 : this.corners[at]!;
  }
}

/** Whether the angle at (x, y) between (ax, ay) and (bx, by) is none of a spike. */
function isOpen(ax: number, ay: number, x: number, y: number, bx: number, by: number): boolean {
  const [px, py, qx, qy] = [ax - x, ay - y, bx - x, by - y];
  const dot = px * qx + py * qy;
  return dot <= 0 || (px * qy - py * qx) ** 2 > SHARPEST_TAN2 * dot * dot;
}
