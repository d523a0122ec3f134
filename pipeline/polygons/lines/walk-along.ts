/** Distances to a line of points that come in its order. Pure. */

/** Segments tried on either side of the one that was nearest to the point before: a bend may bring a later one nearer for a while. */
const LOOK_ROUND = 6;

/** Walks along a line, x and y by turns, as points walk along the border it stands for. */
export class WalkAlong {
  private readonly line: Int32Array;
  private readonly closed: boolean;
  private readonly segments: number;
  private at: number;

  /** A closed line may begin elsewhere than its border: the walk starts where it is nearest to (x, y). */
  constructor(line: Int32Array, closed: boolean, x: number, y: number) {
    this.line = line;
    this.closed = closed;
    this.segments = line.length / 2 - 1;
    this.at = 0;
    if (!closed) return;
    let least = Number.POSITIVE_INFINITY;
    for (let segment = 0; segment < this.segments; segment++) {
      const square = this.square(segment, x, y);
      if (square < least) [least, this.at] = [square, segment];
    }
  }

  /** Distance from the next point to the line near where the last one was. */
  distanceTo(x: number, y: number): number {
    const { segments, closed } = this;
    let least = Number.POSITIVE_INFINITY;
    let found = this.at;
    const reach = Math.min(LOOK_ROUND, segments - 1);
    for (let step = -reach; step <= reach; step++) {
      let segment = this.at + step;
      if (segment < 0 || segment >= segments) {
        if (!closed) continue;
        segment = segment < 0 ? segment + segments : segment - segments;
      }
      const square = this.square(segment, x, y);
      if (square < least) [least, found] = [square, segment];
    }
    this.at = found;
    return Math.sqrt(least);
  }

  private square(segment: number, x: number, y: number): number {
    const { line } = this;
    const [ax, ay] = [line[2 * segment]!, line[2 * segment + 1]!];
    const [dx, dy] = [line[2 * segment + 2]! - ax, line[2 * segment + 3]! - ay];
    const [px, py] = [x - ax, y - ay];
    const length2 = dx * dx + dy * dy;
    const along = length2 === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length2));
    return (px - along * dx) ** 2 + (py - along * dy) ** 2;
  }
}
