/**
 * Nearness in the nomenclature: what a metre of shared border counts for when an object that is too small chooses whom to join.
 * The specification names no such weights: these are ours, and this page is all there is to them.
 */

/** By levels of the nomenclature that two covers share: none (CS1, CS2), CS2, CS2.1, CS2.1.1, the same cover. */
const WEIGHT_BY_SHARED_LEVELS = [1, 2, 4, 6, 8];

/**
 * Where the nomenclature puts side by side what the ground keeps apart, or the other way round. A code stands for all below it;
 * the first row that fits holds.
 */
const EXCEPTIONS: { from: string; to: string; weight: number; why: string }[] = [
  { from: 'CS1.1.1.1', to: 'CS1.1.1.1', weight: 8, why: 'a building beside another' },
  { from: 'CS', to: 'CS1.1.1.1', weight: 0, why: 'ground is no building, whatever lies round it' },
  {
    from: 'CS1.1',
    to: 'CS1.2.2',
    weight: 0.5,
    why: 'what is built or laid is not water, though both are without vegetation',
  },
  {
    from: 'CS1.2.2',
    to: 'CS1.1',
    weight: 0.5,
    why: 'a pond beside a yard is a pond in its meadow, not a piece of yard',
  },
  { from: 'CS1.1', to: 'CS1.2.3', weight: 0.1, why: 'nor is it ice' },
  { from: 'CS1.2.3', to: 'CS1.1', weight: 0.1, why: 'nor ice a yard' },
  { from: 'CS1.2.3', to: 'CS1.2.2', weight: 2, why: 'ice that melts leaves bare ground before it leaves a lake' },
  { from: 'CS2.1.3', to: 'CS2.1.1', weight: 2, why: 'vines and orchards are worked as fields are, woods are not' },
  { from: 'CS2.1.1', to: 'CS2.1.3', weight: 2, why: 'the same seen from the wood' },
  { from: 'CS2.1.3', to: 'CS2.2', weight: 3, why: 'a headland among vines' },
  { from: 'CS2.2', to: 'CS2.1.3', weight: 3, why: 'the same seen from the grass' },
];

/** Weight of a metre of border between an object of couverture `from` that is too small and its neighbour of couverture `to`; 0: never. */
export function affinity(from: string, to: string): number {
  const exception = EXCEPTIONS.find((row) => isUnder(from, row.from) && isUnder(to, row.to));
  return exception?.weight ?? WEIGHT_BY_SHARED_LEVELS[sharedLevels(from, to)]!;
}

const isUnder = (code: string, ancestor: string) =>
  ancestor === 'CS' || code === ancestor || code.startsWith(`${ancestor}.`);

/** Levels that two codes have in common: `CS2.1.1.1` and `CS2.1.2` share CS2 and CS2.1, so two. Equal codes: the highest. */
function sharedLevels(a: string, b: string): number {
  if (a === b) return WEIGHT_BY_SHARED_LEVELS.length - 1;
  const [levelsA, levelsB] = [a.split('.'), b.split('.')];
  let shared = 0;
  while (shared < levelsA.length && levelsA[shared] === levelsB[shared]) shared++;
  return Math.min(shared, WEIGHT_BY_SHARED_LEVELS.length - 2);
}
