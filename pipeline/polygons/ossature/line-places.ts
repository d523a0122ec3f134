/** Places along lines, and the ground lines cover. Pure. */
import type { Position } from 'geojson';
import type { WideLine } from './line-neighbours.ts';

/** Vertices, and places between them `stepM` apart at most. */
export function placesAlong(points: Position[], stepM: number): Position[] {
  const between = points.slice(1).flatMap((to, i) => {
    const from = points[i]!;
    const [dx, dy] = [to[0]! - from[0]!, to[1]! - from[1]!];
    const steps = Math.max(1, Math.ceil(Math.hypot(dx, dy) / stepM));
    return Array.from({ length: steps }, (_, step) => {
      const share = (step + 1) / steps;
      return [from[0]! + share * dx, from[1]! + share * dy];
    });
  });
  return [points[0]!, ...between];
}

/** A metre's accuracy tells 5 000 m² from less. */
const CELL_M = 1;
/** Of the least a line covers: less would miss the middle of the cell it passes. */
const LEAST_RADIUS_M = CELL_M * Math.SQRT1_2;
const COLUMN = 2 ** 25;

/** Ground within half the width of lines, each place once; not counted further than `enoughM2`. */
export function coveredM2(lines: WideLine[], enoughM2: number): number {
  const cells = new Set<number>();
  for (const { points, widthM } of lines) {
    const radius = Math.max(widthM / 2, LEAST_RADIUS_M);
    for (const [x, y] of placesAlong(points, CELL_M)) {
      addDisc(cells, x! / CELL_M, y! / CELL_M, radius / CELL_M);
      if (cells.size * CELL_M ** 2 >= enoughM2) return cells.size * CELL_M ** 2;
    }
  }
  return cells.size * CELL_M ** 2;
}

function addDisc(cells: Set<number>, x: number, y: number, radius: number): void {
  for (let row = Math.floor(y - radius); row <= y + radius; row++) {
    for (let column = Math.floor(x - radius); column <= x + radius; column++) {
      if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= radius) cells.add(column * COLUMN + row);
    }
  }
}
