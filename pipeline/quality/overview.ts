/** The whole extent as small pictures: couvertures, confidence, exceptions. */
import type { Polygon } from 'geojson';
import { bboxOf } from '../boxes.ts';
import { type BboxLocal, type Grid, gridBbox } from '../grid.ts';
import { png, type Rgb, rgb } from '../png.ts';
import { burn } from '../rasterise.ts';

const LONGEST_PX = 900;
const NOTHING: Rgb = [255, 255, 255];
const PLAIN: Rgb = [226, 232, 228];
const MARK_PX = 3;

/** Colours of the maps, as the page's legends have them. */
const LOW_COLOUR = '#c2185b';
export const EXCEPTION_COLOUR = '#e08a00';
export const FAULT_COLOUR = '#c2185b';

export class Overview {
  readonly grid: Grid;
  readonly #colours: Rgb[] = [NOTHING];
  readonly #byCode = new Map<string, number>();
  readonly #covers: Uint8Array;
  /** 1 + confidence in hundredths; 0: nobody. */
  readonly #confidence: Uint8Array;
  readonly #marks: Uint8Array;

  constructor(grid: Grid, colours: Map<string, string>) {
    const [minX, minY, maxX, maxY] = gridBbox(grid);
    const resolutionM = Math.max((maxX - minX) / LONGEST_PX, (maxY - minY) / LONGEST_PX, grid.resolutionM);
    const [widthPx, heightPx] = [Math.ceil((maxX - minX) / resolutionM), Math.ceil((maxY - minY) / resolutionM)];
    this.grid = { ...grid, resolutionM, widthPx, heightPx };
    for (const [code, colour] of colours) this.#byCode.set(code, this.#colours.push(rgb(colour)) - 1);
    this.#covers = new Uint8Array(widthPx * heightPx);
    this.#confidence = new Uint8Array(widthPx * heightPx);
    this.#marks = new Uint8Array(widthPx * heightPx);
  }

  paint(geometry: Polygon, codeCs: string, confiance: number): void {
    const part = this.#partOf(bboxOf(geometry.coordinates[0]!));
    if (part === undefined) return;
    const mask = new Uint8Array(part.grid.widthPx * part.grid.heightPx);
    burn(geometry, 0, part.grid, mask);
    const value = this.#byCode.get(codeCs) ?? 0;
    const shade = 1 + Math.round(Math.min(Math.max(confiance, 0), 1) * 100);
    for (let i = 0; i < mask.length; i++) {
      if (mask[i] === 0) continue;
      const row = part.yPx + Math.floor(i / part.grid.widthPx);
      const at = row * this.grid.widthPx + part.xPx + (i % part.grid.widthPx);
      this.#covers[at] = value;
      this.#confidence[at] = shade;
    }
  }

  /** A mark at a place; kind 1 over nothing, 2 over all. */
  mark(x: number, y: number, kind: 1 | 2): void {
    const { originX, originY, resolutionM, widthPx, heightPx } = this.grid;
    const [column, row] = [Math.floor((x - originX) / resolutionM), Math.floor((originY - y) / resolutionM)];
    for (let dy = -MARK_PX; dy <= MARK_PX; dy++) {
      for (let dx = -MARK_PX; dx <= MARK_PX; dx++) {
        const [px, py] = [column + dx, row + dy];
        if (px < 0 || py < 0 || px >= widthPx || py >= heightPx || dx * dx + dy * dy > MARK_PX * MARK_PX) continue;
        const at = py * widthPx + px;
        this.#marks[at] = Math.max(this.#marks[at]!, kind);
      }
    }
  }

  pictures(): { covers: string; confidence: string; marks: string } {
    const [exception, fault] = [rgb(EXCEPTION_COLOUR), rgb(FAULT_COLOUR)];
    return {
      covers: png(this.grid, (i) => this.#colours[this.#covers[i]!]!),
      confidence: png(this.grid, (i) => confidenceColour(this.#confidence[i]!)),
      marks: png(this.grid, (i) => [this.#covers[i] === 0 ? NOTHING : PLAIN, exception, fault][this.#marks[i]!]!),
    };
  }

  /** Pixels a box touches, as a grid of their own. */
  #partOf([minX, minY, maxX, maxY]: BboxLocal): { xPx: number; yPx: number; grid: Grid } | undefined {
    const { originX, originY, resolutionM, widthPx, heightPx } = this.grid;
    const xPx = Math.max(Math.floor((minX - originX) / resolutionM), 0);
    const yPx = Math.max(Math.floor((originY - maxY) / resolutionM), 0);
    const right = Math.min(Math.ceil((maxX - originX) / resolutionM), widthPx);
    const bottom = Math.min(Math.ceil((originY - minY) / resolutionM), heightPx);
    if (right <= xPx || bottom <= yPx) return undefined;
    const corner = { originX: originX + xPx * resolutionM, originY: originY - yPx * resolutionM };
    return { xPx, yPx, grid: { ...this.grid, ...corner, widthPx: right - xPx, heightPx: bottom - yPx } };
  }
}

/** A half or less is red, 0.8 yellow, 1 green: as the evaluation's report has it. */
function confidenceColour(value: number): Rgb {
  if (value === 0) return NOTHING;
  const confidence = (value - 1) / 100;
  const [low, middle, high] = [rgb(LOW_COLOUR), rgb('#f7e08b'), rgb('#1c7d54')];
  const [from, to, share] =
    confidence < 0.8 ? [low, middle, Math.max((confidence - 0.5) / 0.3, 0)] : [middle, high, (confidence - 0.8) / 0.2];
  return from.map((value, band) => Math.round(value + (to[band]! - value) * share)) as Rgb;
}
