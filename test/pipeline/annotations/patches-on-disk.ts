/** What `ocsge annotations extract` wrote. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SPLITS = ['train', 'valid', 'test'] as const;

interface Index {
  count: number;
  sidePx: number;
  bands: string[];
  resolutionM: number;
  classes: { index: number; name: string; codeCs: string; colour: string }[];
  ignoreIndex: number;
  patches: { xM: number; yM: number }[];
}

/** One split as training reads it. */
export function readSplit(out: string, split: string) {
  const index = JSON.parse(readFileSync(join(out, split, 'index.json'), 'utf8')) as Index;
  const [x, y] = ['x.u8', 'y.u8'].map((name) => readFileSync(join(out, split, name)));
  return { ...index, x: x!, y: y! };
}

/** Least distance of a patch of one split to one of another, along the axis where they are further apart. */
export function leastGap(
  splits: { patches: { xM: number; yM: number }[]; sidePx: number; resolutionM: number }[],
): number {
  let least = Infinity;
  for (const [index, a] of splits.entries()) {
    for (const b of splits.slice(index + 1)) {
      for (const p of a.patches) {
        for (const q of b.patches) {
          const gap = Math.max(Math.abs(p.xM - q.xM), Math.abs(p.yM - q.yM)) - a.sidePx * a.resolutionM;
          least = Math.min(least, gap);
        }
      }
    }
  }
  return least;
}
