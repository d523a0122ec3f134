/** Which way a building lies, from its outline. Pure. */

const BINS = 180;
const QUARTER = Math.PI / 2;
/** A segment counts for a direction up to so many bins (of half a degree) away, the less the further. */
const REACH_BINS = 16;

/**
 * The direction, in radians from 0 to π/2, that lines (x, y by turns) follow or are square to, by a histogram of the angles of
 * their segments modulo a quarter turn, weighted by length. `null` where less than `leastShare` of the length lies so: round, free.
 */
export function dominantOrientation(lines: readonly Int32Array[], leastShare: number): number | null {
  const bins = new Float64Array(BINS);
  const angles: number[] = [];
  const lengths: number[] = [];
  let total = 0;
  for (const line of lines) {
    for (let i = 2; i < line.length; i += 2) {
      const [dx, dy] = [line[i]! - line[i - 2]!, line[i + 1]! - line[i - 1]!];
      const length = Math.hypot(dx, dy);
      const angle = (Math.atan2(dy, dx) + 2 * Math.PI) % QUARTER;
      angles.push(angle);
      lengths.push(length);
      total += length;
      const at = (angle / QUARTER) * BINS;
      for (let bin = Math.ceil(at - REACH_BINS); bin <= at + REACH_BINS; bin++) {
        bins[(bin + BINS) % BINS]! += length * (1 - Math.abs(bin - at) / REACH_BINS);
      }
    }
  }
  const peak = bins.indexOf(Math.max(...bins));
  return meanNear((peak / BINS) * QUARTER, angles, lengths, leastShare * total);
}

/** Mean of the angles near `peak`, long segments first: an end off by half a pixel turns a short one more. */
function meanNear(peak: number, angles: number[], lengths: number[], least: number): number | null {
  const reach = (REACH_BINS / BINS) * QUARTER;
  let [sum, weights, length] = [0, 0, 0];
  for (let i = 0; i < angles.length; i++) {
    const away = ((angles[i]! - peak + 1.5 * QUARTER) % QUARTER) - QUARTER / 2;
    if (Math.abs(away) > reach) continue;
    const weight = lengths[i]! ** 3;
    sum += weight * away;
    weights += weight;
    length += lengths[i]!;
  }
  return length < least ? null : (peak + sum / weights + QUARTER) % QUARTER;
}
