/** Row types of the tables and views (sql/migrations, sql/published), for Kysely. */
import type { ColumnType, Generated } from 'kysely';

/** Read as Date, written as Date or text. */
type Instant = ColumnType<Date, Date | string, Date | string>;
type OptionalInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type Day = ColumnType<string | null, string | null | undefined, string | null>;

export interface NomenclatureRow {
  code: string;
  dimension: 'CS' | 'US';
  parent: string | null;
  libelle: string;
  couleur: string;
  feuille: boolean;
  rang: number;
}

export interface MatriceRow {
  code_cs: string;
  code_us: string;
  artificiel: boolean;
  impermeable: boolean;
}

export interface TerritoireRow {
  niveau: string;
  code: string;
  nom: string;
  departement: string | null;
  parent: string | null;
  annee: number | null;
  attribution: string | null;
  aire_m2: number;
  geom: unknown;
  geojson_wgs84: string;
}

export interface MillesimeRow {
  departement: string;
  millesime: number;
  cycle: string | null;
  image_debut: Day;
  image_fin: Day;
  origine: 'produced' | 'imported';
  etat: 'auto' | 'in_review' | 'final';
  attribution: string;
  licence: string;
  licence_url: string | null;
  srid: number;
  revision_courante: number | null;
}

export interface RevisionRow {
  id: Generated<number>;
  departement: string;
  millesime: number;
  etat: ColumnType<'loading' | 'ready' | 'failed', 'loading' | 'ready' | 'failed' | undefined>;
  origine: string;
  srid: number;
  nombre_objets: number | null;
  aire_m2: number | null;
  est_couverture: boolean | null;
  superposition_m2: number | null;
  emprise_wgs84: number[] | null;
  emprise_locale: number[] | null;
  rapport: ColumnType<Record<string, unknown>, string | undefined, string>;
  zoom_min: number | null;
  zoom_max: number | null;
  run_id: string | null;
  created_at: Generated<Date>;
  superseded_at: OptionalInstant;
  /** Null: published without a zone construite. */
  nombre_zones: number | null;
  /** Null: the product's widths were not applied. */
  tolerance_largeur_m: number | null;
  tolerance_ossature_m: number | null;
  ossature_isolee_m2: number | null;
}

export interface ExceptionRow {
  revision_id: number;
  id: string;
  regle: 'surface' | 'largeur' | 'flottant';
  raison: string;
}

/** Ground inside the extent that is no object. */
export interface SolInconnuRow {
  revision_id: number;
  rang: number;
  geom: unknown;
}

export interface PublicationRow {
  sequence: Generated<number>;
  departement: string;
  millesime: number;
  revision_id: number | null;
  published_at: Generated<Date>;
}

export interface OccupationSolRow {
  revision_id: number;
  rang: number;
  id: string;
  code_cs: string;
  code_us: string;
  departement: string;
  millesime: number;
  source: string | null;
  ossature: number;
  id_origine: string | null;
  code_or: string | null;
  aire_m2: number;
  artificiel: boolean;
  critere_seuil: boolean;
  impermeable: boolean;
  confiance: number | null;
  us_source: string | null;
  us_rule: string | null;
  us_share: number | null;
  geom: unknown;
  geojson_wgs84: string;
}

export interface ZoneConstruiteRow {
  revision_id: number;
  rang: number;
  id: string;
  aire_m2: number;
  geom: unknown;
  geojson_wgs84: string;
}

export interface DifferencePaireRow {
  revision_avant: number;
  revision_apres: number;
  departement: string;
  millesime_avant: number;
  millesime_apres: number;
  nombre: number;
  identiques: number;
  aire_comparee_dm2: number;
  aire_avant_seule_dm2: number;
  aire_apres_seule_dm2: number;
}

/** What a class was and became, on one piece of ground. */
interface TransitionColumns {
  cs_avant: string;
  us_avant: string;
  artificiel_avant: boolean;
  impermeable_avant: boolean;
  cs_apres: string;
  us_apres: string;
  artificiel_apres: boolean;
  impermeable_apres: boolean;
  aire_dm2: number;
}

export interface DifferenceRow extends TransitionColumns {
  revision_avant: number;
  revision_apres: number;
  rang: number;
  id: string;
  id_avant: string;
  id_apres: string;
  geom: unknown;
  geojson_wgs84: string;
}

export interface StatistiqueStockRow {
  revision_id: number;
  commune: string | null;
  code_cs: string;
  code_us: string;
  artificiel: boolean;
  impermeable: boolean;
  aire_dm2: number;
}

export interface StatistiqueFluxRow extends TransitionColumns {
  revision_avant: number;
  revision_apres: number;
  commune: string | null;
}

export interface TileRow {
  revision_id: number;
  z: number;
  x: number;
  y: number;
  mvt_gzip: Buffer;
}

export interface RunRow {
  id: string;
  process_id: string;
  origine: 'command' | 'job';
  request: ColumnType<Record<string, unknown>, string, string>;
  status: 'accepted' | 'running' | 'successful' | 'failed' | 'dismissed';
  progress: Generated<number>;
  message: string | null;
  results: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  created_at: Generated<Date>;
  started_at: OptionalInstant;
  finished_at: OptionalInstant;
  updated_at: ColumnType<Date, Date | string | undefined, Instant | Date | string>;
  heartbeat_at: OptionalInstant;
  /** Who runs it now. */
  worker: string | null;
  attempts: Generated<number>;
  /** Fingerprint of the token that asked for it; null for a command. */
  token: string | null;
}

export interface TokenRow {
  empreinte: string;
  libelle: string;
  created_at: Generated<Date>;
}

/** A published millésime: the row of `production.millesime` with its current revision's own words. */
export interface PublishedMillesimeRow {
  departement: string;
  millesime: number;
  cycle: string | null;
  image_debut: Date | null;
  image_fin: Date | null;
  origine: 'produced' | 'imported';
  etat: 'auto' | 'in_review' | 'final';
  attribution: string;
  licence: string;
  licence_url: string | null;
  srid: number;
  revision_id: number;
  nombre_objets: number;
  aire_m2: number;
  est_couverture: boolean;
  superposition_m2: number;
  emprise_wgs84: number[];
  emprise_locale: number[];
  rapport: Record<string, unknown>;
  zoom_min: number;
  zoom_max: number;
  created_at: Date;
  nombre_zones: number | null;
}

export interface Schema {
  'production.nomenclature': NomenclatureRow;
  'production.matrice_artificialisation': MatriceRow;
  'production.territoire': TerritoireRow;
  'production.millesime': MillesimeRow;
  'production.revision': RevisionRow;
  'production.publication': PublicationRow;
  'production.occupation_sol': OccupationSolRow & { empreinte: string };
  'production.zone_construite': ZoneConstruiteRow;
  'production.exception': ExceptionRow;
  'production.sol_inconnu': SolInconnuRow;
  'production.difference_paire': DifferencePaireRow;
  'production.difference': DifferenceRow;
  'production.statistique_stock': StatistiqueStockRow;
  'production.statistique_flux': StatistiqueFluxRow;
  'production.tile': TileRow;
  'production.run': RunRow;
  'production.token': TokenRow;
  'published.nomenclature': NomenclatureRow;
  'published.matrice_artificialisation': MatriceRow;
  'published.territoire': TerritoireRow & { ecriture: number };
  'published.millesime': PublishedMillesimeRow;
  'published.revision': RevisionRow;
  'published.publication': PublicationRow;
  'published.occupation_sol': OccupationSolRow;
  'published.zone_construite': ZoneConstruiteRow & { departement: string; millesime: number };
  'published.difference_paire': DifferencePaireRow;
  'published.difference': DifferenceRow;
  'published.statistique_stock': StatistiqueStockRow;
  'published.statistique_flux': StatistiqueFluxRow;
  'published.tile': TileRow;
  'published.job': RunRow;
}
