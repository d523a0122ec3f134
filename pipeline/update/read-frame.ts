/** The frame of a new millésime: the former one's raster, as it was traced. */
import type { PolygonsArtefact } from '../artefacts.ts';
import type { CouvertureRaster } from '../couverture.ts';
import { BadInput } from '../errors.ts';
import { openRaster } from '../geotiff/read-raster.ts';
import type { Grid } from '../grid.ts';

/** Both millésimes in one numbering: value n is `codesCs[n - 1]`, 0 nodata. */
export interface Framed {
  codesCs: string[];
  frame: Uint8Array;
  current: Uint8Array;
}

/** Origins nearer than this are one: what two writers of a GeoTIFF may differ by. */
const SAME_M = 1e-3;

/** Throws `BadInput` where the grids differ: a pixel kept from the frame must be the same piece of ground. */
export async function readFrame(current: CouvertureRaster, former: PolygonsArtefact): Promise<Framed> {
  const file = await openRaster(former.couverturePath);
  try {
    checkSameGrid(file.grid, current.grid, former.couverturePath);
    const { widthPx, heightPx } = current.grid;
    const frame = await file.read({ xPx: 0, yPx: 0, widthPx, heightPx }, 0, new Uint8Array(widthPx * heightPx));
    const codesCs = [...new Set([...current.codesCs, ...former.codesCs])].sort();
    return {
      codesCs,
      frame: recoded(frame, former.codesCs, codesCs),
      current: recoded(current.classes, current.codesCs, codesCs),
    };
  } finally {
    await file.close();
  }
}

function checkSameGrid(found: Grid, wanted: Grid, path: string): void {
  const same =
    found.srid === wanted.srid &&
    found.widthPx === wanted.widthPx &&
    found.heightPx === wanted.heightPx &&
    Math.abs(found.resolutionM - wanted.resolutionM) * Math.max(found.widthPx, found.heightPx) < SAME_M &&
    Math.abs(found.originX - wanted.originX) < SAME_M &&
    Math.abs(found.originY - wanted.originY) < SAME_M;
  if (!same) {
    throw new BadInput(
      `${path}: the former millésime is on ${gridText(found)}, the new one on ${gridText(wanted)}; one grid is wanted ` +
        'for both. Produce the new one with the former one’s bbox and resolution.',
    );
  }
}

const gridText = ({ srid, originX, originY, resolutionM, widthPx, heightPx }: Grid) =>
  `${widthPx} × ${heightPx} pixels of ${resolutionM} m from ${originX}, ${originY} (EPSG:${srid})`;

function recoded(classes: Uint8Array, from: string[], to: string[]): Uint8Array {
  const table = Uint8Array.from([0, ...from.map((code) => to.indexOf(code) + 1)]);
  return classes.map((value) => table[value]!);
}
