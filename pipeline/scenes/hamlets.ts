/** Old settlements other than the clustered village: farms scattered over their fields, houses along one street. */
import * as built from './built-styles.ts';
import { type Country, fieldBlock, track } from './countryside.ts';
import type { Canvas } from './plan.ts';
import { type Axis, along, axisOf, holds, inset, type Point, type Ring, split } from './plane.ts';
import type { Random } from './random.ts';
import * as styles from './styles.ts';

const STREET = 'Route à 1 chaussée';
const QUARTER = Math.PI / 2;

/** Fields, a lane through them, and a few farms on either side of it. */
export function hamletBlock(canvas: Canvas, ring: Ring, country: Country, random: Random): void {
  fieldBlock(canvas, ring, country, country.parcels, random);
  const inside = inset(ring, 30);
  if (inside.length === 0) return;
  const axis = axisOf(ring);
  const lane = split(ring, axis.centre, axis.angle).chord;
  if (random.chance(0.6)) canvas.road(lane, 4.2, built.asphalt(random), STREET, '5');
  else track(canvas, lane, 4.2, random);
  const firstM = -0.36 * axis.lengthM + random.range(0, 30);
  for (let u = firstM, i = 0; u < 0.4 * axis.lengthM; u += random.range(58, 100), i++) {
    const own = random.child(`farm ${i}`);
    const side = own.chance(0.5) ? 1 : -1;
    const at = along(along(axis.centre, axis.angle, u), axis.angle + side * QUARTER, 25);
    if (holds(inside, at)) farmstead(canvas, at, axis.angle, side, own);
  }
}

/** A yard on the lane, the house across it, a barn at its end, a shed, a garden with trees. */
function farmstead(canvas: Canvas, at: Point, angle: number, side: number, random: Random): void {
  const away = angle + side * QUARTER;
  canvas.block(at, angle, 52, 44, styles.grass(random, true));
  const yard = random.weighted({ gravel: 5, asphalt: 2, earth: 2 });
  const ground = { gravel: built.mineral, asphalt: built.asphalt, earth: styles.bareSoil }[yard](random);
  canvas.block(along(at, away, -6), angle, random.range(30, 38), 32, ground);
  const place = (u: number, v: number) => along(along(at, angle, u), away, v);
  const add = (u: number, v: number, turn: number, [l, w]: [number, number], style: styles.Style, usage: string) =>
    canvas.building(canvas.block(place(u, v), angle + turn, l, w, style), usage, 'Indifférenciée');
  add(random.range(-6, 6), 10, 0, [random.range(12, 17), 8.5], built.houseRoof(random, angle), 'Résidentiel');
  const barn = random.chance(0.5) ? built.houseRoof(random, angle) : built.hallRoof(random, angle, random.range(5, 7));
  add(18, -3, QUARTER, [random.range(20, 30), random.range(10, 14)], barn, 'Agricole');
  if (random.chance(0.7)) add(-18, -5, QUARTER, [14, 7], built.hallRoof(random, angle, 4.2), 'Agricole');
  for (let i = 0; i < 6; i++) {
    const to = place(random.range(-25, 25), random.range(15, 24));
    if (random.chance(0.6)) canvas.disc(to, random.range(2, 4.5), styles.tree(random, random.chance(0.2)));
  }
}

/** Houses wall to wall on both sides of one street, an apron before them, yards, barns and long gardens behind. */
export function streetVillageBlock(canvas: Canvas, ring: Ring, random: Random): void {
  canvas.area(ring, styles.grass(random));
  const axis = axisOf(ring);
  const street = split(ring, axis.centre, axis.angle).chord;
  const apronM = random.range(4, 9);
  for (const side of [-1, 1]) houseRow(canvas, inset(ring, 3), axis, side, apronM, random.child(`side ${side}`));
  canvas.line(street, 6 + 2 * apronM, random.chance(0.6) ? built.mineral(random) : styles.grass(random, true));
  canvas.road(street, 6, built.asphalt(random), STREET, '4');
}

function houseRow(canvas: Canvas, inside: Ring, axis: Axis, side: number, apronM: number, random: Random): void {
  const frontM = 3 + apronM;
  const gardenM = random.range(48, 66);
  for (let u = -axis.lengthM / 2 + 10, i = 0; u < axis.lengthM / 2 - 20; i++) {
    const widthM = random.range(9, 17);
    const own = random.child(`house ${i}`);
    const at = along(axis.centre, axis.angle, u + widthM / 2);
    u += widthM + (random.chance(0.25) ? random.range(5, 16) : 0.3);
    const away = (distanceM: number) => along(at, axis.angle + side * QUARTER, distanceM);
    if (!holds(inside, away(frontM + 14))) continue;
    if (holds(inside, away(gardenM))) backGarden(canvas, away, axis.angle, [frontM, gardenM, widthM], own);
    const depthM = own.range(9, 13);
    const roof = built.houseRoof(own, axis.angle);
    const house = canvas.block(away(frontM + depthM / 2), axis.angle, widthM, depthM, roof);
    canvas.building(house, 'Résidentiel', 'Indifférenciée');
  }
}

type Away = (distanceM: number) => Point;

/** From the house to the fields: a yard, perhaps a barn in it, then lawn, kitchen garden or fruit trees. */
function backGarden(
  canvas: Canvas,
  away: Away,
  angle: number,
  [frontM, gardenM, widthM]: [number, number, number],
  random: Random,
): void {
  const lengthM = gardenM - frontM;
  const across = angle + QUARTER;
  canvas.block(away((frontM + gardenM) / 2), across, lengthM, widthM - 0.3, styles.grass(random, true));
  const yard = random.weighted({ gravel: 4, asphalt: 3, none: 3 });
  if (yard !== 'none') {
    const ground = yard === 'gravel' ? built.mineral(random) : built.asphalt(random);
    canvas.block(away(frontM + 17), across, 12, widthM - 0.6, ground);
  }
  if (random.chance(0.35)) {
    const roof = random.chance(0.5) ? built.houseRoof(random, angle) : built.hallRoof(random, angle, 4.5);
    const barn = canvas.block(away(frontM + 26), angle, widthM * 0.85, 8, roof);
    canvas.building(barn, 'Annexe', 'Indifférenciée');
  }
  for (let v = frontM + 33; v < gardenM; v += random.range(4, 9)) {
    if (random.chance(0.5)) canvas.disc(away(v), random.range(1.4, 3), styles.tree(random, false));
  }
}
