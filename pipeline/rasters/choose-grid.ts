/** The grid of a run. Pure. */
import { BadInput } from '../errors.ts';
import { type BboxLocal, type Grid, gridBbox } from '../grid.ts';
import type { Mosaic } from './mosaic.ts';

/** Slack on edges, in pixels: an edge that passes a pixel's centre by less than that is on it. */
const EDGE_PX = 0.01;

/**
 * The grid of the finest image (of the finest source where the model takes no image), or another resolution from the same
 * corner, cut to the pixels whose centre every source and `bboxLocal` hold.
 */
export function chooseGrid(mosaics: Mosaic[], options: { resolutionM?: number; bboxLocal?: BboxLocal }): Grid {
  const images = mosaics.filter(({ role }) => role !== 'mns' && role !== 'mnt');
  const candidates = images.length > 0 ? images : mosaics;
  const finest = candidates.reduce((best, other) => (other.grid.resolutionM < best.grid.resolutionM ? other : best));
  let grid = atResolution(finest.grid, options.resolutionM ?? finest.grid.resolutionM);
  for (const mosaic of mosaics) {
    if (mosaic === finest) continue;
    grid = cutOrRefuse(grid, gridBbox(mosaic.grid), `${mosaic.role} (${mosaic.dalles[0]!.file.path})`);
  }
  return options.bboxLocal ? cutOrRefuse(grid, options.bboxLocal, 'the extent asked') : grid;
}

function atResolution(grid: Grid, resolutionM: number): Grid {
  if (!(resolutionM > 0)) throw new BadInput(`resolution ${resolutionM} m, a positive one wanted`);
  if (resolutionM === grid.resolutionM) return grid;
  const fit = (lengthPx: number) => Math.floor((lengthPx * grid.resolutionM) / resolutionM + EDGE_PX);
  return { ...grid, resolutionM, widthPx: fit(grid.widthPx), heightPx: fit(grid.heightPx) };
}

function cutOrRefuse(grid: Grid, bbox: BboxLocal, what: string): Grid {
  const cut = cutGrid(grid, bbox);
  if (cut) return cut;
  const text = (box: BboxLocal) => `[${box.join(', ')}]`;
  throw new BadInput(`${what} covers ${text(bbox)} and does not overlap the other sources, ${text(gridBbox(grid))}`);
}

/** The pixels of a grid whose centre is in `bbox`; undefined for none. */
export function cutGrid(grid: Grid, [minX, minY, maxX, maxY]: BboxLocal): Grid | undefined {
  const { originX, originY, resolutionM } = grid;
  const firstIn = (edgeM: number) => Math.max(0, Math.ceil(edgeM / resolutionM - 0.5 - EDGE_PX));
  const endIn = (edgeM: number, lengthPx: number) =>
    Math.min(lengthPx, Math.floor(edgeM / resolutionM - 0.5 + EDGE_PX) + 1);
  const left = firstIn(minX - originX);
  const right = endIn(maxX - originX, grid.widthPx);
  const top = firstIn(originY - maxY);
  const bottom = endIn(originY - minY, grid.heightPx);
  if (right <= left || bottom <= top) return undefined;
  return {
    ...grid,
    originX: roundMicrometre(originX + left * resolutionM),
    originY: roundMicrometre(originY - top * resolutionM),
    widthPx: right - left,
    heightPx: bottom - top,
  };
}

const roundMicrometre = (metres: number) => Math.round(metres * 1e6) / 1e6;
