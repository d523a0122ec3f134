/** A place before and after, as pictures: PNG of class rasters, SVG of polygons. */
import type { Position } from 'geojson';
import type { ClassesArtefact, PolygonsArtefact } from '../artefacts.ts';
import { RasterCache } from '../geotiff/raster-cache.ts';
import { openRaster } from '../geotiff/read-raster.ts';
import type { BboxLocal, Grid, PixelWindow } from '../grid.ts';
import { png, type Rgb, rgb } from '../png.ts';
import type { PictureWindow } from './windows.ts';

/** What is drawn is cut so far beyond a window that edges along the cut are not seen. */
export const BEYOND_M = 2;

export interface DrawnObject {
  codeCs: string;
  ossature: boolean;
  rings: Position[][];
}

export interface WindowPictures extends PictureWindow {
  /** The class raster that the polygons were made from: as the model found it, where that is known. */
  before?: string;
  /** The couverture raster that was traced. */
  traced: string;
  objects: DrawnObject[];
}

const UNKNOWN: Rgb = [255, 255, 255];

type Layers = { polygons: PolygonsArtefact; classes: ClassesArtefact | undefined; colours: Map<string, string> };

/** Reads the rasters under a window. */
export async function drawWindow(
  window: PictureWindow,
  objects: DrawnObject[],
  layers: Layers,
): Promise<WindowPictures> {
  const { polygons, classes, colours } = layers;
  const place = pixelsOf(window.bbox, polygons.grid);
  const colourOf = (code: string | null | undefined): Rgb => (code ? rgb(colours.get(code) ?? '#888888') : UNKNOWN);
  const cache = new RasterCache();
  try {
    const couverture = await openRaster(polygons.couverturePath, cache);
    const values = await couverture.read(place, 0, new Uint8Array(place.widthPx * place.heightPx));
    const byValue = [UNKNOWN, ...polygons.codesCs.map(colourOf)];
    const traced = png(place, (i) => byValue[values[i]!]!);
    if (classes === undefined) return { ...window, traced, objects };
    const byIndex = new Map(classes.classes.map(({ index, codeCs }) => [index, colourOf(codeCs)]));
    const found = await readClasses(classes, place, cache);
    return { ...window, before: png(place, (i) => byIndex.get(found[i]!) ?? UNKNOWN), traced, objects };
  } finally {
    await cache.close();
  }
}

async function readClasses({ dalles }: ClassesArtefact, place: PixelWindow, cache: RasterCache): Promise<Uint8Array> {
  const found = new Uint8Array(place.widthPx * place.heightPx).fill(255);
  for (const { window, classPath } of dalles) {
    const left = Math.max(place.xPx, window.xPx);
    const top = Math.max(place.yPx, window.yPx);
    const widthPx = Math.min(place.xPx + place.widthPx, window.xPx + window.widthPx) - left;
    const heightPx = Math.min(place.yPx + place.heightPx, window.yPx + window.heightPx) - top;
    if (widthPx <= 0 || heightPx <= 0) continue;
    const raster = await openRaster(classPath, cache);
    const inside = { xPx: left - window.xPx, yPx: top - window.yPx, widthPx, heightPx };
    const part = await raster.read(inside, 0, new Uint8Array(widthPx * heightPx));
    for (let y = 0; y < heightPx; y++) {
      const row = part.subarray(y * widthPx, (y + 1) * widthPx);
      found.set(row, (top - place.yPx + y) * place.widthPx + left - place.xPx);
    }
  }
  return found;
}

function pixelsOf([minX, minY, maxX, maxY]: BboxLocal, grid: Grid): PixelWindow {
  return {
    xPx: Math.round((minX - grid.originX) / grid.resolutionM),
    yPx: Math.round((grid.originY - maxY) / grid.resolutionM),
    widthPx: Math.round((maxX - minX) / grid.resolutionM),
    heightPx: Math.round((maxY - minY) / grid.resolutionM),
  };
}

/** Polygons over a window as SVG, `sidePx` wide; over the picture `under` only as lines, with their vertices. */
export function polygonsSvg(
  { bbox, objects }: Pick<WindowPictures, 'bbox' | 'objects'>,
  colours: Map<string, string>,
  { sidePx, under }: { sidePx: number; under?: string },
): string {
  const [minX, , , maxY] = bbox;
  const scale = sidePx / (bbox[2] - minX);
  const heightPx = (maxY - bbox[1]) * scale;
  const at = ([x, y]: Position) => `${((x! - minX) * scale).toFixed(1)} ${((maxY - y!) * scale).toFixed(1)}`;
  const shapes = objects.map(({ codeCs, ossature, rings }) => {
    const d = rings.map((ring) => `M${ring.slice(0, -1).map(at).join('L')}Z`).join('');
    const fill = under === undefined ? (colours.get(codeCs) ?? '#888888') : 'none';
    return `<path d="${d}" fill="${fill}"${ossature ? ' class="ossature"' : ''}/>`;
  });
  const inside = ([x, y]: Position) => x! >= minX && x! <= bbox[2] && y! >= bbox[1] && y! <= maxY;
  const vertices =
    under === undefined
      ? ''
      : [...new Set(objects.flatMap(({ rings }) => rings.flat().filter(inside).map(at)))]
          .map((point) => `<circle cx="${point.split(' ')[0]}" cy="${point.split(' ')[1]}" r="2.6"/>`)
          .join('');
  const image = under
    ? `<image href="${under}" width="${sidePx}" height="${heightPx.toFixed(1)}" style="image-rendering:pixelated"/>`
    : '';
  return `<svg class="ground" viewBox="0 0 ${sidePx} ${heightPx.toFixed(1)}" role="img">${image}<g fill-rule="evenodd" stroke="#1c2a24" stroke-width="${under === undefined ? 0.8 : 1.6}" stroke-linejoin="round">${shapes.join('')}</g>${vertices}</svg>`;
}
