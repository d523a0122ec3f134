/** How the ossature hangs together: objects that share an edge are one piece. */
import type { NumberedFault } from './coverage-pass.ts';
import { NODATA } from './edge-spool.ts';
import type { ObjectTable } from './object-table.ts';
import type { OssaturePieces } from './report.ts';
import { FLOATING_M2 } from './rules.ts';

export class OssatureUnion {
  readonly #table: ObjectTable;
  readonly #parents: Int32Array;
  /** By object: 1 where it reaches the extent's border, or ground that no image knows. */
  readonly #outer: Uint8Array;

  constructor(table: ObjectTable) {
    this.#table = table;
    this.#parents = Int32Array.from({ length: table.count }, (_, object) => object);
    this.#outer = new Uint8Array(table.count);
  }

  /** Two objects side by side. */
  pair(a: number, b: number): void {
    if (a === NODATA || b === NODATA) {
      this.reachesBorder(a === NODATA ? b : a);
      return;
    }
    if (!this.#table.isOssature(a) || !this.#table.isOssature(b)) return;
    const [rootA, rootB] = [this.#rootOf(a), this.#rootOf(b)];
    this.#parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
  }

  reachesBorder(object: number): void {
    if (object !== NODATA) this.#outer[object] = 1;
  }

  count(): OssaturePieces {
    const pieces = this.#pieces();
    const objects = pieces.reduce((sum, piece) => sum + piece.objects, 0);
    const areaM2 = pieces.reduce((sum, piece) => sum + piece.areaM2, 0);
    return { objects, areaM2, pieces: pieces.length, inner: pieces.filter(({ outer }) => !outer).length };
  }

  /** Pieces too small to be a network of their own that reach nothing. */
  floating(): NumberedFault[] {
    return this.#pieces()
      .filter(({ outer, areaM2 }) => !outer && areaM2 < FLOATING_M2)
      .map(({ first, areaM2 }) => ({
        rule: 'flottant',
        found: `un morceau isolé de ${areaM2.toFixed(0)} m²`,
        objects: [first],
        x: Number.NaN,
        y: Number.NaN,
      }));
  }

  #pieces(): { first: number; objects: number; areaM2: number; outer: boolean }[] {
    const pieces = new Map<number, { first: number; objects: number; areaM2: number; outer: boolean }>();
    for (let object = 0; object < this.#table.count; object++) {
      if (!this.#table.isOssature(object)) continue;
      const root = this.#rootOf(object);
      const piece = pieces.get(root) ?? { first: object, objects: 0, areaM2: 0, outer: false };
      piece.objects++;
      piece.areaM2 += this.#table.areasM2[object]!;
      piece.outer ||= this.#outer[object] === 1;
      pieces.set(root, piece);
    }
    return [...pieces.values()];
  }

  #rootOf(object: number): number {
    let node = object;
    while (this.#parents[node] !== node) {
      this.#parents[node] = this.#parents[this.#parents[node]!]!;
      node = this.#parents[node]!;
    }
    return node;
  }
}
