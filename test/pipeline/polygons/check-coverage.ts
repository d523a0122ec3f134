/**
 * Says what is wrong with the polygons of a raster: a checker written from the rules, that shares no code with the tracer.
 * Polygons are in the unit grid, in the order of the regions.
 */
import type { Position } from 'geojson';
import type { Drawing } from './ascii.ts';

export function faultsOf(polygons: Position[][][], { classes, widthPx, heightPx }: Drawing): string[] {
  return [
    ...polygons.flatMap((rings, i) => ringFaults(rings).map((fault) => `polygon ${i + 1}: ${fault}`)),
    ...fillFaults(polygons, classes, widthPx, heightPx),
    ...borderFaults(polygons, classes, widthPx, heightPx),
  ];
}

/** Rings closed, simple (no lattice corner twice), turned the right way, sharing no edge. */
function ringFaults(rings: Position[][]): string[] {
  const faults: string[] = [];
  const edges = new Set<string>();
  rings.forEach((ring, r) => {
    if (ring.length < 5 || String(ring[0]) !== String(ring.at(-1))) faults.push(`ring ${r} is not closed`);
    const corners = latticeWalk(ring);
    if (new Set(corners.map(String)).size !== corners.length) faults.push(`ring ${r} meets itself`);
    const area = signedArea(ring);
    if (r === 0 ? area <= 0 : area >= 0) faults.push(`ring ${r} turns the wrong way`);
    corners.forEach((corner, i) => {
      const edge = [corner, corners[(i + 1) % corners.length]!].map(String).sort().join(' ');
      if (edges.has(edge)) faults.push(`two rings run along ${edge}`);
      edges.add(edge);
    });
  });
  return faults;
}

/** Every corner of the lattice a ring passes, once a passage. */
function latticeWalk(ring: Position[]): Position[] {
  return ring.slice(1).flatMap(([x, y], i) => {
    const [fromX, fromY] = ring[i] as [number, number];
    const length = Math.abs(x! - fromX) + Math.abs(y! - fromY);
    const step = [Math.sign(x! - fromX), Math.sign(y! - fromY)] as const;
    return Array.from({ length }, (_, k) => [fromX + k * step[0], fromY + k * step[1]]);
  });
}

export function signedArea(ring: Position[]): number {
  return ring.slice(1).reduce((sum, [x, y], i) => sum + (ring[i]![0]! * y! - x! * ring[i]![1]!) / 2, 0);
}

/** Filled again, polygons must give each pixel once, to one class; even-odd along each row. */
function fillFaults(polygons: Position[][][], classes: Uint8Array, widthPx: number, heightPx: number): string[] {
  const faults: string[] = [];
  const owner = new Int32Array(classes.length);
  polygons.forEach((rings, p) => {
    const crossings = Array.from({ length: heightPx }, () => [] as number[]);
    for (const ring of rings) {
      ring.slice(1).forEach(([x, y], i) => {
        const [fromX, fromY] = ring[i] as [number, number];
        if (x !== fromX) return;
        for (let row = Math.min(y!, fromY); row < Math.max(y!, fromY); row++) crossings[heightPx - 1 - row]!.push(x);
      });
    }
    crossings.forEach((xs, row) => {
      xs.sort((a, b) => a - b);
      for (let k = 0; k < xs.length; k += 2) {
        for (let x = xs[k]!; x < xs[k + 1]!; x++) {
          if (owner[row * widthPx + x] !== 0) faults.push(`pixel ${x}, ${row} is in two polygons`);
          owner[row * widthPx + x] = p + 1;
        }
      }
    });
  });
  const classOf = new Map<number, number>();
  owner.forEach((polygon, i) => {
    if ((polygon === 0) !== (classes[i] === 0)) faults.push(`pixel ${i}: class ${classes[i]}, polygon ${polygon}`);
    if (polygon !== 0 && (classOf.get(polygon) ?? classes[i]) !== classes[i])
      faults.push(`polygon ${polygon} mixes classes`);
    classOf.set(polygon, classes[i]!);
  });
  return faults;
}

/** Each segment has its reverse in exactly one other polygon, or nodata on its right. */
function borderFaults(polygons: Position[][][], classes: Uint8Array, widthPx: number, heightPx: number): string[] {
  const seen = new Map<string, number>();
  const segments = polygons.flatMap((rings) => rings.flatMap((ring) => ring.slice(1).map((to, i) => [ring[i]!, to])));
  for (const [from, to] of segments) seen.set(`${from} ${to}`, (seen.get(`${from} ${to}`) ?? 0) + 1);
  return segments.flatMap(([from, to]) => {
    if (seen.get(`${from} ${to}`) !== 1) return [`segment ${from} ${to} is used twice`];
    if (seen.has(`${to} ${from}`)) return [];
    // half a pixel to the right of the segment's middle of first pixel
    const dx = Math.sign(to![0]! - from![0]!);
    const dy = Math.sign(to![1]! - from![1]!);
    const xPx = Math.floor(from![0]! + (dx + dy) / 2);
    const yPx = heightPx - 1 - Math.floor(from![1]! + (dy - dx) / 2);
    const outside = xPx < 0 || yPx < 0 || xPx >= widthPx || yPx >= heightPx;
    return outside || classes[yPx * widthPx + xPx] === 0 ? [] : [`segment ${from} ${to} has no counterpart`];
  });
}
