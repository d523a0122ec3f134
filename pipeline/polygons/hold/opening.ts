/** Morphological opening of a raster of classes, for tests of width. Pure. */
import type { ClassValues } from '../../regions.ts';

/**
 * 1 on every pixel that lies in some square of `sidePx` × `sidePx` pixels of one class (not 0): what is left when all that is
 * narrower is taken away. Two scans: the first gives the largest square that ends at each pixel, the second covers those of
 * full size. `sidePx` is at most 255.
 */
export function openedBySquares(classes: ClassValues, widthPx: number, sidePx: number): Uint8Array {
  const reach = new Uint8Array(classes.length);
  for (let row = 0; row < classes.length; row += widthPx) {
    for (let i = row; i < row + widthPx; i++) {
      const value = classes[i]!;
      if (value === 0) continue;
      const up = i - widthPx;
      const framed =
        i > row && row > 0 && classes[i - 1] === value && classes[up] === value && classes[up - 1] === value;
      reach[i] = framed ? Math.min(sidePx, 1 + Math.min(reach[i - 1]!, reach[up]!, reach[up - 1]!)) : 1;
    }
  }
  // backwards, `reach` becomes how far a full square that covers the pixel still goes on up and to the left
  for (let row = classes.length - widthPx; row >= 0; row -= widthPx) {
    for (let i = row + widthPx - 1; i >= row; i--) {
      if (reach[i] === sidePx) continue;
      const last = i === row + widthPx - 1;
      const below = row + widthPx < classes.length;
      const right = last ? 0 : reach[i + 1]!;
      const down = below ? reach[i + widthPx]! : 0;
      const diagonal = below && !last ? reach[i + widthPx + 1]! : 0;
      reach[i] = Math.max(1, right, down, diagonal) - 1;
    }
  }
  return reach.map((pixels) => Math.min(pixels, 1));
}
