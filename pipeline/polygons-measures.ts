/** What the polygons stage measures of its own work, for the quality report. */

/** An object that stays below a rule of the product, with the reason (French: people read it). */
export interface ListedObject {
  id: string;
  rule: 'surface' | 'largeur' | 'flottant';
  reason: string;
}

/**
 * What a pass of the semantic step did: `pixels[before][after]`. Row and column 0 are nodata, n is `codesCs[n - 1]`; ossature
 * counts under its own code.
 */
export interface PassTally {
  pass: 'recode' | 'specks' | 'buildings' | 'ossature' | 'widths' | 'units';
  codesCs: string[];
  pixels: number[][];
}

/**
 * The geometric step, from the pixel boundary of the regions that the semantic step left; squared buildings and ossature apart.
 */
export interface GeometryMeasures {
  /** By length of border: `metres[k]` lay between k × `binM` and (k + 1) × `binM` from its line, the last bin all beyond. */
  displacement: { binM: number; metres: number[]; meanM: number; maxM: number };
  verticesBefore: number;
  verticesAfter: number;
  /** Length of all borders, each once. */
  boundaryM: number;
  /** Of the ground that is no ossature and no building squared whole, its squared borders as they were. */
  areas: { codeCs: string; beforeM2: number; afterM2: number }[];
  /** Buildings, where there are any. */
  squared?: {
    /** Those all whose borders are squared (see `polygons/lines/square-form.ts`), those some of whose are, those none of whose are. */
    count: number;
    partly: number;
    none: number;
    /** Of the first two. */
    leastIou: number;
    beforeM2: number;
    afterM2: number;
  };
}

/** A building of 50 m² and more that is in no object of its own, by a point of it in the grid's CRS. French: people read it. */
export interface LostBuilding {
  xM: number;
  yM: number;
  areaM2: number;
  reason: string;
}

/** Lengths along the axes, by kind of network; of water areas instead. */
export interface OssatureReport {
  kinds: {
    codeCs: string;
    name: string;
    keptM: number;
    keptM2?: number;
    dropped: { reason: string; count: number; lengthM: number; areaM2?: number }[];
  }[];
  /** Where a network goes on below the ground, in the grid's CRS. */
  tunnelEnds?: [x: number, y: number][];
  /** Where a network goes on below another that is drawn over it, by the couverture of the one below. */
  hidden?: Record<string, [x: number, y: number][]>;
  /** Pieces with less of axis were dropped where they floated. */
  minPieceM?: number;
  /** What a reader should know: attributes that were missing, widths that were supposed. */
  notes: string[];
  /** Small ground between stretches of the ossature, or them and buildings, that became part of it. */
  enclaves?: { count: number; areaM2: number };
}
