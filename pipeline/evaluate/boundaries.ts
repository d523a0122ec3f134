/** Pixels near the boundaries of a class raster. Pure. */

/**
 * Distance of each pixel to the nearest boundary, in king's moves: 1 for a pixel one of whose four neighbours is known and of
 * another class, 2 for one beside it (corners count) and so on; `cap` for all that is farther. `classes`: heightPx × widthPx,
 * 0 where unknown; the unknown makes no boundary.
 */
export function boundaryDistance(classes: Uint8Array, widthPx: number, heightPx: number, cap: number): Uint8Array {
  const distance = new Uint8Array(classes.length).fill(cap);
  for (let y = 0, i = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, i++) {
      const here = classes[i]!;
      if (here === 0) continue;
      if (x + 1 < widthPx) {
        const right = classes[i + 1]!;
        if (right !== here && right !== 0) distance[i] = distance[i + 1] = 1;
      }
      if (y + 1 < heightPx) {
        const below = classes[i + widthPx]!;
        if (below !== here && below !== 0) distance[i] = distance[i + widthPx] = 1;
      }
    }
  }
  spread(distance, widthPx, heightPx);
  return distance;
}

/** Two sweeps, each pixel one more than the nearest of the four neighbours the sweep has been at. */
function spread(distance: Uint8Array, widthPx: number, heightPx: number): void {
  const last = widthPx - 1;
  for (let y = 0, i = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, i++) {
      let near = distance[i]! - 1;
      if (x > 0 && distance[i - 1]! < near) near = distance[i - 1]!;
      if (y > 0) {
        const above = i - widthPx;
        if (distance[above]! < near) near = distance[above]!;
        if (x > 0 && distance[above - 1]! < near) near = distance[above - 1]!;
        if (x < last && distance[above + 1]! < near) near = distance[above + 1]!;
      }
      distance[i] = near + 1;
    }
  }
  for (let y = heightPx - 1, i = distance.length - 1; y >= 0; y--) {
    for (let x = last; x >= 0; x--, i--) {
      let near = distance[i]! - 1;
      if (x < last && distance[i + 1]! < near) near = distance[i + 1]!;
      if (y < heightPx - 1) {
        const below = i + widthPx;
        if (distance[below]! < near) near = distance[below]!;
        if (x > 0 && distance[below - 1]! < near) near = distance[below - 1]!;
        if (x < last && distance[below + 1]! < near) near = distance[below + 1]!;
      }
      distance[i] = near + 1;
    }
  }
}

export interface BoundaryScores {
  tolerancePx: number;
  /** Share of the prediction's boundary pixels with a boundary of the truth at most so far. */
  precision: number | null;
  /** Share of the truth's boundary pixels with a boundary of the prediction at most so far. */
  recall: number | null;
  f1: number | null;
}

/**
 * Boundary precision, recall and F1 at a tolerance. `truth[d]`: boundary pixels of the truth at distance d of the prediction's
 * boundaries (as `boundaryDistance` counts: 1 is on them); `found[d]`: the other way round.
 */
export function boundaryScores(
  truth: ArrayLike<number>,
  found: ArrayLike<number>,
  tolerancePx: number,
): BoundaryScores {
  const recall = shareWithin(truth, tolerancePx + 1);
  const precision = shareWithin(found, tolerancePx + 1);
  const f1 =
    recall === null || precision === null
      ? null
      : recall + precision === 0
        ? 0
        : (2 * recall * precision) / (recall + precision);
  return { tolerancePx, precision, recall, f1 };
}

function shareWithin(counts: ArrayLike<number>, limit: number): number | null {
  let [within, all] = [0, 0];
  for (let distance = 0; distance < counts.length; distance++) {
    all += counts[distance]!;
    if (distance <= limit) within += counts[distance]!;
  }
  return all === 0 ? null : within / all;
}
