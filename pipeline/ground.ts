/** Where a département's coordinates can lie: what is outside is in another CRS than it says, or has its axes swapped. */
import { BadInput } from './errors.ts';
import type { BboxLocal } from './grid.ts';

/** By EPSG code, [minX, minY, maxX, maxY] in metres: the area of use of each grid with a generous margin. */
const GROUND = new Map<number, BboxLocal>([
  [2154, [-100_000, 5_900_000, 1_400_000, 7_300_000]], // the mainland and Corsica in Lambert-93
  [5490, [300_000, 1_400_000, 900_000, 2_200_000]], // Guadeloupe and Martinique in UTM 20N
  [2972, [0, 100_000, 1_000_000, 900_000]], // Guyane in UTM 22N
  [2975, [200_000, 7_500_000, 600_000, 7_800_000]], // La Réunion in UTM 40S
  [4471, [400_000, 8_400_000, 700_000, 8_800_000]], // Mayotte in UTM 38S
]);

/** Throws `BadInput` naming `what`, its place and the ground of the CRS, when the box reaches outside it. */
export function checkGround(what: string, bbox: BboxLocal, srid: number): void {
  const ground = GROUND.get(srid);
  if (ground === undefined) return;
  const inside = bbox[0] >= ground[0] && bbox[1] >= ground[1] && bbox[2] <= ground[2] && bbox[3] <= ground[3];
  if (inside) return;
  throw new BadInput(
    `${what}: at ${bbox.join(', ')}; wanted coordinates of EPSG:${srid}, within ${ground.join(', ')} (another CRS than it says, or x and y swapped?)`,
  );
}

/** Envelope of a polygon or multipolygon in little- or big-endian WKB, two dimensions. */
export function wkbBbox(wkb: Buffer): BboxLocal {
  const bbox: BboxLocal = [Infinity, Infinity, -Infinity, -Infinity];
  readGeometry(wkb, 0, bbox);
  return bbox;
}

const MULTIPOLYGON = 6;

function readGeometry(wkb: Buffer, start: number, bbox: BboxLocal): number {
  const little = wkb[start] === 1;
  const uint = (at: number) => (little ? wkb.readUInt32LE(at) : wkb.readUInt32BE(at));
  const double = (at: number) => (little ? wkb.readDoubleLE(at) : wkb.readDoubleBE(at));
  const count = uint(start + 5);
  let at = start + 9;
  for (let part = 0; part < count; part++) {
    if (uint(start + 1) === MULTIPOLYGON) {
      at = readGeometry(wkb, at, bbox);
      continue;
    }
    const points = uint(at);
    at += 4;
    for (let point = 0; point < points; point++, at += 16) {
      const [x, y] = [double(at), double(at + 8)];
      bbox[0] = Math.min(bbox[0], x);
      bbox[1] = Math.min(bbox[1], y);
      bbox[2] = Math.max(bbox[2], x);
      bbox[3] = Math.max(bbox[3], y);
    }
  }
  return at;
}
