/** Ground a network can look at where the imagery has none. Pure but for `fillHoles`, which writes into the window. */
import type { BandWindow } from '../artefacts.ts';

/** More steps than any window has pixels along a side. */
const NEVER = 1 << 28;

/**
 * Gives every unknown pixel of a window the values of a known one, in every band. A hole left at the mean would be seen
 * as a thing with an edge, and classes that are not there be found along it. `valid` keeps saying what is known; nothing
 * changes where no pixel is.
 */
export function fillHoles({ window: { widthPx, heightPx }, data, valid }: BandWindow): void {
  if (!valid.includes(1)) return;
  const sources = holeSources(valid, widthPx, heightPx);
  for (let start = 0; start < data.length; start += sources.length) {
    for (let at = 0; at < sources.length; at++) {
      if (sources[at] !== at) data[start + at] = data[start + sources[at]!]!;
    }
  }
}

/**
 * For every pixel of a window of which at least one is known, the known pixel that stands for it: itself where it is
 * known; else its mirror image in the nearer edge of the hole, along its row or its column (the row where both are as
 * near), the edge pixel itself not repeated; else, that image being unknown or outside, the edge pixel. Where neither row
 * nor column knows a pixel, the same is done along the row with what the columns gave. Time linear in pixels.
 */
export function holeSources(valid: Uint8Array, widthPx: number, heightPx: number): Int32Array {
  const across = new Int32Array(valid.length);
  const down = new Int32Array(valid.length);
  for (let y = 0; y < heightPx; y++) stepsToKnown(valid, y * widthPx, 1, widthPx, across);
  for (let x = 0; x < widthPx; x++) stepsToKnown(valid, x, widthPx, heightPx, down);
  const sources = new Int32Array(valid.length).fill(-1);
  for (let y = 0, at = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, at++) {
      const [alongRow, alongColumn] = [across[at]!, down[at]!];
      if (Math.abs(alongRow) <= Math.abs(alongColumn)) {
        if (alongRow !== NEVER) sources[at] = mirrored(valid, at, x, alongRow, 1, widthPx);
      } else sources[at] = mirrored(valid, at, y, alongColumn, widthPx, heightPx);
    }
  }
  fillCorners(sources, widthPx);
  return sources;
}

/** Signed steps from each pixel of a line to the nearest that is not 0, the earlier of two as near; NEVER where none is. */
function stepsToKnown(known: Uint8Array, start: number, stride: number, length: number, into: Int32Array): void {
  for (let i = 0, at = start, last = -NEVER; i < length; i++, at += stride) {
    if (known[at] !== 0) last = i;
    into[at] = last < 0 ? NEVER : last - i;
  }
  for (let i = length - 1, at = start + i * stride, next = NEVER; i >= 0; i--, at -= stride) {
    if (known[at] !== 0) next = i;
    if (next !== NEVER && next - i < Math.abs(into[at]!)) into[at] = next - i;
  }
}

/** The pixel as far behind the edge, `steps` away, as `at` is before it; the edge where that one is unknown or outside. */
function mirrored(known: Uint8Array, at: number, i: number, steps: number, stride: number, length: number): number {
  const image = i + 2 * steps;
  const behind = at + 2 * steps * stride;
  return image >= 0 && image < length && known[behind] !== 0 ? behind : at + steps * stride;
}

/** Rows without a known pixel, in the columns without one: mirrored along the row in the nearest column that has one. */
function fillCorners(sources: Int32Array, widthPx: number): void {
  const given = new Uint8Array(widthPx);
  const steps = new Int32Array(widthPx);
  for (let start = 0; start < sources.length; start += widthPx) {
    const row = sources.subarray(start, start + widthPx);
    if (!row.includes(-1)) continue;
    for (let x = 0; x < widthPx; x++) given[x] = row[x] === -1 ? 0 : 1;
    stepsToKnown(given, 0, 1, widthPx, steps);
    for (let x = 0; x < widthPx; x++) {
      if (given[x] === 0) row[x] = row[mirrored(given, x, x, steps[x]!, 1, widthPx)]!;
    }
  }
}
