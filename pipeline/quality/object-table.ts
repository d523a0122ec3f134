/** What is kept of every object: some twenty bytes each. */
import { NODATA } from './edge-spool.ts';

export class ObjectTable {
  readonly areasM2: Float64Array;
  /** Index in `codes`. */
  readonly #code: Uint8Array;
  readonly #ossature: Uint8Array;
  readonly #ids: BigUint64Array;
  readonly codes: string[] = [];

  constructor(count: number) {
    this.areasM2 = new Float64Array(count);
    this.#code = new Uint8Array(count);
    this.#ossature = new Uint8Array(count);
    this.#ids = new BigUint64Array(count);
  }

  get count(): number {
    return this.areasM2.length;
  }

  set(object: number, codeCs: string, ossature: boolean, areaM2: number, id: string): void {
    let code = this.codes.indexOf(codeCs);
    if (code < 0) code = this.codes.push(codeCs) - 1;
    this.#code[object] = code;
    this.#ossature[object] = ossature ? 1 : 0;
    this.areasM2[object] = areaM2;
    this.#ids[object] = BigInt(/^OCSGE(\d{19})$/.exec(id)?.[1] ?? 0);
  }

  codeOf(object: number): string {
    return this.codes[this.#code[object]!]!;
  }

  isOssature(object: number): boolean {
    return object !== NODATA && this.#ossature[object] === 1;
  }

  /** Two objects that should be one. The ossature is cut into objects of bounded size: its parts stay apart. */
  isAlike(a: number, b: number): boolean {
    if (a === NODATA || b === NODATA || this.#ossature[a] === 1 || this.#ossature[b] === 1) return false;
    return this.#code[a] === this.#code[b];
  }

  /** Ids that more than one object has. */
  repeatedIds(): string[] {
    const sorted = this.#ids.toSorted();
    const repeated = new Set<bigint>();
    for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) repeated.add(sorted[i]!);
    repeated.delete(0n); // what is no id is told where it is read
    return [...repeated].map(idOf);
  }

  idOf(object: number): string {
    return idOf(this.#ids[object]!);
  }
}

const idOf = (digits: bigint) => `OCSGE${String(digits).padStart(19, '0')}`;
