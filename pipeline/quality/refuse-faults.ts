/** What is not published. */
import { BadInput } from '../errors.ts';
import type { QualityArtefact } from './quality.ts';

/** Told where the extent goes on beyond the imagery too, which is no fault; publication proves that no gap is left inside. */
const GROUND: string[] = ['trou', 'emprise'];

/** Throws `BadInput` where the report found what no exception excuses. */
export function refuseFaults({ pagePath, summary }: Pick<QualityArtefact, 'pagePath' | 'summary'>): void {
  const found = Object.entries(summary.defauts).flatMap(([rule, count]) =>
    GROUND.includes(rule) ? [] : [`${count} × ${rule}`],
  );
  if (found.length === 0) return;
  throw new BadInput(
    `nothing was published: the coverage has faults, ${found.join(', ')}. They are shown in ${pagePath}`,
  );
}
