/** A window of the run's grid out of the sources of one acquisition. */
import type { BandRequest, BandWindow } from '../artefacts.ts';
import { hasByte } from '../byte-search.ts';
import type { Grid, PixelWindow } from '../grid.ts';
import { type BandPlan, CODED_ELEVATION_PER_METRE, type Role } from './bands.ts';
import { type DalleWindow, ones } from './dalle.ts';
import { intersect, type Mosaic, readMosaic } from './mosaic.ts';
import { axisTaps, columnsAxis, isCopy, nearestKnown, rowsAxis, tapsRange, weigh } from './resample.ts';
import type { Scratch } from './scratch.ts';

export interface Acquisition {
  plans: BandPlan[];
  mosaics: Map<Role, Mosaic>;
  grid: Grid;
  scratch: Scratch;
}

/**
 * Reads a window, into the arrays of `used` where they fit; pixels that are 0 in `mask` are unknown, whatever the sources say. Unknown
 * pixels are 0 in every band.
 */
export async function readBands(
  { plans, mosaics, grid, scratch }: Acquisition,
  window: PixelWindow,
  mask: Uint8Array | undefined,
  used?: BandWindow,
): Promise<BandWindow> {
  const size = window.widthPx * window.heightPx;
  const fits = used?.valid.length === size && used.data.length === plans.length * size;
  const result: BandWindow = fits ? { ...used, window } : emptyPart(plans, window);
  const inside = intersect(window, { xPx: 0, yPx: 0, widthPx: grid.widthPx, heightPx: grid.heightPx });
  const nothing = !inside || (mask !== undefined && !hasByte(mask, 1));
  const whole = !nothing && inside.widthPx * inside.heightPx === size;
  if (fits && !whole) {
    result.data.fill(0);
    result.valid.fill(0);
  }
  if (nothing) return result;
  const part = whole ? result : emptyPart(plans, inside);
  const read = new Map<Role, DalleWindow>();
  const reading = [...mosaics].map(async ([role, mosaic]) => {
    read.set(role, await readAligned(mosaic, grid, inside, planesFor(role, mosaic, plans, part, scratch), scratch));
  });
  await Promise.all(reading);
  plans.forEach((plan, index) => {
    const planes = plan.from.map(
      ({ role, band }) => read.get(role)!.planes[mosaics.get(role)!.reading.bands.indexOf(band)]!,
    );
    combine(plan, planes, planeOf(part, index));
  });
  scratch.give([...read.values()].flatMap(({ planes }) => planes.filter(({ buffer }) => buffer !== part.data.buffer)));
  allKnown(
    [...read.values()].map(({ known }) => known),
    part.valid,
  );
  if (!whole) place(part, result, plans.length);
  if (mask) for (let i = 0; i < size; i++) result.valid[i]! &= mask[i]!;
  if (hasByte(result.valid, 0)) forgetUnknown(result, plans.length);
  return result;
}

/** A band of a window, as a view. */
function planeOf({ window, data }: BandWindow, index: number): Float32Array {
  const size = window.widthPx * window.heightPx;
  return data.subarray(index * size, (index + 1) * size);
}

/** Where a role's bands are read to: the band's place in the window where one plan alone takes it, else a plane of its own. */
function planesFor(
  role: Role,
  { reading }: Mosaic,
  plans: BandPlan[],
  part: BandWindow,
  scratch: Scratch,
): Float32Array[] {
  return reading.bands.map((band) => {
    const uses = plans.filter(({ from }) => from.some((place) => place.role === role && place.band === band));
    const [only] = uses;
    const alone = uses.length === 1 && only!.kind !== 'difference';
    return alone ? planeOf(part, plans.indexOf(only!)) : scratch.take(part.valid.length);
  });
}

const emptyPart = (plans: BandPlan[], window: PixelWindow): BandWindow => ({
  window,
  data: new Float32Array(plans.length * window.widthPx * window.heightPx),
  valid: new Uint8Array(window.widthPx * window.heightPx),
});

/** The pixels of a mosaic that a window of `grid` is made of; they may lie outside of it. */
export function sourceWindow(mosaic: Mosaic, grid: Grid, window: PixelWindow): PixelWindow {
  const ends = (
    target: Parameters<typeof axisTaps>[0],
    source: Parameters<typeof axisTaps>[1],
    start: number,
    count: number,
  ) => {
    const [from] = tapsRange(axisTaps(target, source, start, 1));
    const [, to] = tapsRange(axisTaps(target, source, start + count - 1, 1));
    return [from, to - from] as const;
  };
  const [xPx, widthPx] = ends(columnsAxis(grid), columnsAxis(mosaic.grid), window.xPx, window.widthPx);
  const [yPx, heightPx] = ends(rowsAxis(grid), rowsAxis(mosaic.grid), window.yPx, window.heightPx);
  return { xPx, yPx, widthPx, heightPx };
}

/** A window of `grid` out of a mosaic on its own grid, into `planes`, one a band of the mosaic's reading. */
async function readAligned(
  mosaic: Mosaic,
  grid: Grid,
  window: PixelWindow,
  planes: Float32Array[],
  scratch: Scratch,
): Promise<DalleWindow> {
  const columns = axisTaps(columnsAxis(grid), columnsAxis(mosaic.grid), window.xPx, window.widthPx);
  const rows = axisTaps(rowsAxis(grid), rowsAxis(mosaic.grid), window.yPx, window.heightPx);
  const from = sourceWindow(mosaic, grid, window);
  if (isCopy(columns, rows)) return readMosaic(mosaic, from, planes);
  const own = planes.map(() => scratch.take(from.widthPx * from.heightPx));
  const source = await readMosaic(mosaic, from, own);
  const holes = hasByte(source.known, 0) ? source.known : undefined;
  source.planes.forEach((values, band) => {
    weigh(values, holes, columns, rows, planes[band]!);
  });
  scratch.give(own);
  const size = window.widthPx * window.heightPx;
  return { planes, known: holes ? nearestKnown(holes, columns, rows) : ones(size) };
}

function allKnown(masks: Uint8Array[], out: Uint8Array): void {
  out.fill(1);
  for (const mask of masks) {
    if (!hasByte(mask, 0)) continue; // the usual case
    for (let i = 0; i < out.length; i++) out[i]! &= mask[i]!;
  }
}

/** A band's value from its sources: value = clip(source × scale + offset). E of a file counts fifths of a metre. */
function combine({ request, kind }: BandPlan, planes: Float32Array[], out: Float32Array): void {
  const [first, second] = planes as [Float32Array, Float32Array];
  const { offset, clipMin = Number.NEGATIVE_INFINITY, clipMax = Number.POSITIVE_INFINITY } = request;
  const scale = kind === 'coded elevation' ? request.scale / CODED_ELEVATION_PER_METRE : request.scale;
  const asItIs =
    scale === 1 && offset === 0 && clipMin === Number.NEGATIVE_INFINITY && clipMax === Number.POSITIVE_INFINITY;
  const inPlace = first.buffer === out.buffer && first.byteOffset === out.byteOffset;
  if (kind !== 'difference' && asItIs) {
    if (!inPlace) out.set(first);
    return;
  }
  if (kind === 'difference') {
    codeHeights(first, second, { scale, offset, clipMin, clipMax }, out);
    return;
  }
  for (let i = 0; i < out.length; i++) {
    const value = first[i]! * scale + offset;
    out[i] = value < clipMin ? clipMin : value > clipMax ? clipMax : value;
  }
}

/** Ground that lies above a roof is a fault of the models: nothing stands there. */
function codeHeights(
  surface: Float32Array,
  ground: Float32Array,
  { scale, offset, clipMin, clipMax }: Required<Pick<BandRequest, 'scale' | 'offset' | 'clipMin' | 'clipMax'>>,
  out: Float32Array,
): void {
  for (let i = 0; i < out.length; i++) {
    const height = Math.fround(surface[i]! - ground[i]!);
    const value = (height > 0 ? height : 0) * scale + offset;
    out[i] = value < clipMin ? clipMin : value > clipMax ? clipMax : value;
  }
}

/** Copies a part of a window to its place in it. */
function place(part: BandWindow, into: BandWindow, bands: number): void {
  const [from, to] = [part.window, into.window];
  const [partSize, size] = [from.widthPx * from.heightPx, to.widthPx * to.heightPx];
  for (let y = 0; y < from.heightPx; y++) {
    const start = y * from.widthPx;
    const at = (from.yPx - to.yPx + y) * to.widthPx + from.xPx - to.xPx;
    into.valid.set(part.valid.subarray(start, start + from.widthPx), at);
    for (let band = 0; band < bands; band++) {
      const row = part.data.subarray(band * partSize + start, band * partSize + start + from.widthPx);
      into.data.set(row, band * size + at);
    }
  }
}

/** What a file holds where it knows nothing (fill values, NaN) goes no further. */
function forgetUnknown({ data, valid }: BandWindow, bands: number): void {
  for (let i = 0; i < valid.length; i++) {
    if (valid[i]) continue;
    for (let band = 0; band < bands; band++) data[band * valid.length + i] = 0;
  }
}
