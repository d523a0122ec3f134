/** Deliveries of OCS GE into the database: read without GDAL, checked before anything is written. */
import sqlite3, { type Database as Sqlite } from 'node-sqlite3-wasm';
import type { ObjetOccupationSol, StageContext } from '../artefacts.ts';
import { normaliseDepartement, paddedDepartement, sridOfDepartement } from '../departement.ts';
import { BadInput } from '../errors.ts';
import { BadGeometry, wkbOfGpkg } from '../geopackage/gpkg-geometry.ts';
import { quoted } from '../geopackage/open-gpkg.ts';
import { makePrivateCopy } from '../geopackage/private-copy.ts';
import { checkGround, wkbBbox } from '../ground.ts';
import { type DeliveryName, readDeliveryPath } from './delivery-name.ts';
import { findDelivery } from './find-delivery.ts';
import { checkRows, findTable, type OccupationSolTable, rowsOf } from './occupation-sol-table.ts';

export interface DeliveryOptions {
  /** Where the private copy goes (`<dataDir>/tmp`). */
  dataDir: string;
  /** Over what the name says. */
  departement?: string | undefined;
  millesime?: number | undefined;
}

/** A delivery, open: what `publish` needs of it. */
export interface Delivery {
  departement: string;
  millesime: number;
  srid: number;
  count: number;
  objets(): AsyncGenerator<ObjetOccupationSol>;
  attribution: string;
  licence: string;
  licenceUrl: string;
  /** For the quality report: the file, its layer, years named by its rows. */
  rapport: Record<string, unknown>;
}

/** All products of OCS GE are under this licence (IGN's catalogue). */
const LICENCE = {
  licence: 'Licence Ouverte 2.0',
  licenceUrl: 'https://www.etalab.gouv.fr/licence-ouverte-open-licence',
};

/**
 * Opens the delivery at `path` (a .gpkg, or a folder that holds OCCUPATION_SOL.gpkg), hands it to `publish` and closes it.
 * The user's file is not opened by SQLite and nothing is written beside it. Throws BadInput, before `publish` is called but for
 * broken geometries, naming what was found and what is wanted.
 */
export async function importDelivery<Result>(
  path: string,
  options: DeliveryOptions,
  publish: (delivery: Delivery) => Promise<Result>,
  ctx: StageContext,
): Promise<Result> {
  const file = findDelivery(path);
  const { departement, millesime } = identify(file, options);
  checkYear(file, millesime);
  const copy = await makePrivateCopy(file, options.dataDir);
  let sqlite: Sqlite | undefined;
  try {
    sqlite = openSqlite(copy.path, file);
    const table = findTable(sqlite, file);
    const srid = checkCrs(file, table, departement);
    checkRows(sqlite, file, table);
    ctx.report.info('Import:Delivery', { departement, millesime, srid, objects: table.count });
    return await publish({
      departement,
      millesime,
      srid,
      count: table.count,
      objets: () => readObjets(sqlite!, file, table, srid),
      attribution: `IGN – OCS GE, D${paddedDepartement(departement)} ${millesime}`,
      ...LICENCE,
      rapport: { livraison: { couche: table.name, millesimes: millesimesOf(sqlite, file, table) } },
    });
  } finally {
    sqlite?.close();
    await copy.remove();
  }
}

function openSqlite(copy: string, file: string): Sqlite {
  try {
    return new sqlite3.Database(copy, { fileMustExist: true, readOnly: true });
  } catch (error) {
    throw new BadInput(`${file}: cannot be opened as a GeoPackage (${(error as Error).message})`);
  }
}

function identify(file: string, options: DeliveryOptions): { departement: string; millesime: number } {
  const name: DeliveryName = readDeliveryPath(file);
  const departement = options.departement === undefined ? name.departement : normaliseDepartement(options.departement);
  const millesime = options.millesime ?? name.millesime;
  if (departement === undefined || millesime === undefined) {
    const missing = [departement ?? 'département', millesime ?? 'millésime'].filter((part) =>
      /^[dm]é?/.test(String(part)),
    );
    throw new BadInput(
      `${file}: no ${missing.join(' and no ')} in its name; wanted a name such as OCS-GE_2-0__GPKG_LAMB93_D062_2018-01-01, or --departement and --millesime`,
    );
  }
  const srid = sridOfDepartement(departement);
  if (name.srid !== undefined && name.srid !== srid) {
    throw new BadInput(
      `${file}: its name says EPSG:${name.srid}; wanted EPSG:${srid}, the grid of département ${departement}`,
    );
  }
  return { departement, millesime };
}

/** What `production.millesime` holds. */
function checkYear(file: string, millesime: number): void {
  if (Number.isInteger(millesime) && millesime >= 1900 && millesime <= 2200) return;
  throw new BadInput(`${file}: millésime ${millesime}; wanted a year from 1900 to 2200`);
}

function checkCrs(file: string, table: OccupationSolTable, departement: string): number {
  const wanted = sridOfDepartement(departement);
  if (table.srid === wanted) return wanted;
  const found = table.srid === undefined ? `"${table.crsName}"` : `EPSG:${table.srid} (${table.crsName})`;
  throw new BadInput(
    `${file}, layer ${table.name}: coordinates in ${found}; wanted EPSG:${wanted}, the grid of département ${departement}`,
  );
}

const millesimesOf = (sqlite: Sqlite, file: string, { name, columns }: OccupationSolTable) =>
  columns.millesime === undefined
    ? []
    : rowsOf(
        sqlite,
        file,
        `select ${quoted(columns.millesime)} as millesime, count(*) as nombre from ${quoted(name)} group by 1 order by 1`,
      );

/** Rows in the order of the file. `async` for the reader's sake: SQLite here is synchronous and reads one row at a time. */
async function* readObjets(
  sqlite: Sqlite,
  file: string,
  table: OccupationSolTable,
  srid: number,
): AsyncGenerator<ObjetOccupationSol> {
  const { columns } = table;
  const listed = Object.entries(columns).filter(([, name]) => name !== undefined) as [string, string][];
  const select = listed.map(([column, name]) => `${quoted(name)} as ${column}`).join(', ');
  const statement = sqlite.prepare(
    `select ${select}, ${quoted(table.geometry)} as geometrie from ${quoted(table.name)}`,
  );
  try {
    for (const row of statement.iterate() as Iterable<Record<string, unknown>>) {
      const objet = objetOf(row, file);
      checkGround(`${file}, object ${objet.id}`, wkbBbox(objet.wkb), srid);
      yield objet;
    }
  } catch (error) {
    if (!(error instanceof sqlite3.SQLite3Error)) throw error;
    throw new BadInput(`${file}: damaged (${error.message}); wanted the whole file`);
  } finally {
    statement.finalize();
  }
}

function objetOf(row: Record<string, unknown>, file: string): ObjetOccupationSol {
  const text = (column: string) => (row[column] === null || row[column] === undefined ? null : String(row[column]));
  const id = String(row['id']);
  return {
    id,
    code_cs: String(row['code_cs']),
    code_us: String(row['code_us']),
    source: text('source') ?? 'NC',
    ossature: Number(row['ossature'] ?? 0) === 1 ? 1 : 0,
    id_origine: text('id_origine') ?? 'NC',
    code_or: text('code_or') ?? 'NC',
    confiance: null,
    us_source: null,
    us_rule: null,
    us_share: null,
    wkb: readWkb(row['geometrie'], id, file),
  };
}

function readWkb(blob: unknown, id: string, file: string): Buffer {
  try {
    if (!(blob instanceof Uint8Array)) throw new BadGeometry('no geometry');
    return wkbOfGpkg(blob);
  } catch (error) {
    if (!(error instanceof BadGeometry)) throw error;
    throw new BadInput(`${file}, object ${id}: ${error.message}; wanted a Polygon or MultiPolygon`);
  }
}
