/** Seeded inputs: the same on every machine and at every run. */

/** 0 ≤ value < 1, drawn from three integers and nothing else: cells can be made in any order. */
export function draw(seed: number, x: number, y: number): number {
  let h =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^
    Math.imul(x + 0x7f4a7c15, 0xc2b2ae35) ^
    Math.imul(y + 0x165667b1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}
