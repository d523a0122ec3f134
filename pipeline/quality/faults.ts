/** Faults as they are found: counted by rule, the first ones of each kept. */
import { FAULT_RULES, type Fault, type FaultRule, type RuleResult } from './report.ts';

const EXAMPLES = 50;

export class Faults {
  readonly #results = new Map<FaultRule, RuleResult>(
    FAULT_RULES.map((rule) => [rule, { rule, count: 0, excused: 0, examples: [] }]),
  );

  add(fault: Fault): void {
    const result = this.#results.get(fault.rule)!;
    if (fault.reason === undefined) result.count++;
    else result.excused++;
    // what nobody has a reason for is told first
    if (result.examples.length === EXAMPLES) {
      const excused = fault.reason === undefined ? result.examples.findIndex(({ reason }) => reason !== undefined) : -1;
      if (excused < 0) return;
      result.examples.splice(excused, 1);
    }
    result.examples.push(fault);
  }

  get results(): RuleResult[] {
    return [...this.#results.values()];
  }
}
