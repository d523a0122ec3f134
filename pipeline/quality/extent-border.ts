/** The border of what was to be covered: the polygon the coverage was cut at, or the grid's rectangle. */
import { readFile } from 'node:fs/promises';
import type { MultiPolygon, Polygon, Position } from 'geojson';
import type { PolygonsArtefact } from '../artefacts.ts';
import { ringOfBox } from '../boxes.ts';
import { gridBbox } from '../grid.ts';
import type { Edge } from '../loops.ts';
import { polygonAreaM2, polygonsOf } from '../rings.ts';
import { SegmentBands } from './segment-bands.ts';

/** Coordinates are kept to the millimetre, so a vertex put on a slanting border may lie this far beside it, m. */
export const BESIDE_M = 0.001;

export interface ExtentBorder {
  areaM2: number;
  lengthM: number;
  /** Whether an edge runs along the border. */
  has(edge: Edge): boolean;
  /** Whether a place lies inside it, or on it. */
  holds(x: number, y: number): boolean;
}

export async function extentBorder({ grid, limitPath }: PolygonsArtefact): Promise<ExtentBorder> {
  if (limitPath !== undefined) return borderOf(JSON.parse(await readFile(limitPath, 'utf8')) as Polygon | MultiPolygon);
  return borderOf({ type: 'Polygon', coordinates: [ringOfBox(gridBbox(grid))] });
}

function borderOf(geometry: Polygon | MultiPolygon): ExtentBorder {
  const polygons = polygonsOf(geometry);
  const bands = new SegmentBands(polygons.flat());
  const isOn = (x: number, y: number) => bands.isNear(x, y, BESIDE_M);
  return {
    holds: (x, y) => bands.holds(x, y) || isOn(x, y),
    areaM2: polygons.reduce((sum, rings) => sum + polygonAreaM2(rings), 0),
    lengthM: polygons.flat().reduce((sum, ring) => sum + lengthOf(ring), 0),
    has: ({ x1, y1, x2, y2 }) => isOn(x1, y1) && isOn(x2, y2) && isOn((x1 + x2) / 2, (y1 + y2) / 2),
  };
}

const lengthOf = (ring: Position[]) =>
  ring.slice(1).reduce((sum, to, i) => sum + Math.hypot(to[0]! - ring[i]![0]!, to[1]! - ring[i]![1]!), 0);
