/** Which tiles of WebMercatorQuad an extent touches. Pure. */

export interface TileMatrixLimits {
  tileMatrix: string;
  minTileRow: number;
  maxTileRow: number;
  minTileCol: number;
  maxTileCol: number;
}

/** Latitude at which Web Mercator's square ends. */
const LATITUDE_MAX = 85.051128779806604;

const columnAt = (longitude: number, z: number) => Math.floor(((longitude + 180) / 360) * 2 ** z);

function rowAt(latitude: number, z: number): number {
  const radians = (Math.min(Math.max(latitude, -LATITUDE_MAX), LATITUDE_MAX) * Math.PI) / 180;
  return Math.floor(((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * 2 ** z);
}

/**
 * Limits of each matrix from 0 to `zoomMax`: OpenLayers takes the first entry for the first matrix, so none may be missing at
 * the start, though tiles begin further down.
 */
export function tileLimits([west, south, east, north]: number[], zoomMax: number): TileMatrixLimits[] {
  return Array.from({ length: zoomMax + 1 }, (_, z) => {
    const last = 2 ** z - 1;
    const inside = (index: number) => Math.min(Math.max(index, 0), last);
    return {
      tileMatrix: String(z),
      minTileRow: inside(rowAt(north!, z)),
      maxTileRow: inside(rowAt(south!, z)),
      minTileCol: inside(columnAt(west!, z)),
      maxTileCol: inside(columnAt(east!, z)),
    };
  });
}
