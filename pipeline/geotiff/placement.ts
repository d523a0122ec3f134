/** Where a GeoTIFF lies: its grid and its CRS from the tags, with the slips of real files put right. Pure. */
import type { Grid } from '../grid.ts';

/** The georeferencing tags of TIFF directory 0, as geotiff.js names and reads them. */
export interface GeoTags {
  widthPx: number;
  heightPx: number;
  /** i, j, k, x, y, z of the first tie point. */
  tiePoint: ArrayLike<number> | undefined;
  pixelScale: ArrayLike<number> | undefined;
  /** Row-major 4 × 4; used where there is no pixel scale. */
  transformation: ArrayLike<number> | undefined;
  geoKeys: Record<string, unknown>;
}

/** User-defined: GeoTIFF 1.1 §B.1. Real IGN tools write it beside a citation that names the CRS. */
const USER_DEFINED = 32767;
const PIXEL_IS_POINT = 2;

/** CRS that differ from a département's by the realisation (centimetres) or by a vertical part only. */
const SAME_PLANE = new Map([
  [5698, 2154], // Lambert-93 with NGF-IGN69 heights
  [9793, 2154], // RGF93 v2 / Lambert-93
  [9794, 2154], // RGF93 v2b / Lambert-93
]);

/** The parameters of Lambert-93, for files whose keys spell it out and name it nowhere. */
const LAMBERT_93 = {
  ProjStdParallel1GeoKey: 49,
  ProjStdParallel2GeoKey: 44,
  ProjFalseOriginLongGeoKey: 3,
  ProjFalseOriginLatGeoKey: 46.5,
  ProjFalseOriginEastingGeoKey: 700_000,
  ProjFalseOriginNorthingGeoKey: 6_600_000,
};

/** EPSG code of the file's CRS; undefined where the keys tell none. */
export function sridOf(geoKeys: Record<string, unknown>): number | undefined {
  const code = geoKeys['ProjectedCSTypeGeoKey'] ?? geoKeys['GeographicTypeGeoKey'];
  if (typeof code === 'number' && code !== USER_DEFINED && code > 0) return SAME_PLANE.get(code) ?? code;
  const cited = /EPSG\W*(\d{4,6})/i.exec(`${geoKeys['PCSCitationGeoKey'] ?? ''} ${geoKeys['GTCitationGeoKey'] ?? ''}`);
  if (cited) return SAME_PLANE.get(Number(cited[1])) ?? Number(cited[1]);
  const isLambert93 = Object.entries(LAMBERT_93).every(([key, value]) => geoKeys[key] === value);
  return isLambert93 ? 2154 : undefined;
}

/** What a message says of the CRS found. */
export function crsText(geoKeys: Record<string, unknown>): string {
  const srid = sridOf(geoKeys);
  if (srid !== undefined) return `CRS EPSG:${srid}`;
  const citation = geoKeys['GTCitationGeoKey'];
  return citation ? `CRS "${citation}"` : 'no CRS';
}

/**
 * The file's grid, its origin at the outer corner of pixel (0, 0) whatever the tags point at (PixelIsPoint: a centre).
 * Throws an Error that says what is wrong where the image is not north-up with square pixels.
 */
export function gridOf(tags: GeoTags): Grid {
  const [sizeX, sizeY, x, y] = affine(tags);
  if (!(sizeX > 0 && sizeY > 0)) throw new Error(`pixel of ${sizeX} × ${sizeY}, north-up wanted`);
  if (Math.abs(sizeX - sizeY) > 1e-3 * sizeX) throw new Error(`pixel of ${sizeX} × ${sizeY}, square wanted`);
  const resolutionM = snapResolution((sizeX + sizeY) / 2, Math.max(tags.widthPx, tags.heightPx));
  const toCorner = tags.geoKeys['GTRasterTypeGeoKey'] === PIXEL_IS_POINT ? resolutionM / 2 : 0;
  return {
    srid: sridOf(tags.geoKeys) ?? 0,
    originX: snapMetres(x - toCorner),
    originY: snapMetres(y + toCorner),
    resolutionM,
    widthPx: tags.widthPx,
    heightPx: tags.heightPx,
  };
}

/** [pixel width, pixel height (north-up: positive), x, y of pixel (0, 0)'s reference]. */
function affine({ tiePoint, pixelScale, transformation }: GeoTags): [number, number, number, number] {
  if (tiePoint && pixelScale) {
    const [i, j, , x, y] = Array.from(tiePoint);
    const [sizeX, sizeY] = Array.from(pixelScale);
    return [sizeX!, sizeY!, x! - i! * sizeX!, y! + j! * sizeY!];
  }
  if (!transformation) throw new Error('no georeferencing (neither tie point and pixel scale nor transformation)');
  const [sizeX, turnX, , x, turnY, minusSizeY, , y] = Array.from(transformation);
  if (turnX !== 0 || turnY !== 0) throw new Error('rotated image, north-up wanted');
  return [sizeX!, -minusSizeY!, x!, y!];
}

/** 0.19999999999963 is 0.2: to the micrometre, unless that would move the far edge by 1/100 of a pixel. */
function snapResolution(sizeM: number, lengthPx: number): number {
  const rounded = Math.round(sizeM * 1e6) / 1e6;
  return Math.abs(rounded - sizeM) * lengthPx < sizeM / 100 ? rounded : sizeM;
}

/** 770549.800000000046566 is 770549.8: to the tenth of a millimetre. */
const snapMetres = (metres: number) => Math.round(metres * 1e4) / 1e4;
