/**
 * Borders of regions that stay open for long, on disk until the region is whole: a cover that runs through the whole raster has
 * more of them than memory holds.
 */

import { GrowingFile } from '../../growing-file.ts';
import { rootOf } from '../blocks/linked-regions.ts';
import type { Arc } from './arc.ts';
import { arrivalOf, leavingOf } from './region-rings.ts';
import type { Region, Side, TracedRegion } from './region-tracker.ts';
import { emptyHalves, type Halves } from './spilled-rings.ts';

/** Borders of one region that were written together. */
export interface SpilledArcs {
  /** Where in the file. */
  at: number;
  bytes: number;
  count: number;
}

/** A region's drawn borders that memory holds until they are written out: few regions ever have so many. */
export const SPILL_BYTES = 1 << 18;
/** What a drawn border takes in memory besides its line's vertices, about. */
const ARC_BYTES = 400;

/** Words of a border on disk before its line: vertices, headings, where it starts and ends, its first point in scan order. */
const HEAD_WORDS = 8;

export class ArcSpill {
  private readonly file: GrowingFile;
  private readonly limitBytes: number;
  private readonly staysWhole: (value: number) => boolean;
  private heldBytes = 0;
  private most = 0;

  /** `staysWhole`: classes whose regions are never written out. */
  constructor(path: string, limitBytes: number, staysWhole: (value: number) => boolean) {
    this.file = new GrowingFile(path);
    this.limitBytes = limitBytes;
    this.staysWhole = staysWhole;
  }

  /** The most that drawn borders of open regions took in memory between two blocks, about; one counts for each of them. */
  get mostHeldBytes(): number {
    return this.most;
  }

  /** Takes note of borders that were drawn, and writes out those of open regions that now hold too many. Throws `DiskFault`. */
  async hold(arcs: Arc<Region>[]): Promise<void> {
    const large = new Set<Region>();
    for (const arc of arcs) {
      const [left, right] = [openRegion(arc.left), openRegion(arc.right)];
      if (left === null && right === null) continue;
      // a view of a whole block's borders would keep them all
      if (arc.line === arc.points) arc.line = arc.points = arc.points.slice();
      for (const region of [left, right]) if (region !== null && this.count(region, arc)) large.add(region);
    }
    for (const region of large) await this.write(region);
    this.most = Math.max(this.most, this.heldBytes);
  }

  /** A region was given out. */
  release(region: TracedRegion): void {
    this.heldBytes -= region.heldBytes;
  }

  /** All borders of a whole region that has some on disk. Throws `DiskFault`. */
  async halvesOf(region: TracedRegion): Promise<Halves> {
    await this.write(region);
    const spilled = region.spilled ?? [];
    const halves = emptyHalves(spilled.reduce((sum, { count }) => sum + count, 0));
    let half = 0;
    for (const { at, bytes, count } of spilled) {
      const words = new Int32Array(bytes / 4);
      await this.file.read(new Uint8Array(words.buffer), at);
      for (let i = 0, end = half + count; half < end; half++) {
        const vertices = words[i]!;
        halves.vertices[half] = vertices;
        halves.headings[half] = words[i + 1]!;
        halves.startX[half] = words[i + 2]!;
        halves.startY[half] = words[i + 3]!;
        halves.endX[half] = words[i + 4]!;
        halves.endY[half] = words[i + 5]!;
        halves.firstX[half] = words[i + 6]!;
        halves.firstY[half] = words[i + 7]!;
        halves.lineAt[half] = at + 4 * (i + HEAD_WORDS);
        i += HEAD_WORDS + 2 * vertices;
      }
    }
    return halves;
  }

  /** Reads lines until the next border is written. */
  lines(halves: Halves): LineReader {
    return new LineReader(this.file, halves);
  }

  remove(): Promise<void> {
    return this.file.remove();
  }

  /** Whether the region now holds too much. */
  private count(region: Region, { line }: Arc<Region>): boolean {
    const bytes = ARC_BYTES + line!.byteLength;
    region.heldBytes += bytes;
    this.heldBytes += bytes;
    return region.heldBytes > this.limitBytes && !this.staysWhole(region.value);
  }

  /** Writes out what is drawn of a region's borders. */
  private async write(region: TracedRegion): Promise<void> {
    const drawn = region.arcs.filter(({ line }) => line !== undefined);
    if (drawn.length === 0) return;
    region.arcs = region.arcs.filter(({ line }) => line === undefined);
    const bytes = packHalves(drawn, region);
    const at = await this.file.append(bytes);
    region.spilled ??= [];
    region.spilled.push({ at, bytes: bytes.length, count: drawn.length });
    this.heldBytes -= region.heldBytes;
    region.heldBytes = 0;
  }
}

/** The region on a side, where it goes on beyond the blocks read so far; others are given out with this block, or soon. */
function openRegion(side: Side): Region | null {
  if (side === null) return null;
  const region = rootOf(side);
  return region.openEdges > 0 ? region : null;
}

/** Borders as a region has them on its left. */
function packHalves(arcs: Arc<Region>[], region: TracedRegion): Uint8Array {
  const words = new Int32Array(arcs.reduce((sum, { line }) => sum + HEAD_WORDS + line!.length, 0));
  let at = 0;
  for (const arc of arcs) {
    const { points, closed, firstX, firstY } = arc;
    const forward = arc.left !== null && rootOf(arc.left) === region;
    const line = arc.line!;
    const [start, end] = forward ? [0, points.length - 2] : [points.length - 2, 0];
    const half = { arc, forward };
    words[at++] = line.length / 2;
    words[at++] = leavingOf(half) | (arrivalOf(half) << 2) | (closed ? 1 << 4 : 0);
    words[at++] = points[start]!;
    words[at++] = points[start + 1]!;
    words[at++] = points[end]!;
    words[at++] = points[end + 1]!;
    words[at++] = firstX;
    words[at++] = firstY;
    for (let i = 0; i < line.length; i += 2) {
      const from = forward ? i : line.length - 2 - i;
      words[at++] = line[from]!;
      words[at++] = line[from + 1]!;
    }
  }
  return new Uint8Array(words.buffer);
}

const PAGE_BYTES = 1 << 16;
/** Pages kept: rings come in scan order, so that every block of a row is read from by turns. */
const PAGES = 256;

/** The lines of a region's borders, in any order. */
export class LineReader {
  private readonly file: GrowingFile;
  private readonly halves: Halves;
  private readonly pages = new Map<number, Uint8Array>();
  private room = new Int32Array(1 << 10);

  constructor(file: GrowingFile, halves: Halves) {
    this.file = file;
    this.halves = halves;
  }

  /** The line of half `half`, x and y by turns; valid until the next is asked for. */
  async of(half: number): Promise<Int32Array> {
    const length = 2 * this.halves.vertices[half]!;
    if (length > this.room.length) this.room = new Int32Array(2 * length);
    const line = this.room.subarray(0, length);
    const into = new Uint8Array(line.buffer, 0, 4 * length);
    const from = this.halves.lineAt[half]!;
    for (let done = 0; done < into.length; ) {
      const page = Math.floor((from + done) / PAGE_BYTES);
      const bytes = this.pages.get(page) ?? (await this.load(page));
      const start = from + done - page * PAGE_BYTES;
      const part = bytes.subarray(start, start + into.length - done);
      into.set(part, done);
      done += part.length;
    }
    return line;
  }

  /** Reads a page into the place of the one that was read first. */
  private async load(page: number): Promise<Uint8Array> {
    const [oldest] = this.pages.keys();
    let bytes: Uint8Array = new Uint8Array(PAGE_BYTES);
    if (this.pages.size === PAGES) {
      bytes = this.pages.get(oldest!)!;
      this.pages.delete(oldest!);
    }
    await this.file.read(bytes, page * PAGE_BYTES);
    this.pages.set(page, bytes);
    return bytes;
  }
}
