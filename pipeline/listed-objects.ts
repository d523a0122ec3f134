/** Objects that stay below a rule of the product, as the polygons stage lists them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ListedObject } from './polygons-measures.ts';

/** The lines of a list of exceptions; none without one. */
export async function* readListed(path: string | undefined): AsyncGenerator<ListedObject> {
  if (path === undefined) return;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line !== '') yield JSON.parse(line) as ListedObject;
  }
}
