/** What it takes for a change between two millésimes to be believed. */
import { pixelsForArea } from '../../couverture.ts';
import type { Grid } from '../../grid.ts';

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

/** The same on a grid. */
export interface HoldTests {
  /** 0 to 1. */
  minConfidence: number;
  minPixels: number;
  minWidthPx: number;
}

/** The opening counts up to 255. */
const MAX_WIDTH_PX = 255;

export function holdTestsOf(options: HoldOptions, grid: Grid): HoldTests {
  const { marginConfidence, minAreaM2, minWidthM } = { ...HOLD_DEFAULTS, ...options };
  return {
    minConfidence: marginConfidence,
    minPixels: pixelsForArea(minAreaM2, grid),
    minWidthPx: Math.min(Math.max(Math.ceil(minWidthM / grid.resolutionM - 1e-6), 1), MAX_WIDTH_PX),
  };
}
