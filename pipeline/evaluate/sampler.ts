/** A random sample of pixels per stratum, drawn in one pass whatever the order the pixels come in. Pure. */
import { hash } from './random.ts';

export interface SampledPixel {
  xPx: number;
  yPx: number;
}

interface Candidate extends SampledPixel {
  first: number;
  second: number;
}

/**
 * Keeps, of each stratum, the `capacity` pixels whose hash of (seed, x, y) is lowest: a simple random sample without
 * replacement, and the same one however the raster is cut.
 */
export class Sampler {
  private readonly heaps: Candidate[][];
  private readonly limits: Uint32Array;
  private readonly capacity: number;
  private readonly seed: number;

  constructor(strata: number, capacity: number, seed: number) {
    this.heaps = Array.from({ length: strata }, () => []);
    this.limits = new Uint32Array(strata).fill(0xffffffff);
    this.capacity = capacity;
    this.seed = seed;
  }

  offer(stratum: number, xPx: number, yPx: number): void {
    const first = hash(this.seed, xPx, yPx);
    if (first > this.limits[stratum]!) return;
    const heap = this.heaps[stratum]!;
    heap.push({ xPx, yPx, first, second: hash(~this.seed, yPx, xPx) });
    if (heap.length < 2 * this.capacity) return;
    heap.sort(lower).length = this.capacity;
    this.limits[stratum] = heap.at(-1)!.first;
  }

  /** The first `count` pixels of a stratum, at most `capacity`. */
  take(stratum: number, count: number): SampledPixel[] {
    return this.heaps[stratum]!.toSorted(lower)
      .slice(0, Math.min(count, this.capacity))
      .map(({ xPx, yPx }) => ({ xPx, yPx }));
  }
}

const lower = (a: Candidate, b: Candidate) =>
  a.first - b.first || a.second - b.second || a.yPx - b.yPx || a.xPx - b.xPx;
