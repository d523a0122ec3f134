/** Seeded rasters of patches, for tests that compare cuts and definitions. */

/** A generator of whole numbers below `limit` (a linear congruence: the same on every machine). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = (seed * 2654435761) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Overlapping discs and bars of random classes, about `grainPx` in size; `nodata`: some of them are unknown ground. */
export function randomRaster(
  widthPx: number,
  heightPx: number,
  { seed, classes, grainPx, nodata = false }: { seed: number; classes: number; grainPx: number; nodata?: boolean },
): Uint8Array {
  const random = randomNumbers(seed);
  const values = new Uint8Array(widthPx * heightPx).fill(1);
  const patches = Math.ceil((3 * widthPx * heightPx) / (grainPx * grainPx));
  for (let patch = 0; patch < patches; patch++) {
    const value = nodata && random(12) === 0 ? 0 : 1 + random(classes);
    const [cx, cy] = [random(widthPx), random(heightPx)];
    const [rx, ry] = [random(grainPx), random(grainPx)];
    const round = random(2) === 0;
    for (let y = Math.max(0, cy - ry); y <= Math.min(heightPx - 1, cy + ry); y++) {
      for (let x = Math.max(0, cx - rx); x <= Math.min(widthPx - 1, cx + rx); x++) {
        if (!round || (x - cx) ** 2 + (y - cy) ** 2 <= rx * ry) values[y * widthPx + x] = value;
      }
    }
  }
  return values;
}
