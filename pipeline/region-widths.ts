/**
 * How wide ground is on a raster: the one place where distances become widths.
 *
 * A strip of n pixels has, farthest from all that is not its own, pixels at the distance (n + 1) / 2 in one row where n is odd, at
 * n / 2 in two rows where it is even: the distance alone does not tell n. So ground is `widthPx` wide where a pixel is further than
 * widthPx / 2 from it, when that takes an odd number of pixels; when it takes an even one, where a square of four is further than
 * (widthPx − √2) / 2, which with the square is widthPx along its diagonals. What these discs cover is as wide. Strips along the
 * pixels are told to the pixel, those at an angle to a pixel. At the edge of what is known half a disc is enough.
 */
import { Stopped } from './errors.ts';
import type { RasterFile } from './geotiff/read-raster.ts';
import { cutInDalles, type Grid, withFrame } from './grid.ts';
import { squaredValueDistances, type Values } from './value-distance.ts';

const BLOCK_PX = 1024;

/** What it takes to be as wide as is wanted. Squares of distances are whole numbers of pixels. */
export interface WidthTest {
  /** Pixels within less of a disc's middle are covered by it, and from so much on a pixel is such a middle. */
  leastSquare: number;
  /** Whether the middle is a square of four pixels, all of which pass. */
  isFour: boolean;
}

/** What two computations of a resolution may differ by. */
const ROUNDING = 1e-6;

/** `widthPx` need not be whole, and is a pixel at least. */
export function widthTest(widthPx: number): WidthTest {
  const width = Math.max(widthPx, 1);
  const pixels = Math.ceil(width - ROUNDING);
  const isFour = pixels % 2 === 0;
  const radius = isFour ? Math.max(pixels - 2, width - Math.SQRT2) / 2 : width / 2;
  return { leastSquare: Math.floor(radius * radius + ROUNDING) + 1, isFour };
}

/** Greatest squares in a region: of its pixels, and of its squares of four. */
export interface WidestSquares {
  one: number;
  four: number;
}

export const isAsWide = ({ leastSquare, isFour }: WidthTest, { one, four }: WidestSquares): boolean =>
  (isFour ? four : one) >= leastSquare;

/** The greatest whole number of pixels a region is wide. */
export function widestPx(squares: WidestSquares): number {
  let px = Math.floor(2 * Math.sqrt(Math.max(squares.one, squares.four))) + 1;
  while (px > 1 && !isAsWide(widthTest(px), squares)) px--;
  return px;
}

/**
 * By pixel: of the squares of four it lies in, those of its value alone, the greatest least square; 0 where there is none. Unknown
 * pixels, and what lies beyond the window, may make up the four.
 */
export function squaresOfFour(squares: Int32Array, values: Values, widthPx: number): Int32Array {
  const greatest = new Int32Array(squares.length);
  const raise = (i: number, least: number) => {
    if (greatest[i]! < least) greatest[i] = least;
  };
  /** Those of four indexes that lie within the window. */
  const tryThese = (four: number[]) => {
    const known = four.filter((i) => values[i] !== 0);
    if (known.some((i) => values[i] !== values[known[0]!])) return;
    const least = Math.min(...known.map((i) => squares[i]!));
    for (const i of known) raise(i, least);
  };
  const last = widthPx - 1;
  tryThese([0]);
  tryThese([last]);
  for (let row = 0; row < squares.length; row += widthPx) {
    const below = row + widthPx < squares.length ? widthPx : 0;
    tryThese([row, row + below]);
    tryThese([row + last, row + last + below]);
    for (let i = row; i < row + last; i++) {
      const value = values[i]!;
      const under = i + below;
      if (values[i + 1] === value && values[under] === value && values[under + 1] === value) {
        if (value === 0) continue;
        const least = Math.min(squares[i]!, squares[i + 1]!, squares[under]!, squares[under + 1]!);
        raise(i, least);
        raise(i + 1, least);
        raise(under, least);
        raise(under + 1, least);
      } else tryThese([i, i + 1, under, under + 1]);
      if (row === 0) tryThese([i, i + 1]);
    }
  }
  return greatest;
}

/**
 * By region, from 1: 1 where it is `widthM` wide somewhere. `regions` is a raster of region numbers on `grid`, 0 where there is
 * none; ground that is none narrows nothing. Throws `Stopped`.
 */
export async function regionsAsWideAs(
  widthM: number,
  { regions, grid, count }: { regions: RasterFile; grid: Grid; count: number },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const isWide = new Uint8Array(count + 1);
  const { leastSquare, isFour } = widthTest(widthM / grid.resolutionM);
  const reachPx = Math.ceil(Math.sqrt(leastSquare));
  for (const block of cutInDalles(grid, BLOCK_PX)) {
    if (signal.aborted) throw new Stopped('stopped while measuring the regions');
    const frame = withFrame(block, reachPx + 1, grid);
    const numbers = await regions.read(frame, 0, new Uint32Array(frame.widthPx * frame.heightPx));
    const ones = squaredValueDistances(numbers, frame.widthPx, reachPx);
    const squares = isFour ? squaresOfFour(ones, numbers, frame.widthPx) : ones;
    for (let y = block.yPx; y < block.yPx + block.heightPx; y++) {
      let i = (y - frame.yPx) * frame.widthPx + block.xPx - frame.xPx;
      for (const end = i + block.widthPx; i < end; i++) {
        if (squares[i]! >= leastSquare && numbers[i] !== 0) isWide[numbers[i]!] = 1;
      }
    }
  }
  return isWide;
}
