/** Objects that stay below a rule, with the reason. */
import type { PolygonsArtefact } from '../artefacts.ts';
import { readListed } from '../listed-objects.ts';
import type { ListedObject } from '../polygons-measures.ts';
import type { FaultRule } from './report.ts';

/** An object that breaks a rule, and why it may. */
export interface Excused {
  id: string;
  rule: FaultRule;
  reason: string;
}

/** Adds one; an object has one reason a rule, the first. */
export function list<Row extends Excused>(byId: Map<string, Row[]>, object: Row): void {
  const before = byId.get(object.id) ?? [];
  if (!before.some(({ rule }) => rule === object.rule)) byId.set(object.id, [...before, object]);
}

/** As the polygons stage left them. */
export async function listedById(polygons: PolygonsArtefact): Promise<Map<string, ListedObject[]>> {
  const byId = new Map<string, ListedObject[]>();
  for await (const object of readListed(polygons.listed)) list(byId, object);
  return byId;
}

/** How many of the listed keep their rule in the end. */
export function keptInTheEnd(
  listed: Map<string, ListedObject[]>,
  broken: ReadonlyMap<string, readonly Excused[]>,
): number {
  const isBroken = ({ id, rule }: ListedObject) => broken.get(id)?.some((row) => row.rule === rule);
  return [...listed.values()].flat().filter((row) => !isBroken(row)).length;
}
