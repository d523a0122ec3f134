/** Places whose pictures are shown: chosen where the objects have most vertices. Pure. */
import type { Position } from 'geojson';
import { type BboxLocal, type Grid, gridBbox } from '../grid.ts';

const CELL_M = 100;
const MOST_CELLS = 1 << 20;

export interface PictureWindow {
  title: string;
  bbox: BboxLocal;
}

/** Vertices by squares of the extent. */
export class Density {
  readonly #grid: Grid;
  readonly #cellM: number;
  readonly #columns: number;
  readonly #cells: Float64Array;

  constructor(grid: Grid) {
    const [widthM, heightM] = [grid.widthPx * grid.resolutionM, grid.heightPx * grid.resolutionM];
    this.#grid = grid;
    this.#cellM = Math.max(CELL_M, Math.sqrt((widthM * heightM) / MOST_CELLS));
    this.#columns = Math.ceil(widthM / this.#cellM);
    this.#cells = new Float64Array(this.#columns * Math.ceil(heightM / this.#cellM));
  }

  add(rings: Position[][]): void {
    const { originX, originY } = this.#grid;
    for (const ring of rings) {
      for (let i = 1; i < ring.length; i++) {
        const column = Math.floor((ring[i]![0]! - originX) / this.#cellM);
        const row = Math.floor((originY - ring[i]![1]!) / this.#cellM);
        const cell = row * this.#columns + column;
        if (column >= 0 && column < this.#columns && cell >= 0 && cell < this.#cells.length) this.#cells[cell]!++;
      }
    }
  }

  /** The densest place at two scales, and an ordinary one. */
  windows(): { contexts: PictureWindow[]; detail: PictureWindow } {
    const ranked = [...this.#cells.keys()]
      .filter((cell) => this.#cells[cell]! > 0)
      .sort((a, b) => this.#cells[b]! - this.#cells[a]! || a - b);
    const [dense = 0] = ranked;
    const ordinary = ranked.slice(Math.floor(ranked.length / 2)).find((cell) => this.#areApart(cell, dense));
    const contexts = [{ title: 'Là où les contours sont les plus denses', bbox: this.#around(dense, 300) }];
    if (ordinary !== undefined) contexts.push({ title: 'Un endroit ordinaire', bbox: this.#around(ordinary, 300) });
    return { contexts, detail: { title: 'Détail', bbox: this.#around(dense, 50) } };
  }

  #areApart(a: number, b: number): boolean {
    const columns = Math.abs((a % this.#columns) - (b % this.#columns));
    return (
      Math.max(columns, Math.abs(Math.floor(a / this.#columns) - Math.floor(b / this.#columns))) * this.#cellM >= 300
    );
  }

  /** A square round a cell's middle, inside the extent, its sides on pixels. */
  #around(cell: number, sideM: number): BboxLocal {
    const [minX, minY, maxX, maxY] = gridBbox(this.#grid);
    const { resolutionM } = this.#grid;
    const snap = (metres: number) => Math.round(metres / resolutionM) * resolutionM;
    const x = minX + ((cell % this.#columns) + 0.5) * this.#cellM;
    const y = maxY - (Math.floor(cell / this.#columns) + 0.5) * this.#cellM;
    const [width, height] = [snap(Math.min(sideM, maxX - minX)), snap(Math.min(sideM, maxY - minY))];
    const left = minX + snap(Math.min(Math.max(x - width / 2 - minX, 0), maxX - minX - width));
    const top = maxY - snap(Math.min(Math.max(maxY - (y + height / 2), 0), maxY - minY - height));
    return [left, top - height, left + width, top];
  }
}
