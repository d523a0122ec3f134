/** Which boxes meet a box. Pure. */
import { boxesMeet } from '../boxes.ts';
import type { BboxLocal } from '../grid.ts';

/** Boxes of annotations are at most some of these long; windows are as well. */
const CELL_M = 256;

/** Things with a box, found by the square cells their boxes touch. Those of many cells are kept apart and looked at each time. */
export class BoxIndex<Item extends { bbox: BboxLocal }> {
  readonly #cells = new Map<string, number[]>();
  readonly #large: number[] = [];
  readonly #items: readonly Item[];
  readonly #cellM: number;

  constructor(items: readonly Item[], cellM = CELL_M) {
    this.#items = items;
    this.#cellM = cellM;
    for (const [index, { bbox }] of items.entries()) {
      const keys = this.#keys(bbox, 1024);
      if (!keys) this.#large.push(index);
      for (const key of keys ?? []) {
        const cell = this.#cells.get(key);
        if (cell) cell.push(index);
        else this.#cells.set(key, [index]);
      }
    }
  }

  /** Items whose boxes meet `box`, edges included, in their order. */
  meeting(box: BboxLocal): Item[] {
    const keys = this.#keys(box, 65_536);
    const candidates = keys
      ? new Set([...this.#large, ...keys.flatMap((key) => this.#cells.get(key) ?? [])])
      : undefined;
    const indexes = candidates ? [...candidates].sort((a, b) => a - b) : this.#items.keys();
    const found: Item[] = [];
    for (const index of indexes) {
      const item = this.#items[index]!;
      if (boxesMeet(item.bbox, box)) found.push(item);
    }
    return found;
  }

  /** Cells a box touches; undefined for more than `most`. */
  #keys(box: BboxLocal, most: number): string[] | undefined {
    const [left, bottom, right, top] = box.map((edge) => Math.floor(edge / this.#cellM)) as BboxLocal;
    if (!((right - left + 1) * (top - bottom + 1) <= most)) return undefined;
    const keys: string[] = [];
    for (let x = left; x <= right; x++) for (let y = bottom; y <= top; y++) keys.push(`${x} ${y}`);
    return keys;
  }
}
