/** What is computed block by block, in any thread: each operation depends on its job and on the files it names alone. */
import { existsSync } from 'node:fs';
import { RasterCache } from '../../geotiff/raster-cache.ts';
import type { PixelWindow } from '../../grid.ts';
import { connectedRegions, type Regions } from '../../regions.ts';
import { type FramedBlock, type Pieces, piecesOf } from '../arcs/block-borders.ts';
import type { Buildings } from '../arcs/drawing-order.ts';
import { type PackedArcs, type PackedLines, packLines, unpackArcs } from '../arcs/packed-arcs.ts';
import { type FormerBlock, type FormerJob, readFormer } from '../hold/former.ts';
import type { LandClass } from '../land-classes.ts';
import { drawLines } from '../lines/draw-lines.ts';
import { lineRulesOf } from '../lines/line-rules.ts';
import { type BlockClasses, openDalleReader, type ReadClassesJob } from '../read-classes.ts';
import { type SettleJob, settledPixels } from '../units/settled-block.ts';
import { type Framed, innerOf } from './framed.ts';
import { type Layer, openLayer } from './layer.ts';
import { type LocalJob, type LocalResult, localOperation } from './local-operations.ts';
import type { JudgedJob, RegionJob } from './region-pass.ts';
import { regionRule } from './region-rules.ts';
import { judgedPixels, type RegionSums, regionSums } from './region-sums.ts';

/** Value of ground that no image knows while it is traced: as if it were a class, so that its polygons have everybody's vertices. */
export const NODATA_TRACED = 255;

/** Of a former millésime each tile is read once: its own rasters, whose tiles blocks are made of. */
const FORMER_BYTES = 1 << 25;

export interface PiecesJob {
  classesPath: string;
  confidencePath: string;
  /** Index of the block. */
  index: number;
  /** How far clearance is looked for; 0: not at all. */
  reachPx: number;
}

export interface BlockPieces {
  labelled: Regions;
  confidence: Uint8Array;
  pieces: Pieces;
}

/** `tally`: where classes were written. */
export interface JudgedBlock extends Pick<LocalResult, 'tally'> {
  pixels: Uint8Array;
}

export interface LinesJob {
  arcs: PackedArcs;
  buildings: Buildings;
  classes: LandClass[];
  tolerancePx: number;
}

export interface Operations {
  readClasses(job: ReadClassesJob): Promise<BlockClasses>;
  former(job: FormerJob): Promise<FormerBlock>;
  local(job: LocalJob): Promise<LocalResult>;
  /** Regions of a block, before it is known what becomes of them. */
  measured(job: RegionJob): Promise<RegionSums>;
  /** Pixels of the block, once it is. */
  judged(job: JudgedJob): Promise<JudgedBlock>;
  settle(job: SettleJob): Promise<LocalResult>;
  pieces(job: PiecesJob): Promise<BlockPieces>;
  lines(job: LinesJob): Promise<PackedLines>;
  close(): Promise<void>;
}

export function openBlockOperations(): Operations {
  const layers = new Map<string, Promise<Layer>>();
  const rasters = new RasterCache();
  const formers = new RasterCache({}, FORMER_BYTES);
  const closeRasters = () => Promise.all([rasters.close(), formers.close()]);
  const dalles = openDalleReader(rasters);
  const layerAt = (path: string) => {
    const known = layers.get(path);
    if (known !== undefined) return known;
    closeRemoved(layers);
    const layer = closeRasters().then(() => openLayer(path)); // no pass reads both, and what dalles left is large
    layers.set(path, layer);
    return layer;
  };
  const readAll = async (reads: Record<string, string>, block: PixelWindow, framePx: number) => {
    const inputs: Record<string, Framed> = {};
    for (const [layer, path] of Object.entries(reads)) {
      inputs[layer] = await (await layerAt(path)).readFramed(block, framePx);
    }
    return inputs;
  };
  const measured = async ({ name, reads, block, parameters }: RegionJob) => {
    const rule = regionRule(name);
    const inputs = await readAll(reads, block, rule.framePx);
    return { inputs, ...rule.measured(inputs, parameters) };
  };
  return {
    readClasses: (job) => dalles.read(job),
    former: (job) => readFormer(job, formers),
    measured: async (job) => regionSums(await measured(job), job.block.widthPx, job.block.heightPx),
    judged: async (job) => judgedBlock(job, await measured(job)),
    local: async ({ name, reads, block, parameters }) => {
      const operation = localOperation(name);
      const inputs = await readAll(reads, block, operation.frameOf(parameters));
      const outputs = operation.run(inputs, parameters);
      return { outputs, tally: tallyOf(inputs['classes'], outputs['classes'], parameters.classes.length + 1) };
    },
    settle: async (job) => {
      const layer = await layerAt(job.path);
      const before = await layer.readFramed(job.block, 0);
      const classes = settledPixels(before.pixels, job.block, job);
      const { valueCount } = job;
      return { outputs: { classes }, tally: valueCount ? tallyOf(before, classes, valueCount) : undefined };
    },
    pieces: async (job) => blockPieces(await layerAt(job.classesPath), await layerAt(job.confidencePath), job),
    lines: async ({ arcs, buildings, classes, tolerancePx }) => {
      const { lines, ...measured } = drawLines(unpackArcs(arcs), buildings, lineRulesOf(classes, tolerancePx));
      return packLines(lines, measured);
    },
    close: async () => {
      await closeRasters();
      for (const layer of layers.values()) await (await layer).close();
    },
  };
}

/** Closes layers that no pass reads any more: an open file would keep its place on the disk. */
function closeRemoved(layers: Map<string, Promise<Layer>>): void {
  for (const [path, layer] of layers) {
    if (existsSync(path)) continue;
    layers.delete(path);
    layer.then((removed) => removed.close()).catch(() => {}); // one that never opened
  }
}

function judgedBlock(
  { name, block, parameters, verdicts }: JudgedJob,
  { inputs, values }: { inputs: Record<string, Framed>; values: Uint8Array },
): JudgedBlock {
  const { writes, written } = regionRule(name);
  const pixels = written(judgedPixels(values, block, verdicts), values, { inputs, parameters });
  const before = writes === 'classes' ? inputs['classes'] : undefined;
  return { pixels, tally: tallyOf(before, pixels, parameters.classes.length + 1) };
}

/** `tally[before × valueCount + after]`: pixels of the block. */
function tallyOf(
  before: Framed | undefined,
  after: Uint8Array | undefined,
  valueCount: number,
): Float64Array | undefined {
  if (before === undefined || after === undefined) return undefined;
  const { pixels } = innerOf(before);
  const tally = new Float64Array(valueCount * valueCount);
  for (let i = 0; i < after.length; i++) tally[pixels[i]! * valueCount + after[i]!]!++;
  return tally;
}

async function blockPieces(layer: Layer, confidence: Layer, { index, reachPx }: PiecesJob): Promise<BlockPieces> {
  const block = layer.blocks[index]!;
  const framed = await layer.readFramed(block, reachPx + 1);
  const { widthPx, heightPx } = block;
  fillNodata(framed, layer);
  const traced: FramedBlock = {
    ...framed,
    framed: framed.pixels,
    lastColumn: block.xPx + widthPx === layer.widthPx,
    lastRow: block.yPx + heightPx === layer.heightPx,
  };
  const labelled = connectedRegions(innerOf(framed).pixels, widthPx, heightPx);
  return { labelled, confidence: (await confidence.readBlock(index)).slice(), pieces: piecesOf(traced, reachPx) };
}

/** Gives nodata inside the raster its value. */
function fillNodata(framed: Framed, { widthPx, heightPx }: Layer): void {
  if (!framed.pixels.includes(0)) return;
  const [left, top] = [framed.xPx - framed.framePx, framed.yPx - framed.framePx];
  const [width, height] = [framed.widthPx + 2 * framed.framePx, framed.heightPx + 2 * framed.framePx];
  for (let y = Math.max(0, -top); y < Math.min(height, heightPx - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(width, widthPx - left); x++) {
      const at = y * width + x;
      if (framed.pixels[at] === 0) framed.pixels[at] = NODATA_TRACED;
    }
  }
}
