import { existsSync } from 'node:fs';
import { packageFile } from '../sql/package-root.ts';

/** A shipped model's folder for its id; any other text is a path. */
export function modelPath(model: string): string {
  const shipped = packageFile('models', model);
  return !model.includes('/') && existsSync(shipped) ? shipped : model;
}
