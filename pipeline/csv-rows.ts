/** A small table a person wrote. Pure. */
import { BadInput } from './errors.ts';

/**
 * Rows of a CSV by the names of its header; cells between commas, or between semicolons where the header has one, as spreadsheets
 * in French write them. Quotes round a cell and a byte order mark are taken off. Throws `BadInput` naming `path` and the line
 * whose cells are more or fewer than the header's.
 */
export function csvRows(path: string, text: string): Record<string, string>[] {
  const [header = '', ...lines] = text
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/);
  const separator = header.includes(';') ? ';' : ',';
  const cells = (line: string) => line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  const columns = cells(header);
  return lines.filter(Boolean).map((line, index) => {
    const values = cells(line);
    if (values.length !== columns.length) {
      throw new BadInput(
        `${path}, line ${index + 2}: ${values.length} cells, ${columns.length} in the header (${header})`,
      );
    }
    return Object.fromEntries(columns.map((column, i) => [column, values[i]!]));
  });
}
