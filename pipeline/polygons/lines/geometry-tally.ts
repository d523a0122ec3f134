/** What drawing did to the borders of a coverage, summed up while it is traced. */
import type { GeometryMeasures } from '../../polygons-measures.ts';
import type { TracedRegion } from '../arcs/region-tracker.ts';
import type { LandClass } from '../land-classes.ts';
import { addDisplacement, type Displacement, geometryMeasures, noDisplacement } from './displacement.ts';
import { lineRulesOf } from './line-rules.ts';

export class GeometryTally {
  private readonly total = noDisplacement();
  private readonly classes: LandClass[];
  private readonly isBuilding: (value: number) => boolean;
  private readonly pixels = new Float64Array(256);
  private readonly squared = { count: 0, leastIou: 1, beforePx: 0, afterPx: 0 };

  constructor(classes: LandClass[]) {
    this.classes = classes;
    this.isBuilding = lineRulesOf(classes, 0).isBuilding!;
  }

  addLines({ displacement }: { displacement: Displacement }): void {
    addDisplacement(this.total, displacement);
  }

  /** `areaPx`: of the region as it was drawn. */
  addRegion({ value, pixels, arcs }: Pick<TracedRegion, 'value' | 'pixels' | 'arcs'>, areaPx: number): void {
    this.pixels[value]! += pixels;
    if (!this.isBuilding(value) || !arcs.some((arc) => arc.squared)) return;
    const between = arcs.reduce((sum, arc) => sum + (arc.betweenPx2 ?? 0), 0);
    const both = (pixels + areaPx - between) / 2;
    this.squared.count++;
    this.squared.leastIou = Math.min(this.squared.leastIou, both / (both + between));
    this.squared.beforePx += pixels;
    this.squared.afterPx += areaPx;
  }

  told(resolutionM: number): GeometryMeasures {
    const { count, leastIou: least, beforePx, afterPx } = this.squared;
    const squared = {
      count,
      leastIou: least,
      beforeM2: beforePx * resolutionM ** 2,
      afterM2: afterPx * resolutionM ** 2,
    };
    const measures = geometryMeasures(this.total, resolutionM, this.pixels, (value) => this.classes[value - 1]?.codeCs);
    return count === 0 ? measures : { ...measures, squared };
  }
}
