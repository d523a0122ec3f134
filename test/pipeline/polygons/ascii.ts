/** Small rasters drawn as text: a letter is a class (a = 1), a dot nodata. */
import type { CouvertureRaster } from '../../../pipeline/couverture.ts';
import type { Grid } from '../../../pipeline/grid.ts';

export interface Drawing {
  classes: Uint8Array;
  widthPx: number;
  heightPx: number;
}

export function drawn(text: string): Drawing {
  const rows = text.trim().split(/\s+/);
  const values = rows.flatMap((row) => [...row].map((letter) => (letter === '.' ? 0 : letter.charCodeAt(0) - 96)));
  return { classes: Uint8Array.from(values), widthPx: rows[0]!.length, heightPx: rows.length };
}

export function drawing(classes: Uint8Array, widthPx: number): string {
  const letters = [...classes].map((value) => (value === 0 ? '.' : String.fromCharCode(96 + value))).join('');
  return letters.match(new RegExp(`.{${widthPx}}`, 'g'))!.join('\n');
}

/** One metre a pixel, the lower left corner at (0, 0). */
export const unitGrid = (widthPx: number, heightPx: number): Grid => ({
  srid: 2154,
  originX: 0,
  originY: heightPx,
  resolutionM: 1,
  widthPx,
  heightPx,
});

export function couvertureOf(text: string, resolutionM = 1, confidence = 255): CouvertureRaster {
  const { classes, widthPx, heightPx } = drawn(text);
  return {
    grid: { ...unitGrid(widthPx, heightPx), originY: Math.round(heightPx * resolutionM * 1000) / 1000, resolutionM },
    codesCs: ['CS1.1.1.1', 'CS1.1.1.2', 'CS1.1.2.1', 'CS1.2.1', 'CS1.2.2', 'CS2.1.1.1', 'CS2.2.1'],
    classes,
    confidence: classes.map((value) => (value === 0 ? 0 : confidence)),
  };
}
