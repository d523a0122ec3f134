/** Looks of what people build and dig: gravel, asphalt, vehicles, roofs. */
import type { Random } from './random.ts';
import { type Colour, type Style, style, times, vary } from './styles.ts';

/** Gravel, ballast, tracks, quarry floors. */
export function mineral(random: Random, colour: Colour = [190, 178, 156, 176]): Style {
  const base = vary(random, colour, 0.1);
  return style(random, { class: 'pervious surface', ground: times(base, 0.94), top: base, mottle: 0.045, grain: 0.06 });
}

/** A bench of a quarry, paler or darker than the next; and the broken edge it ends in. */
export const quarryBench = (random: Random): Style => ({ ...mineral(random, [194, 182, 160, 178]), mottle: 0.08 });

export const quarryEdge = (random: Random): Style => ({
  ...mineral(random, [150, 140, 124, 142]),
  relief: 'clumps',
  heightM: 2.2,
  cellM: 2.4,
  jitter: 1,
});

export function asphalt(random: Random, light = random.range(0.7, 1.2)): Style {
  const base = vary(random, times([138, 135, 132, 124], light), 0.06, 0.02);
  return style(random, {
    class: 'impervious surface',
    ground: times(base, 0.95),
    top: base,
    mottle: 0.03,
    grain: 0.025,
  });
}

export function paint(random: Random): Style {
  return style(random, { class: 'impervious surface', ground: [212, 212, 208, 200], top: [225, 225, 220, 210] });
}

export function vehicle(random: Random): Style {
  const colour = random.pick<Colour>([
    [225, 225, 222, 215],
    [60, 62, 66, 62],
    [140, 143, 148, 140],
    [150, 50, 45, 120],
    [60, 80, 130, 90],
  ]);
  return style(random, {
    class: 'impervious surface',
    heightM: 1.5,
    ground: colour,
    top: colour,
    mottle: 0.02,
    grain: 0.03,
  });
}

/** A pitched roof of tiles, slates or sheet metal. */
export function houseRoof(random: Random, angle: number): Style {
  const tile: Colour = [186, 122, 92, 140];
  const colour = random.pick<Colour>([tile, tile, tile, [168, 140, 116, 142], [112, 114, 120, 108]]);
  const base = vary(random, colour, 0.14);
  return style(random, {
    class: 'building',
    relief: 'gable',
    heightM: random.range(3.2, 6.5),
    ground: times(base, 0.86),
    top: base,
    mix: 'rows',
    angle,
    periodM: 0.9,
    mottle: 0.05,
    grain: 0.05,
  });
}

/** A flat roof: sheet metal, gravel, bitumen. */
export function hallRoof(random: Random, angle: number, heightM = random.range(5, 10)): Style {
  const colour = random.pick<Colour>([
    [200, 202, 204, 192],
    [150, 152, 154, 142],
    [176, 168, 156, 164],
    [120, 128, 140, 116],
  ]);
  const base = vary(random, colour, 0.1);
  return style(random, {
    class: 'building',
    heightM,
    ground: times(base, 0.9),
    top: base,
    mix: 'rows',
    angle,
    periodM: random.range(3, 6),
    duty: 0.85,
    mottle: 0.025,
    grain: 0.03,
  });
}
