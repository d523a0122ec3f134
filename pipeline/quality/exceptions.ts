/** Objects that stay below a rule, with the reason. */
import type { PolygonsArtefact } from '../artefacts.ts';
import { readListed } from '../listed-objects.ts';
import type { ListedObject } from '../polygons-measures.ts';
import type { QualityReport } from './report.ts';

/** Adds one; an object has one reason a rule, the first. */
export function list(byId: Map<string, ListedObject[]>, object: ListedObject): void {
  const before = byId.get(object.id) ?? [];
  if (!before.some(({ rule }) => rule === object.rule)) byId.set(object.id, [...before, object]);
}

/** As the polygons stage left them. */
export async function listedById(polygons: PolygonsArtefact): Promise<Map<string, ListedObject[]>> {
  const byId = new Map<string, ListedObject[]>();
  for await (const object of readListed(polygons.listed)) list(byId, object);
  return byId;
}

/** How many there are of each. */
export function listedByReason(listed: Map<string, ListedObject[]>): QualityReport['listed'] {
  const rows = new Map<string, QualityReport['listed'][0]>();
  for (const { rule, reason } of [...listed.values()].flat()) {
    const row = rows.get(`${rule} ${reason}`) ?? { rule, reason, count: 0 };
    rows.set(`${rule} ${reason}`, { ...row, count: row.count + 1 });
  }
  const words = ({ reason, rule }: QualityReport['listed'][0]) => `${reason} ${rule}`;
  return [...rows.values()].sort((a, b) => b.count - a.count || (words(a) < words(b) ? -1 : 1));
}
