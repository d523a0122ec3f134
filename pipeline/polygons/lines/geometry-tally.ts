/** What drawing did to the borders of a coverage, summed up while it is traced. */
import type { GeometryMeasures } from '../../polygons-measures.ts';
import type { Side, TracedRegion } from '../arcs/region-tracker.ts';
import { NODATA_TRACED } from '../blocks/block-operations.ts';
import type { LandClass } from '../land-classes.ts';
import { addDisplacement, type Displacement, geometryMeasures, noDisplacement } from './displacement.ts';
import { lineRulesOf } from './line-rules.ts';

export class GeometryTally {
  private readonly total = noDisplacement();
  private readonly classes: LandClass[];
  private readonly isBuilding: (value: number) => boolean;
  private readonly pixels = new Float64Array(256);
  private readonly squared = { count: 0, partly: 0, none: 0, leastIou: 1, beforePx: 0, afterPx: 0 };

  constructor(classes: LandClass[]) {
    this.classes = classes;
    this.isBuilding = lineRulesOf(classes, 0).isBuilding;
  }

  addLines({ displacement }: { displacement: Displacement }): void {
    addDisplacement(this.total, displacement);
  }

  /** `areaPx`: of the region as it was drawn. */
  addRegion({ value, pixels, arcs }: Pick<TracedRegion, 'value' | 'pixels' | 'arcs'>, areaPx: number): void {
    const own = arcs.filter(({ left, right }) => isKnown(left) && isKnown(right)); // the extent's own borders stay
    const isSquared = this.isBuilding(value) && own.length > 0 && own.every((arc) => arc.squared);
    if (!isSquared) this.pixels[value]! += pixels; // of squared buildings nothing else is drawn, and their bound is their own
    if (!this.isBuilding(value) || own.length === 0) return;
    if (!own.some((arc) => arc.squared)) {
      this.squared.none++;
      return;
    }
    const between = arcs.reduce((sum, arc) => sum + (arc.betweenPx2 ?? 0), 0);
    const both = (pixels + areaPx - between) / 2;
    if (isSquared) this.squared.count++;
    else this.squared.partly++;
    this.squared.leastIou = Math.min(this.squared.leastIou, both / (both + between));
    this.squared.beforePx += pixels;
    this.squared.afterPx += areaPx;
  }

  told(resolutionM: number): GeometryMeasures {
    const { count, partly, none, leastIou: least, beforePx, afterPx } = this.squared;
    const squared = {
      count,
      partly,
      none,
      leastIou: least,
      beforeM2: beforePx * resolutionM ** 2,
      afterM2: afterPx * resolutionM ** 2,
    };
    const codeOf = (value: number) => (this.classes[value - 1]?.ossature ? undefined : this.classes[value - 1]?.codeCs);
    const measures = geometryMeasures(this.total, resolutionM, this.pixels, codeOf);
    return count + partly + none === 0 ? measures : { ...measures, squared };
  }
}

const isKnown = (side: Side) => side !== null && side.value !== NODATA_TRACED;
