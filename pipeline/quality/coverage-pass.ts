/**
 * Whether the objects are a coverage of the extent, from their edges.
 *
 * Proof: when every edge is used once each way, or once along the extent's border, then how many objects cover a place changes
 * nowhere inside the extent; their areas sum to the extent's, so it is 1 there. Valid polygons are supposed.
 */
import { joinLoops } from '../loops.ts';
import { floatingBelowM2, MIN_PIECE_M } from '../ossature-pieces.ts';
import type { OssatureReport } from '../polygons-measures.ts';
import type { EdgeSpool, OwnedEdge } from './edge-spool.ts';
import type { ExtentBorder } from './extent-border.ts';
import { BESIDE_M } from './extent-border.ts';
import type { ObjectTable } from './object-table.ts';
import { OssatureUnion } from './ossature-pieces.ts';
import type { Fault, FaultRule, OssaturePieces } from './report.ts';
import { OssatureNeighbours } from './small-ossature.ts';

/** More edges than these without a neighbour are no outline that could be joined: they are told one by one. */
const JOINED_MAX = 2_000_000;
/** Faults of a kind that are counted; a coverage with so many needs no exact number. */
const PAIRS_MAX = 10_000;
const NO_AREA_M2 = 1e-6;

/** A fault whose objects are known by number only. */
export type NumberedFault = Omit<Fault, 'ids'> & { objects: number[] };

/** Matches the edges and says what is wrong. Also what neighbours tell: ossature that hangs together, unlike neighbours. */
export async function matchEdges(
  spool: EdgeSpool,
  table: ObjectTable,
  border: ExtentBorder,
  coveredM2: number,
  told: OssatureReport | undefined,
): Promise<{
  faults: NumberedFault[];
  ossature: OssaturePieces;
  floating: NumberedFault[];
  neighbours: OssatureNeighbours;
}> {
  const faults: NumberedFault[] = [];
  const exposed: OwnedEdge[] = [];
  const alike = new Set<string>();
  let strays = 0;
  const pieces = new OssatureUnion(table, told);
  const neighbours = new OssatureNeighbours(table, pieces);
  await spool.match({
    pair: (a, b, { x1, y1, x2, y2 }) => {
      pieces.pair(a, b, x1, y1);
      pieces.pair(a, b, x2, y2);
      neighbours.pair(a, b);
      if (alike.size < PAIRS_MAX && a !== b && table.isAlike(a, b)) alike.add(`${Math.min(a, b)} ${Math.max(a, b)}`);
    },
    doubled: (edge, other) => {
      if (faults.length < PAIRS_MAX)
        faults.push(along('superposition', 'deux objets du même côté d’une arête', edge, other));
    },
    exposed: (edge) => {
      if (exposed.length < JOINED_MAX) exposed.push(edge);
      if (border.has(edge)) {
        pieces.reachesBorder(edge.object);
        neighbours.reachesBorder(edge.object);
      } else strays++;
    },
  });
  for (const pair of alike)
    faults.push(nowhere('fusion', 'deux voisins de même couverture', pair.split(' ').map(Number)));
  const surplusM2 = coveredM2 - border.areaM2;
  if (strays > 0) faults.push(...strayFaults(exposed, border, surplusM2));
  if (Math.abs(surplusM2) > 1e-9 * coveredM2 + BESIDE_M * border.lengthM) {
    const found = `${coveredM2.toFixed(2)} m² couverts pour une emprise de ${border.areaM2.toFixed(2)} m²`;
    faults.push(nowhere('emprise', found, []));
  }
  const belowM2 = floatingBelowM2(told?.minPieceM ?? MIN_PIECE_M);
  return {
    faults,
    ossature: pieces.count(),
    floating: [...pieces.floating(belowM2), ...pieces.goingOn(belowM2)],
    neighbours,
  };
}

/** What the edges are that have no neighbour and lie off the border: gaps, overlaps, vertices of one neighbour only. */
function strayFaults(exposed: OwnedEdge[], border: ExtentBorder, surplusM2: number): NumberedFault[] {
  if (exposed.length >= JOINED_MAX) {
    return exposed.slice(0, 100).map((edge) => along('trou', 'une arête sans voisin', edge));
  }
  const owners = new Map(exposed.map((edge) => [`${edge.x1} ${edge.y1}`, edge.object]));
  return joinLoops(exposed, 'right').flatMap(({ points, areaM2 }): NumberedFault[] => {
    const off = points.slice(1).map(([x2, y2], i) => !border.has({ x1: points[i]![0], y1: points[i]![1], x2, y2 }));
    const first = off.indexOf(true);
    if (first < 0) return [];
    const [x, y] = points[first]!;
    const objects = [...new Set(points.flatMap(([px, py]) => owners.get(`${px} ${py}`) ?? []))].slice(0, 5);
    const [rule, found] = strayKind(areaM2, off.includes(false), surplusM2);
    return [{ rule, found, objects, x, y }];
  });
}

function strayKind(areaM2: number, alongBorder: boolean, surplusM2: number): [FaultRule, string] {
  if (areaM2 < -NO_AREA_M2) return ['trou', `${(-areaM2).toFixed(3)} m² que rien ne couvre`];
  if (areaM2 <= NO_AREA_M2) return ['jonction', 'un sommet qu’un seul des deux voisins possède'];
  if (!alongBorder) return ['superposition', `un contour de ${areaM2.toFixed(3)} m² à l’intérieur de l’emprise`];
  return surplusM2 < 0
    ? ['trou', `${(-surplusM2).toFixed(3)} m² que rien ne couvre au bord de l’emprise`]
    : ['emprise', `${surplusM2.toFixed(3)} m² hors de l’emprise, ou couverts deux fois à son bord`];
}

const nowhere = (rule: FaultRule, found: string, objects: number[]): NumberedFault => ({
  rule,
  found,
  objects,
  x: Number.NaN,
  y: Number.NaN,
});

const along = (rule: FaultRule, found: string, edge: OwnedEdge, other?: number): NumberedFault => ({
  rule,
  found,
  objects: other === undefined ? [edge.object] : [edge.object, other],
  x: (edge.x1 + edge.x2) / 2,
  y: (edge.y1 + edge.y2) / 2,
});
