/** Pictures of reports: PNG as data URIs. Pure. */
import { PNG } from 'pngjs';

export type Rgb = [number, number, number];

/** Of `#rrggbb`. */
export const rgb = (hex: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Rgb;

/** A picture of widthPx × heightPx pixels, asked for row by row. */
export function png(size: { widthPx: number; heightPx: number }, colourOf: (pixel: number) => Rgb): string {
  const image = new PNG({ width: size.widthPx, height: size.heightPx, colorType: 2 });
  for (let i = 0; i < size.widthPx * size.heightPx; i++) image.data.set([...colourOf(i), 255], 4 * i);
  const bytes = PNG.sync.write(image, { colorType: 2, inputHasAlpha: true });
  return `data:image/png;base64,${bytes.toString('base64')}`;
}
