/**
 * The borders of one building joined where they meet: whole rings of pixel edges, or chains where a border of another kind comes
 * between. They begin where the building's pixels say, so they do not depend on what lies round it. Pure.
 */
import type { Ring } from '../arcs/region-rings.ts';
import type { Border } from './straighten.ts';

/** A border's place in a chain: it covers the chain's corners from number `from` on, from its own first one if `forward`. */
export interface Link {
  border: number;
  forward: boolean;
  from: number;
}

export interface Chain {
  /** x and y by turns, a pixel apart, the building on the left (y to the south); closed where the last is the first. */
  corners: Int32Array;
  closed: boolean;
  links: Link[];
}

/** Chains of a building from its rings, in an order of their own. `borderAt`: by arc, the number of its border, or undefined. */
export function chainsOf<Region>(
  rings: Ring<Region>[],
  borders: readonly Border[],
  borderAt: (arc: Ring<Region>[number]['arc']) => number | undefined,
): Chain[] {
  const chains: Chain[] = [];
  for (const ring of rings) {
    const halves = ring.map(({ arc, forward }) => ({ border: borderAt(arc), forward }));
    const gap = halves.findIndex(({ border }) => border === undefined);
    if (gap === -1) {
      chains.push(ringFrom(halves as Half[], borders));
      continue;
    }
    let run: Half[] = [];
    for (const { border, forward } of [...halves.slice(gap + 1), ...halves.slice(0, gap + 1)]) {
      if (border !== undefined) run.push({ border, forward });
      else if (run.length > 0) {
        chains.push({ ...joined(run, borders), closed: false });
        run = [];
      }
    }
  }
  return chains.sort(
    ({ corners: a }, { corners: b }) => a[1]! - b[1]! || a[0]! - b[0]! || a[3]! - b[3]! || a[2]! - b[2]!,
  );
}

type Half = Omit<Link, 'from'>;

function joined(halves: Half[], borders: readonly Border[]): Pick<Chain, 'corners' | 'links'> {
  const edges = halves.reduce((sum, { border }) => sum + borders[border]!.allowedPx.length - 1, 0);
  const corners = new Int32Array(2 * edges + 2);
  let from = 0;
  const links = halves.map(({ border, forward }) => {
    const { corners: own } = borders[border]!;
    const last = own.length / 2 - 1;
    for (let i = 0; i <= last; i++) {
      const at = forward ? i : last - i;
      corners[2 * (from + i)] = own[2 * at]!;
      corners[2 * (from + i) + 1] = own[2 * at + 1]!;
    }
    const link = { border, forward, from };
    from += last;
    return link;
  });
  return { corners, links };
}

/** A whole ring, from its first corner in scan order; a chain where a border is another building's, and not among these. */
function ringFrom(halves: Half[], borders: readonly Border[]): Chain {
  const { corners, links } = joined(halves, borders);
  const edges = corners.length / 2 - 1;
  if (corners[0] !== corners[2 * edges] || corners[1] !== corners[2 * edges + 1]) {
    return { corners, closed: false, links };
  }
  let first = 0;
  for (let i = 1; i < edges; i++) {
    const down = corners[2 * i + 1]! - corners[2 * first + 1]!;
    if (down < 0 || (down === 0 && corners[2 * i]! < corners[2 * first]!)) first = i;
  }
  const turned = links.map((link) => ({ ...link, from: (link.from - first + edges) % edges }));
  return { corners: fromCorner(corners, first), closed: true, links: turned };
}

/** The corners of a ring from another of them. */
export function fromCorner(corners: Int32Array, first: number): Int32Array {
  const turned = new Int32Array(corners.length);
  turned.set(corners.subarray(2 * first));
  turned.set(corners.subarray(2, 2 * first + 2), corners.length - 2 * first);
  return turned;
}
