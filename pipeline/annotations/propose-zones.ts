/** Squares of ground for a person to annotate, drawn so that no part of the extent is left out by chance. Pure. */
import { BadInput } from '../errors.ts';
import type { BboxLocal } from '../grid.ts';
import { mulberry32 } from './split-blocks.ts';

/**
 * `count` squares of `sideM`, corners on whole metres, apart from each other: the extent is cut into `count` parts of equal
 * area, in rows, and each gets one square somewhere inside. Equal seeds give equal squares. Throws `BadInput` where a part is
 * smaller than a square.
 */
export function proposeZones(
  [minX, minY, maxX, maxY]: BboxLocal,
  count: number,
  sideM: number,
  seed: number,
): BboxLocal[] {
  const random = mulberry32(seed);
  const [width, height] = [maxX - minX, maxY - minY];
  const rows = Math.min(count, Math.max(1, Math.round(Math.sqrt((count * height) / width))));
  const before = (row: number) => Math.floor((row * count) / rows);
  const zones: BboxLocal[] = [];
  for (let row = 0; row < rows; row++) {
    const columns = before(row + 1) - before(row);
    const [bottom, top] = [before(row), before(row + 1)].map((part) => minY + (part / count) * height) as [
      number,
      number,
    ];
    for (let column = 0; column < columns; column++) {
      const left = minX + (column / columns) * width;
      const x = startIn(left, left + width / columns, sideM, random());
      const y = startIn(bottom, top, sideM, random());
      if (x === undefined || y === undefined) {
        throw new BadInput(
          `extent of ${width} × ${height} m: too small for ${count} zones of ${sideM} m, each in a part of its own; fewer or smaller zones wanted`,
        );
      }
      zones.push([x, y, x + sideM, y + sideM]);
    }
  }
  return zones;
}

/** A whole metre from which `sideM` ends before `to`; undefined where there is none. */
function startIn(from: number, to: number, sideM: number, share: number): number | undefined {
  const [first, last] = [Math.ceil(from), Math.floor(to - sideM)];
  return last < first ? undefined : first + Math.floor(share * (last - first + 1));
}
