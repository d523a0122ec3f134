/**
 * Which segments of the references make the ossature, and how wide they are: one table, read from top to bottom. Pure.
 *
 * IGN says of the ossature that it is made of the main roads and the rail above ground, and that roads and rail are objects from
 * 5 m of width; which segments, and which width where BD TOPO states none, are assumptions of ours.
 */
import type { ReferenceRole } from './find-layers.ts';

/** In the order in which they cover each other where they cross at one level. */
export const OSSATURE_KINDS = ['road', 'rail', 'water'] as const;
export type OssatureKind = (typeof OSSATURE_KINDS)[number];

/** The couverture of each: ballast is mineral ground. */
export const KIND_CODES: Record<OssatureKind, string> = { road: 'CS1.1.1.2', rail: 'CS1.1.2.1', water: 'CS1.2.2' };

/** The layer that has them. */
export const KIND_LAYERS: Record<OssatureKind, ReferenceRole> = {
  road: 'troncon_de_route',
  rail: 'troncon_de_voie_ferree',
  water: 'surface_hydrographique',
};

export interface WidthRow {
  kind: OssatureKind;
  /** BD TOPO's `nature`; left out: any, and none. */
  nature?: string;
  /** BD TOPO's `importance`, 1 to 6; left out: any, and none. */
  importance?: string;
  /** Width where the segment states none; null: it is no part of the ossature, whatever its width. */
  widthM: number | null;
}

// biome-ignore format: a table reads by its columns
export const OSSATURE_WIDTHS: readonly WidthRow[] = [
  { kind: 'road', nature: 'Route empierrée',             widthM: null }, // not surfaced
  { kind: 'road', nature: 'Chemin',                      widthM: null },
  { kind: 'road', nature: 'Sentier',                     widthM: null },
  { kind: 'road', nature: 'Escalier',                    widthM: null },
  { kind: 'road', nature: 'Piste cyclable',              widthM: null },
  { kind: 'road', nature: 'Bac ou liaison maritime',     widthM: null },
  { kind: 'road', nature: 'Type autoroutier',            widthM: 10 }, // each carriageway has its own segment
  { kind: 'road', nature: 'Route à 2 chaussées',         widthM: 7 },
  { kind: 'road', nature: 'Rond-point',                  widthM: 7 },
  { kind: 'road', nature: 'Bretelle',                    widthM: 5 },
  { kind: 'road', importance: '1',                       widthM: 7 },
  { kind: 'road', importance: '2',                       widthM: 7 },
  { kind: 'road', importance: '3',                       widthM: 6 },
  { kind: 'road',                                        widthM: 5 },
  { kind: 'rail', nature: 'Tramway',                     widthM: null }, // in the street: the road's
  { kind: 'rail', nature: 'Funiculaire ou crémaillère',  widthM: null },
  { kind: 'rail', nature: 'Sans objet',                  widthM: null },
  { kind: 'rail', nature: 'LGV',                         widthM: 10 }, // two tracks
  { kind: 'rail',                                        widthM: 5 },
];

/** Width of a segment of which nothing is known: the last row of its kind. */
export const defaultWidthM = (kind: OssatureKind) => OSSATURE_WIDTHS.findLast((row) => row.kind === kind)?.widthM ?? 0;

/** Width of a lane of a road whose width is not stated. */
const LANE_M = 3;
/** What each track after the first adds to a line: the distance between the axes of two tracks. */
const TRACK_M = 4;

/** Where a width comes from. `default`: the segment states nothing that the table asks for. */
export type WidthSource = 'width' | 'lanes' | 'table' | 'default';

export interface SegmentWidth {
  widthM: number;
  source: WidthSource;
  /** Storeys above the ground: what is higher covers what is lower. */
  level: number;
}

/** Why a segment is no part of the ossature. */
export type LeftOut = 'underground' | 'not built yet' | 'nature' | 'narrow' | 'fictive';

/** What the attributes of a segment make of it, under their full names in BD TOPO. */
export function segmentWidth(
  kind: OssatureKind,
  properties: Record<string, unknown>,
  minWidthM: number,
): SegmentWidth | LeftOut {
  const level = Number.parseInt(textOf(properties['position_par_rapport_au_sol']), 10) || 0; // a ford is at level 0
  if (level < 0) return 'underground';
  if (/^en (projet|construction)/i.test(textOf(properties['etat_de_l_objet']))) return 'not built yet';
  const nature = textOf(properties['nature']);
  const importance = textOf(properties['importance']);
  const row = OSSATURE_WIDTHS.find(
    (candidate) =>
      candidate.kind === kind &&
      (candidate.nature ?? nature) === nature &&
      (candidate.importance ?? importance) === importance,
  )!;
  if (row.widthM === null) return 'nature';
  if (/^(oui|true|1)$/i.test(textOf(properties['fictif']))) return 'fictive';
  const width = widthOf(kind, properties, row);
  return width.widthM < minWidthM ? 'narrow' : { ...width, level };
}

function widthOf(kind: OssatureKind, properties: Record<string, unknown>, row: WidthRow): Omit<SegmentWidth, 'level'> {
  const stated = Number(properties['largeur_de_chaussee']);
  if (stated > 0) return { widthM: stated, source: 'width' };
  const lanes = Number(properties['nombre_de_voies']);
  const isKnown = row.nature !== undefined || row.importance !== undefined;
  if (lanes > 0 && kind === 'rail') return { widthM: row.widthM! + Math.max(lanes - 1, 0) * TRACK_M, source: 'lanes' };
  if (lanes > 0 && !isKnown) return { widthM: lanes * LANE_M, source: 'lanes' };
  return { widthM: row.widthM!, source: isKnown ? 'table' : 'default' };
}

const textOf = (value: unknown) => (value === null || value === undefined ? '' : String(value).trim());
