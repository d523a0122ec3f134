/** The grid of a run. Pure. */
import { BadInput } from '../errors.ts';
import { type BboxLocal, type Grid, gridBbox } from '../grid.ts';
import { isHeight } from './bands.ts';
import type { Mosaic } from './mosaic.ts';

/** Slack on edges, in pixels: an edge that passes a pixel's centre by less than that is on it. */
const EDGE_PX = 0.01;

/**
 * The grid of the finest image (of the finest source where the model takes no image), or another resolution from the same
 * corner, cut to the pixels whose centre every source and `bboxLocal` hold. Of several acquisitions: the pixels of the finest
 * one's grid, over the ground of all.
 */
export function chooseGrid(acquisitions: Mosaic[][], options: { resolutionM?: number; bboxLocal?: BboxLocal }): Grid {
  const grids = acquisitions.map((mosaics) => gridOfAll(mosaics, options.resolutionM));
  const grid = grids.length === 1 ? grids[0]! : unite(grids);
  return options.bboxLocal ? cutOrRefuse(grid, options.bboxLocal, 'the extent asked') : grid;
}

function gridOfAll(mosaics: Mosaic[], resolutionM: number | undefined): Grid {
  const images = mosaics.filter(({ role }) => !isHeight(role));
  const finest = finestOf((images.length > 0 ? images : mosaics).map(({ grid }) => grid));
  let grid = atResolution(finest, resolutionM ?? finest.resolutionM);
  for (const mosaic of mosaics) {
    if (mosaic.grid === finest) continue;
    grid = cutOrRefuse(grid, gridBbox(mosaic.grid), `${mosaic.role} (${mosaic.dalles[0]!.file.path})`);
  }
  return grid;
}

const finestOf = (grids: Grid[]) =>
  grids.reduce((best, other) => (other.resolutionM < best.resolutionM ? other : best));

/** The finest grid's pixels, over every pixel whose centre is in one of the grids. */
function unite(grids: Grid[]): Grid {
  const finest = finestOf(grids);
  const { originX, originY, resolutionM } = finest;
  const boxes = grids.map(gridBbox);
  const px = (metres: number) => Math.floor(metres / resolutionM + 0.5 + EDGE_PX);
  const left = Math.max(...boxes.map(([minX]) => px(originX - minX)));
  const top = Math.max(...boxes.map(([, , , maxY]) => px(maxY - originY)));
  const right = Math.max(...boxes.map(([, , maxX]) => px(maxX - originX)));
  const bottom = Math.max(...boxes.map(([, minY]) => px(originY - minY)));
  return {
    ...finest,
    originX: roundMicrometre(originX - left * resolutionM),
    originY: roundMicrometre(originY + top * resolutionM),
    widthPx: left + right,
    heightPx: top + bottom,
  };
}

function atResolution(grid: Grid, resolutionM: number): Grid {
  if (!(resolutionM > 0)) throw new BadInput(`resolution ${resolutionM} m, a positive one wanted`);
  if (resolutionM === grid.resolutionM) return grid;
  const fit = (lengthPx: number) => Math.floor((lengthPx * grid.resolutionM) / resolutionM + EDGE_PX);
  const [widthPx, heightPx] = [fit(grid.widthPx), fit(grid.heightPx)];
  if (widthPx > 0 && heightPx > 0) return { ...grid, resolutionM, widthPx, heightPx };
  const size = [grid.widthPx, grid.heightPx].map((px) => roundMicrometre(px * grid.resolutionM)).join(' × ');
  throw new BadInput(`resolution ${resolutionM} m: a pixel larger than the imagery, ${size} m`);
}

/** Throws `BadInput` naming both grounds where `bbox` has no pixel of the grid. */
function cutOrRefuse(grid: Grid, bbox: BboxLocal, what: string): Grid {
  const cut = cutGrid(grid, bbox);
  if (cut) return cut;
  const text = (box: BboxLocal) => `[${box.join(', ')}]`;
  const of = gridBbox(grid);
  if (bbox[0] < of[2] && bbox[2] > of[0] && bbox[1] < of[3] && bbox[3] > of[1]) {
    throw new BadInput(
      `${what} covers ${text(bbox)}, the centre of no pixel of ${grid.resolutionM} m: it is too small`,
    );
  }
  throw new BadInput(`${what} covers ${text(bbox)} and does not overlap the other sources, ${text(of)}`);
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
