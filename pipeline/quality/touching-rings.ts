/** Rings of a polygon that touch in vertices. Pure. */
import type { Position } from 'geojson';
import { rootOf, unite } from '../regions.ts';

/**
 * Where rings that touch close a chain: what lies on either side of it hangs together nowhere, and a polygon's interior must (Simple
 * Features, ISO 19125-1). Rings and the vertices they share are a forest, or there is one. No ring may come back to a vertex.
 */
export function closedChain(rings: Position[][]): Position | undefined {
  if (rings.length < 2) return undefined;
  const isShared = perhapsShared(rings);
  const firstRing = new Map<string, number>();
  const chains = Int32Array.from(rings.keys());
  for (const [ring, vertices] of rings.entries()) {
    for (let i = 0; i + 1 < vertices.length; i++) {
      const vertex = vertices[i]!;
      if (!isShared(vertex)) continue;
      const key = `${vertex[0]} ${vertex[1]}`;
      const first = firstRing.get(key);
      if (first === undefined) {
        firstRing.set(key, ring);
        continue;
      }
      if (rootOf(chains, first) === rootOf(chains, ring)) return vertex;
      unite(chains, first, ring);
    }
  }
  return undefined;
}

/** Slots a vertex: so few vertices share one by chance that the map above is hardly larger than what is shared. */
const SLOTS = 8;

/** False for most vertices that occur once, in as many bytes as they have slots: a large polygon needs no map of all its vertices. */
function perhapsShared(rings: Position[][]): (vertex: Position) => boolean {
  const vertices = rings.reduce((sum, ring) => sum + ring.length, 0);
  const seen = new Uint8Array(2 ** Math.ceil(Math.log2(SLOTS * vertices)));
  const slotOf = ([x, y]: Position) => {
    const hash = Math.imul((x! * 1000) | 0, 0x9e3779b1) ^ Math.imul((y! * 1000) | 0, 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & (seen.length - 1);
  };
  for (const ring of rings) {
    for (let i = 0; i + 1 < ring.length; i++) {
      const slot = slotOf(ring[i]!);
      if (seen[slot]! < 2) seen[slot]!++;
    }
  }
  return (vertex) => seen[slotOf(vertex)]! > 1;
}
