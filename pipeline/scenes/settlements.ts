/** Where people live and work: village, housing estate, industrial zone, car parks. */

import * as built from './built-styles.ts';
import { treesAlong } from './countryside.ts';
import { type DivisionRules, divide } from './division.ts';
import { BOTH, type Canvas, type Dates, FIRST, SECOND } from './plan.ts';
import { type Axis, along, areaM2, axisOf, distanceM, inset, type Point, type Ring, rectangle } from './plane.ts';
import type { Random } from './random.ts';
import * as styles from './styles.ts';

const STREET = 'Route à 1 chaussée';

/** A village block: streets, a square with its church, houses closer together near the middle. */
export function villageBlock(canvas: Canvas, ring: Ring, random: Random): void {
  canvas.area(ring, styles.grass(random, true));
  const inside = inset(ring, 6);
  if (inside.length === 0) return;
  const middle = axisOf(inside).centre;
  const rules = { targetM2: 3_600, narrowestM: 50, lean: 0.12 };
  const { leaves, cuts } = divide(inside, rules, random.child('islands'));
  const square = [...leaves].sort((a, b) => toMiddle(a, middle) - toMiddle(b, middle))[0];
  leaves.forEach((leaf, i) => {
    const own = random.child(`island ${i}`);
    if (leaf === square) churchSquare(canvas, inset(leaf, 3), own);
    else lots(canvas, inset(leaf, 3), toMiddle(leaf, middle) < 70, BOTH, own);
  });
  for (const cut of cuts) canvas.road(cut.chord, cut.depth < 2 ? 6 : 5, built.asphalt(random), STREET, '5');
}

const toMiddle = (ring: Ring, middle: Point) => distanceM(axisOf(ring).centre, middle);

/** Houses on what was a field: a street, its lots, and at the first date the crop. */
export function estateBlock(canvas: Canvas, ring: Ring, random: Random): void {
  const axis = axisOf(ring);
  canvas.area(ring, styles.crop(random.child('before'), axis.angle), FIRST);
  canvas.refer('rpg', canvas.bentRing(inset(ring, 2)), { code_cultu: 'BTH', code_group: '1' }, FIRST);
  canvas.area(ring, styles.grass(random.child('after'), true), SECOND);
  const inside = inset(ring, 7);
  streetsAndLots(canvas, inside, { targetM2: 4_200, narrowestM: 60, lean: 0.05 }, SECOND, random);
  canvas.change('houses', inside);
}

/** An estate that was there already: streets square to each other, lots of one kind. */
export function suburbBlock(canvas: Canvas, ring: Ring, random: Random): void {
  canvas.area(ring, styles.grass(random, true));
  const rules = { targetM2: random.range(3_400, 6_500), narrowestM: 60, lean: 0.015 };
  streetsAndLots(canvas, inset(ring, 5), rules, BOTH, random);
}

function streetsAndLots(canvas: Canvas, inside: Ring, rules: DivisionRules, dates: Dates, random: Random): void {
  if (inside.length === 0) return;
  const { leaves, cuts } = divide(inside, rules, random.child('islands'));
  leaves.forEach((leaf, i) => {
    lots(canvas, inset(leaf, 3.2), false, dates, random.child(`island ${i}`));
  });
  for (const cut of cuts) canvas.road(cut.chord, 6, built.asphalt(random), STREET, '6', dates);
}

function churchSquare(canvas: Canvas, ring: Ring, random: Random): void {
  if (ring.length === 0) return;
  const axis = axisOf(ring);
  canvas.area(ring, built.asphalt(random, 1.15));
  parkedCars(canvas, inset(ring, 6), random, 0.15, axis);
  const church = { ...built.houseRoof(random, axis.angle), heightM: 10 };
  const footprint = canvas.block(axis.centre, axis.angle, Math.min(30, axis.lengthM * 0.5), 12, church);
  canvas.building(footprint, 'Religieux', 'Eglise');
  treesAlong(canvas, [...inset(ring, 4)], 9, 0.5, false, random);
}

function lots(canvas: Canvas, ring: Ring, dense: boolean, dates: Dates, random: Random): void {
  if (ring.length === 0) return;
  const rules = { targetM2: dense ? 330 : 620, narrowestM: dense ? 18 : 26, lean: 0.06 };
  const { leaves } = divide(ring, rules, random.child('lots'));
  leaves.forEach((leaf, i) => {
    lot(canvas, leaf, dense, dates, random.child(`lot ${i}`));
  });
}

/** A garden, a house, a way to it, trees; a hedge or nothing round it. */
function lot(canvas: Canvas, ring: Ring, dense: boolean, dates: Dates, random: Random): void {
  const axis = axisOf(ring);
  if (areaM2(ring) < 120) return;
  if (dense) canvas.area(ring, random.chance(0.6) ? built.asphalt(random, 1.1) : built.mineral(random), dates);
  else canvas.area(inset(ring, 0.2), styles.grass(random, true), dates);
  if (!dense && random.chance(0.45)) {
    canvas.line([...ring, ring[0]!], 1.6, { ...styles.hedge(random), heightM: 1.9 }, dates);
  }
  if (random.chance(0.06)) return;
  const turned = random.chance(0.5) ? axis.angle : axis.angle + Math.PI / 2;
  const share = dense ? 0.72 : 0.42;
  const lengthM = Math.min(axis.lengthM * share, random.range(10, 15));
  const widthM = Math.min(axis.widthM * (dense ? 0.75 : 0.45), random.range(7.5, 9.5));
  const [l, w] = turned === axis.angle ? [lengthM, widthM] : [Math.max(widthM, 7), Math.min(lengthM, 9)];
  const at = along(axis.centre, axis.angle, random.range(-0.1, 0.1) * axis.lengthM);
  if (!dense) {
    const way = along(at, axis.angle, axis.lengthM * 0.25);
    const surface = random.chance(0.5) ? built.mineral(random) : built.asphalt(random);
    canvas.block(way, axis.angle, axis.lengthM * 0.48, 3.4, surface, dates);
    gardenTrees(canvas, axis, dates, random.child('trees'));
  }
  canvas.building(
    canvas.block(at, turned, l, w, built.houseRoof(random, turned), dates),
    'Résidentiel',
    'Indifférenciée',
    dates,
  );
  if (random.chance(dense ? 0.2 : 0.5)) {
    const beside = along(at, turned + Math.PI / 2, w / 2 + 2.4);
    const annex = canvas.block(beside, turned, 5.5, 4, { ...built.houseRoof(random, turned), heightM: 2.5 }, dates);
    canvas.building(annex, 'Annexe', 'Indifférenciée', dates);
  }
}

function gardenTrees(canvas: Canvas, axis: Axis, dates: Dates, random: Random): void {
  for (let i = 0; i < 4; i++) {
    if (!random.chance(0.5)) continue;
    const at = along(axis.centre, axis.angle, -random.range(0.24, 0.44) * axis.lengthM);
    const to = along(at, axis.angle + Math.PI / 2, random.range(-0.42, 0.42) * axis.widthM);
    canvas.disc(to, random.range(1.4, 3.2), styles.tree(random, random.chance(0.25)), dates);
  }
}

/** Halls on yards, a car park; one plot is given up between the dates when `abandon` says so. */
export function industryBlock(canvas: Canvas, ring: Ring, abandon: boolean, random: Random): void {
  canvas.area(ring, styles.grass(random, true));
  const inside = inset(ring, 7);
  if (inside.length === 0) return;
  const rules = { targetM2: Math.min(9_000, areaM2(inside) / 3), narrowestM: 60, lean: 0.05 };
  const { leaves, cuts } = divide(inside, rules, random.child('plots'));
  const bySize = [...leaves].sort((a, b) => areaM2(b) - areaM2(a));
  leaves.forEach((leaf, i) => {
    const own = random.child(`plot ${i}`);
    if (leaf === bySize[0] && abandon) abandonedPlot(canvas, inset(leaf, 5), own);
    else if (leaf === bySize[1]) carPark(canvas, inset(leaf, 5), own);
    else plot(canvas, inset(leaf, 5), BOTH, own);
  });
  for (const cut of cuts) canvas.road(cut.chord, 7, built.asphalt(random), STREET, '5');
  const zone = { categorie: 'Industriel et commercial', nature: "Zone d'activités" };
  canvas.refer('zone_d_activite_ou_d_interet', canvas.bentRing(inside), zone);
}

function plot(canvas: Canvas, ring: Ring, dates: Dates, random: Random): void {
  if (ring.length === 0) return;
  const axis = axisOf(ring);
  const paved = random.chance(0.75);
  canvas.area(ring, paved ? built.asphalt(random, random.range(0.9, 1.4)) : built.mineral(random), dates);
  if (paved) parkedCars(canvas, inset(ring, 3), random.child('cars'), 0.12, axis, dates);
  halls(canvas, axis, dates, random.child('halls'));
}

function halls(canvas: Canvas, axis: Axis, dates: Dates, random: Random): void {
  const usage = random.pick(['Industriel', 'Commercial et services']);
  const [lengthM, widthM] = [axis.lengthM * random.range(0.5, 0.62), axis.widthM * random.range(0.42, 0.58)];
  const hall = canvas.block(axis.centre, axis.angle, lengthM, widthM, built.hallRoof(random, axis.angle), dates);
  canvas.building(hall, usage, 'Industriel, agricole ou commercial', dates);
  if (!random.chance(0.6)) return;
  const beside = along(axis.centre, axis.angle, lengthM / 2 + 5);
  const office = canvas.block(beside, axis.angle, 9, widthM * 0.5, built.hallRoof(random, axis.angle, 4.5), dates);
  canvas.building(office, usage, 'Indifférenciée', dates);
}

/** Halls and yard at the first date; rubble where they stood and bushes on half of the yard at the second. */
function abandonedPlot(canvas: Canvas, ring: Ring, random: Random): void {
  if (ring.length === 0) return;
  plot(canvas, ring, FIRST, random.child('working'));
  const after = random.child('given up');
  const axis = axisOf(ring);
  canvas.area(ring, styles.brushwood(after), SECOND);
  const rubble = rectangle(axis.centre, axis.angle, axis.lengthM * 0.6, axis.widthM * 0.55);
  canvas.area(rubble, built.mineral(after, [170, 158, 144, 160]), SECOND);
  canvas.change('abandoned', ring);
}

export function carPark(canvas: Canvas, ring: Ring, random: Random): void {
  if (ring.length === 0) return;
  const axis = axisOf(ring);
  canvas.area(ring, built.asphalt(random));
  parkedCars(canvas, inset(ring, 3), random.child('cars'), 0.6, axis);
  treesAlong(canvas, [...inset(ring, 2)], 15, 0.5, false, random.child('trees'));
  const nature = { categorie: 'Transport', nature: 'Parking' };
  canvas.refer('zone_d_activite_ou_d_interet', canvas.bentRing(ring), nature);
}

/** Double rows of stalls with an aisle between them; other cars at each date. */
function parkedCars(canvas: Canvas, ring: Ring, random: Random, share: number, axis: Axis, dates: Dates = BOTH): void {
  if (ring.length === 0) return;
  const box = axisOf(ring);
  for (let v = -box.widthM / 2 + 3; v < box.widthM / 2 - 2; v += 8.5) {
    for (let u = -box.lengthM / 2 + 2; u < box.lengthM / 2 - 2; u += 2.6) {
      const at = along(along(box.centre, axis.angle, u), axis.angle + Math.PI / 2, v);
      for (const date of [FIRST, SECOND] as const) {
        if ((dates & date) === 0 || !random.chance(share)) continue;
        canvas.block(at, axis.angle + Math.PI / 2, random.range(3.9, 4.7), 1.85, built.vehicle(random), date);
      }
    }
  }
}
