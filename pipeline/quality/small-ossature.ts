/** Ossature that is small or narrow: what lies round it says why. */
import type { ListedObject } from '../polygons-measures.ts';
import { NODATA } from './edge-spool.ts';
import type { Faults } from './faults.ts';
import type { ObjectTable } from './object-table.ts';
import type { OssatureUnion } from './ossature-pieces.ts';

/** An object of the ossature under a unit or a width. */
export interface SmallOssature extends Pick<ListedObject, 'id' | 'rule'> {
  object: number;
  found: string;
  x: number;
  y: number;
}

const [OUTER, OTHER_NETWORK, SAME_NETWORK] = [1, 2, 4];

/** Why ossature may touch no other: `the-ossature-hangs-together.sql` knows it by these words. */
export const GOES_ON_BELOW = 'tronçon d’ossature court à l’air libre, prolongé en souterrain';
export const GOES_ON_HIDDEN = 'tronçon d’ossature court, prolongé sous un autre réseau';
export const WATER_AS_GIVEN = 'surface en eau telle que les références la donnent';

/** What lies beside each object of the ossature. */
export class OssatureNeighbours {
  readonly #table: ObjectTable;
  readonly #union: Pick<OssatureUnion, 'goesBelow'>;
  readonly #beside: Uint8Array;

  /** `union` knows where a network goes below the ground. */
  constructor(table: ObjectTable, union: Pick<OssatureUnion, 'goesBelow'>) {
    this.#table = table;
    this.#union = union;
    this.#beside = new Uint8Array(table.count);
  }

  /** Two objects side by side. */
  pair(a: number, b: number): void {
    if (a === NODATA || b === NODATA) this.reachesBorder(a === NODATA ? b : a);
    else if (this.#table.isOssature(a) && this.#table.isOssature(b)) {
      const kind = this.#table.codeOf(a) === this.#table.codeOf(b) ? SAME_NETWORK : OTHER_NETWORK;
      this.#beside[a]! |= kind;
      this.#beside[b]! |= kind;
    }
  }

  reachesBorder(object: number): void {
    if (object !== NODATA) this.#beside[object]! |= OUTER;
  }

  /** Why an object of the ossature is small; undefined: nothing of it is cut off, so it should not be. */
  reasonOf(object: number): string | undefined {
    const beside = this.#beside[object]!;
    if (beside & OUTER) return 'ossature coupée par l’emprise ou par un sol inconnu';
    if (beside & OTHER_NETWORK) return 'tronçon d’ossature court entre deux croisements';
    if (beside & SAME_NETWORK) return 'tronçon d’ossature coupé aux carreaux de 1 km';
    if (this.#union.goesBelow(object)) return GOES_ON_BELOW;
    if (this.#table.codeOf(object) === WATER) return WATER_AS_GIVEN;
    return undefined;
  }
}

const WATER = 'CS1.2.2';

/** Tells them; those with a reason go to `list`. */
export function tellSmallOssature(
  small: SmallOssature[],
  neighbours: OssatureNeighbours,
  faults: Faults,
  list: (object: ListedObject) => void,
): void {
  for (const { object, id, rule, found, x, y } of small) {
    const reason = neighbours.reasonOf(object);
    faults.add({ rule, ids: [id], found, x, y, ...(reason === undefined ? {} : { reason }) });
    if (reason !== undefined) list({ id, rule, reason });
  }
}
