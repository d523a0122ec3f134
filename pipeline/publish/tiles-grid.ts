/** WebMercatorQuad: tiles and the ground they cover (OGC Two Dimensional Tile Matrix Set, EPSG:3857). Pure. */

export interface TileCoord {
  z: number;
  x: number;
  y: number;
}

/** [west, south, east, north], degrees. */
export type BboxWgs84 = [number, number, number, number];

/** Half the world's width in EPSG:3857, metres. */
const HALF_WORLD_M = 20037508.3427892;

const worldX = (longitude: number) => longitude / 360 + 0.5;
const worldY = (latitude: number) => {
  const sin = Math.sin((latitude * Math.PI) / 180);
  return 0.5 - (0.25 * Math.log((1 + sin) / (1 - sin))) / Math.PI;
};

/** The deepest zoom at which the extent is no wider and no higher than one tile (it may still lie across up to four). */
export function zoomOfOneTile([west, south, east, north]: BboxWgs84, zoomMax: number): number {
  const side = Math.max(worldX(east) - worldX(west), worldY(south) - worldY(north));
  return side <= 0 ? zoomMax : Math.min(Math.max(Math.floor(-Math.log2(side)), 0), zoomMax);
}

/** Tiles of zoom `z` that the extent touches, row by row. */
export function tilesOfExtent(extent: BboxWgs84, z: number): TileCoord[] {
  const { left, right, top, bottom } = tileRange(extent, z);
  const tiles: TileCoord[] = [];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) tiles.push({ z, x, y });
  }
  return tiles;
}

/** How many tiles of zoom `z` the extent touches. */
export function countTilesOfExtent(extent: BboxWgs84, z: number): number {
  const { left, right, top, bottom } = tileRange(extent, z);
  return (right - left + 1) * (bottom - top + 1);
}

function tileRange([west, south, east, north]: BboxWgs84, z: number) {
  const side = 2 ** z;
  const index = (world: number) => Math.min(Math.max(Math.floor(world * side), 0), side - 1);
  return {
    left: index(worldX(west)),
    right: index(worldX(east)),
    top: index(worldY(north)),
    bottom: index(worldY(south)),
  };
}

export const childrenOf = ({ z, x, y }: TileCoord): TileCoord[] =>
  [0, 1, 2, 3].map((i) => ({ z: z + 1, x: 2 * x + (i & 1), y: 2 * y + (i >> 1) }));

/** [minX, minY, maxX, maxY] of a tile in EPSG:3857 metres, `margin` (a share of the side) wider on each side. */
export function tileBounds3857({ z, x, y }: TileCoord, margin: number): [number, number, number, number] {
  const side = (2 * HALF_WORLD_M) / 2 ** z;
  return [
    (x - margin) * side - HALF_WORLD_M,
    HALF_WORLD_M - (y + 1 + margin) * side,
    (x + 1 + margin) * side - HALF_WORLD_M,
    HALF_WORLD_M - (y - margin) * side,
  ];
}
