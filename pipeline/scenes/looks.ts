/** How a land pattern's things look: the colour of its soils and grass, its roofs, its tracks. */
import type { SceneClassName } from './classes.ts';
import { type Colour, type Style, times } from './styles.ts';

export interface Look {
  /** Factors of R, G, B and NIR by class: another rock, another season. Within what lies between two regions' soils. */
  tints?: Partial<Record<SceneClassName, Colour>>;
  /** Pitched roofs' colours, each as often as it stands here; without them, those of built-styles.ts. */
  roofs?: Colour[];
  /** Share of the tracks that keep a strip of grass between the wheels. */
  grassyTracks: number;
}

export const PLAIN_LOOK: Look = { grassyTracks: 0 };

export const TILE: Colour = [186, 122, 92, 140];
export const CANAL_TILE: Colour = [198, 150, 118, 154];
export const SLATE: Colour = [112, 114, 120, 108];

/** The style an object has in a pattern of this look. Pure. */
export function dress(look: Look, style: Style): Style {
  if (style.class === 'building' && style.relief === 'gable' && look.roofs) return roofed(style, look.roofs);
  const tint = look.tints?.[style.class];
  return tint ? { ...style, ground: tinted(style.ground, tint), top: tinted(style.top, tint) } : style;
}

const tinted = (colour: Colour, tint: Colour): Colour => colour.map((value, i) => value * tint[i]!) as Colour;

/** One of the roofs, as light as the roof it takes the place of was drawn within ±14 %. */
function roofed(style: Style, roofs: Colour[]): Style {
  const base = times(roofs[style.seed % roofs.length]!, 0.86 + (0.28 * (style.seed >>> 8)) / 256);
  return { ...style, ground: times(base, 0.86), top: base };
}
