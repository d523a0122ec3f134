/** One cell's features → the encoded tiles of its subtree. */
import { gzipSync } from 'node:zlib';
import type { Feature, MultiPolygon, Polygon } from 'geojson';
import GeoJSONVT, { type RawTile } from 'geojson-vt';
import { EXTENT, encodeTile, type TilePolygon } from './mvt.ts';
import { childrenOf, type TileCoord } from './tiles-grid.ts';

/** Units a tile reaches beyond its sides, so that no seam shows where a renderer strokes or samples across. */
export const BUFFER = 64;

export interface StoredTile extends TileCoord {
  mvtGzip: Buffer;
}

/** Features carry a numeric `id`. */
export type TileFeature = Feature<Polygon | MultiPolygon, TilePolygon['properties']> & { id: number };

/**
 * Tiles of `cell` and of everything under it down to `zoomMax`, parents first; tiles with nothing in them are left out.
 * geojson-vt would simplify ring by ring, which opens slivers between neighbours: its tolerance is 0.
 */
export function* sliceCell(features: TileFeature[], cell: TileCoord, zoomMax: number): Generator<StoredTile> {
  const index = new GeoJSONVT(
    { type: 'FeatureCollection', features },
    { maxZoom: zoomMax, indexMaxZoom: 0, tolerance: 0, extent: EXTENT, buffer: BUFFER },
  );
  const pending = [cell];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { z, x, y } = next;
    const tile = index.getTileRaw(z, x, y);
    if (tile === null || tile.features.length === 0) continue;
    const mvt = encodeTile(polygons(tile));
    if (mvt !== undefined) yield { z, x, y, mvtGzip: gzipSync(mvt) };
    if (z < zoomMax) pending.push(...childrenOf(next).reverse());
  }
}

function* polygons(tile: RawTile): Generator<TilePolygon> {
  for (const { id, tags, type, ...rest } of tile.features) {
    if (type !== 3) continue;
    const { geometry } = rest as { geometry: ArrayLike<number>[] };
    yield { id: id as number, properties: (tags ?? {}) as TilePolygon['properties'], rings: geometry };
  }
}
