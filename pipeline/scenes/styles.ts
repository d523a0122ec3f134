/**
 * How things look and stand: one style per object, drawn within ranges that overlap between classes on purpose. What tells
 * a vineyard from a ploughed field, or pines from oaks, is the pattern and the shape more than the colour of a pixel.
 * Colours are digital numbers (R, G, B, NIR) before light and sensor, imitated from orthophotos.
 */
import type { SceneClassName } from './classes.ts';
import type { Random } from './random.ts';

export type Colour = [number, number, number, number];

/** What stands on the ground: flat top, tree crowns, bushes, rows of vines or stones, a roof, one tree. */
export type Relief = 'flat' | 'crowns' | 'pines' | 'clumps' | 'rows' | 'gable' | 'dome' | 'cone';

export interface Style {
  class: SceneClassName;
  relief: Relief;
  heightM: number;
  /** Colours the pattern goes between: gaps, furrows and ground; tops, ridges and plants. */
  ground: Colour;
  top: Colour;
  /** What picks between the two. */
  mix: 'height' | 'rows' | 'noise';
  /** Direction the rows run in, radians; distance between two; share of the period that is `top`. */
  angle: number;
  periodM: number;
  duty: number;
  /** Side of a crown's or a bush's cell, and how far it strays from the cell's centre (0 to 1). */
  cellM: number;
  jitter: number;
  /** Distance between a crop's tramlines; 0: none. */
  tramlinesM: number;
  /** Contrast of patches of some metres, and of single pixels. */
  mottle: number;
  grain: number;
  seed: number;
}

const PLAIN: Style = {
  class: 'herbaceous vegetation',
  relief: 'flat',
  heightM: 0,
  ground: [0, 0, 0, 0],
  top: [0, 0, 0, 0],
  mix: 'noise',
  angle: 0,
  periodM: 0,
  duty: 0.5,
  cellM: 4,
  jitter: 0.8,
  tramlinesM: 0,
  mottle: 0.05,
  grain: 0.04,
  seed: 0,
};

const SOIL: Colour = [168, 138, 106, 158];
const DRY_GRASS: Colour = [158, 147, 104, 150];
const GREEN_GRASS: Colour = [104, 124, 78, 168];

/** Any object's style: overrides over plain ground, with a seed of its own. */
export function style(random: Random, overrides: Partial<Style> & Pick<Style, 'class'>): Style {
  return { ...PLAIN, seed: Math.floor(random.next() * 65536), ...overrides };
}

export const times = (colour: Colour, factor: number): Colour => colour.map((value) => value * factor) as Colour;
const between = (a: Colour, b: Colour, t: number): Colour => a.map((value, i) => value + (b[i]! - value) * t) as Colour;

/** A colour lighter or darker, and a little off in each band. */
export const vary = (random: Random, colour: Colour, light: number, tint = 0.04): Colour => {
  const factor = random.range(1 - light, 1 + light);
  return colour.map((value) => value * factor * random.range(1 - tint, 1 + tint)) as Colour;
};

export function grass(random: Random, mown = false): Style {
  const dryness = mown ? random.range(0, 0.35) : random.range(0.1, 0.95);
  const base = vary(random, between(GREEN_GRASS, DRY_GRASS, dryness), 0.12);
  return style(random, {
    class: 'herbaceous vegetation',
    heightM: mown ? 0.05 : random.range(0.1, 0.5),
    ground: between(base, SOIL, 0.25),
    top: base,
    mottle: mown ? 0.05 : 0.11,
    grain: 0.05,
  });
}

/** Standing or cut crop: even, with tramlines the sprayer left. */
export function crop(random: Random, angle: number): Style {
  const kinds: [Colour, number][] = [
    [[86, 116, 66, 178], random.range(0.6, 2.3)],
    [[190, 170, 120, 166], random.range(0.4, 0.9)],
    [[172, 158, 116, 148], 0.1],
    [[128, 138, 82, 170], random.range(0.5, 1.4)],
  ];
  const [colour, heightM] = random.pick(kinds);
  const base = vary(random, colour, 0.1);
  return style(random, {
    class: 'agricultural land',
    heightM,
    ground: between(base, SOIL, 0.45),
    top: base,
    mix: 'rows',
    angle,
    periodM: random.range(0.55, 0.75),
    duty: 0.75,
    tramlinesM: random.pick([18, 21, 24]),
    mottle: 0.045,
    grain: 0.03,
  });
}

export function plowed(random: Random, angle: number): Style {
  const base = vary(random, SOIL, 0.16);
  return style(random, {
    class: 'plowed land',
    ground: times(base, 0.8),
    top: times(base, 1.08),
    mix: 'rows',
    angle,
    periodM: random.range(0.9, 1.5),
    duty: 0.55,
    mottle: 0.07,
    grain: 0.05,
  });
}

/** Rows of vines, 1.9 to 2.6 m apart, over grass or tilled ground. */
export function vineyard(random: Random, angle: number): Style {
  const tilled = random.chance(0.55);
  return style(random, {
    class: 'vineyard',
    relief: 'rows',
    heightM: random.range(1.1, 1.8),
    ground: vary(random, tilled ? SOIL : between(GREEN_GRASS, DRY_GRASS, random.range(0.1, 0.9)), 0.12),
    top: vary(random, [92, 112, 66, 160], 0.15),
    mix: 'height',
    angle,
    periodM: random.range(1.9, 2.6),
    duty: random.range(0.36, 0.52),
    mottle: 0.06,
    grain: 0.08,
  });
}

/** Broad, domed, uneven crowns; a stand's colour reaches well into the conifers'. */
export function broadleaves(random: Random): Style {
  const base = vary(random, [64, 84, 52, 150], 0.24, 0.07);
  return style(random, {
    class: 'deciduous',
    relief: 'crowns',
    heightM: random.range(8, 15),
    ground: times(base, 0.5),
    top: base,
    mix: 'height',
    cellM: random.range(6, 8.5),
    jitter: 0.95,
    mottle: 0.13,
    grain: 0.13,
  });
}

/** Narrow, pointed crowns, close together and near a square pattern, as planted. */
export function conifers(random: Random): Style {
  const base = vary(random, [58, 78, 52, 132], 0.24, 0.07);
  return style(random, {
    class: 'coniferous',
    relief: 'pines',
    heightM: random.range(8, 16),
    ground: times(base, 0.5),
    top: base,
    mix: 'height',
    angle: random.range(0, Math.PI / 2),
    cellM: random.range(3, 3.9),
    jitter: 0.35,
    mottle: 0.13,
    grain: 0.13,
  });
}

/** Bushes of all sizes over dry grass. */
export function brushwood(random: Random): Style {
  return style(random, {
    class: 'brushwood',
    relief: 'clumps',
    heightM: random.range(1.2, 3),
    ground: vary(random, between(GREEN_GRASS, DRY_GRASS, random.range(0.3, 1)), 0.12),
    top: vary(random, [78, 92, 58, 142], 0.16),
    mix: 'height',
    cellM: random.range(2.6, 3.6),
    jitter: 1,
    mottle: 0.1,
    grain: 0.11,
  });
}

/** One tree standing alone or in a hedge. */
export function tree(random: Random, conifer: boolean): Style {
  const stand = conifer ? conifers(random) : broadleaves(random);
  return { ...stand, relief: conifer ? 'cone' : 'dome', heightM: random.range(5, 10) };
}

export function hedge(random: Random): Style {
  const stand = broadleaves(random);
  return { ...stand, heightM: random.range(3, 7), cellM: random.range(3.5, 5) };
}

/** Ground without plants nor use: blotched, stony, a few tufts. */
export function bareSoil(random: Random): Style {
  const base = vary(random, SOIL, 0.18);
  return style(random, {
    class: 'bare soil',
    ground: times(base, 0.88),
    top: vary(random, times(base, 1.12), 0.04),
    mottle: 0.13,
    grain: 0.09,
  });
}

export function water(random: Random): Style {
  const green = random.range(0, 1);
  const base = vary(random, between([44, 60, 66, 24], [74, 92, 66, 40], green), 0.15);
  return style(random, { class: 'water', ground: times(base, 0.94), top: base, mottle: 0.04, grain: 0.02 });
}
