/** Ground cut into blocks and parcels by straight lines, each line kept for what will run along it. Pure. */
import { along, areaM2, axisOf, type Point, type Ring, split } from './plane.ts';
import type { Random } from './random.ts';

export interface Cut {
  chord: [Point, Point];
  /** How many cuts came before it: 0 for the longest lines. */
  depth: number;
}

export interface Division {
  leaves: Ring[];
  cuts: Cut[];
}

export interface DivisionRules {
  /** Area under which a piece is left whole, more or less. */
  targetM2: number;
  /** No cut leaves a piece narrower than about half of this. */
  narrowestM: number;
  /** How far a cut may lean, radians. */
  lean: number;
}

const MAX_DEPTH = 12;

/** Cuts a convex ring across its longer side, again and again. */
export function divide(ring: Ring, rules: DivisionRules, random: Random, depth = 0): Division {
  const axis = axisOf(ring);
  const small = areaM2(ring) < rules.targetM2 * random.range(0.75, 1.6);
  if (small || axis.lengthM < rules.narrowestM || depth > MAX_DEPTH) return { leaves: [ring], cuts: [] };
  const point = along(axis.centre, axis.angle, random.range(-0.13, 0.13) * axis.lengthM);
  const angle = axis.angle + Math.PI / 2 + random.range(-rules.lean, rules.lean);
  const { parts, chord } = split(ring, point, angle);
  const [a, b] = parts.map((part, i) => divide(part, rules, random.child(`${depth} ${i}`), depth + 1));
  return { leaves: [...a!.leaves, ...b!.leaves], cuts: [{ chord, depth }, ...a!.cuts, ...b!.cuts] };
}

/** Cuts a convex ring lengthwise into strips about `widthM` wide; the cuts are its longest lines. */
export function strips(ring: Ring, widthM: number, random: Random): Division {
  const axis = axisOf(ring);
  const leaves: Ring[] = [];
  const cuts: Cut[] = [];
  let rest = ring;
  for (let v = -axis.widthM / 2; ; ) {
    v += widthM * random.range(0.6, 1.5);
    if (v > axis.widthM / 2 - widthM * 0.6) break;
    const { parts, chord } = split(rest, along(axis.centre, axis.angle + Math.PI / 2, v), axis.angle);
    const [beyond, cut] = parts;
    if (cut.length < 3 || beyond.length < 3) continue;
    leaves.push(cut);
    cuts.push({ chord, depth: 0 });
    rest = beyond;
  }
  return { leaves: [...leaves, rest], cuts };
}

/** Cuts every ring a whole line crosses; rings it misses stay. */
export function cutThrough(rings: Ring[], point: Point, angle: number): Ring[] {
  return rings.flatMap((ring) => split(ring, point, angle).parts.filter((part) => part.length > 2 && areaM2(part) > 1));
}
