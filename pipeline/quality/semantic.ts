/** Ground that classes gained and lost, from the tallies of the passes. Pure. */
import type { PassTally } from '../polygons-measures.ts';
import type { ClassFlow, QualityReport } from './report.ts';

/** Null where no pass was tallied; steps of one pass count together. */
export function semanticFlows(tallies: PassTally[] | undefined, pixelM2: number): QualityReport['semantic'] {
  if (tallies === undefined || tallies.length === 0) return null;
  const passes: NonNullable<QualityReport['semantic']>['passes'] = [];
  for (const tally of tallies) {
    const classes = flowsOf(tally, pixelM2);
    const same = passes.find(({ pass }) => pass === tally.pass);
    if (same) same.classes = summed([...same.classes, ...classes]);
    else passes.push({ pass: tally.pass, classes });
  }
  return { passes, total: summed(passes.flatMap(({ classes }) => classes)) };
}

/** One flow a class, by code. */
function summed(flows: ClassFlow[]): ClassFlow[] {
  const byCode = new Map<string, ClassFlow>();
  for (const { codeCs, gainedM2, lostM2 } of flows) {
    const flow = byCode.get(codeCs) ?? { codeCs, gainedM2: 0, lostM2: 0 };
    byCode.set(codeCs, { codeCs, gainedM2: flow.gainedM2 + gainedM2, lostM2: flow.lostM2 + lostM2 });
  }
  return [...byCode.values()].sort((a, b) => (a.codeCs < b.codeCs ? -1 : 1));
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
