/** Surfaces of water that are of the ossature: what BD TOPO maps is 5 m wide and more. Pure. */
import type { MultiPolygon, Polygon } from 'geojson';
import { evenOddM2 } from '../../even-odd-area.ts';
import type { BboxLocal } from '../../grid.ts';
import { rootOf, unite } from '../../regions.ts';
import { polygonsOf, ringsOf } from '../../rings.ts';

/** In metres of the run's CRS. */
export interface OssatureSurface {
  geometry: Polygon | MultiPolygon;
  bbox: BboxLocal;
  /** Storeys above the ground. */
  level: number;
}

/** The level of a surface; or why it is no part of the ossature. */
export function waterLevel(properties: Record<string, unknown>): number | 'underground' | 'intermittent' {
  const level = Number.parseInt(String(properties['position_par_rapport_au_sol'] ?? ''), 10) || 0;
  if (level < 0) return 'underground';
  return /^(intermittent|ephémère|éphémère)/i.test(String(properties['persistance'] ?? '')) ? 'intermittent' : level;
}

/** Net of its holes; by the rule it is burnt by, for outlines may cross themselves. */
export function surfaceM2({ geometry }: Pick<OssatureSurface, 'geometry'>): number {
  return polygonsOf(geometry).reduce((sum, rings) => sum + evenOddM2(rings), 0);
}

/** Those that with the others they share a vertex with cover `minM2`, or that reach beyond `limit`. */
export function largeSurfaces(surfaces: OssatureSurface[], minM2: number, limit: BboxLocal): OssatureSurface[] {
  const parents = Int32Array.from(surfaces, (_, i) => i);
  const owner = new Map<string, number>();
  for (const [i, { geometry }] of surfaces.entries()) {
    for (const [x, y] of ringsOf(geometry).flat()) {
      const key = `${x!.toFixed(3)} ${y!.toFixed(3)}`;
      const other = owner.get(key);
      if (other === undefined) owner.set(key, i);
      else unite(parents, i, other);
    }
  }
  const areas = new Float64Array(surfaces.length);
  for (const [i, surface] of surfaces.entries()) {
    const [minX, minY, maxX, maxY] = surface.bbox;
    const goesOn = minX < limit[0] || minY < limit[1] || maxX > limit[2] || maxY > limit[3];
    areas[rootOf(parents, i)]! += goesOn ? Number.POSITIVE_INFINITY : surfaceM2(surface);
  }
  return surfaces.filter((_, i) => areas[rootOf(parents, i)]! >= minM2);
}
