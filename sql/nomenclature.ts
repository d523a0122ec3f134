/** The nomenclature and the artificialisation matrix, as CSV files beside this folder keep them. */
import { readFileSync } from 'node:fs';
import { packageFile } from './package-root.ts';
import type { MatriceRow, NomenclatureRow } from './schema.ts';

/** The 47 codes of OCS GE, in the order of the legend. Labels hold no comma, so a line splits on commas. */
export function readNomenclature(): NomenclatureRow[] {
  return readCsv('nomenclature.csv').map((row, index) => ({
    code: row['code']!,
    dimension: row['dim'] as 'CS' | 'US',
    parent: row['parent'] || null,
    libelle: row['label_fr']!,
    couleur: row['color_hex']!,
    feuille: row['leaf_allowed_in_product'] === '1',
    rang: index + 1,
  }));
}

/** 14 couvertures × 20 usages: what the ministry's matrix says of each pair (decree of 27 November 2023). */
export function readMatrice(): MatriceRow[] {
  return readCsv('artif_matrix.csv').map((row) => ({
    code_cs: row['code_cs']!,
    code_us: row['code_us']!,
    artificiel: row['artificial_by_matrix'] === '1',
    impermeable: row['impermeable'] === '1',
  }));
}

function readCsv(name: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(packageFile('sql', 'nomenclature', name), 'utf8')
    .trim()
    .split(/\r?\n/);
  const columns = header!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    if (cells.length !== columns.length)
      throw new Error(`${name}: ${cells.length} cells where ${columns.length} are wanted: ${line}`);
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]!]));
  });
}
