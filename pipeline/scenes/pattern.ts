/** What a land pattern (motif de paysage) says; the patterns themselves are in patterns.ts. */
import type { Look } from './looks.ts';

/** A value is drawn evenly between the two. */
export type Range = readonly [low: number, high: number];

/** What parcels are used for; what runs along their limits. */
export type Use = 'crop' | 'plowed' | 'grass' | 'vineyard' | 'wood' | 'brush' | 'soil';
export type Limit = 'hedge' | 'trees' | 'verge' | 'track' | 'none';

/** What a block between roads may be. */
export type Zone =
  | 'village'
  | 'street village'
  | 'suburb'
  | 'hamlet'
  | 'industry'
  | 'yards'
  | 'estate'
  | 'aerodrome'
  | 'quarry'
  | 'gravel pit'
  | 'lake'
  | 'ponds'
  | 'broadleaves'
  | 'felled'
  | 'conifers'
  | 'vineyards'
  | 'heath'
  | 'fields'
  | 'road through'
  | 'pond';

/** Whose patches it may be in: training, choice of the best weights, held-out score. */
export type Role = 'train' | 'valid' | 'test';

export interface Pattern {
  nameFr: string;
  role: Role;
  /** Blocks between roads: their area, and how many a landscape has at least. */
  blockM2: Range;
  leastBlocks: number;
  /** Parcels: their area, or the width of the strips blocks are cut into. */
  parcelM2: Range;
  stripM?: Range;
  /** Weights. */
  limits: Record<Limit, Range>;
  parcels: Record<Use, Range>;
  /** Blocks about the focus, from it outwards (the fourth only where there is room); then wherever; then by weight. */
  near: Zone[];
  wanted: Zone[];
  fillers: Partial<Record<Zone, number>>;
  aerodrome: boolean;
  /** The river, and how much wider than it is the wood it runs in. */
  river: { widthM: Range; woodM: number };
  railway: boolean;
  /** Height of the hills, against the default's 120 to 200 m. */
  hills: number;
  look: Look;
}
