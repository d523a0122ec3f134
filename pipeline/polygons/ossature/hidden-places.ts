/** Where a network goes on unseen, below another that is drawn over it. Pure. */
import type { Position } from 'geojson';
import { OSSATURE_KINDS, type OssatureKind } from '../../references/ossature-widths.ts';
import { LineNeighbours } from './line-neighbours.ts';
import { placesAlong } from './line-places.ts';
import type { OssatureLine } from './ossature-network.ts';

export interface HiddenPlace {
  /** Of the network below. */
  kind: OssatureKind;
  at: Position;
}

/** So far apart are the places looked at along an axis, m: half of what the narrowest road hides of what it crosses. */
const LOOK_M = 2.5;

/**
 * Places along axes that a line of another kind covers, as `burn-ossature.ts` draws them: the higher one, at one level the earlier in
 * `OSSATURE_KINDS`. `besideM`: less than this seen beside what covers it may be in parts. Surfaces of water are not looked at:
 * they lie below roads and rail, but for aqueducts.
 */
export function hiddenPlaces(lines: OssatureLine[], besideM: number): HiddenPlace[] {
  const neighbours = new LineNeighbours(lines);
  const covers = (over: number, under: number) => isOver(lines[over]!, lines[under]!);
  const crossed = new Set<number>();
  for (const [a, b] of neighbours.touching(0, (own, other) => covers(own, other) || covers(other, own)))
    crossed.add(covers(a, b) ? b : a);
  const isHidden = (place: Position, under: number) =>
    neighbours
      .nearest(place, neighbours.widestM / 2 + besideM, under)
      .some(({ line, distanceM }) => covers(line, under) && distanceM <= lines[line]!.widthM / 2 + besideM);
  return [...crossed].flatMap((under) =>
    placesAlong(lines[under]!.points, LOOK_M)
      .filter((place) => isHidden(place, under))
      .map((at) => ({ kind: lines[under]!.kind, at })),
  );
}

function isOver(over: OssatureLine, under: OssatureLine): boolean {
  if (over.kind === under.kind) return false;
  if (over.level !== under.level) return over.level > under.level;
  return OSSATURE_KINDS.indexOf(over.kind) < OSSATURE_KINDS.indexOf(under.kind);
}
