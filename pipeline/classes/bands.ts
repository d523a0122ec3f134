/** What is known of a dalle while its tiles come in: bands of rows, one per row of the lattice, whole when its tiles are. Pure. */
import { type BandWindow, CLASS_NODATA, type ModelClass } from '../artefacts.ts';
import type { PixelWindow } from '../grid.ts';
import { CLOSE } from './scores.ts';
import type { TileAnswer } from './tile-batch.ts';
import { cut, type Tile } from './tiling.ts';

/** What the bands of a dalle hold. */
export interface BandContent {
  /** Of the model: one per value of the class raster, and per band of the probabilities. */
  classes: ModelClass[];
  /** Indexes of those that may be predicted; of equal ones the first wins. */
  allowed: Uint8Array;
  probabilities: boolean;
  /** What stands for a probability of 1, where those of several tiles or sources are summed; undefined where they are not. */
  shareOfOne: number | undefined;
}

/** Pixels of a band, row by row. */
export interface BandPixels {
  classes: Uint8Array;
  confidence: Uint8Array;
  /** A byte per class and pixel, class fastest, 255 = 1. */
  probabilities?: Uint8Array;
  /** Summed shares, class fastest, and the number of sources that know the pixel. */
  sums?: { shares: Uint16Array; sources: Uint8Array };
}

/** Rows of a dalle, over its whole width. */
export interface Band {
  window: PixelWindow;
  /** Tiles that have not yet said what they know of it. */
  awaited: number;
  /** Undefined until a tile knows something, and once they are written. */
  pixels: BandPixels | undefined;
}

/** The bands of a dalle, from the top. */
export function planBands(dalle: PixelWindow, tiles: Tile[], keptPx: number): Band[] {
  const bands: Band[] = [];
  const end = dalle.yPx + dalle.heightPx;
  for (let yPx = dalle.yPx; yPx < end; yPx += keptPx) {
    const window = { ...dalle, yPx, heightPx: Math.min(keptPx, end - yPx) };
    bands.push({ window, awaited: tiles.filter(({ part }) => meets(part, window)).length, pixels: undefined });
  }
  return bands;
}

/** Whether a tile's part and a band have rows in common; a part is never wider than the dalle. */
export const meets = (part: PixelWindow, band: PixelWindow) =>
  part.yPx < band.yPx + band.heightPx && band.yPx < part.yPx + part.heightPx;

/** A band of which nothing is known. */
export function emptyPixels(
  { widthPx, heightPx }: PixelWindow,
  { classes, probabilities, shareOfOne }: BandContent,
): BandPixels {
  const size = widthPx * heightPx;
  const pixels: BandPixels = {
    classes: new Uint8Array(size).fill(CLASS_NODATA),
    confidence: new Uint8Array(size),
  };
  if (probabilities) pixels.probabilities = new Uint8Array(size * classes.length);
  if (shareOfOne !== undefined) {
    pixels.sums = { shares: new Uint16Array(size * classes.length), sources: new Uint8Array(size) };
  }
  return pixels;
}

/** Holes of the imagery are no class, whatever the network made of them. Returns the number of close calls outside them. */
export function emptyHoles(answer: TileAnswer, { part }: Tile, read: BandWindow, classCount: number): number {
  const { classes, confidence, probabilities, shares, closeAt = new Uint32Array() } = answer;
  if (!read.valid.includes(0)) return closeAt.length;
  const inRead = (at: number) => {
    const [x, y] = [at % part.widthPx, Math.floor(at / part.widthPx)];
    return (part.yPx + y - read.window.yPx) * read.window.widthPx + part.xPx + x - read.window.xPx;
  };
  for (let at = 0; at < part.widthPx * part.heightPx; at++) {
    if (read.valid[inRead(at)] !== 0) continue;
    if (classes && confidence) {
      classes[at] = CLASS_NODATA;
      confidence[at] = 0;
    }
    probabilities?.fill(0, at * classCount, (at + 1) * classCount);
    shares?.fill(0, at * classCount, (at + 1) * classCount);
  }
  return closeAt.filter((at) => read.valid[inRead(at)] !== 0).length;
}

/** Puts what a tile says into a band that its part meets. */
export function place(answer: TileAnswer, tile: Tile, read: BandWindow, band: Band, content: BandContent): void {
  band.pixels ??= emptyPixels(band.window, content);
  const { classes, confidence, probabilities, sums } = band.pixels;
  const classCount = content.classes.length;
  eachRow(tile.part, band.window, (from, to, widthPx) => {
    if (answer.classes) classes.set(answer.classes.subarray(from, from + widthPx), to);
    if (answer.confidence) confidence.set(answer.confidence.subarray(from, from + widthPx), to);
    if (probabilities && answer.probabilities) {
      const row = answer.probabilities.subarray(from * classCount, (from + widthPx) * classCount);
      probabilities.set(row, to * classCount);
    }
    if (sums && answer.shares)
      add(answer.shares, from * classCount, sums.shares, to * classCount, widthPx * classCount);
  });
  // A pixel is counted by the tile that keeps it, once per source.
  if (sums) countKnown(cut(tile.kept, band.window), read, band.window, sums.sources);
}

/** First pixel of each common row in the part and in the band, and how many there are. */
function eachRow(part: PixelWindow, band: PixelWindow, onRow: (from: number, to: number, widthPx: number) => void) {
  const common = cut(part, band);
  for (let yPx = common.yPx; yPx < common.yPx + common.heightPx; yPx++) {
    const from = (yPx - part.yPx) * part.widthPx + common.xPx - part.xPx;
    const to = (yPx - band.yPx) * band.widthPx + common.xPx - band.xPx;
    onRow(from, to, common.widthPx);
  }
}

function add(from: Uint16Array, start: number, into: Uint16Array, to: number, count: number): void {
  for (let i = 0; i < count; i++) into[to + i]! += from[start + i]!;
}

function countKnown(known: PixelWindow, read: BandWindow, band: PixelWindow, sources: Uint8Array): void {
  for (let yPx = known.yPx; yPx < known.yPx + known.heightPx; yPx++) {
    const from = (yPx - read.window.yPx) * read.window.widthPx + known.xPx - read.window.xPx;
    const to = (yPx - band.yPx) * band.widthPx + known.xPx - band.xPx;
    for (let x = 0; x < known.widthPx; x++) sources[to + x]! += read.valid[from + x]!;
  }
}

/**
 * Classes, confidence and probabilities of a band whose shares are all summed: the mean over the sources that know a pixel. Returns
 * the number of close calls.
 */
export function settle(pixels: BandPixels, content: BandContent): number {
  const { classes, confidence, probabilities, sums } = pixels;
  if (!sums) return 0;
  const { allowed, shareOfOne = 1 } = content;
  const classCount = content.classes.length;
  let closePx = 0;
  for (let at = 0; at < classes.length; at++) {
    const known = sums.sources[at]!;
    if (known === 0) continue;
    const first = at * classCount;
    let best = -1;
    let second = -1;
    for (let k = 0; k < allowed.length; k++) {
      const share = sums.shares[first + allowed[k]!]!;
      if (share > best) {
        second = best;
        best = share;
        classes[at] = allowed[k]!;
      } else if (share > second) second = share;
    }
    const one = shareOfOne * known;
    confidence[at] = Math.min(255, Math.round((255 * best) / one));
    if (best - second < CLOSE * one) closePx++;
    if (!probabilities) continue;
    for (let i = first; i < first + classCount; i++) {
      probabilities[i] = Math.min(255, Math.round((255 * sums.shares[i]!) / one));
    }
  }
  return closePx;
}
