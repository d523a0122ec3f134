/** quality.json: what the report holds. Areas in m², lengths in m, coordinates in the grid's CRS. */
import type { InputFile, PolygonsArtefact } from '../artefacts.ts';
import type { Grid } from '../grid.ts';
import type { GeometryMeasures, LostBuilding, OssatureReport } from '../polygons-measures.ts';
import type { GeometricBound } from './bounds.ts';

/** Faults by rule. All but the last four are never allowed; those of a unit or a width are where they are listed. */
export const FAULT_RULES = [
  'anneau', // not closed, too few vertices, an area of the wrong sign
  'sommet double', // a vertex twice in a row, or a ring that comes back to one of its vertices
  'pointe', // two edges that fold back on each other
  'croisement', // rings that cross; a hole outside its polygon
  'superposition', // ground covered twice
  'trou', // ground that nobody covers
  'jonction', // a vertex that only one of two neighbours has
  'emprise', // ground outside the extent, or a border that is not the extent's
  'attribut', // codes, identifiers, confidence
  'raster', // polygons that disagree with the raster of their regions
  'fusion', // neighbours of the same couverture
  'surface', // under the minimal unit
  'largeur', // under the width
  'flottant', // a piece of ossature that hangs on nothing
  'zone', // zone construite that leaves the extent, or is no valid polygon
] as const;
export type FaultRule = (typeof FAULT_RULES)[number];

export interface Fault {
  rule: FaultRule;
  /** Ids of the objects concerned, where they are known. */
  ids: string[];
  /** What was found, in French. */
  found: string;
  x: number;
  y: number;
  /** Why it stays so: the reason it was listed with. A fault with a reason is no failure. */
  reason?: string;
}

/** One rule's faults: all are counted, the first ones told. */
export interface RuleResult {
  rule: FaultRule;
  /** Without a reason. */
  count: number;
  /** With a reason: allowed. */
  excused: number;
  examples: Fault[];
}

export interface ClassStock {
  codeCs: string;
  count: number;
  areaM2: number;
  ossatureCount: number;
  ossatureM2: number;
}

/** What a pass of the semantic step gave to a class and took from it. */
export interface ClassFlow {
  codeCs: string;
  gainedM2: number;
  lostM2: number;
}

export interface LowObject {
  id: string;
  codeCs: string;
  confiance: number;
  areaM2: number;
  x: number;
  y: number;
}

export interface QualityReport {
  /** Version of this document's form. */
  version: 1;
  subject: { title: string; grid: Grid; polygons: InputFile; generalised: boolean };
  /** True where no rule has a fault without a reason. */
  passed: boolean;
  objects: number;
  vertices: number;
  /** Of the objects; of ground that no image knows; of the extent. The first two sum to the third. */
  areaM2: number;
  nodataM2: number;
  extentM2: number;
  rules: RuleResult[];
  /** Faults with a reason, by rule and reason: as many as the rules have excused. */
  listed: { rule: FaultRule; reason: string; count: number }[];
  /** Times an object was listed on the way with a reason, and keeps the rule in the end. */
  listedWhole: number;
  /** Buildings from 50 m² that are no objects: too small, and not enlarged. */
  lostBuildings: LostBuilding[];
  classes: ClassStock[];
  /** Semantic step, pass by pass; `total` from the first state to the last. */
  semantic: { passes: { pass: string; classes: ClassFlow[] }[]; total: ClassFlow[] } | null;
  geometric: GeometryMeasures | null;
  /** What the geometric step may do at most, and did; a bound that does not hold refuses nothing. */
  bounds: GeometricBound[];
  ossature: (OssatureReport & OssaturePieces) | OssaturePieces;
  zone: { count: number; areaM2: number } | null;
  confidence: {
    /** Ground by tenth of confidence. */
    tenthsM2: number[];
    below: number;
    lowCount: number;
    lowM2: number;
    /** The largest of them; all are in low-confidence.geojson. */
    examples: LowObject[];
  };
}

/** Connected pieces of the ossature. */
export interface OssaturePieces {
  objects: number;
  areaM2: number;
  pieces: number;
  /** Pieces that reach no border of the extent. */
  inner: number;
}

export type Subject = PolygonsArtefact & { title: string };
