/** Ground stripped, gravelled or dug without being a quarry in rock: building yards, stores, flooded gravel pits. */
import * as built from './built-styles.ts';
import { pondRing, treesAlong } from './countryside.ts';
import { divide } from './division.ts';
import type { Canvas } from './plan.ts';
import { type Axis, along, areaM2, axisOf, holds, inset, type Point, type Ring } from './plane.ts';
import type { Random } from './random.ts';
import * as styles from './styles.ts';

/** Gravels: limestone, ballast, crushed rubble. */
const GRAVELS: styles.Colour[] = [
  [190, 178, 156, 176],
  [150, 138, 126, 140],
  [170, 158, 144, 160],
];

const gravel = (random: Random) => built.mineral(random, random.pick(GRAVELS));

/** Plots along paved streets: gravelled stores, paved depots, building grounds. */
export function yardsBlock(canvas: Canvas, ring: Ring, random: Random): void {
  canvas.area(ring, styles.grass(random));
  const inside = inset(ring, 6);
  if (inside.length === 0) return;
  const rules = { targetM2: Math.min(5_500, areaM2(inside) / 4), narrowestM: 44, lean: 0.05 };
  const { leaves, cuts } = divide(inside, rules, random.child('plots'));
  leaves.forEach((leaf, i) => {
    const own = random.child(`plot ${i}`);
    plot(canvas, inset(leaf, own.range(3.6, 6)), own);
  });
  for (const { chord } of cuts) canvas.road(chord, 6.5, built.asphalt(random), 'Route à 1 chaussée', '6');
  const zone = { categorie: 'Industriel et commercial', nature: "Zone d'activités" };
  canvas.refer('zone_d_activite_ou_d_interet', canvas.bentRing(inside), zone);
}

function plot(canvas: Canvas, ring: Ring, random: Random): void {
  if (ring.length === 0) return;
  const axis = axisOf(ring);
  const kind = random.weighted({ store: 5, depot: 2, building: 2 });
  if (kind === 'building') {
    canvas.area(ring, styles.bareSoil(random));
    canvas.area(inset(ring, axis.widthM * random.range(0.16, 0.28)), gravel(random));
    heaps(canvas, axis, 3, () => ({ ...styles.bareSoil(random), relief: 'cone' }), random.child('spoil'));
    return;
  }
  canvas.area(ring, kind === 'store' ? gravel(random) : built.asphalt(random, random.range(0.7, 1.2)));
  if (kind === 'store') heaps(canvas, axis, 5, () => ({ ...gravel(random), relief: 'cone' }), random.child('stock'));
  goods(canvas, axis, random.child('goods'));
  const at = along(axis.centre, axis.angle, axis.lengthM * random.range(-0.3, 0.3));
  const [lengthM, widthM] = [axis.widthM * random.range(0.3, 0.6), random.range(10, 16)];
  const roof = built.hallRoof(random, axis.angle, random.range(5, 8));
  const hall = canvas.block(at, axis.angle + Math.PI / 2, lengthM, widthM, roof);
  canvas.building(hall, 'Industriel', 'Industriel, agricole ou commercial');
}

/** Up to `most` heaps, 2 to 5 m high. */
function heaps(canvas: Canvas, axis: Axis, most: number, style: () => styles.Style, random: Random): void {
  for (let i = 0; i < most; i++) {
    if (!random.chance(0.6)) continue;
    const heightM = random.range(2, 5);
    canvas.disc(anywhere(axis, 0.36, random), heightM * random.range(1.3, 1.9), { ...style(), heightM });
  }
}

/** Lorries, containers and pallets in short rows. */
function goods(canvas: Canvas, axis: Axis, random: Random): void {
  for (let row = 0; row < 3; row++) {
    const start = anywhere(axis, 0.34, random);
    const count = Math.floor(random.range(2, 7));
    for (let i = 0; i < count; i++) {
      const at = along(start, axis.angle, i * 3.2);
      canvas.block(at, axis.angle + Math.PI / 2, random.range(5, 9), 2.5, { ...built.vehicle(random), heightM: 2.7 });
    }
  }
}

const anywhere = (axis: Axis, reach: number, random: Random): Point =>
  along(
    along(axis.centre, axis.angle, random.range(-reach, reach) * axis.lengthM),
    axis.angle + Math.PI / 2,
    random.range(-reach, reach) * axis.widthM,
  );

/** Two flooded basins with gravelled shores in stripped ground, a stocking ground with heaps and a shed between them. */
export function gravelPitBlock(canvas: Canvas, ring: Ring, random: Random): void {
  canvas.area(ring, random.chance(0.5) ? styles.brushwood(random) : styles.grass(random));
  const rim = inset(ring, random.range(8, 20));
  if (rim.length === 0) return;
  canvas.area(rim, styles.bareSoil(random));
  const axis = axisOf(rim);
  const floor = built.quarryBench(random);
  canvas.block(axis.centre, axis.angle, axis.lengthM * 0.26, axis.widthM * 0.5, floor);
  for (const side of [-1, 1]) basin(canvas, rim, axis, side, random.child(`basin ${side}`));
  const stock = { ...axis, lengthM: axis.lengthM * 0.28, widthM: axis.widthM * 0.6 };
  heaps(canvas, stock, 7, () => ({ ...gravel(random), relief: 'cone' }), random.child('stock'));
  const shed = canvas.block(axis.centre, axis.angle, 15, 9, built.hallRoof(random, axis.angle, 6));
  canvas.building(shed, 'Industriel', 'Industriel, agricole ou commercial');
  const extraction = { categorie: 'Industriel et commercial', nature: 'Carrière' };
  canvas.refer('zone_d_activite_ou_d_interet', canvas.bentRing(rim), extraction);
}

/** Skipped where the ground is too narrow for it. */
function basin(canvas: Canvas, rim: Ring, axis: Axis, side: number, random: Random): void {
  const middle = along(axis.centre, axis.angle, side * axis.lengthM * 0.28);
  const acrossM = axis.widthM * random.range(0.2, 0.32);
  const [shore] = [1, 0.75, 0.5]
    .map((factor) => pondRing(middle, axis.lengthM * 0.14 * factor, acrossM * factor, axis.angle, random))
    .filter((ring) => ring.every((point) => holds(rim, point)));
  if (!shore) return;
  canvas.line([...shore, shore[0]!], random.range(5, 12), gravel(random));
  canvas.area(shore, styles.water(random));
  if (random.chance(0.4)) treesAlong(canvas, shore.slice(0, 16), 9, 4, false, random.child('bank'));
}
