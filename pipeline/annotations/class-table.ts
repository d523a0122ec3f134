/** Which classes annotations speak of: a table given by the user, or the nomenclature's couvertures. */
import { readFile } from 'node:fs/promises';
import { readNomenclature } from '../../sql/nomenclature.ts';
import { csvRows } from '../csv-rows.ts';
import { BadInput } from '../errors.ts';

/** A class as a person named it. `codeCs` null: annotated, but of no couverture; its pixels count as unknown. */
export interface AnnotationClass {
  name: string;
  nameFr?: string;
  codeCs: string | null;
  colour: string;
}

/** A class of masks: the value its pixels have. */
export interface MaskClass extends AnnotationClass {
  value: number;
}

const WANTED =
  'columns value, name, codeCs (a couverture such as CS1.1.1.1, or nothing), colour (#rrggbb), and optionally nameFr';

/** The 14 couvertures a product may hold, in the order of the legend, in the official colours. */
export function couvertureClasses(): (AnnotationClass & { codeCs: string })[] {
  return readNomenclature()
    .filter(({ dimension, feuille }) => dimension === 'CS' && feuille)
    .map(({ code, libelle, couleur }) => ({
      name: code,
      nameFr: libelle.replaceAll(';', ','),
      codeCs: code,
      colour: couleur,
    }));
}

/** Reads a table of classes (JSON: a list of objects; CSV: a header and lines). Throws `BadInput` naming the line at fault. */
export async function readClassTable(path: string): Promise<MaskClass[]> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new BadInput(`${path}: the table of classes cannot be read (${error.message})`);
  });
  const rows = /^\s*[[{]/.test(text) ? jsonRows(path, text) : csvRows(path, text);
  const classes = rows.map((row, index) => classOf(`${path}, class ${index + 1}`, row));
  if (classes.length === 0 || classes.length > 254) {
    throw new BadInput(`${path}: ${classes.length} classes; 1 to 254 wanted (${WANTED})`);
  }
  for (const key of ['value', 'name'] as const) {
    const twice = classes.find((row, index) => classes.findIndex((other) => other[key] === row[key]) < index);
    if (twice) throw new BadInput(`${path}: ${key} ${twice[key]} twice; each class once wanted`);
  }
  return classes;
}

/** A list of classes, or a document that holds one as `classes` (such as a `model.json` or an `index.json` of patches). */
function jsonRows(path: string, text: string): Record<string, unknown>[] {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${path}: not JSON (${(error as Error).message}); wanted a list of classes: ${WANTED}`);
  }
  const rows = Array.isArray(found) ? found : (found as { classes?: unknown }).classes;
  if (!Array.isArray(rows)) throw new BadInput(`${path}: no list of classes in it; wanted ${WANTED}`);
  return rows as Record<string, unknown>[];
}

function classOf(where: string, row: Record<string, unknown>): MaskClass {
  const { value = row['index'], name, nameFr, colour } = row ?? {};
  const number = Number(value);
  if (value === undefined || value === '' || !Number.isInteger(number)) {
    throw new BadInput(`${where}: value is ${JSON.stringify(value)}, a whole number wanted (${WANTED})`);
  }
  if (typeof name !== 'string' || name === '') throw new BadInput(`${where}: no name (${WANTED})`);
  if (typeof colour !== 'string' || !/^#[0-9a-f]{6}$/i.test(colour)) {
    throw new BadInput(`${where}: colour is ${JSON.stringify(colour)}, one such as #ff377a wanted`);
  }
  const codeCs = checkedCode(where, row['codeCs']);
  return { value: number, name, codeCs, colour, ...(typeof nameFr === 'string' && nameFr !== '' ? { nameFr } : {}) };
}

function checkedCode(where: string, code: unknown): string | null {
  if (code === null || code === '') return null;
  const legal = couvertureClasses().map(({ codeCs }) => codeCs);
  if (typeof code === 'string' && legal.includes(code)) return code;
  throw new BadInput(
    `${where}: codeCs is ${code === undefined ? 'missing' : JSON.stringify(code)}, one of ${legal.join(', ')} wanted, or nothing where the class is no couverture`,
  );
}
