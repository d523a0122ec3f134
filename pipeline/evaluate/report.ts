/** From counts to the report: what report.json holds and the page shows. Pure. */
import { type BlockIntervals, blockIntervals, type Interval } from './bootstrap.ts';
import { type BoundaryScores, boundaryScores } from './boundaries.ts';
import { type Calibration, calibrationOf } from './calibration.ts';
import { mergePairs, type Scores, scoresOf, sum } from './confusion.ts';
import type { Label, Level, LevelId } from './labels.ts';
import type { SampleEstimates } from './sample.ts';
import type { Scan } from './scan.ts';
import type { TallyPlan } from './tally.ts';

export interface LevelReport {
  id: LevelId;
  labels: Label[];
  /** Truth in rows, prediction in columns. */
  confusion: number[][];
  scores: Scores;
  /** Annotated and predicted pixels left out: classes that are ignored. */
  leftOutPx: number;
}

export interface ToleranceReport {
  tolerancePx: number;
  toleranceM: number;
  /** Whether it is the tolerance asked for, in metres. */
  asked: boolean;
  /** Share of the pixels farther than that from every boundary of the truth that are right. */
  accuracy: number | null;
  meanIou: number | null;
  /** Share of the scored pixels that are farther. */
  keptShare: number;
  boundary: BoundaryScores;
}

export interface Accounting {
  annotatedPx: number;
  /** Annotated, but nothing is predicted there. */
  unpredictedPx: number;
  scoredPx: number;
  scoredM2: number;
}

export interface ScoreReport {
  pixels: Accounting;
  headline: { level: 'cs'; accuracy: number; interval: Interval; meanIou: number; meanIouInterval: Interval };
  levels: LevelReport[];
  intervals: BlockIntervals & { blockM: number; effectivePixels: number | null };
  calibration: Partial<Record<'cs' | 'class', Calibration>>;
  /** Mean squared distance of the probabilities to the truth; there when they were kept. */
  brier: Partial<Record<'cs' | 'class', number>>;
  tolerance: ToleranceReport[];
  sample?: SampleEstimates;
}

export interface ReportOptions {
  levels: Level[];
  plan: TallyPlan;
  tolerancesPx: number[];
  askedPx: number;
  resolutionM: number;
  seed: number;
}

/** Scores everything a scan counted. `undefined` where no pixel is both annotated and predicted in a class that counts. */
export function reportOf(scanned: Scan, options: ReportOptions): ScoreReport | undefined {
  const { tally, blockCounts, blockSidePx } = scanned;
  const { levels, plan, resolutionM } = options;
  const near = bands(tally.pairs, plan);
  const pairs = near.reduce((all, band) => all.map((count, index) => count + band[index]!));
  const cs = mergePairs(pairs, plan.cs.truthOf, plan.cs.foundOf, plan.cs.labels.length);
  if (sum(cs.counts) === 0) return undefined;
  const scores = scoresOf(cs);
  const intervals = blockIntervals(blockCounts, options.seed);
  const { accuracyError } = intervals;
  const scoredPx = scores.pixels;
  return {
    pixels: {
      annotatedPx: sum(pairs) + tally.unpredictedPx,
      unpredictedPx: tally.unpredictedPx,
      scoredPx,
      scoredM2: scoredPx * resolutionM ** 2,
    },
    headline: {
      level: 'cs',
      accuracy: scores.accuracy,
      interval: intervals.accuracy,
      meanIou: scores.meanIou,
      meanIouInterval: intervals.meanIou,
    },
    levels: levels.flatMap((level) => levelReport(level, pairs) ?? []),
    intervals: {
      ...intervals,
      blockM: blockSidePx * resolutionM,
      effectivePixels: accuracyError ? (scores.accuracy * (1 - scores.accuracy)) / accuracyError ** 2 : null,
    },
    calibration: defined({
      cs: calibrationOf(tally.confidence.cs),
      class: plan.byClass && calibrationOf(tally.confidence.class),
    }),
    brier: defined({ cs: meanOf(tally.brier.cs), class: meanOf(tally.brier.class) }),
    tolerance: options.tolerancesPx.map((tolerancePx) =>
      toleranceReport(tolerancePx, near, scanned, options, scoredPx),
    ),
  };
}

/** Pairs by distance to the truth's boundaries. */
function bands(pairs: Float64Array, { reachPx, truth, found }: TallyPlan): Float64Array[] {
  const size = truth.length * found.length;
  return Array.from({ length: reachPx + 2 }, (_, distance) => pairs.subarray(distance * size, (distance + 1) * size));
}

function levelReport({ id, labels, truthOf, foundOf }: Level, pairs: Float64Array): LevelReport | undefined {
  const confusion = mergePairs(pairs, truthOf, foundOf, labels.length);
  if (sum(confusion.counts) === 0) return undefined;
  const scores = scoresOf(confusion);
  return {
    id,
    labels,
    confusion: labels.map((_, row) => [...confusion.counts.subarray(row * labels.length, (row + 1) * labels.length)]),
    scores,
    leftOutPx: sum(pairs) - scores.pixels,
  };
}

function toleranceReport(
  tolerancePx: number,
  near: Float64Array[],
  { tally }: Scan,
  { plan, resolutionM, askedPx }: ReportOptions,
  scoredPx: number,
): ToleranceReport {
  const size = plan.cs.labels.length;
  const kept = { size, counts: new Float64Array(size * size) };
  for (const band of near.slice(tolerancePx + 1)) {
    const { counts } = mergePairs(band, plan.cs.truthOf, plan.cs.foundOf, size);
    for (let i = 0; i < counts.length; i++) kept.counts[i]! += counts[i]!;
  }
  const pixels = sum(kept.counts);
  const scores = pixels === 0 ? undefined : scoresOf(kept);
  return {
    tolerancePx,
    toleranceM: tolerancePx * resolutionM,
    asked: tolerancePx === askedPx,
    accuracy: scores?.accuracy ?? null,
    meanIou: scores?.meanIou ?? null,
    keptShare: pixels / scoredPx,
    boundary: boundaryScores(tally.boundary.truth, tally.boundary.found, tolerancePx),
  };
}

const meanOf = ({ sum, pixels }: { sum: number; pixels: number }) => (pixels === 0 ? undefined : sum / pixels);

/** Without the keys whose value is undefined. */
const defined = <Values extends Record<string, unknown>>(values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: NonNullable<Values[Key]>;
  };
