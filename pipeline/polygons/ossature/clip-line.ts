/** What lies of a line in a box. Pure. */
import type { Position } from 'geojson';
import type { BboxLocal } from '../../grid.ts';

/** The stretches of a line in a box, in its order: none where it passes by. */
export function clippedLine(points: Position[], box: BboxLocal): Position[][] {
  const stretches: Position[][] = [];
  let stretch: Position[] = [];
  const finish = () => {
    if (stretch.length > 0) stretches.push(stretch);
    stretch = [];
  };
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1]!, points[i]!];
    const span = spanIn(from, to, box);
    if (span === null || span[0] > 0) finish();
    if (span === null) continue;
    const [start, end] = span;
    if (stretch.length === 0) stretch.push(pointAt(from, to, start));
    stretch.push(pointAt(from, to, end));
    if (end < 1) finish();
  }
  finish();
  return stretches;
}

/** From where to where an edge is in the box, 0 to 1; null: nowhere, or in one point of its border (Liang and Barsky, 1984). */
function spanIn(from: Position, to: Position, [minX, minY, maxX, maxY]: BboxLocal): [number, number] | null {
  let [start, end] = [0, 1];
  for (const [axis, low, high] of [
    [0, minX, maxX],
    [1, minY, maxY],
  ] as const) {
    const [at, way] = [from[axis]!, to[axis]! - from[axis]!];
    if (way === 0 && (at < low || at > high)) return null;
    if (way === 0) continue;
    const [enters, leaves] = way > 0 ? [low - at, high - at] : [high - at, low - at];
    start = Math.max(start, enters / way);
    end = Math.min(end, leaves / way);
  }
  return start < end ? [start, end] : null;
}

function pointAt(from: Position, to: Position, share: number): Position {
  if (share === 0) return from;
  return share === 1 ? to : [from[0]! + share * (to[0]! - from[0]!), from[1]! + share * (to[1]! - from[1]!)];
}
