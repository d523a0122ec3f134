/** A seeded piece of ground at two dates as a classifier would show it: outlines that waver by metres, and specks. */
import type { CouvertureRaster } from '../../../pipeline/couverture.ts';
import type { Grid } from '../../../pipeline/grid.ts';

const SIDE_PX = 600;
export const twoDatesGrid: Grid = {
  srid: 2154,
  originX: 506_000,
  originY: 6_287_000,
  resolutionM: 0.5,
  widthPx: SIDE_PX,
  heightPx: SIDE_PX,
};
const codesCs = ['CS1.1.1.1', 'CS1.1.1.2', 'CS1.2.2', 'CS2.1.1.1', 'CS2.2.1'];
const [BUILT, ROAD, WATER, WOOD, GRASS] = [1, 2, 3, 4, 5] as const;

/** Parcels some 30 m wide between wavy limits. */
function truthBefore(x: number, y: number): number {
  const u = Math.floor((x + 8 * Math.sin(y / 37)) / 60);
  const v = Math.floor((y + 8 * Math.sin(x / 41)) / 60);
  const draw = Math.abs(Math.imul(u * 73 + v * 151 + 11, 2654435761)) % 7;
  return [GRASS, WOOD, GRASS, WATER, ROAD, WOOD, BUILT][draw]!;
}

interface Change {
  what: string;
  inside(x: number, y: number): boolean;
  value: number;
}

const box = (x: number, y: number, width: number, height: number) => (px: number, py: number) =>
  px >= x && px < x + width && py >= y && py < y + height;

/** What really changed: houses of 10 m, a road 6 m wide, a pond, a cleared piece. */
const changes: Change[] = [
  ...[0, 1, 2, 3].map((k) => ({ what: 'house', value: BUILT, inside: box(70 + 40 * k, 80, 20, 20) })),
  { what: 'road', value: ROAD, inside: (x, y) => Math.abs(y - 300 - x / 8) < 6 && x > 150 },
  { what: 'pond', value: WATER, inside: (x, y) => Math.hypot(x - 420, y - 480) < 25 },
  { what: 'clearing', value: GRASS, inside: box(200, 440, 70, 70) },
];

export const truthAfter = (x: number, y: number) =>
  changes.reduce((value, change) => (change.inside(x, y) ? change.value : value), truthBefore(x, y));

/** 1 where the truth of the two dates differs. */
export function trueChange(): Uint8Array {
  return Uint8Array.from({ length: SIDE_PX ** 2 }, (_, i) => {
    const [x, y] = [i % SIDE_PX, Math.floor(i / SIDE_PX)];
    return truthBefore(x, y) === truthAfter(x, y) ? 0 : 1;
  });
}

/** The classifier's view of a date: outlines moved by up to 1 m in a way of the date's own, specks, doubt at outlines. */
export function seenAt(date: 1 | 2, withChange = date === 2): CouvertureRaster {
  const truth = withChange ? truthAfter : truthBefore;
  const classes = new Uint8Array(SIDE_PX ** 2);
  const confidence = new Uint8Array(SIDE_PX ** 2);
  let random = date * 7919;
  for (let i = 0; i < classes.length; i++) {
    const [x, y] = [i % SIDE_PX, Math.floor(i / SIDE_PX)];
    const phase = date * 2.1;
    const seenX = x + 1.3 * Math.sin(y / 5 + phase) + 0.7 * Math.sin(x / 3 + 2 * phase);
    const seenY = y + 1.3 * Math.sin(x / 6 + 3 * phase) + 0.7 * Math.sin(y / 4 + phase);
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    const speck = random / 2 ** 32 < 0.004;
    classes[i] = speck ? 1 + (random % 5) : truth(seenX, seenY);
    const sure = [-3, 3].every((d) => truth(x + d, y) === truth(x, y) && truth(x, y + d) === truth(x, y));
    confidence[i] = speck || !sure ? 128 : 235;
  }
  return { grid: twoDatesGrid, codesCs, classes, confidence };
}
