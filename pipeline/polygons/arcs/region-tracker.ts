/**
 * Regions and the arcs round them, block by block: pieces become arcs, arcs gather at their regions, and a region is given out as
 * soon as it is known whole. Memory holds what lies at the side of the blocks read so far, and
 * the drawn borders of regions that go on there until they are written out (`ArcSpill`).
 */
import type { PixelWindow } from '../../grid.ts';
import type { Regions } from '../../regions.ts';
import { opened, rootOf } from '../blocks/linked-regions.ts';
import { type Arc, arcBetweenNodes, finishArc, isLoop, joinPieces, loopArc, type Piece } from './arc.ts';
import type { SpilledArcs } from './arc-spill.ts';
import type { Pieces } from './block-borders.ts';

/** A region known whole: `value` its class, `firstPixel` = y × width + x of its first pixel in scan order. */
export interface TracedRegion {
  value: number;
  pixels: number;
  firstPixel: number;
  /** Sum of what its pixels carry (their confidence). */
  carried: number;
  /** Its borders, but those on disk. */
  arcs: Arc<Region>[];
  spilled: SpilledArcs[] | undefined;
  /** What its drawn borders take in memory, about. */
  heldBytes: number;
  /** Numbers of its pieces in the blocks: those of a block are numbered in a row, in the order of its `Regions`. */
  parts: number[];
}

export interface Region extends TracedRegion {
  parent: Region;
  /** Pixel edges towards blocks not read yet. */
  openEdges: number;
}

/** What arcs have on a side where there is no region: nodata, or the outside of the raster. */
export type Side = Region | null;

export class RegionTracker {
  private readonly widthPx: number;
  private readonly heightPx: number;
  private readonly above: Side[];
  private left: Side[] = [];
  private parts = 0;
  private arcs: Arc<Region>[] = [];
  /** Ends of pieces that wait for the piece that goes on, by corner. */
  private readonly loose = new Map<number, Piece<Region>>();

  constructor(widthPx: number, heightPx: number) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.above = new Array<Side>(widthPx).fill(null);
  }

  /** Takes the next block, row by row; returns the regions that end in it. `carried`: one number a pixel. */
  take(block: PixelWindow, labelled: Regions, carried: Uint8Array, pieces: Pieces): TracedRegion[] {
    const regions = this.regionsOf(block, labelled, carried);
    const regionAt = this.lookup(block, labelled.labels, regions);
    const sides: Side[] = Array.from({ length: 2 * pieces.count }, (_, side) =>
      regionAt(pieces.sides[2 * side]!, pieces.sides[2 * side + 1]!),
    );
    const touched = this.joinToFrontier(block, labelled.labels, regions);
    for (let piece = 0; piece < pieces.count; piece++) this.addPiece(pieces, piece, sides);
    const whole: TracedRegion[] = [];
    for (const region of touched) {
      if (region.parent === region && region.openEdges === 0) whole.push(region);
    }
    return whole;
  }

  /** The arcs that were finished since the last time this was asked. */
  takeArcs(): Arc<Region>[] {
    const { arcs } = this;
    this.arcs = [];
    return arcs;
  }

  private regionsOf({ xPx, yPx, widthPx }: PixelWindow, labelled: Regions, carried: Uint8Array): Side[] {
    const regions: Side[] = new Array<Side>(labelled.count + 1).fill(null);
    const { labels, classOf, pixels } = labelled;
    const sums = new Float64Array(labelled.count + 1);
    for (let row = 0, i = 0; i < labels.length; row++) {
      const before = (yPx + row) * this.widthPx + xPx - i;
      for (const end = i + widthPx; i < end; i++) {
        const label = labels[i]!;
        sums[label]! += carried[i]!;
        if (label === 0 || regions[label] !== null) continue;
        regions[label] = newRegion(classOf[label]!, pixels[label]!, before + i, this.parts + label - 1);
      }
    }
    for (let label = 1; label <= labelled.count; label++) regions[label]!.carried = sums[label]!;
    this.parts += labelled.count;
    return regions;
  }

  private lookup({ xPx, yPx, widthPx, heightPx }: PixelWindow, labels: Int32Array, regions: Side[]) {
    const above = this.above.slice(xPx, xPx + widthPx);
    const { left } = this;
    return (x: number, y: number): Side => {
      const [column, row] = [x - xPx, y - yPx];
      if (column >= widthPx || row >= heightPx) return null; // the raster ends there
      if (row < 0) return column < 0 ? null : above[column]!;
      return column < 0 ? (left[row] ?? null) : regions[labels[row * widthPx + column]!]!;
    };
  }

  private joinToFrontier(
    { xPx, yPx, widthPx, heightPx }: PixelWindow,
    labels: Int32Array,
    regions: Side[],
  ): Set<Region> {
    const touched = new Set<Region>();
    for (const region of regions) if (region !== null) touched.add(region);
    const at = (x: number, y: number) => regions[labels[y * widthPx + x]!]!;
    const meet = (former: Side, latter: Side) => {
      if (former === null) return;
      const root = rootOf(former);
      root.openEdges--;
      touched.add(root);
      if (latter !== null && latter.value === root.value) touched.add(unite(root, rootOf(latter)));
    };
    if (yPx > 0) for (let x = 0; x < widthPx; x++) meet(this.above[xPx + x]!, at(x, 0));
    if (xPx > 0) for (let y = 0; y < heightPx; y++) meet(this.left[y]!, at(0, y));
    const [below, beyond] = [yPx + heightPx < this.heightPx, xPx + widthPx < this.widthPx];
    for (let x = 0; x < widthPx; x++) this.above[xPx + x] = below ? opened(at(x, heightPx - 1)) : null;
    this.left = Array.from({ length: heightPx }, (_, y) => (beyond ? opened(at(widthPx - 1, y)) : null));
    return touched;
  }

  private addPiece(pieces: Pieces, index: number, sides: Side[]): void {
    const { points, starts, clearances, clearanceStarts } = pieces;
    const itsPoints = points.subarray(2 * starts[index]!, 2 * starts[index + 1]!);
    const itsClearances =
      clearances.length === 0 ? NONE : clearances.subarray(clearanceStarts[index]!, clearanceStarts[index + 1]!);
    const [left, right] = [sides[2 * index]!, sides[2 * index + 1]!];
    const [nodeAtStart, nodeAtEnd] = [pieces.atNode[2 * index] === 1, pieces.atNode[2 * index + 1] === 1];
    if (nodeAtStart && nodeAtEnd) {
      this.addArc(arcBetweenNodes(itsPoints, itsClearances, left, right));
      return;
    }
    if (!nodeAtStart && !nodeAtEnd && isLoop(itsPoints)) {
      this.addArc(loopArc(itsPoints, itsClearances, left, right)); // it goes round within its block
      return;
    }
    let piece: Piece<Region> = {
      points: Array.from(itsPoints),
      clearances: Array.from(itsClearances),
      left,
      right,
      nodeAtStart,
      nodeAtEnd,
    };
    const start = piece.nodeAtStart ? undefined : this.cornerOf(piece, true);
    const end = piece.nodeAtEnd ? undefined : this.cornerOf(piece, false);
    if (start !== undefined) piece = this.tie(piece, start);
    if (end !== undefined) {
      if (this.loose.get(end) === piece) {
        this.loose.delete(end); // it has come round to itself
        this.addArc(finishArc(piece));
        return;
      }
      piece = this.tie(piece, end);
    }
    if (piece.nodeAtStart && piece.nodeAtEnd) this.addArc(finishArc(piece));
  }

  /** Joins a piece to the one that waits at its end `corner`, or lets it wait there. */
  private tie(piece: Piece<Region>, corner: number): Piece<Region> {
    const other = this.loose.get(corner);
    if (other === undefined) {
      this.loose.set(corner, piece);
      return piece;
    }
    this.loose.delete(corner);
    const whole = joinPieces(
      other,
      piece,
      this.cornerOf(other, false) === corner,
      this.cornerOf(piece, true) === corner,
    );
    for (const atStart of [true, false]) {
      const end = this.cornerOf(whole, atStart);
      const waiting = this.loose.get(end);
      if (waiting === other || waiting === piece) this.loose.set(end, whole);
    }
    return whole;
  }

  private cornerOf({ points }: Piece<Region>, atStart: boolean): number {
    const at = atStart ? 0 : points.length - 2;
    return points[at + 1]! * (this.widthPx + 1) + points[at]!;
  }

  private addArc(arc: Arc<Region>): void {
    this.arcs.push(arc);
    if (arc.left !== null) rootOf(arc.left).arcs.push(arc);
    if (arc.right !== null) rootOf(arc.right).arcs.push(arc);
  }
}

const NONE = new Int32Array(0);

function newRegion(value: number, pixels: number, firstPixel: number, part: number): Region {
  const region: Region = {
    value,
    pixels,
    firstPixel,
    carried: 0,
    arcs: [],
    spilled: undefined,
    heldBytes: 0,
    parts: [part],
    parent: undefined as unknown as Region,
    openEdges: 0,
  };
  region.parent = region;
  return region;
}

function unite(a: Region, b: Region): Region {
  if (a === b) return a;
  const [root, part] = a.arcs.length >= b.arcs.length ? [a, b] : [b, a];
  part.parent = root;
  root.pixels += part.pixels;
  root.carried += part.carried;
  root.openEdges += part.openEdges;
  root.firstPixel = Math.min(root.firstPixel, part.firstPixel);
  for (const arc of part.arcs) root.arcs.push(arc);
  for (const number of part.parts) root.parts.push(number);
  root.heldBytes += part.heldBytes;
  if (part.spilled !== undefined) {
    root.spilled ??= [];
    root.spilled.push(...part.spilled);
  }
  [part.arcs, part.parts] = [[], []];
  return root;
}
