/** Fields, vineyards, woods and water: blocks between roads, with their parcels, hedges and trees. */

import * as built from './built-styles.ts';
import { divide, strips } from './division.ts';
import type { Limit, Pattern, Range, Use } from './pattern.ts';
import { BOTH, type Canvas, FIRST, SECOND } from './plan.ts';
import { along, areaM2, axisOf, distanceM, inset, type Point, type Ring } from './plane.ts';
import type { Random } from './random.ts';
import * as styles from './styles.ts';

/** The countryside of one landscape, drawn from its pattern. */
export interface Country {
  /** Area of the blocks between roads, and of the parcels in them. */
  blockM2: number;
  parcelM2: number;
  /** Width of the strips blocks are cut into instead of parcels. */
  stripM: number | undefined;
  /** Share of parcel limits that carry a hedge, a row of trees, a grass verge or a track. */
  limits: Record<Limit, number>;
  /** What parcels of a field block are used for. */
  parcels: Record<Use, number>;
}

/** Draws in the order written here, whatever the pattern's own order: the default landscapes hang on it. */
export function drawCountry(pattern: Pattern, random: Random, areaM2: number): Country {
  const draw = ([low, high]: Range) => random.range(low, high);
  const { limits, parcels } = pattern;
  return {
    blockM2: Math.min(draw(pattern.blockM2), areaM2 / pattern.leastBlocks),
    parcelM2: draw(pattern.parcelM2),
    limits: {
      hedge: draw(limits.hedge),
      trees: draw(limits.trees),
      verge: draw(limits.verge),
      track: draw(limits.track),
      none: draw(limits.none),
    },
    parcels: {
      crop: draw(parcels.crop),
      plowed: draw(parcels.plowed),
      grass: draw(parcels.grass),
      vineyard: draw(parcels.vineyard),
      wood: draw(parcels.wood),
      brush: draw(parcels.brush),
      soil: draw(parcels.soil),
    },
    stripM: pattern.stripM && draw(pattern.stripM),
  };
}

/** A block of parcels, each put to the use the weights draw. */
export function fieldBlock(
  canvas: Canvas,
  ring: Ring,
  country: Country,
  weights: Partial<Country['parcels']>,
  random: Random,
) {
  const { leaves, cuts } = country.stripM
    ? strips(ring, country.stripM, random.child('strips'))
    : divide(ring, { targetM2: country.parcelM2, narrowestM: 55, lean: 0.16 }, random.child('parcels'));
  leaves.forEach((leaf, i) => {
    const own = random.child(`parcel ${i}`);
    parcel(canvas, leaf, own.weighted<Use>(weights), own);
  });
  cuts.forEach((cut, i) => {
    limit(canvas, cut.chord, country, random.child(`limit ${i}`));
  });
}

function parcel(canvas: Canvas, ring: Ring, use: Use, random: Random): void {
  const angle = axisOf(ring).angle;
  if (use === 'wood') wood(canvas, ring, random.chance(0.35), random);
  else if (use === 'brush') canvas.area(ring, styles.brushwood(random));
  else if (use === 'soil') canvas.area(ring, styles.bareSoil(random));
  else if (use === 'grass') meadow(canvas, ring, random);
  else if (use === 'vineyard') vineyardParcel(canvas, ring, angle, random);
  else rotation(canvas, ring, angle, random);
}

/** Arable ground: another crop, or ploughed, at the other date; one couverture all the same. */
export function rotation(canvas: Canvas, ring: Ring, angle: number, random: Random, dates: 1 | 3 = BOTH): void {
  for (const date of dates === BOTH ? [FIRST, SECOND] : [FIRST]) {
    const own = random.child(`year ${date}`);
    const style = own.chance(0.42) ? styles.plowed(own, angle) : styles.crop(own, angle);
    canvas.area(ring, style, date as 1 | 2);
  }
  const code = random.pick(['BTH', 'MIS', 'TRN', 'CZH', 'ORH']);
  canvas.refer('rpg', canvas.bentRing(inset(ring, 2)), { code_cultu: code, code_group: '1' }, dates);
}

function meadow(canvas: Canvas, ring: Ring, random: Random): void {
  canvas.area(ring, styles.grass(random));
  if (random.chance(0.7)) {
    canvas.refer('rpg', canvas.bentRing(inset(ring, 2)), { code_cultu: 'PPH', code_group: '18' });
  }
  for (let i = 0; i < 3; i++) if (random.chance(0.4)) loneTree(canvas, ring, random);
}

function vineyardParcel(canvas: Canvas, ring: Ring, angle: number, random: Random): void {
  canvas.area(ring, styles.grass(random));
  const rows = inset(ring, 3);
  canvas.area(rows, styles.vineyard(random, canvas.bentAngle(axisOf(ring).centre, angle)));
  if (rows.length) canvas.refer('rpg', canvas.bentRing(rows), { code_cultu: 'VRC', code_group: '21' });
}

function loneTree(canvas: Canvas, ring: Ring, random: Random): void {
  const axis = axisOf(ring);
  const at = along(
    along(axis.centre, axis.angle, random.range(-0.35, 0.35) * axis.lengthM),
    axis.angle + Math.PI / 2,
    random.range(-0.3, 0.3) * axis.widthM,
  );
  canvas.disc(at, random.range(3, 5.5), styles.tree(random, false));
}

function limit(canvas: Canvas, chord: [Point, Point], country: Country, random: Random): void {
  const kind = random.weighted(country.limits);
  if (kind === 'hedge') canvas.line(chord, random.range(3.5, 7), styles.hedge(random));
  else if (kind === 'verge') canvas.line(chord, random.range(3, 7), styles.grass(random));
  else if (kind === 'track') track(canvas, chord, 3.4, random);
  else if (kind === 'trees') {
    canvas.line(chord, random.range(4, 7), styles.grass(random));
    treesAlong(canvas, chord, 11, 1, false, random);
  }
}

/** A gravelled track; where the pattern's look has it, grass grows between the wheels. */
export function track(canvas: Canvas, line: Point[], widthM: number, random: Random): void {
  canvas.road(line, widthM, built.mineral(random), 'Chemin', '6');
  const { grassyTracks } = canvas.look;
  if (grassyTracks > 0 && random.chance(grassyTracks)) canvas.line(line, widthM * 0.28, styles.grass(random));
}

/** Trees along a line, `everyM` more or less, strayed by `strayM`. */
export function treesAlong(
  canvas: Canvas,
  line: Point[],
  everyM: number,
  strayM: number,
  conifer: boolean,
  random: Random,
): void {
  for (let i = 0; i + 1 < line.length; i++) {
    const [a, b] = [line[i]!, line[i + 1]!];
    const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
    for (let d = random.range(0, everyM); d < distanceM(a, b); d += everyM * random.range(0.7, 1.4)) {
      const at = along(along(a, angle, d), angle + Math.PI / 2, random.range(-strayM, strayM));
      canvas.disc(at, random.range(2, conifer ? 3 : 4.2), styles.tree(random, conifer));
    }
  }
}

/** A stand of one kind, its edge ragged with trees. */
export function wood(canvas: Canvas, ring: Ring, conifer: boolean, random: Random, dates: 1 | 3 = BOTH): void {
  const stand = conifer ? styles.conifers(random) : styles.broadleaves(random);
  canvas.area(ring, stand, dates);
  const nature = conifer ? 'Forêt fermée de conifères' : 'Forêt fermée de feuillus';
  canvas.refer('bd_foret', canvas.bentRing(ring), { essence: conifer ? 'Conifères' : 'Feuillus', tfv: nature }, dates);
}

/** A whole block of wood: one or two stands, a track between them, a ragged edge; one stand may be felled between the dates. */
export function woodBlock(canvas: Canvas, ring: Ring, conifer: boolean, felled: boolean, random: Random): void {
  const inside = inset(ring, 4);
  if (inside.length === 0) return;
  canvas.area(ring, styles.grass(random));
  const rules = { targetM2: areaM2(inside) * 0.45, narrowestM: 60, lean: 0.3 };
  const { leaves, cuts } = divide(inside, rules, random.child('stands'));
  leaves.forEach((leaf, i) => {
    const own = random.child(`stand ${i}`);
    const cut = felled && i === 0;
    wood(canvas, leaf, own.chance(0.15) ? !conifer : conifer, own, cut ? FIRST : BOTH);
    if (!cut) return;
    canvas.area(leaf, styles.brushwood(own.child('regrowth')), SECOND);
    canvas.change('felling', leaf);
  });
  treesAlong(canvas, [...inside, inside[0]!], 6, 1.5, conifer, random.child('edge'));
  const tracks = random.child('track');
  for (const { chord } of cuts) if (tracks.chance(0.6)) track(canvas, chord, 3.4, tracks);
}

/** Grass, and a pond or lake in the middle with trees on its bank. */
export function lakeBlock(canvas: Canvas, ring: Ring, random: Random): void {
  canvas.area(ring, styles.grass(random));
  const axis = axisOf(ring);
  const shore = pondRing(axis.centre, axis.lengthM * 0.33, axis.widthM * 0.33, axis.angle, random);
  canvas.area(shore, styles.water(random));
  treesAlong(canvas, [...shore, shore[0]!], 13, 3, false, random.child('bank'));
}

/** A wet meadow with a few ponds in their reeds. */
export function pondsBlock(canvas: Canvas, ring: Ring, random: Random): void {
  canvas.area(ring, styles.grass(random));
  const axis = axisOf(ring);
  for (const [i, u] of [-0.3, 0, 0.3].entries()) {
    const own = random.child(`pond ${i}`);
    if (!own.chance(0.8)) continue;
    const middle = along(axis.centre, axis.angle, (u + own.range(-0.04, 0.04)) * axis.lengthM);
    const shore = pondRing(
      middle,
      axis.lengthM * own.range(0.06, 0.11),
      axis.widthM * own.range(0.12, 0.26),
      axis.angle,
      own,
    );
    canvas.line([...shore, shore[0]!], own.range(4, 9), styles.brushwood(own));
    canvas.area(shore, styles.water(own));
    treesAlong(canvas, shore.slice(0, 14), 12, 5, false, own.child('bank'));
  }
}

/** A rounded ring with bays. */
export function pondRing(centre: Point, radiusM: number, acrossM: number, angle: number, random: Random): Ring {
  const [a, b] = [random.range(0, 6.28), random.range(0, 6.28)];
  return Array.from({ length: 40 }, (_, i) => {
    const t = (i * Math.PI) / 20;
    const factor = 1 + 0.1 * Math.sin(2 * t + a) + 0.07 * Math.sin(5 * t + b);
    const onAxis = along(centre, angle, Math.cos(t) * radiusM * factor);
    return along(onAxis, angle + Math.PI / 2, Math.sin(t) * acrossM * factor);
  });
}
