/** The update: millésime N is the frame of N + 1. Between `readCouverture` and `tracePolygons`. */
import type { PolygonsArtefact, StageContext } from '../artefacts.ts';
import { type CouvertureRaster, checkPixelLimit, pixelsForArea } from '../couverture.ts';
import { type Grid, pixelAreaM2 } from '../grid.ts';
import { connectedRegions, type Regions } from '../regions.ts';
import { sieve } from '../sieve.ts';
import { believedPatches } from './patches.ts';
import { readFrame } from './read-frame.ts';

/** Assumptions of ours: IGN's rules for N → N + 1 are not public. */
export interface HoldOptions {
  /**
   * Mean confidence of a patch from which its new class is believed, 0 to 1. The classes raster keeps the best class only, so
   * the old one had at most 1 − confidence: from 0.7 on the new class leads by 0.4 or more. Default 0.7.
   */
  marginConfidence?: number;
  /** Smallest area of a change. Default 50 m²: below it lie 73 to 96 % of the patches of real masks, and next to no area. */
  minAreaM2?: number;
  /** Smallest width of a change. Default 2 m: narrower are 64 to 84 % of the patches of real masks. */
  minWidthM?: number;
}

export const HOLD_DEFAULTS = { marginConfidence: 0.7, minAreaM2: 50, minWidthM: 2 };

/** The opening counts up to 255. */
const MAX_WIDTH_PX = 255;

/**
 * Returns `current` with every pixel at its class of `former` but where a change is believed. Where nothing changed the regions
 * are exactly the former ones, so tracing gives the same geometry and id. What a change leaves of the regions it cuts, under
 * `minAreaM2`, goes to a region that has changed too, never to one that has not. Nodata on one side takes the other's class.
 *
 * Confidence: the image's where it shows the class kept; elsewhere what it leaves at most to that class, 1 − its own.
 * Throws `BadInput` where the two millésimes are not on one grid.
 */
export async function holdToFrame(
  current: CouvertureRaster,
  former: PolygonsArtefact,
  options: HoldOptions,
  ctx: StageContext,
): Promise<CouvertureRaster> {
  const { marginConfidence, minAreaM2, minWidthM } = { ...HOLD_DEFAULTS, ...options };
  const { grid } = current;
  checkPixelLimit(grid);
  const { codesCs, frame, current: shown } = await readFrame(current, former);
  const { widthPx, heightPx } = grid;
  const minPixels = pixelsForArea(minAreaM2, grid);
  const step = ctx.report.step('update', 3, 'passes');
  const seen = shown.slice();
  sieve(seen, widthPx, heightPx, minPixels);
  step.advance(1);
  const { held, wide, believed } = believedPatches(
    { widthPx, heightPx, frame, seen, confidence: confidenceIn(seen, shown, current.confidence) },
    {
      minConfidence: marginConfidence,
      minPixels,
      minWidthPx: Math.min(Math.max(Math.ceil(minWidthM / grid.resolutionM - 1e-6), 1), MAX_WIDTH_PX),
    },
  );
  step.advance(1);
  for (let i = 0; i < held.length; i++) if (frame[i] === 0) held[i] = seen[i]!;
  tidyChanged(held, frame, grid, minPixels);
  step.end();
  ctx.report.info('Update:Held', { ...changedGround(held, frame, grid), patches: wide, believed });
  return { grid, codesCs, classes: held, confidence: confidenceIn(held, shown, current.confidence) };
}

/** Confidence in `classes` where the image shows `shown`. Nothing is known of a class the image has a hole at. */
const confidenceIn = (classes: Uint8Array, shown: Uint8Array, confidence: Uint8Array) =>
  confidence.map((value, i) =>
    shown[i] === 0 || classes[i] === 0 ? 0 : classes[i] === shown[i] ? value : 255 - value,
  );

function tidyChanged(held: Uint8Array, frame: Uint8Array, grid: Grid, minPixels: number): void {
  const before = connectedRegions(frame, grid.widthPx, grid.heightPx);
  const after = connectedRegions(held, grid.widthPx, grid.heightPx);
  sieve(held, grid.widthPx, grid.heightPx, minPixels, after, unchangedRegions(before, after));
}

const UNSEEN = -1;

/** By region of `after`: 1 when it is, to the pixel, a region of `before`. */
function unchangedRegions(before: Regions, after: Regions): Uint8Array {
  const unchanged = new Uint8Array(after.count + 1);
  const formerOf = new Int32Array(after.count + 1).fill(UNSEEN);
  for (let i = 0; i < after.labels.length; i++) {
    const region = after.labels[i]!;
    const former = before.labels[i]!;
    if (formerOf[region] === UNSEEN) {
      formerOf[region] = former;
      const same = before.classOf[former] === after.classOf[region] && before.pixels[former] === after.pixels[region];
      unchanged[region] = same ? 1 : 0;
    } else if (formerOf[region] !== former) {
      unchanged[region] = 0;
    }
  }
  return unchanged;
}

function changedGround(held: Uint8Array, frame: Uint8Array, grid: Grid): { changedM2: number } {
  let pixels = 0;
  for (let i = 0; i < held.length; i++) if (held[i] !== frame[i]) pixels++;
  return { changedM2: Math.round(pixels * pixelAreaM2(grid)) };
}
