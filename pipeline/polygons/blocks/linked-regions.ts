/** Regions known piece by piece, block after block: each piece is linked to the one it turned out to be part of. */

export interface Linked<Region> {
  /** Itself, or the region it turned out to be part of. */
  parent: Region;
  /** Pixel edges towards blocks not read yet. */
  openEdges: number;
}

/** The region that `region` turned out to be part of; the way to it gets shorter. */
export function rootOf<Region extends Linked<Region>>(region: Region): Region {
  let root = region;
  while (root.parent !== root) {
    root.parent = root.parent.parent;
    root = root.parent;
  }
  return root;
}

/** The region of a pixel that has an edge towards a block not read yet. */
export function opened<Region extends Linked<Region>>(region: Region | null): Region | null {
  if (region === null) return null;
  const root = rootOf(region);
  root.openEdges++;
  return root;
}
