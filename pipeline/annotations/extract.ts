/** Imagery and annotations → patches for training, split by blocks of ground. */
import type { StageContext, WindowSource } from '../artefacts.ts';
import { BadInput, DiskFault } from '../errors.ts';
import type { BboxLocal, PixelWindow } from '../grid.ts';
import type { Annotations } from './annotations.ts';
import { type Block, clusterBoxes, placePatches, squareBlocks } from './blocks.ts';
import type { AnnotationClass } from './class-table.ts';
import { windowBbox } from './mask-annotations.ts';
import { keepApart, type Split, splitBlocks } from './split-blocks.ts';
import { IGNORE_INDEX, openPatchWriter, type PatchWriter, splitGeoJson, splitsWith } from './write-patches.ts';

export interface ExtractOptions {
  /** Side of a patch and distance from one to the next. */
  sidePx: number;
  stepPx: number;
  /** Side of square blocks in metres, or `auto`: what lies less than the buffer apart is one block. */
  block: number | 'auto';
  /** Ground kept free between patches of differing splits. */
  bufferM: number;
  /** Of train, valid and test; they sum to 1. */
  shares: Record<Split, number>;
  seed: number;
  /** Patches of which a larger share is unknown are left out. */
  maxUnknown: number;
  /** Bands whose values are clipped to 0 to 255: heights, and those given a scale. The others must be 8-bit already. */
  clipped: string[];
  source: string;
  credit?: string | undefined;
}

/** What was made. `pixels`: of each class, in the order of `classes`, then of unknown ground. */
export interface ExtractSummary {
  classes: AnnotationClass[];
  blocks: Record<Split, number>;
  patches: Record<Split, number>;
  pixels: Record<Split, number[]>;
  /** Patches left out: too much unknown ground or holes of the imagery, or too near to those of another split. */
  leftOut: { unknown: number; buffer: number };
}

interface Candidate {
  window: PixelWindow;
  bbox: BboxLocal;
  block: number;
  split: Split;
}

/**
 * Writes `out`/{train,valid,test}/{index.json,x.u8,y.u8}, `summary.json` and `split.geojson`. Only annotated ground is looked
 * at, whatever the imagery spans. Throws `BadInput` where there are fewer blocks than splits, where the imagery is elsewhere or
 * not 8-bit.
 */
export async function extractPatches(
  imagery: WindowSource,
  annotations: Annotations,
  out: string,
  options: ExtractOptions,
  ctx: StageContext,
): Promise<ExtractSummary> {
  const blocks =
    options.block === 'auto'
      ? clusterBoxes(annotations.annotated, options.bufferM)
      : squareBlocks(annotations.annotated, options.block);
  const { found, pixels, unknown } = await lookAt(blocks, imagery, annotations, options, ctx);
  const held = blocks.filter((_, block) => pixels[block]!.some((count) => count > 0)).length;
  checkBlocks(held, options);
  const splits = splitHeld(pixels, options);
  const candidates = found.map((candidate): Candidate => ({ ...candidate, split: splits[candidate.block]! }));
  const kept = keepApart(candidates, options.bufferM);
  const summary = emptySummary(annotations, splits, pixels);
  summary.leftOut = { unknown, buffer: candidates.length - kept.length };
  const { resolutionM, srid } = imagery.grid;
  const { source, credit, sidePx } = options;
  const set = { sidePx, bands: imagery.bands, resolutionM, srid, classes: annotations.classes, source, credit };
  const writer = await openPatchWriter(out, set, splitsWith(options.shares));
  try {
    const written = await writeAll(kept, writer, summary, { imagery, annotations, options, ctx });
    const drawn = candidates.map((candidate) => ({ ...candidate, kept: written.has(candidate) }));
    const shown = blocks.flatMap(({ bbox }, block) => (splits[block] ? [{ bbox, split: splits[block] }] : []));
    const parameters = { ...options, bands: imagery.bands, resolutionM, srid };
    await writer.finish({
      'summary.json': { ...summary, parameters },
      'split.geojson': splitGeoJson(srid, shown, drawn),
    });
  } catch (error) {
    await writer.abandon();
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new DiskFault(`${out}: the disk is full; the patches already cut are removed`, { cause: error });
  }
  return summary;
}

/** Places patches and counts what is known on them: by block, pixels of each class. */
async function lookAt(
  blocks: Block[],
  imagery: WindowSource,
  annotations: Annotations,
  { sidePx, stepPx, maxUnknown }: ExtractOptions,
  ctx: StageContext,
) {
  const { grid } = imagery;
  const pixels = blocks.map(() => annotations.classes.map(() => 0));
  const found: Omit<Candidate, 'split'>[] = [];
  let unknown = 0;
  let elsewhere = 0;
  const step = ctx.report.step('annotations: looking', blocks.length, 'blocks');
  for (const [block, ground] of blocks.entries()) {
    ctx.signal.throwIfAborted();
    for (const window of placePatches(ground, grid, sidePx, stepPx)) {
      const inside = window.xPx + sidePx > 0 && window.yPx + sidePx > 0;
      if (!inside || window.xPx >= grid.widthPx || window.yPx >= grid.heightPx) {
        elsewhere++;
        continue;
      }
      const counts = count(await annotations.read(grid, window), annotations.classes.length);
      if (counts[0]! > maxUnknown * sidePx * sidePx || counts[0] === sidePx * sidePx) {
        unknown++;
        continue;
      }
      for (let c = 0; c < annotations.classes.length; c++) pixels[block]![c]! += counts[c + 1]!;
      found.push({ window, bbox: windowBbox(grid, window), block });
    }
    step.advance(1);
  }
  step.end();
  if (found.length > 0) return { found, pixels, unknown };
  const why =
    elsewhere > 0
      ? 'the imagery covers none of the annotated ground'
      : `on each patch more than ${maxUnknown} is unknown`;
  throw new BadInput(`no patch can be cut: ${why}`);
}

function count(values: Uint8Array, classes: number): number[] {
  const counts = new Array<number>(classes + 1).fill(0);
  for (const value of values) counts[value]!++;
  return counts;
}

function checkBlocks(held: number, { shares, block }: ExtractOptions): void {
  const wanted = splitsWith(shares);
  if (held >= wanted.length) return;
  throw new BadInput(
    `${held} block(s) of annotated ground for ${wanted.join(', ')}: at least one each wanted; give ${block === 'auto' ? '--block METRES' : 'a smaller --block'}, or more ground`,
  );
}

/** A split for each block that has patches; undefined for the others. */
function splitHeld(pixels: number[][], { shares, seed }: ExtractOptions): (Split | undefined)[] {
  const held = [...pixels.keys()].filter((block) => pixels[block]!.some((n) => n > 0));
  const assigned = splitBlocks(
    held.map((block) => pixels[block]!),
    shares,
    seed,
  );
  return pixels.map((_, block) => assigned[held.indexOf(block)]);
}

function emptySummary({ classes }: Annotations, splits: (Split | undefined)[], pixels: number[][]): ExtractSummary {
  const each = <Value>(value: (split: Split) => Value) => ({
    train: value('train'),
    valid: value('valid'),
    test: value('test'),
  });
  return {
    classes,
    blocks: each(
      (split) => splits.filter((other, block) => other === split && pixels[block]!.some((n) => n > 0)).length,
    ),
    patches: each(() => 0),
    pixels: each(() => new Array<number>(classes.length + 1).fill(0)),
    leftOut: { unknown: 0, buffer: 0 },
  };
}

interface Sources {
  imagery: WindowSource;
  annotations: Annotations;
  options: ExtractOptions;
  ctx: StageContext;
}

/** Reads and writes the patches, adds to `summary` what is on them, and returns those that were written. */
async function writeAll(
  kept: Candidate[],
  writer: PatchWriter,
  summary: ExtractSummary,
  { imagery, annotations, options, ctx }: Sources,
): Promise<Set<Candidate>> {
  const written = new Set<Candidate>();
  const step = ctx.report.step('annotations: patches', kept.length, 'patches');
  for (const candidate of kept) {
    ctx.signal.throwIfAborted();
    const { window, split } = candidate;
    const [{ data, valid }, values] = await Promise.all([imagery.read(window), annotations.read(imagery.grid, window)]);
    const y = values.map((value, i) => (value === 0 || valid[i] === 0 ? IGNORE_INDEX : value - 1));
    const counts = count(
      y.map((index) => (index === IGNORE_INDEX ? 0 : index + 1)),
      annotations.classes.length,
    );
    step.advance(1);
    if (counts[0]! > options.maxUnknown * y.length || counts[0] === y.length) {
      summary.leftOut.unknown++;
      continue;
    }
    const x = toBytes(data, valid, imagery.bands, options.clipped);
    await writer.add(split, candidate, x, y);
    written.add(candidate);
    summary.patches[split]++;
    const pixels = summary.pixels[split];
    for (const [c, n] of [...counts.slice(1), counts[0]!].entries()) pixels[c]! += n;
  }
  step.end();
  return written;
}

/** Bands as bytes, 0 in holes. Throws `BadInput` for values that are none, in a band that was given no scale. */
function toBytes(data: Float32Array, valid: Uint8Array, bands: string[], clipped: string[]): Uint8Array {
  const x = new Uint8Array(data.length);
  for (const [index, band] of bands.entries()) {
    const free = clipped.includes(band);
    for (let i = 0; i < valid.length; i++) {
      if (valid[i] === 0) continue;
      const value = data[index * valid.length + i]!;
      if (!free && !(value >= 0 && value <= 255)) {
        throw new BadInput(
          `band ${band}: value ${value} found, 0 to 255 wanted; give the factor that brings it there, such as --scale 0.0625`,
        );
      }
      x[index * valid.length + i] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return x;
}
