/** What is not published. */
import { BadInput } from '../errors.ts';
import type { QualityArtefact } from './quality.ts';

/** Throws `BadInput` where the report found what no exception excuses. */
export function refuseFaults({ passed, pagePath, summary }: QualityArtefact): void {
  if (passed) return;
  const found = Object.entries(summary.defauts).map(([rule, count]) => `${count} × ${rule}`);
  throw new BadInput(
    `nothing was published: the coverage has faults, ${found.join(', ')}. They are shown in ${pagePath}`,
  );
}
