/** How the borders of a layer's classes are drawn. Pure. */
import type { LandClass } from '../land-classes.ts';
import type { LineRules } from './line-of-arc.ts';

const BUILDING = 'CS1.1.1.1';

export function lineRulesOf(classes: LandClass[], tolerancePx: number): Required<LineRules> {
  const [buildings, ossature] = [new Uint8Array(256), new Uint8Array(256)];
  classes.forEach((landClass, i) => {
    buildings[i + 1] = landClass.codeCs === BUILDING ? 1 : 0;
    ossature[i + 1] = landClass.ossature ? 1 : 0;
  });
  return {
    tolerancePx,
    isBuilding: (value) => buildings[value] === 1,
    isOssature: (value) => ossature[value] === 1,
  };
}
