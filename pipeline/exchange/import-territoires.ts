/** Territories from GeoJSON: what statistics are summed by. */
import { readFile } from 'node:fs/promises';
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { DEMO_DEPARTEMENT, normaliseDepartement, sridOfDepartement } from '../departement.ts';
import { BadInput } from '../errors.ts';

export const NIVEAUX = ['commune', 'epci', 'scot', 'departement', 'region'] as const;
export type Niveau = (typeof NIVEAUX)[number];

export interface TerritoiresOptions {
  /** Of every feature; else each feature's `niveau`, else what its code's length says. */
  niveau?: string | undefined;
  /** The département they lie in, where their codes do not say. */
  departement?: string | undefined;
  /** Year of the codes: communes merge and split. */
  annee?: number | undefined;
  attribution?: string | undefined;
  /** Called once per département whose communes were written: its statistics have to be made again. */
  onDepartement?: ((departement: string) => Promise<void>) | undefined;
}

interface Territoire {
  niveau: Niveau;
  code: string;
  nom: string;
  departement: string | null;
  parent: string | null;
  srid: number;
  geojson: string;
}

const BATCH = 100;

/**
 * Reads a GeoJSON FeatureCollection (or Feature) with properties `code` and `nom`, in CRS84 or the CRS of its `crs` member, and
 * writes the territories in the CRS of their département; one that is there already is replaced. Throws BadInput.
 */
export async function importTerritoires(
  database: Database,
  path: string,
  options: TerritoiresOptions,
  ctx: StageContext,
): Promise<{ count: number; departements: string[] }> {
  const collection = parseCollection(path, await readText(path));
  const srid = sridOf(path, collection.crs);
  const territoires = collection.features.map((feature, index) => territoireOf(path, feature, index, srid, options));
  const step = ctx.report.step('Territories', territoires.length, 'territories');
  for (let first = 0; first < territoires.length; first += BATCH) {
    ctx.signal.throwIfAborted();
    const batch = territoires.slice(first, first + BATCH);
    await writeBatch(database, batch, srid, options);
    step.advance(batch.length);
  }
  step.end();
  const communes = territoires.filter(({ niveau, departement }) => niveau === 'commune' && departement !== null);
  const departements = [...new Set(communes.map(({ departement }) => departement!))].sort();
  for (const departement of departements) await options.onDepartement?.(departement);
  return { count: territoires.length, departements };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new BadInput(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code}); wanted a GeoJSON file`);
  }
}

interface RawFeature {
  properties?: Record<string, unknown> | null;
  geometry?: { type: string; coordinates: unknown } | null;
}

function parseCollection(path: string, text: string): { crs: unknown; features: RawFeature[] } {
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new BadInput(`${path}: not JSON (${(error as Error).message}); wanted a GeoJSON FeatureCollection`);
  }
  const features = parsed?.['type'] === 'Feature' ? [parsed] : parsed?.['features'];
  if (!Array.isArray(features) || features.length === 0) {
    throw new BadInput(
      `${path}: type "${parsed?.['type']}" without features; wanted a GeoJSON FeatureCollection of territories`,
    );
  }
  return { crs: parsed['crs'], features: features as RawFeature[] };
}

/** GeoJSON is in CRS84; older files name another one: `{"crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}}`. */
function sridOf(path: string, crs: unknown): number {
  if (crs === undefined || crs === null) return 4326;
  const name = String((crs as { properties?: { name?: unknown } }).properties?.name ?? JSON.stringify(crs));
  if (/CRS84$/.test(name)) return 4326;
  const code = /EPSG:+(?:[\d.]*:)?(\d+)$/i.exec(name)?.[1];
  if (code === undefined) throw new BadInput(`${path}: crs "${name}"; wanted CRS84 or EPSG:n`);
  return Number(code);
}

function territoireOf(
  path: string,
  feature: RawFeature,
  index: number,
  srid: number,
  options: TerritoiresOptions,
): Territoire {
  const { properties, geometry } = feature;
  const where = `${path}, feature ${index + 1}`;
  const code = String(properties?.['code'] ?? '').trim();
  const nom = String(properties?.['nom'] ?? '').trim();
  if (code === '' || nom === '') {
    throw new BadInput(
      `${where}: properties ${Object.keys(properties ?? {}).join(', ') || 'none'}; wanted code and nom`,
    );
  }
  if (geometry?.type !== 'Polygon' && geometry?.type !== 'MultiPolygon') {
    throw new BadInput(`${where} (${code}): geometry ${geometry?.type ?? 'null'}; wanted Polygon or MultiPolygon`);
  }
  const first = firstPosition(geometry.coordinates);
  if (first === undefined || (srid === 4326 && (Math.abs(first[0]!) > 180 || Math.abs(first[1]!) > 90))) {
    throw new BadInput(`${where} (${code}): coordinates ${first ?? 'none'}; wanted degrees, or a crs member`);
  }
  const niveau = niveauOf(where, code, options.niveau ?? properties?.['niveau']);
  const departement = departementOf(niveau, code, options.departement ?? properties?.['departement']);
  return {
    niveau,
    code: niveau === 'departement' ? departement! : code,
    nom,
    departement: niveau === 'departement' ? null : departement,
    parent: (properties?.['parent'] as string | undefined) ?? null,
    srid: sridOfDepartement(departement ?? ''),
    geojson: JSON.stringify(geometry),
  };
}

function firstPosition(coordinates: unknown): number[] | undefined {
  if (!Array.isArray(coordinates)) return undefined;
  return typeof coordinates[0] === 'number' ? (coordinates as number[]) : firstPosition(coordinates[0]);
}

/** Codes of communes have five characters, of départements two or three, SIREN numbers of EPCI nine. */
function niveauOf(where: string, code: string, stated: unknown): Niveau {
  const niveau =
    stated ??
    new Map<number, Niveau>([
      [2, 'departement'],
      [3, 'departement'],
      [5, 'commune'],
      [9, 'epci'],
    ]).get(code.length);
  if (!NIVEAUX.includes(niveau as Niveau)) {
    throw new BadInput(
      `${where}: niveau ${niveau ?? `unknown for code "${code}"`}; wanted one of ${NIVEAUX.join(', ')}`,
    );
  }
  return niveau as Niveau;
}

/** INSEE's code of a commune begins with its département: two characters, three overseas and in the demonstration. */
function departementOf(niveau: Niveau, code: string, stated: unknown): string | null {
  if (stated !== undefined && stated !== null) return normaliseDepartement(String(stated));
  if (niveau === 'departement') return normaliseDepartement(code);
  if (niveau !== 'commune') return null;
  const long = code.startsWith('97') || code.startsWith(DEMO_DEPARTEMENT);
  return normaliseDepartement(code.slice(0, long ? 3 : 2));
}

/** One statement a batch; invalid outlines are mended, polygons only. Primary key of production.territoire. */
async function writeBatch(
  database: Database,
  batch: Territoire[],
  srid: number,
  options: TerritoiresOptions,
): Promise<void> {
  await database.pool.query(
    `insert into production.territoire (niveau, code, nom, departement, parent, annee, attribution, aire_m2, geom, geojson_wgs84)
     select niveau, code, nom, departement, parent, $8, $9, ST_Area(geom), geom, published.geojson(ST_ForcePolygonCCW(ST_Transform(geom, 4326)), 7)
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[])
         as t(niveau, code, nom, departement, parent, srid, geojson)
      cross join lateral (select ST_Force2D(ST_SetSRID(ST_GeomFromGeoJSON(geojson), $10::int)) as lu) a
      cross join lateral (select ST_Transform(case when ST_IsValid(lu) then lu
             else ST_CollectionExtract(ST_MakeValid(lu, 'method=structure'), 3) end, srid) as geom) b
     on conflict (niveau, code) do update set nom = excluded.nom, departement = excluded.departement, parent = excluded.parent,
       annee = excluded.annee, attribution = excluded.attribution, aire_m2 = excluded.aire_m2, geom = excluded.geom,
       geojson_wgs84 = excluded.geojson_wgs84`,
    [
      ...(['niveau', 'code', 'nom', 'departement', 'parent', 'srid', 'geojson'] as const).map((column) =>
        batch.map((territoire) => territoire[column]),
      ),
      ...[options.annee ?? null, options.attribution ?? null, srid],
    ],
  );
}
