/** What is wrong with the rings of one polygon. Pure. */
import type { Position } from 'geojson';
import { areaOf } from '../rings.ts';
import type { ExtentBorder } from './extent-border.ts';
import type { FaultRule } from './report.ts';
import { SPIKE_DEGREES } from './rules.ts';
import { SegmentBands } from './segment-bands.ts';
import { closedChain } from './touching-rings.ts';

export interface RingFault {
  rule: FaultRule;
  found: string;
  x: number;
  y: number;
  /** Of a spike: the vertices before and after. */
  beside?: Position[];
}

/**
 * Why a spike stays: a corner of the extent is kept as it was given, and so is a border that the extent's limit cuts at a sharp
 * angle. Undefined for any other fault.
 */
export function excuseOf({ x, y, beside = [] }: RingFault, border: Pick<ExtentBorder, 'has'>): string | undefined {
  const along = beside.filter(([x1, y1]) => border.has({ x1: x1!, y1: y1!, x2: x, y2: y })).length;
  return [undefined, 'coupé par la limite du territoire', 'angle de l’emprise'][along];
}

const SPIKE_COSINE = Math.cos((SPIKE_DEGREES * Math.PI) / 180);

/** Faults of a polygon by itself; nothing for a valid one. At most a few of each kind and ring are told. */
export function ringFaults(rings: Position[][]): RingFault[] {
  const faults = rings.flatMap((ring, index) => [...shapeFaults(ring, index === 0), ...vertexFaults(ring)]);
  if (faults.some(({ rule }) => rule === 'anneau')) return faults;
  faults.push(...crossings(rings));
  // rings that cross or come back to a vertex are no rings that touch
  return faults.every(({ rule }) => rule === 'pointe') ? [...faults, ...chains(rings)] : faults;
}

function shapeFaults(ring: Position[], outer: boolean): RingFault[] {
  const [x, y] = (ring[0] ?? [0, 0]) as [number, number];
  const fault = (found: string): RingFault[] => [{ rule: 'anneau', found, x, y }];
  if (ring.length < 4) return fault(`anneau de ${ring.length} points`);
  if (x !== ring.at(-1)![0] || y !== ring.at(-1)![1]) return fault('anneau ouvert');
  const area = areaOf(ring);
  if (outer ? !(area > 0) : !(area < 0)) return fault(`${outer ? 'contour' : 'trou'} d’aire ${area.toFixed(3)} m²`);
  return [];
}

/** Vertices twice in a row, rings that come back to a vertex, edges that fold back. */
function vertexFaults(ring: Position[]): RingFault[] {
  const faults: RingFault[] = [];
  const seen = new Set<string>();
  for (let i = 0; i + 1 < ring.length; i++) {
    const [x, y] = ring[i] as [number, number];
    const key = `${x} ${y}`;
    const next = ring[i + 1] as [number, number];
    if (seen.has(key)) faults.push({ rule: 'sommet double', found: 'un anneau repasse par ce sommet', x, y });
    seen.add(key);
    if (x === next[0] && y === next[1]) continue; // told when the next is seen
    const before = ring[i === 0 ? ring.length - 2 : i - 1] as [number, number];
    if (isSpike(before, [x, y], next))
      faults.push({ rule: 'pointe', found: 'deux arêtes repliées', x, y, beside: [before, next] });
  }
  return faults.slice(0, 5);
}

function isSpike(a: [number, number], [x, y]: [number, number], b: [number, number]): boolean {
  const [ax, ay, bx, by] = [a[0] - x, a[1] - y, b[0] - x, b[1] - y];
  const lengths = Math.sqrt((ax * ax + ay * ay) * (bx * bx + by * by));
  return lengths > 0 && ax * bx + ay * by > SPIKE_COSINE * lengths;
}

function crossings(rings: Position[][]): RingFault[] {
  const bands = new SegmentBands(rings);
  const crossing = bands.firstCrossing();
  if (crossing)
    return [
      {
        rule: 'croisement',
        found: 'des arêtes se croisent, ou un sommet est sur une autre arête',
        x: crossing[0]!,
        y: crossing[1]!,
      },
    ];
  return rings.slice(1).flatMap((hole): RingFault[] => {
    // a hole may touch its polygon in a vertex: one of its edges' middles is clear of it
    const [x, y] = [0, 1].map((axis) => (hole[0]![axis]! + hole[1]![axis]!) / 2) as [number, number];
    return bands.holds(x, y, 0) ? [] : [{ rule: 'croisement', found: 'un trou hors de son contour', x, y }];
  });
}

function chains(rings: Position[][]): RingFault[] {
  const [x, y] = closedChain(rings) ?? [];
  if (x === undefined || y === undefined) return [];
  return [{ rule: 'croisement', found: 'des anneaux qui se touchent coupent l’intérieur en deux', x, y }];
}
