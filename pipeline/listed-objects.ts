/** Objects that stay below a rule of the product, as the polygons stage lists them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { PolygonsArtefact } from './artefacts.ts';
import type { ListedObject } from './polygons-measures.ts';

/** None where nothing was listed. */
export async function* readListed({ listed }: PolygonsArtefact): AsyncGenerator<ListedObject> {
  if (listed === undefined) return;
  for await (const line of createInterface({ input: createReadStream(listed) })) {
    if (line !== '') yield JSON.parse(line) as ListedObject;
  }
}
