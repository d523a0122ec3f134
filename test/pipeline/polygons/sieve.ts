/** Removes regions that are too small, each into a neighbour. Pure. */
import { connectedRegions, type Regions, rootOf } from '../../../pipeline/regions.ts';

/**
 * Merges every region of fewer than `minPixels` pixels, smallest first, into the neighbour with which it shares the longest
 * border (then: the smaller class, then the first in scan order). A region that grows past the limit stays; one with no
 * neighbour but nodata stays too. Regions of `minPixels` or more never lose a pixel, so sieving twice changes nothing more.
 *
 * `classes` is changed in place; the regions of the result are returned. Regions r with `fixed[r]` = 1 are neither merged
 * nor given anything.
 */
export function sieve(
  classes: Uint8Array,
  widthPx: number,
  heightPx: number,
  minPixels: number,
  regions = connectedRegions(classes, widthPx, heightPx),
  fixed?: Uint8Array,
): Regions {
  const isSmall = new Uint8Array(regions.count + 1);
  let smallCount = 0;
  for (let region = 1; region <= regions.count; region++) {
    if (regions.pixels[region]! < minPixels && !fixed?.[region]) {
      isSmall[region] = 1;
      smallCount++;
    }
  }
  if (smallCount === 0) return regions;
  const parents = mergeSmall(regions, isSmall, minPixels, neighboursOf(isSmall, regions, widthPx), fixed);
  const { labels, classOf } = regions;
  for (let i = 0; i < classes.length; i++) classes[i] = classOf[rootOf(parents, labels[i]!)]!;
  return connectedRegions(classes, widthPx, heightPx);
}

/** Neighbours of the small regions, one entry a pixel edge: those of region r are `entries[starts[r]]` to `starts[r + 1]`. */
interface Neighbours {
  starts: Int32Array;
  entries: Int32Array;
}

function neighboursOf(isSmall: Uint8Array, { labels, count }: Regions, widthPx: number): Neighbours {
  const starts = new Int32Array(count + 2);
  eachBorder(labels, widthPx, (a, b) => {
    if (isSmall[a]) starts[a + 1]!++;
    if (isSmall[b]) starts[b + 1]!++;
  });
  for (let region = 0; region <= count; region++) starts[region + 1]! += starts[region]!;
  const entries = new Int32Array(starts[count + 1]!);
  const ends = starts.slice();
  eachBorder(labels, widthPx, (a, b) => {
    if (isSmall[a]) entries[ends[a]!++] = b;
    if (isSmall[b]) entries[ends[b]!++] = a;
  });
  return { starts, entries };
}

/** Calls `visit` for each pixel edge between two regions, nodata left out. */
function eachBorder(labels: Int32Array, widthPx: number, visit: (a: number, b: number) => void): void {
  for (let row = 0; row < labels.length; row += widthPx) {
    for (let i = row; i < row + widthPx; i++) {
      const label = labels[i]!;
      if (label === 0) continue;
      const right = i + 1 < row + widthPx ? labels[i + 1]! : 0;
      const below = i + widthPx < labels.length ? labels[i + widthPx]! : 0;
      if (right !== 0 && right !== label) visit(label, right);
      if (below !== 0 && below !== label) visit(label, below);
    }
  }
}

/**
 * Merges as `sieve` says and returns the parent of each region; `regions.pixels` is kept right for roots.
 * A merged region is the chain of the regions in it; chains are walked only while they are small, so they stay short.
 */
function mergeSmall(
  { count, pixels, classOf }: Regions,
  isSmall: Uint8Array,
  minPixels: number,
  { starts, entries }: Neighbours,
  fixed: Uint8Array | undefined,
): Int32Array {
  const parents = Int32Array.from({ length: count + 1 }, (_, region) => region);
  const nextInChain = new Int32Array(count + 1);
  const lastInChain = parents.slice();
  const shared = new Int32Array(count + 1);
  const bySize: number[][] = Array.from({ length: minPixels }, () => []);
  for (let region = 1; region <= count; region++) if (isSmall[region]) bySize[pixels[region]!]!.push(region);

  const mergeInto = (target: number, region: number) => {
    parents[region] = target;
    pixels[target]! += pixels[region]!;
    nextInChain[lastInChain[target]!] = region;
    lastInChain[target] = lastInChain[region]!;
  };
  for (let size = 1; size < minPixels; size++) {
    for (const region of bySize[size]!) {
      if (parents[region] !== region || pixels[region] !== size) continue; // merged since it was queued
      const around: number[] = [];
      for (let member = region; member !== 0; member = nextInChain[member]!) {
        for (let e = starts[member]!; e < starts[member + 1]!; e++) {
          const neighbour = rootOf(parents, entries[e]!);
          if (neighbour !== region && shared[neighbour]!++ === 0) around.push(neighbour);
        }
      }
      const target = targetAmong(around, shared, classOf, fixed);
      for (const neighbour of around) shared[neighbour] = 0;
      if (target === 0) continue;
      mergeInto(target, region);
      // what lay on both sides of the region and has the target's class is now one region with it
      for (const neighbour of around) {
        if (neighbour !== target && classOf[neighbour] === classOf[target]) mergeInto(target, neighbour);
      }
      if (pixels[target]! < minPixels) bySize[pixels[target]!]!.push(target);
    }
  }
  return parents;
}

/** The neighbour to merge into, or 0. The class of a fixed neighbour is barred: taking it would add pixels to that region. */
function targetAmong(
  around: number[],
  shared: Int32Array,
  classOf: Uint16Array,
  fixed: Uint8Array | undefined,
): number {
  const barred = new Set(fixed ? around.filter((region) => fixed[region]).map((region) => classOf[region]) : []);
  let best = 0;
  for (const region of around) {
    if (barred.has(classOf[region])) continue;
    const longer = shared[region]! - shared[best]!;
    const earlier = classOf[best]! - classOf[region]! || best - region;
    if (best === 0 || longer > 0 || (longer === 0 && earlier > 0)) best = region;
  }
  return best;
}
