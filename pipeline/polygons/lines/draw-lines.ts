/** Borders drawn and measured; what follows rules of its own is measured apart from the rest. Pure. */
import type { Arc } from '../arcs/arc.ts';
import type { Buildings } from '../arcs/drawing-order.ts';
import type { PackedLines } from '../arcs/packed-arcs.ts';
import { measureLine, noDisplacement } from './displacement.ts';
import { isBeside, isExtents, type LineRules, lineOfArc } from './line-of-arc.ts';
import { linesOfBuilding } from './lines-of-building.ts';

export interface DrawnLines extends Omit<PackedLines, 'starts' | 'points'> {
  lines: Int32Array[];
}

/** The lines of arcs, in their order; those of `buildings` are drawn building by building. */
export function drawLines<Region extends { value: number }>(
  arcs: readonly Arc<Region>[],
  { starts, areasPx }: Buildings,
  rules: LineRules,
): DrawnLines {
  const displacement = noDisplacement();
  const between = new Float64Array(arcs.length);
  const squared = new Uint8Array(arcs.length);
  const lines: Int32Array[] = [];
  const measure = (arc: Arc<Region>, line: Int32Array) => {
    if (!isExtents(arc) && !isBeside(arc, rules.isOssature)) measureLine(arc, line, displacement);
  };
  for (const arc of arcs.slice(0, starts[0])) {
    const line = lineOfArc(arc, rules);
    measure(arc, line);
    lines.push(line);
  }
  areasPx.forEach((areaPx, building) => {
    const own = arcs.slice(starts[building], starts[building + 1]);
    linesOfBuilding(own, areaPx, rules).forEach((drawn, i) => {
      if (!drawn.squared) measure(own[i]!, drawn.line);
      between[lines.length] = drawn.betweenPx2;
      squared[lines.length] = drawn.squared ? 1 : 0;
      lines.push(drawn.line);
    });
  });
  return { lines, between, squared, displacement };
}
