/**
 * Which borders may be drawn when: those of a building together, once it is known whole, for they lie along one orientation; all
 * others as soon as they are. A region is given out with the last of its borders. Pure.
 */
import { rootOf } from '../blocks/linked-regions.ts';
import type { Arc } from './arc.ts';
import type { Region, Side, TracedRegion } from './region-tracker.ts';

/** The buildings among the arcs of a job: building b has the arcs from `starts[b]` to `starts[b + 1]`, all of its own. */
export interface Buildings {
  starts: Int32Array;
  /** Of the building, in pixels. */
  areasPx: Float64Array;
}

export interface ToDraw {
  /** Those of buildings last. */
  arcs: Arc<Region>[];
  buildings: Buildings;
  /** Whole, and all their arcs are among these or were given before. */
  regions: TracedRegion[];
}

interface Held {
  region: TracedRegion;
  /** Its arcs that wait. */
  waiting: number;
}

export class DrawingOrder {
  private readonly isBuilding: (value: number) => boolean;
  /** Arcs of buildings not whole yet, and the region on the other side where that is and waits for them. */
  private readonly waiting = new Map<Arc<Region>, Held | undefined>();

  constructor(isBuilding: (value: number) => boolean) {
    this.isBuilding = isBuilding;
  }

  /** Takes the arcs finished in a block and the regions whole with it; returns what may be drawn and given out now. */
  take(arcs: Arc<Region>[], whole: TracedRegion[]): ToDraw {
    const ready = arcs.filter((arc) => {
      if (this.buildingAt(arc) === null) return true;
      this.waiting.set(arc, undefined);
      return false;
    });
    const buildings: Buildings = { starts: Int32Array.of(ready.length), areasPx: new Float64Array(0) };
    if (this.waiting.size === 0) return { arcs: ready, buildings, regions: whole };
    const released: TracedRegion[] = [];
    const closed = whole.filter(({ value }) => this.isBuilding(value));
    const starts = [ready.length];
    for (const building of closed) {
      for (const arc of this.arcsOf(building)) {
        ready.push(arc);
        const held = this.waiting.get(arc);
        this.waiting.delete(arc);
        if (held !== undefined && --held.waiting === 0) released.push(held.region);
      }
      starts.push(ready.length);
    }
    buildings.starts = Int32Array.from(starts);
    buildings.areasPx = Float64Array.from(closed, ({ pixels }) => pixels);
    return { arcs: ready, buildings, regions: [...released, ...whole.filter((region) => !this.holds(region))] };
  }

  /** The building whose borders an arc is drawn with. */
  private buildingAt({ left, right }: Arc<Region>): Side {
    if (left !== null && this.isBuilding(left.value)) return rootOf(left);
    return right !== null && this.isBuilding(right.value) ? rootOf(right) : null;
  }

  /** Borders of a building, in an order that the cut of the raster does not change: no two begin with the same edge. */
  private arcsOf(building: TracedRegion): Arc<Region>[] {
    const own = building.arcs.filter((arc) => this.waiting.has(arc) && this.buildingAt(arc) === building);
    return own.sort(({ points: a }, { points: b }) => a[1]! - b[1]! || a[0]! - b[0]! || a[3]! - b[3]! || a[2]! - b[2]!);
  }

  /** Whether some of a region's arcs wait; it is told once they are given. */
  private holds(region: TracedRegion): boolean {
    if (this.waiting.size === 0) return false;
    const arcs = region.arcs.filter((arc) => this.waiting.has(arc));
    const held = { region, waiting: arcs.length };
    for (const arc of arcs) this.waiting.set(arc, held);
    return held.waiting > 0;
  }
}
