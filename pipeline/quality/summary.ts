/** A quality report in a few figures, for the revision's own report. Pure. */
import { brokenBounds } from './bounds.ts';
import type { QualityReport } from './report.ts';

export interface QualitySummary {
  conforme: boolean;
  /** By rule, those with any. */
  defauts: Record<string, number>;
  exceptions: Record<string, number>;
  deplacement: { moyen_m: number; maximum_m: number } | null;
  /** Bounds of the geometric step that do not hold, in words. */
  limites_depassees: string[];
  confiance_faible: { nombre: number; aire_m2: number };
}

export function summaryOf({ passed, rules, geometric, bounds, confidence }: QualityReport): QualitySummary {
  const counts = (of: 'count' | 'excused') =>
    Object.fromEntries(rules.filter((result) => result[of] > 0).map((result) => [result.rule, result[of]]));
  const { displacement } = geometric ?? {};
  return {
    conforme: passed,
    defauts: counts('count'),
    exceptions: counts('excused'),
    deplacement: displacement ? { moyen_m: displacement.meanM, maximum_m: displacement.maxM } : null,
    limites_depassees: brokenBounds(bounds),
    confiance_faible: { nombre: confidence.lowCount, aire_m2: confidence.lowM2 },
  };
}
