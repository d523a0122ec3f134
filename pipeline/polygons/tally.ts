/** What a pass did to the ground, by couverture. */
import type { PassTally } from '../polygons-measures.ts';
import type { LocalResult } from './blocks/local-operations.ts';
import type { LandClass } from './land-classes.ts';

/** Pixels by class before and after a pass. */
export class Tally {
  private readonly sums: Float64Array;
  private readonly classes: LandClass[];

  constructor(classes: LandClass[]) {
    this.classes = classes;
    this.sums = new Float64Array((classes.length + 1) ** 2);
  }

  add(counted: LocalResult['tally']): void {
    counted?.forEach((pixels, i) => {
      this.sums[i]! += pixels;
    });
  }

  /** Pixels of a block, before and after. */
  compare(before: Uint8Array, after: Uint8Array): void {
    for (let i = 0; i < after.length; i++) this.sums[before[i]! * (this.classes.length + 1) + after[i]!]!++;
  }

  /** By couverture: what counts under one code is added up. */
  told(pass: PassTally['pass']): PassTally {
    const codesCs = couverturesOf(this.classes);
    const row = [0, ...this.classes.map(({ codeCs }) => codesCs.indexOf(codeCs) + 1)];
    const pixels = Array.from({ length: codesCs.length + 1 }, () => new Array<number>(codesCs.length + 1).fill(0));
    this.sums.forEach((sum, i) => {
      const [before, after] = [row[Math.floor(i / row.length)]!, row[i % row.length]!];
      pixels[before]![after]! += sum;
    });
    return { pass, codesCs, pixels };
  }
}

/** Couvertures of a layer's classes, sorted. */
export const couverturesOf = (classes: LandClass[]): string[] =>
  [...new Set(classes.map(({ codeCs }) => codeCs))].sort();
