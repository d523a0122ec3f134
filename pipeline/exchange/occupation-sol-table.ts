/** The table of OCCUPATION_SOL in a GeoPackage: which one it is, what its columns are called, whether its rows can be published. */
import type { Database as Sqlite } from 'node-sqlite3-wasm';
import { readNomenclature } from '../../sql/nomenclature.ts';
import { BadInput } from '../errors.ts';
import { quoted } from '../geopackage/open-gpkg.ts';

/** Names a column may have, lower case (deliveries differ in case; derived ones in words). */
const VARIANTS = {
  id: ['id'],
  code_cs: ['code_cs', 'couverture'],
  code_us: ['code_us', 'usage'],
  millesime: ['millesime'],
  source: ['source'],
  ossature: ['ossature'],
  id_origine: ['id_origine'],
  code_or: ['code_or'],
} as const;

type Column = keyof typeof VARIANTS;
const REQUIRED: Column[] = ['id', 'code_cs', 'code_us'];
const EXAMPLES = 5;

export interface OccupationSolTable {
  name: string;
  geometry: string;
  /** EPSG code; undefined when the file names none. */
  srid: number | undefined;
  crsName: string;
  columns: Partial<Record<Column, string>>;
  count: number;
}

/** Runs a query; what SQLite says of a broken file becomes BadInput. */
export function rowsOf(sqlite: Sqlite, path: string, sql: string): Record<string, unknown>[] {
  try {
    return sqlite.all(sql) as Record<string, unknown>[];
  } catch (error) {
    throw new BadInput(
      `${path}: cannot be read as a GeoPackage (${(error as Error).message}); wanted a whole .gpkg file`,
    );
  }
}

/** Finds the table. Throws BadInput naming what is there when a column or the table itself is missing. */
export function findTable(sqlite: Sqlite, path: string): OccupationSolTable {
  const layers = rowsOf(
    sqlite,
    path,
    `select g.table_name as name, g.column_name as geometry, s.srs_name as "crsName", s.organization as authority,
            s.organization_coordsys_id as code
       from gpkg_geometry_columns g left join gpkg_spatial_ref_sys s on s.srs_id = g.srs_id`,
  ).map((layer) => ({ ...layer, columns: columnsOf(sqlite, path, String(layer['name'])) }) as Layer);
  const named = layers.filter(({ name }) => name.toLowerCase() === 'occupation_sol');
  const complete = layers.filter(({ columns }) => missingColumns(columns).length === 0);
  const layer = named[0] ?? (complete.length === 1 ? complete[0] : undefined);
  if (layer === undefined) {
    const found = layers.map(({ name, columns }) => `${name} (${columns.join(', ')})`).join('; ') || 'no layer';
    throw new BadInput(`${path}: found ${found}; wanted a layer OCCUPATION_SOL with ID, CODE_CS and CODE_US`);
  }
  const missing = missingColumns(layer.columns);
  if (missing.length > 0) {
    throw new BadInput(
      `${path}, layer ${layer.name}: no column ${missing.map((column) => column.toUpperCase()).join(', ')}; found ${layer.columns.join(', ')}`,
    );
  }
  const [{ count }] = rowsOf(sqlite, path, `select count(*) as count from ${quoted(layer.name)}`) as [
    { count: number },
  ];
  const names = Object.keys(VARIANTS) as Column[];
  return {
    name: layer.name,
    geometry: layer.geometry,
    srid: /^epsg$/i.test(layer.authority ?? '') ? layer.code : undefined,
    crsName: layer.crsName ?? 'none',
    columns: Object.fromEntries(names.map((column) => [column, findColumn(layer.columns, column)])),
    count,
  };
}

interface Layer {
  name: string;
  geometry: string;
  crsName: string | null;
  authority: string | null;
  code: number;
  columns: string[];
}

const columnsOf = (sqlite: Sqlite, path: string, table: string) =>
  rowsOf(sqlite, path, `pragma table_info(${quoted(table)})`).map((row) => String(row['name']));

const findColumn = (columns: string[], wanted: Column) =>
  columns.find((column) => (VARIANTS[wanted] as readonly string[]).includes(column.toLowerCase()));

const missingColumns = (columns: string[]) => REQUIRED.filter((wanted) => findColumn(columns, wanted) === undefined);

/** Reads through the rows before anything is written. Throws BadInput with counts and first ids: NULLs, codes that are no leaves. */
export function checkRows(sqlite: Sqlite, path: string, table: OccupationSolTable): void {
  const { columns } = table;
  if (table.count === 0) throw new BadInput(`${path}, layer ${table.name}: no row; wanted objects`);
  refuse(sqlite, path, table, `${quoted(table.geometry)} is null`, 'with a NULL geometry; wanted a polygon for each');
  refuse(sqlite, path, table, `coalesce(${quoted(columns.id!)}, '') = ''`, 'without ID; wanted one for each');
  for (const [column, dimension] of [
    ['code_cs', 'CS'],
    ['code_us', 'US'],
  ] as const) {
    const name = quoted(columns[column]!);
    const legal = readNomenclature().filter((row) => row.dimension === dimension && row.feuille);
    const list = legal.map(({ code }) => `'${code}'`).join(', ');
    const found = rowsOf(
      sqlite,
      path,
      `select ${name} as code, count(*) as count from ${quoted(table.name)}
        where ${name} is null or ${name} not in (${list}) group by 1 order by 2 desc limit ${EXAMPLES}`,
    );
    const values = found.map(({ code, count }) => `${code === null ? 'NULL' : `"${code}"`} × ${count}`).join(', ');
    refuse(
      sqlite,
      path,
      table,
      `${name} is null or ${name} not in (${list})`,
      `with an unknown ${column.toUpperCase()}: ${values}; wanted leaves of the nomenclature such as ${legal[0]!.code}`,
    );
  }
}

function refuse(sqlite: Sqlite, path: string, table: OccupationSolTable, where: string, words: string): void {
  const from = `from ${quoted(table.name)} where ${where}`;
  const [{ count }] = rowsOf(sqlite, path, `select count(*) as count ${from}`) as [{ count: number }];
  if (count === 0) return;
  const ids = rowsOf(sqlite, path, `select ${quoted(table.columns.id!)} as id ${from} limit ${EXAMPLES}`);
  throw new BadInput(
    `${path}, layer ${table.name}: ${count} rows (${ids.map(({ id }) => id).join(', ')}${count > ids.length ? ', …' : ''}) ${words}`,
  );
}
