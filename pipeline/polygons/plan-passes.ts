/** The chain of passes for a source and its settings. Pure. */
import { pixelsForArea } from '../couverture.ts';
import type { LandClass } from './land-classes.ts';
import { eliminationPass } from './layer-passes.ts';
import type { Pass } from './passes.ts';
import { codesOf, gridOf, type Source, sourcePass } from './source-pass.ts';

export interface PassSettings {
  minAreaM2: number;
  toleranceM: number;
  generalise: boolean;
}

export interface Plan {
  /** What the values of the layers mean. */
  classes: LandClass[];
  passes: Pass[];
}

export function planPasses(source: Source, settings: PassSettings): Plan {
  const classes = codesOf(source).map((codeCs) => ({ codeCs, ossature: false }));
  const minPixels = pixelsForArea(settings.minAreaM2, gridOf(source));
  const passes = [sourcePass(source), specksPass(minPixels)];
  return { classes, passes };
}

const specksPass = (minPixels: number): Pass =>
  eliminationPass({
    name: 'specks',
    parameters: { minPixels },
    rules: () => ({
      isLarge: (_value, pixels) => pixels >= minPixels,
      isFixed: () => false,
      affinity: () => 1,
    }),
    tally: 'specks',
    reason: 'isolé : aucun voisin ne peut le prendre',
  });
