/** Ground that classes gained and lost, from the tallies of the passes. Pure. */
import type { PassTally } from '../polygons-measures.ts';
import type { ClassFlow, QualityReport } from './report.ts';

/** Null where no pass was tallied. */
export function semanticFlows(tallies: PassTally[] | undefined, pixelM2: number): QualityReport['semantic'] {
  if (tallies === undefined || tallies.length === 0) return null;
  const passes = tallies.map((tally) => ({ pass: tally.pass, classes: flowsOf(tally, pixelM2) }));
  const total = new Map<string, ClassFlow>();
  for (const { codeCs, gainedM2, lostM2 } of passes.flatMap(({ classes }) => classes)) {
    const flow = total.get(codeCs) ?? { codeCs, gainedM2: 0, lostM2: 0 };
    total.set(codeCs, { codeCs, gainedM2: flow.gainedM2 + gainedM2, lostM2: flow.lostM2 + lostM2 });
  }
  return { passes, total: [...total.values()].sort((a, b) => (a.codeCs < b.codeCs ? -1 : 1)) };
}

function flowsOf({ codesCs, pixels }: PassTally, pixelM2: number): ClassFlow[] {
  return codesCs.map((codeCs, index) => {
    const value = index + 1;
    const before = pixels[value]!.reduce((sum, count) => sum + count, 0);
    const after = pixels.reduce((sum, row) => sum + row[value]!, 0);
    const kept = pixels[value]![value]!;
    return { codeCs, gainedM2: (after - kept) * pixelM2, lostM2: (before - kept) * pixelM2 };
  });
}
