import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of package.json: the same whether the code runs from its sources or from dist/. Files that are not compiled
 * (.sql, .csv, .json, .onnx, .css) are read from there.
 */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

export const packageFile = (...parts: string[]) => join(packageRoot, ...parts);

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}
