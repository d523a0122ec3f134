/** Pixels and ground: one north-up grid of square pixels in a département's projected CRS. Pure. */

/** `originX`, `originY`: the outer corner, top left, of pixel (0, 0), in metres of `srid`. */
export interface Grid {
  srid: number;
  originX: number;
  originY: number;
  resolutionM: number;
  widthPx: number;
  heightPx: number;
}

/** A rectangle of pixels of a grid; it may reach outside the grid. */
export interface PixelWindow {
  xPx: number;
  yPx: number;
  widthPx: number;
  heightPx: number;
}

/** [minX, minY, maxX, maxY] in metres of the grid's CRS. */
export type BboxLocal = [number, number, number, number];

export const gridBbox = (grid: Grid): BboxLocal => [
  grid.originX,
  grid.originY - grid.heightPx * grid.resolutionM,
  grid.originX + grid.widthPx * grid.resolutionM,
  grid.originY,
];

export const pixelAreaM2 = (grid: Grid) => grid.resolutionM * grid.resolutionM;

/** Ground x of the left edge of pixel column `xPx`. One expression everywhere, so that equal columns give equal bits. */
export const groundX = (grid: Grid, xPx: number) => roundMm(grid.originX + xPx * grid.resolutionM);

/** Ground y of the top edge of pixel row `yPx`. */
export const groundY = (grid: Grid, yPx: number) => roundMm(grid.originY - yPx * grid.resolutionM);

/** Coordinates are kept to the millimetre: a tenth of what the imagery could tell, and short to write. */
const roundMm = (metres: number) => Math.round(metres * 1000) / 1000;

/** The ground of a window as a grid of its own. */
export const windowGrid = (grid: Grid, { xPx, yPx, widthPx, heightPx }: PixelWindow): Grid => ({
  ...grid,
  originX: groundX(grid, xPx),
  originY: groundY(grid, yPx),
  widthPx,
  heightPx,
});

/** A window with `framePx` more on each side, as far as the grid goes. */
export function withFrame({ xPx, yPx, widthPx, heightPx }: PixelWindow, framePx: number, grid: Grid): PixelWindow {
  const [left, top] = [Math.max(xPx - framePx, 0), Math.max(yPx - framePx, 0)];
  return {
    xPx: left,
    yPx: top,
    widthPx: Math.min(xPx + widthPx + framePx, grid.widthPx) - left,
    heightPx: Math.min(yPx + heightPx + framePx, grid.heightPx) - top,
  };
}

/** The grid cut into dalles of `sidePx`, row by row from the top left; the last of a row or column may be smaller. */
export function cutInDalles(grid: Grid, sidePx: number): PixelWindow[] {
  const dalles: PixelWindow[] = [];
  for (let yPx = 0; yPx < grid.heightPx; yPx += sidePx) {
    for (let xPx = 0; xPx < grid.widthPx; xPx += sidePx) {
      dalles.push({
        xPx,
        yPx,
        widthPx: Math.min(sidePx, grid.widthPx - xPx),
        heightPx: Math.min(sidePx, grid.heightPx - yPx),
      });
    }
  }
  return dalles;
}
