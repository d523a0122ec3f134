/** Faults as they are found: counted by rule, the first ones of each kept. */
import { type Excused, list } from './exceptions.ts';
import { FAULT_RULES, type Fault, type FaultRule, type QualityReport, type RuleResult } from './report.ts';

const EXAMPLES = 50;

export class Faults {
  readonly #results = new Map<FaultRule, RuleResult>(
    FAULT_RULES.map((rule) => [rule, { rule, count: 0, excused: 0, examples: [] }]),
  );

  /** By object: the rules it breaks with a reason. */
  readonly excused = new Map<string, Excused[]>();
  readonly #reasons = new Map<string, QualityReport['listed'][0]>();

  add(fault: Fault): void {
    const result = this.#results.get(fault.rule)!;
    if (fault.reason === undefined) result.count++;
    else this.#excuse(fault, fault.reason, result);
    // what nobody has a reason for is told first
    if (result.examples.length === EXAMPLES) {
      const excused = fault.reason === undefined ? result.examples.findIndex(({ reason }) => reason !== undefined) : -1;
      if (excused < 0) return;
      result.examples.splice(excused, 1);
    }
    result.examples.push(fault);
  }

  #excuse({ rule, ids }: Fault, reason: string, result: RuleResult): void {
    result.excused++;
    for (const id of ids) list(this.excused, { id, rule, reason });
    const row = this.#reasons.get(`${rule} ${reason}`) ?? { rule, reason, count: 0 };
    row.count++;
    this.#reasons.set(`${rule} ${reason}`, row);
  }

  /** Those with a reason, by rule and reason: the most first. */
  get excusedByReason(): QualityReport['listed'] {
    const words = ({ reason, rule }: QualityReport['listed'][0]) => `${reason} ${rule}`;
    return [...this.#reasons.values()].sort((a, b) => b.count - a.count || (words(a) < words(b) ? -1 : 1));
  }

  get results(): RuleResult[] {
    return [...this.#results.values()];
  }
}
