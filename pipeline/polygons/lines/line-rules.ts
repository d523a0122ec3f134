/** How the borders of a layer's classes are drawn. Pure. */
import type { LandClass } from '../land-classes.ts';
import type { LineRules } from './line-of-arc.ts';

const BUILDING = 'CS1.1.1.1';

export const lineRulesOf = (classes: LandClass[], tolerancePx: number): LineRules => ({
  tolerancePx,
  isBuilding: (value) => classes[value - 1]?.codeCs === BUILDING,
  isOssature: (value) => classes[value - 1]?.ossature === true,
});
