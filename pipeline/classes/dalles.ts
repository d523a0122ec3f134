/** The dalles of a run, from the first to the last: made unless an earlier run left them whole. */
import { join } from 'node:path';
import {
  type ClassesArtefact,
  freshManifest,
  type InputFile,
  manifestKey,
  type StageContext,
  writeManifest,
} from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import { cutInDalles, type PixelWindow, windowGrid } from '../grid.ts';
import type { Step } from '../log.ts';
import { type BandContent, planBands } from './bands.ts';
import { classifyTiles, type TileRun } from './classify-tiles.ts';
import { type DallePaths, type DalleRasters, startDalle } from './dalle-rasters.ts';
import { runAhead } from './run-ahead.ts';
import { cut, keptPxOf, type Tile, tilesOf, viewOfAll } from './tiling.ts';

export type Dalle = ClassesArtefact['dalles'][number];

/** A run of the stage. */
export interface DalleRun extends TileRun {
  content: BandContent;
  outDir: string;
  /** All that makes two runs on the same inputs the same, but for the dalles: they only cut the result. */
  parameters: Record<string, unknown>;
  ctx: StageContext;
  step: Step;
  /** Batches under way at a time: in the networks, waiting for them, and being read. */
  tasksAtOnce: number;
}

/** A dalle's files. */
export const pathsOf = ({ classPath, confidencePath, probabilitiesPath }: DallePaths) =>
  probabilitiesPath ? [classPath, confidencePath, probabilitiesPath] : [classPath, confidencePath];

/** What a window of the grid is made of. */
export async function inputsOf({ sources, model }: DalleRun, window: PixelWindow): Promise<InputFile[]> {
  const files: InputFile[] = [];
  for (const source of sources) files.push(...(await source.inputsOf(window)));
  return [...files, ...model.inputs];
}

interface DallePlan {
  window: PixelWindow;
  tiles: Tile[];
  inputs: InputFile[];
  key: string;
  /** What an earlier run made of the same inputs. */
  made: Dalle | undefined;
}

/** Hashes what the dalle is made of, and what is already there of it. */
async function planDalle(run: DalleRun, window: PixelWindow): Promise<DallePlan> {
  const { grid } = run.sources[0]!;
  const tiles = tilesOf(window, run.tiling, grid);
  const inputs = await inputsOf(run, viewOfAll(tiles, run.tiling, grid));
  const key = manifestKey('classes-dalle', inputs, { ...run.parameters, window });
  const made = await freshManifest<Dalle>(dallePath(run, window, 'manifest.json'), key);
  return { window, tiles, inputs, key, made: made?.output };
}

const dallePath = ({ outDir }: DalleRun, { xPx, yPx }: PixelWindow, suffix: string) =>
  join(outDir, 'dalles', `${xPx}-${yPx}.${suffix}`);

/** A dalle under way. */
interface OpenDalle {
  rasters: DalleRasters;
  /** What it is, once its files and its manifest are whole. */
  whole: Promise<Dalle>;
}

function openDalle(run: DalleRun, { window, tiles, inputs, key }: DallePlan): OpenDalle {
  const paths: DallePaths = {
    classPath: dallePath(run, window, 'classes.tif'),
    confidencePath: dallePath(run, window, 'confidence.tif'),
    ...(run.content.probabilities ? { probabilitiesPath: dallePath(run, window, 'probabilities.tif') } : {}),
  };
  const grid = windowGrid(run.sources[0]!.grid, window);
  const rasters = startDalle(grid, planBands(window, tiles, keptPxOf(run.tiling)), paths, run.content);
  const whole = rasters.written.then(async (closePx) => {
    const output: Dalle = { window, ...paths, closePx };
    const parameters = { ...run.parameters, window };
    const files = pathsOf(paths);
    const path = dallePath(run, window, 'manifest.json');
    await writeManifest(path, { stage: 'classes-dalle', key, inputs, parameters, output, files });
    return output;
  });
  whole.catch(() => {}); // awaited later, unless something else fails first
  return { rasters, whole };
}

/** Dalles from the first to the last; two at most are open at a time: one is written while the next is read and run. */
export async function makeDalles(run: DalleRun): Promise<Dalle[]> {
  const dalles: (Dalle | Promise<Dalle>)[] = [];
  const open: OpenDalle[] = [];
  try {
    await runAhead(tasksOf(run, dalles, open), run.tasksAtOnce);
    return await Promise.all(dalles);
  } catch (error) {
    await Promise.all(open.map(({ rasters }) => rasters.abandon()));
    throw error;
  }
}

async function* tasksOf(run: DalleRun, dalles: (Dalle | Promise<Dalle>)[], open: OpenDalle[]) {
  const windows = cutInDalles(run.sources[0]!.grid, run.tiling.dallePx);
  let next = planDalle(run, windows[0]!);
  for (const index of windows.keys()) {
    const plan = await next;
    const following = windows[index + 1];
    if (following) {
      next = planDalle(run, following);
      next.catch(() => {}); // awaited in the next turn, unless this one fails first
    }
    if (plan.made) {
      dalles[index] = plan.made;
      run.step.advance(plan.window.widthPx * plan.window.heightPx, { earlier: true });
      continue;
    }
    if (open.length > 1) {
      await open[0]!.whole;
      open.shift();
    }
    const dalle = openDalle(run, plan);
    open.push(dalle);
    dalles[index] = dalle.whole;
    yield* tileTasks(run, plan, dalle);
  }
}

async function* tileTasks(run: DalleRun, { window, tiles }: DallePlan, { rasters }: OpenDalle) {
  for (let start = 0; start < tiles.length; start += run.batch) {
    await rasters.room();
    if (run.ctx.signal.aborted) throw new Stopped('stopped while classifying');
    const some = tiles.slice(start, start + run.batch);
    yield async () => {
      await classifyTiles(run, some, rasters).catch((error) => {
        rasters.fail(error);
        throw error;
      });
      const kept = some.map((tile) => cut(tile.kept, window));
      const px = kept.reduce((sum, { widthPx, heightPx }) => sum + widthPx * heightPx, 0);
      run.step.advance(px, { shares: { network: run.pool().share() } });
    };
  }
}
