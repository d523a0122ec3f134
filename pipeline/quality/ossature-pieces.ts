/**
 * How the ossature hangs together: objects of one couverture that share an edge are one piece, and those that another network cuts
 * through between them.
 */
import type { OssatureReport } from '../polygons-measures.ts';
import { rootOf, unite } from '../regions.ts';
import type { NumberedFault } from './coverage-pass.ts';
import { NODATA } from './edge-spool.ts';
import type { ObjectTable } from './object-table.ts';
import type { OssaturePieces } from './report.ts';
import { GOES_ON_BELOW, GOES_ON_HIDDEN } from './small-ossature.ts';

const WATER = 'CS1.2.2';
/** So far apart may be what a crossing network parts, m: it is wide itself, and may cross aslant. */
const ACROSS_M = 40;
/** So near comes the drawn end of a network to where it goes below the ground or another network, m. */
const MOUTH_M = 20;

/** Why an object goes on: beyond the extent or known ground; below the ground; below another network. */
const [OUTER, BELOW, HIDDEN] = [1, 2, 4];

/** A vertex of the border between two objects of the ossature. */
interface Contact {
  object: number;
  x: number;
  y: number;
}

export class OssatureUnion {
  readonly #table: ObjectTable;
  readonly #parents: Int32Array;
  /** By object: OUTER where it reaches the extent's border or ground that no image knows, BELOW where the mouth of a tunnel, HIDDEN where a network over it. */
  readonly #outer: Uint8Array;
  /** Contacts with other couvertures of the ossature, in squares of ACROSS_M, by couverture. */
  readonly #contacts = new Map<string, Contact[]>();
  /** Ends of tunnels. */
  readonly #mouths: Places;
  /** By couverture, where another network is drawn over it. */
  readonly #hidden: Map<string, Places>;

  constructor(
    table: ObjectTable,
    { tunnelEnds = [], hidden = {} }: Pick<OssatureReport, 'tunnelEnds' | 'hidden'> = {},
  ) {
    this.#table = table;
    this.#parents = Int32Array.from({ length: table.count }, (_, object) => object);
    this.#outer = new Uint8Array(table.count);
    this.#mouths = new Places(tunnelEnds);
    this.#hidden = new Map(Object.entries(hidden).map(([code, places]) => [code, new Places(places)]));
  }

  /** Two objects side by side, at a vertex. */
  pair(a: number, b: number, x: number, y: number): void {
    if (a === NODATA || b === NODATA) {
      this.reachesBorder(a === NODATA ? b : a);
      return;
    }
    for (const object of [a, b])
      if (this.#table.isOssature(object) && this.#mouths.isNear(x, y)) this.#outer[object]! |= BELOW;
    if (!this.#table.isOssature(a) || !this.#table.isOssature(b)) return;
    if (this.#table.codeOf(a) === this.#table.codeOf(b)) {
      unite(this.#parents, a, b);
      return;
    }
    this.#meet({ object: a, x, y });
    this.#meet({ object: b, x, y });
  }

  /** One piece with those of its couverture that come to another network near by. */
  #meet(contact: Contact): void {
    const { object, x, y } = contact;
    const code = this.#table.codeOf(object);
    if (this.#hidden.get(code)?.isNear(x, y)) this.#outer[object]! |= HIDDEN;
    for (const square of squaresRound(x, y, ACROSS_M)) {
      for (const other of this.#contacts.get(`${code} ${square}`) ?? []) {
        if (Math.hypot(other.x - x, other.y - y) <= ACROSS_M) unite(this.#parents, object, other.object);
      }
    }
    const key = `${code} ${squareOf(x, y, ACROSS_M)}`;
    const known = this.#contacts.get(key);
    if (known) known.push(contact);
    else this.#contacts.set(key, [contact]);
  }

  reachesBorder(object: number): void {
    if (object !== NODATA) this.#outer[object]! |= OUTER;
  }

  /** Whether an object comes to where a network goes below the ground. */
  goesBelow(object: number): boolean {
    return (this.#outer[object]! & BELOW) !== 0;
  }

  count(): OssaturePieces {
    const pieces = this.#pieces();
    const objects = pieces.reduce((sum, piece) => sum + piece.objects, 0);
    const areaM2 = pieces.reduce((sum, piece) => sum + piece.areaM2, 0);
    return {
      objects,
      areaM2,
      pieces: pieces.length,
      inner: pieces.filter(({ outer, below }) => !outer && below === undefined).length,
    };
  }

  /** Pieces of road or rail too small to be a network of their own that reach nothing. Waters have no network to be part of. */
  floating(belowM2: number): NumberedFault[] {
    return this.#smallPieces(belowM2).flatMap(({ first, areaM2, below, hidden }) =>
      below === undefined && hidden === undefined
        ? [{ rule: 'flottant', found: isolated(areaM2), objects: [first], ...NOWHERE }]
        : [],
    );
  }

  /** Pieces that would float, did they not come to where they go on below the ground or another network, by the object that does. */
  goingOn(belowM2: number): NumberedFault[] {
    return this.#smallPieces(belowM2).flatMap(({ areaM2, below, hidden }) => {
      const [object, reason] = below === undefined ? [hidden, GOES_ON_HIDDEN] : [below, GOES_ON_BELOW];
      return object === undefined
        ? []
        : [{ rule: 'flottant', found: isolated(areaM2), objects: [object], ...NOWHERE, reason }];
    });
  }

  #smallPieces(belowM2: number): Piece[] {
    return this.#pieces().filter(
      ({ outer, areaM2, first }) => !outer && areaM2 < belowM2 && this.#table.codeOf(first) !== WATER,
    );
  }

  #pieces(): Piece[] {
    const pieces = new Map<number, Piece>();
    for (let object = 0; object < this.#table.count; object++) {
      if (!this.#table.isOssature(object)) continue;
      const root = rootOf(this.#parents, object);
      const piece = pieces.get(root) ?? {
        ...{ first: object, objects: 0, areaM2: 0, outer: false },
        ...{ below: undefined, hidden: undefined },
      };
      piece.objects++;
      piece.areaM2 += this.#table.areasM2[object]!;
      piece.outer ||= (this.#outer[object]! & OUTER) !== 0;
      if (this.goesBelow(object)) piece.below ??= object;
      if (this.#outer[object]! & HIDDEN) piece.hidden ??= object;
      pieces.set(root, piece);
    }
    return [...pieces.values()];
  }
}

/** Of its objects `first` is the first, `below` the first of those that come to a tunnel, `hidden` of those that go below another network. */
interface Piece {
  first: number;
  objects: number;
  areaM2: number;
  /** Reaches the extent's border or ground that no image knows. */
  outer: boolean;
  below: number | undefined;
  hidden: number | undefined;
}

/** Places, found within MOUTH_M. */
class Places {
  /** In their square and those round it. */
  readonly #bySquare = new Map<string, [x: number, y: number][]>();

  constructor(places: [x: number, y: number][]) {
    for (const [x, y] of places) {
      for (const square of squaresRound(x, y, MOUTH_M)) {
        const known = this.#bySquare.get(square);
        if (known) known.push([x, y]);
        else this.#bySquare.set(square, [[x, y]]);
      }
    }
  }

  isNear(x: number, y: number): boolean {
    const near = this.#bySquare.get(squareOf(x, y, MOUTH_M));
    return near?.some((place) => Math.hypot(place[0] - x, place[1] - y) <= MOUTH_M) === true;
  }
}

const isolated = (areaM2: number) => `un morceau isolé de ${areaM2.toFixed(0)} m²`;
const NOWHERE = { x: Number.NaN, y: Number.NaN };

const squareOf = (x: number, y: number, side: number) => `${Math.floor(x / side)} ${Math.floor(y / side)}`;

const squaresRound = (x: number, y: number, side: number) =>
  [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => squareOf(x + dx * side, y + dy * side, side)));
