/** Single large sites: quarry, aerodrome; and what crosses the whole landscape: river, railway, roads. */

import * as built from './built-styles.ts';
import { pondRing, track, treesAlong } from './countryside.ts';
import type { Cut } from './division.ts';
import type { Pattern } from './pattern.ts';
import { type Canvas, SECOND } from './plan.ts';
import { along, axisOf, holds, inset, type Point, type Ring, rectangle } from './plane.ts';
import type { Random } from './random.ts';
import * as styles from './styles.ts';

export function quarryBlock(canvas: Canvas, ring: Ring, random: Random): void {
  canvas.area(ring, styles.brushwood(random));
  const rim = inset(ring, 10);
  const pit = inset(ring, 26);
  canvas.area(rim, styles.bareSoil(random));
  if (pit.length === 0) return;
  const axis = axisOf(pit);
  for (let bench = 0; bench < 4; bench++) {
    const floor = inset(pit, bench * 13);
    if (floor.length === 0 || axisOf(floor).widthM < 12) break;
    canvas.line([...floor, floor[0]!], 2.4, built.quarryEdge(random));
    canvas.area(floor, built.quarryBench(random));
  }
  const pool = along(axis.centre, axis.angle, axis.lengthM * 0.25);
  canvas.area(pondRing(pool, axis.lengthM * 0.13, axis.widthM * 0.14, axis.angle, random), styles.water(random));
  const yard = along(axis.centre, axis.angle, -axis.lengthM * 0.3);
  const shed = canvas.block(yard, axis.angle, 16, 9, built.hallRoof(random, axis.angle, 6));
  canvas.building(shed, 'Industriel', 'Industriel, agricole ou commercial');
  const extraction = { categorie: 'Industriel et commercial', nature: 'Carrière' };
  canvas.refer('zone_d_activite_ou_d_interet', canvas.bentRing(rim), extraction);
}

/** A grass field with its paved runway, apron and hangars. */
export function aerodromeBlock(canvas: Canvas, ring: Ring, random: Random): void {
  canvas.area(ring, styles.grass(random, true));
  const inside = inset(ring, 8);
  if (inside.length === 0) return;
  const { angle } = axisOf(inside);
  const { centre, lengthM } = longestStrip(inside, angle, 30);
  const asphalt = built.asphalt(random, 0.95);
  canvas.block(centre, angle, lengthM, 18, asphalt);
  canvas.block(centre, angle, lengthM * 0.94, 0.5, built.paint(random));
  for (const end of [-1, 1]) {
    canvas.block(along(centre, angle, end * lengthM * 0.48), angle, 8, 11, built.paint(random));
  }
  const towards = holds(inside, along(centre, angle + Math.PI / 2, 62)) ? Math.PI / 2 : -Math.PI / 2;
  const across = (distance: number) => along(centre, angle + towards, distance);
  canvas.block(across(22), angle + towards, 30, 9, asphalt);
  canvas.block(across(42), angle, 62, 18, built.asphalt(random, 1.2));
  for (const side of [-18, 12]) {
    const hangar = canvas.block(along(across(52), angle, side), angle, 20, 12, built.hallRoof(random, angle, 7));
    canvas.building(hangar, 'Commercial et services', 'Industriel, agricole ou commercial');
  }
  canvas.refer('aerodrome', canvas.bentRing(inside), { categorie: 'Aérodrome', nature: 'Aérodrome' });
}

/** The longest strip `widthM` wide along `angle` that lies inside the ring. */
function longestStrip(ring: Ring, angle: number, widthM: number): { centre: Point; lengthM: number } {
  const axis = axisOf(ring);
  let best = { centre: axis.centre, lengthM: 0 };
  for (let v = -0.4; v <= 0.4; v += 0.1) {
    for (let u = -0.3; u <= 0.3; u += 0.1) {
      const centre = along(along(axis.centre, angle + Math.PI / 2, v * axis.widthM), angle, u * axis.lengthM);
      let lengthM = axis.lengthM;
      while (
        lengthM > best.lengthM &&
        !rectangle(centre, angle, lengthM, widthM).every((corner) => holds(ring, corner))
      ) {
        lengthM -= 5;
      }
      if (lengthM > best.lengthM) best = { centre, lengthM };
    }
  }
  return best;
}

/** A river with trees on its banks, and in some patterns a wood along it. */
export function river(canvas: Canvas, line: Point[], pattern: Pattern['river'], random: Random): void {
  const widthM = random.range(...pattern.widthM);
  const angle = Math.atan2(line[1]![1] - line[0]![1], line[1]![0] - line[0]![0]);
  if (pattern.woodM > 0) canvas.line(line, widthM + pattern.woodM, styles.broadleaves(random.child('wood')));
  canvas.line(line, widthM + 9, styles.grass(random));
  canvas.line(line, widthM, styles.water(random));
  const flowing = { nature: 'Ecoulement naturel', persistance: 'Permanent', position_par_rapport_au_sol: '0' };
  canvas.referBand('surface_hydrographique', canvas.bentLine(line), widthM, flowing);
  for (const side of [-1, 1]) {
    const bank = line.map((point) => along(point, angle + Math.PI / 2, side * (widthM / 2 + 2.5)));
    treesAlong(canvas, bank, 8, 1.5, false, random.child(`bank ${side}`));
  }
}

/** A double track on its ballast. */
export function railway(canvas: Canvas, line: Point[], random: Random): void {
  canvas.line(line, 16, styles.grass(random));
  canvas.line(line, 8.5, built.mineral(random, [150, 138, 126, 140]));
  const angle = Math.atan2(line[1]![1] - line[0]![1], line[1]![0] - line[0]![0]);
  const rail = built.mineral(random, [96, 84, 78, 92]);
  for (const offset of [-2.6, -1.1, 1.1, 2.6]) {
    canvas.line(
      line.map((point) => along(point, angle + Math.PI / 2, offset)),
      0.35,
      rail,
    );
  }
  const properties = { nature: 'Voie ferrée principale', nombre_de_voies: 2, largeur: 8.5 };
  canvas.refer('troncon_de_voie_ferree', canvas.bentLine(line), properties);
}

/** The road the landscape is built along, with its marking. */
export function mainRoad(canvas: Canvas, line: Point[], random: Random): void {
  canvas.line(line, 12, styles.grass(random));
  canvas.road(line, 7.5, built.asphalt(random), 'Route à 1 chaussée', '3');
  canvas.line(line, 0.3, built.paint(random));
}

/** Between blocks: a road, a lane or a track, the narrower the later it was cut. */
export function blockRoad(canvas: Canvas, cut: Cut, random: Random): void {
  canvas.line(cut.chord, 8.5, styles.grass(random));
  if (cut.depth < 3 || random.chance(0.45)) {
    canvas.road(
      cut.chord,
      cut.depth < 2 ? 6 : 4.6,
      built.asphalt(random),
      'Route à 1 chaussée',
      cut.depth < 2 ? '4' : '5',
    );
  } else {
    track(canvas, cut.chord, 3.8, random);
  }
}

/** A road built between the dates, right across a block. */
export function newRoad(canvas: Canvas, ring: Ring, random: Random): void {
  const axis = axisOf(ring);
  const half = axis.lengthM * 0.5;
  const ends: Point[] = [along(axis.centre, axis.angle, -half), along(axis.centre, axis.angle, half)];
  canvas.line(ends, 14, styles.grass(random), SECOND);
  canvas.road(ends, 9, built.asphalt(random, 0.75), 'Route à 1 chaussée', '3', SECOND);
  canvas.line(ends, 0.3, built.paint(random), SECOND);
  canvas.change('road', rectangle(axis.centre, axis.angle, axis.lengthM, 14));
}

/** Water where there was a field. */
export function newPond(canvas: Canvas, ring: Ring, random: Random): void {
  const axis = axisOf(ring);
  const shore = pondRing(
    axis.centre,
    Math.min(axis.lengthM * 0.3, 42),
    Math.min(axis.widthM * 0.3, 28),
    axis.angle,
    random,
  );
  canvas.area(shore, styles.water(random), SECOND);
  canvas.change('pond', shore);
}
