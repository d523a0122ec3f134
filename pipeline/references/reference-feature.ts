/** What the readers of reference layers give, and what they say of the reading. Pure. */
import type { Geometry } from 'geojson';

/** A feature of a reference layer in the CRS of the run. Attribute names are lower case and those of BD TOPO's GeoPackages. */
export interface ReferenceFeature {
  geometry: Geometry;
  properties: Record<string, unknown>;
}

/** A feature as it is in its file. `fault`: why it has no geometry that can be read. */
export interface RawFeature {
  geometry: Geometry | null;
  properties: Record<string, unknown> | null;
  fault?: string;
}

/** What was read of a layer, counted: part of the reports that are made of it. */
export interface ReadingNotes {
  /** Features given. */
  features: number;
  /** Features left out, by reason. */
  leftOut: Record<string, number>;
  /** Features given after a repair, by what was repaired. */
  repaired: Record<string, number>;
  /** What the file lacks: a `.dbf`, a statement of its CRS, which is then taken for the run's. */
  lacks: ('attributes' | 'crs')[];
}

export const newNotes = (): ReadingNotes => ({ features: 0, leftOut: {}, repaired: {}, lacks: [] });

export function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

/** Names of shapefiles, ten characters long at most, and their full names in BD TOPO's GeoPackages. */
const FULL_NAMES: Record<string, string> = {
  id: 'cleabs',
  usage1: 'usage_1',
  usage2: 'usage_2',
  pos_sol: 'position_par_rapport_au_sol',
  etat: 'etat_de_l_objet',
  nb_voies: 'nombre_de_voies',
  largeur: 'largeur_de_chaussee',
  persistanc: 'persistance',
};

/** Attributes under their full names in lower case: `USAGE1` is `usage_1`. */
export function withFullNames(properties: Record<string, unknown> | null): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties ?? {})) {
    const lower = name.toLowerCase();
    named[FULL_NAMES[lower] ?? lower] = value;
  }
  return named;
}
