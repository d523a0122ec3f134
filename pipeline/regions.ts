/** Connected regions of a class raster. Pure. */

/** A class per pixel, row by row; 0 is nodata. */
export type ClassValues = Uint8Array | Uint16Array;

/** Regions are numbered from 1 in the order in which a scan from the top left meets them; 0 is nodata. */
export interface Regions {
  count: number;
  /** Region of each pixel. */
  labels: Int32Array;
  /** By region: its class. Entry 0 is nodata. */
  classOf: Uint16Array;
  /** By region: its number of pixels. */
  pixels: Int32Array;
}

/**
 * 4-connected regions of equal class; class 0 belongs to none. Two scans and a union-find: the first gives each pixel the
 * label of its left or upper neighbour and notes which labels are one region, the second replaces labels by region numbers.
 * 4-connected because regions that hold by a pixel corner have no valid OGC polygon.
 */
export function connectedRegions(classes: ClassValues, widthPx: number, heightPx: number): Regions {
  const labels = new Int32Array(classes.length);
  const parents = labelRuns(classes, labels, widthPx, heightPx);
  const count = numberRoots(parents);
  const classOf = new Uint16Array(count + 1);
  const pixels = new Int32Array(count + 1);
  for (let i = 0; i < labels.length; i++) {
    const region = parents[labels[i]!]!;
    labels[i] = region;
    classOf[region] = classes[i]!;
    pixels[region]!++;
  }
  pixels[0] = 0;
  return { count, labels, classOf, pixels };
}

/** First scan. Returns the parent of each label; a parent is never greater than its child, so roots come first. */
function labelRuns(classes: ClassValues, labels: Int32Array, widthPx: number, heightPx: number): Int32Array {
  let parents = new Int32Array(1 << 12);
  let next = 1;
  for (let y = 0; y < heightPx; y++) {
    let left = 0; // class of the left neighbour; 0 at the start of a row
    for (let x = 0, i = y * widthPx; x < widthPx; x++, i++) {
      const value = classes[i]!;
      const above = y > 0 && classes[i - widthPx] === value ? labels[i - widthPx]! : 0;
      if (value !== 0) {
        if (value === left) {
          const label = labels[i - 1]!;
          labels[i] = above !== 0 && above !== label ? unite(parents, above, label) : label;
        } else if (above !== 0) {
          labels[i] = above;
        } else {
          if (next === parents.length) parents = grown(parents);
          parents[next] = next;
          labels[i] = next++;
        }
      }
      left = value;
    }
  }
  return parents.subarray(0, next);
}

/** Replaces parents by region numbers, in the order of the roots, which is the order of the first pixels. */
function numberRoots(parents: Int32Array): number {
  let count = 0;
  for (let label = 1; label < parents.length; label++) {
    const parent = parents[label]!;
    parents[label] = parent === label ? ++count : parents[parent]!;
  }
  return count;
}

/** The root of `label`, halving the path on the way. */
export function rootOf(parents: Int32Array, label: number): number {
  let node = label;
  while (parents[node] !== node) {
    const grandparent = parents[parents[node]!]!;
    parents[node] = grandparent;
    node = grandparent;
  }
  return node;
}

/** One tree of the two labels' trees; returns its root, the lesser of theirs. */
export function unite(parents: Int32Array, a: number, b: number): number {
  const rootA = rootOf(parents, a);
  const rootB = rootOf(parents, b);
  const root = Math.min(rootA, rootB);
  parents[rootA] = root;
  parents[rootB] = root;
  return root;
}

function grown(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
