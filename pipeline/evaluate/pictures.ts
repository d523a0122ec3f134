/** Pictures of the ground: photo, truth, prediction, errors; and the accuracy block by block. */
import type { PixelWindow } from '../grid.ts';
import { png, type Rgb, rgb } from '../png.ts';
import { boundaryDistance } from './boundaries.ts';
import type { Level } from './labels.ts';
import { NONE, type Prediction } from './prediction.ts';
import { hash } from './random.ts';
import type { Block } from './scan.ts';
import type { Truth } from './truth.ts';

/** The photo under a window of the prediction's grid: heightPx × widthPx × R,G,B. */
export type ReadPhoto = (window: PixelWindow) => Promise<Uint8Array>;

export interface WindowPictures {
  why: 'worst' | 'median' | 'random';
  window: PixelWindow;
  /** Of the whole block the window is in the middle of. */
  accuracy: number;
  /** PNG as data URIs. */
  photo?: string;
  truth: string;
  prediction: string;
  errors: string;
}

const PICTURE_PX = 512;
const UNKNOWN: Rgb = [255, 255, 255];
const RIGHT: Rgb = [226, 232, 228];
export const ERROR_COLOUR = '#c2185b';
export const NEAR_ERROR_COLOUR = '#f3a64a';

/** The two worst blocks, a median one and two at random, each once; of whole blocks annotated for a half, where there are. */
export function chooseBlocks(blocks: Block[], seed: number): { why: WindowPictures['why']; block: Block }[] {
  const scored = blocks.filter(({ scoredPx }) => scoredPx > 0);
  const wholePx = Math.max(...blocks.map(({ window }) => window.widthPx * window.heightPx));
  const full = scored.filter(({ scoredPx }) => scoredPx >= wholePx / 2);
  const ranked = (full.length > 0 ? full : scored).toSorted((a, b) => accuracyOf(a) - accuracyOf(b));
  const shuffled = ranked
    .map((block, index) => ({ block, order: hash(seed, index, 7) }))
    .toSorted((a, b) => a.order - b.order);
  const wanted = [
    ...ranked.slice(0, 2).map((block) => ({ why: 'worst' as const, block })),
    { why: 'median' as const, block: ranked[Math.floor(ranked.length / 2)]! },
    ...shuffled.map(({ block }) => ({ why: 'random' as const, block })),
  ];
  return wanted.filter(({ block }, index) => wanted.findIndex((other) => other.block === block) === index).slice(0, 5);
}

const accuracyOf = ({ rightPx, scoredPx }: Block) => rightPx / scoredPx;

/** Draws the middle of chosen blocks. Errors within `nearPx` of a boundary of the truth have a colour of their own. */
export async function drawWindows(
  chosen: ReturnType<typeof chooseBlocks>,
  sources: { prediction: Prediction; truth: Truth; level: Level; nearPx: number; photo?: ReadPhoto },
): Promise<WindowPictures[]> {
  const { prediction, truth, level, nearPx, photo } = sources;
  const pictures: WindowPictures[] = [];
  for (const { why, block } of chosen) {
    const window = middleOf(block.window);
    const [predicted, known] = [await prediction.read(window), await truth.read(window)];
    const colours = level.labels.map(({ colour }) => rgb(colour));
    const truthLabels = known.map((value) => (value === 0 ? 0 : level.truthOf[value - 1]! + 1));
    const foundLabels = predicted.classes.map((value) => (value === NONE ? 0 : level.foundOf[value]! + 1));
    const distance = boundaryDistance(truthLabels, window.widthPx, window.heightPx, nearPx + 1);
    const pixels = photo && (await photo(window));
    pictures.push({
      why,
      window,
      accuracy: accuracyOf(block),
      ...(pixels ? { photo: png(window, (i) => [pixels[3 * i]!, pixels[3 * i + 1]!, pixels[3 * i + 2]!]) } : {}),
      truth: png(window, (i) => colours[truthLabels[i]! - 1] ?? UNKNOWN),
      prediction: png(window, (i) => colours[foundLabels[i]! - 1] ?? UNKNOWN),
      errors: png(window, (i) => {
        if (truthLabels[i] === 0 || foundLabels[i] === 0) return UNKNOWN;
        if (truthLabels[i] === foundLabels[i]) return RIGHT;
        return rgb(distance[i]! <= nearPx ? NEAR_ERROR_COLOUR : ERROR_COLOUR);
      }),
    });
  }
  return pictures;
}

/** Annotated blocks as pixels of a picture, from red (half right or less) to green; undefined for a single block. */
export function drawBlocks(blocks: Block[]): { png: string; columns: number; rows: number } | undefined {
  const scored = blocks.filter(({ scoredPx }) => scoredPx > 0);
  if (scored.length < 2) return undefined;
  const sidePx = Math.max(...blocks.map(({ window }) => window.widthPx));
  const place = ({ window }: Block) => ({ x: Math.floor(window.xPx / sidePx), y: Math.floor(window.yPx / sidePx) });
  const [xs, ys] = [scored.map((block) => place(block).x), scored.map((block) => place(block).y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [columns, rows] = [Math.max(...xs) - left + 1, Math.max(...ys) - top + 1];
  const colours = new Map(
    scored.map((block, index) => [(ys[index]! - top) * columns + xs[index]! - left, accuracyColour(accuracyOf(block))]),
  );
  return { png: png({ widthPx: columns, heightPx: rows }, (i) => colours.get(i) ?? UNKNOWN), columns, rows };
}

/** 0.5 or less is red, 0.8 yellow, 1 green. */
function accuracyColour(accuracy: number): Rgb {
  const [low, middle, high]: Rgb[] = [rgb('#c2185b'), rgb('#f7e08b'), rgb('#1c7d54')] as [Rgb, Rgb, Rgb];
  const [from, to, share] =
    accuracy < 0.8 ? [low!, middle!, Math.max((accuracy - 0.5) / 0.3, 0)] : [middle!, high!, (accuracy - 0.8) / 0.2];
  return from.map((value, band) => Math.round(value + (to[band]! - value) * share)) as Rgb;
}

function middleOf({ xPx, yPx, widthPx, heightPx }: PixelWindow): PixelWindow {
  const [width, height] = [Math.min(widthPx, PICTURE_PX), Math.min(heightPx, PICTURE_PX)];
  return {
    xPx: xPx + Math.floor((widthPx - width) / 2),
    yPx: yPx + Math.floor((heightPx - height) / 2),
    widthPx: width,
    heightPx: height,
  };
}
