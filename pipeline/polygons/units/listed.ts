import type { PassState } from '../passes.ts';

/** Objects under a rule, by the key of their records. */
export function reasonsByKey(listed: PassState['listed']): Map<number, PassState['listed']> {
  const reasons = new Map<number, PassState['listed']>();
  for (const one of listed) reasons.set(one.firstPixel, [...(reasons.get(one.firstPixel) ?? []), one]);
  return reasons;
}
