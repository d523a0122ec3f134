/** The classes stage and bare runs of its network, on the same tiles of a seeded scene. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BandWindow, WindowSource } from '../../pipeline/artefacts.ts';
import type { Model } from '../../pipeline/classes/load-model.ts';
import type { ClassifyOptions } from '../../pipeline/classes/stage.ts';
import { cutInDalles, type PixelWindow } from '../../pipeline/grid.ts';
import { renderScene, type SceneFiles } from '../../pipeline/scenes/render-scene.ts';
import { packageFile } from '../../sql/package-root.ts';
import { quiet } from './publish-coverage.ts';

/** What ships is what is measured: compiled, its threads start in a tenth of a second, from the sources in half of one. */
const built = (path: string) => {
  const file = packageFile('dist', `${path}.js`);
  if (!existsSync(file)) throw new Error(`${file} is not there: npm run build first (npm run bench does)`);
  return import(file);
};
const { loadModel } = (await built(
  'pipeline/classes/load-model',
)) as typeof import('../../pipeline/classes/load-model.ts');
const { classify } = (await built('pipeline/classes/stage')) as typeof import('../../pipeline/classes/stage.ts');
const { openWindowSource } = (await built(
  'pipeline/rasters/open-window-source',
)) as typeof import('../../pipeline/rasters/open-window-source.ts');

/** Sides of a tile and of what is kept of it: 80 m of ground at 0.2 m, so that tiles fill the scene exactly. */
const TILE = { tilePx: 512, marginPx: 56 } as const;
const KEPT_M = 80;
const SCENE = { seed: 7, widthM: 12 * KEPT_M, heightM: 10 * KEPT_M, date: 2019 } as const;

let scene: Promise<SceneFiles> | undefined;

/** The imagery of all rows, made once and removed when the process ends. */
function sceneFiles(say: (text: string) => void): Promise<SceneFiles> {
  if (scene === undefined) {
    say(`renders a seeded scene of ${SCENE.widthM} × ${SCENE.heightM} m`);
    const outDir = mkdtempSync(join(tmpdir(), 'ocsge-bench-scene-'));
    process.on('exit', () => rmSync(outDir, { recursive: true, force: true }));
    scene = renderScene({ ...SCENE, outDir }, quiet);
  }
  return scene;
}

/** The folder of the one demonstration model that is shipped. */
export function shippedModel(): string {
  const shipped = readdirSync(packageFile('models')).filter(
    (name) => name.startsWith('demo-') && existsSync(packageFile('models', name, 'model.json')),
  );
  if (shipped.length === 0) throw new Error('no demonstration model is shipped under models/');
  return packageFile('models', shipped.sort().at(-1)!);
}

export interface Cost {
  wallMs: number;
  /** Processor time of all threads. */
  cpuMs: number;
}

/** The stage and the bare network on one extent. */
export interface InferenceBench {
  tiles: number;
  /** The whole stage, from the first read to the manifest, into a folder nobody used. */
  stage(outDir: string, options?: ClassifyOptions): Promise<Cost>;
  /** Runs of the network alone on the inputs of as many tiles, one after the other; reading them is not counted. */
  bare(): Promise<Cost>;
}

export interface Extent {
  /** Tiles along each side, from the scene's corner. */
  columns: number;
  rows: number;
}

/** Gives `work` a model on an extent of the scene, both opened; closes them afterwards. */
export async function withInference<Result>(
  modelPath: string,
  { columns, rows }: Extent,
  threads: number,
  say: (text: string) => void,
  work: (bench: InferenceBench) => Promise<Result>,
): Promise<Result> {
  const { pva, irc, mns, mnt } = await sceneFiles(say);
  const model = await loadModel(modelPath, { threads });
  const open = async () => {
    const whole = await openWindowSource({ pva: [pva], irc: [irc], mns: [mns], mnt: [mnt] }, model.bands, {
      srid: 2154,
    });
    const { originX, originY } = whole.grid;
    await whole.close();
    const bboxLocal: [number, number, number, number] = [
      originX,
      originY - rows * KEPT_M,
      originX + columns * KEPT_M,
      originY,
    ];
    return openWindowSource({ pva: [pva], irc: [irc], mns: [mns], mnt: [mnt] }, model.bands, { srid: 2154, bboxLocal });
  };
  const tiles = columns * rows;
  try {
    return await work({
      tiles,
      stage: async (outDir, options) => {
        const source = await open(); // nothing decoded is left from the run before
        const context = { ...quiet, threads };
        const cost = await costOf(() => classify(source, model, outDir, { ...TILE, ...options }, context));
        await source.close();
        return cost;
      },
      bare: async () => {
        const source = await open();
        const total: Cost = { wallMs: 0, cpuMs: 0 };
        for (const window of tileWindows(source, tiles)) {
          const input = scaled(await source.read(window), model);
          const { wallMs, cpuMs } = await costOf(() => model.run(input, TILE.tilePx));
          total.wallMs += wallMs;
          total.cpuMs += cpuMs;
        }
        await source.close();
        return total;
      },
    });
  } finally {
    await model.close();
  }
}

export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - start, cpuMs: (user + system) / 1000 };
}

/** What the network sees; a tile at an edge is moved inwards, where the stage shows it a mirror image. */
function tileWindows({ grid }: WindowSource, wanted: number): PixelWindow[] {
  const { tilePx, marginPx } = TILE;
  const kept = cutInDalles(grid, tilePx - 2 * marginPx);
  if (kept.length !== wanted) throw new Error(`${kept.length} tiles in the extent, ${wanted} wanted`);
  const inside = (at: number, lengthPx: number) => Math.max(0, Math.min(at - marginPx, lengthPx - tilePx));
  return kept.map(({ xPx, yPx }) => ({
    xPx: inside(xPx, grid.widthPx),
    yPx: inside(yPx, grid.heightPx),
    widthPx: tilePx,
    heightPx: tilePx,
  }));
}

function scaled({ data }: BandWindow, { scaling }: Model): Float32Array {
  const planePx = data.length / scaling.length;
  return data.map((value, i) => {
    const { subtract, divide } = scaling[Math.floor(i / planePx)]!;
    return (value - subtract) / divide;
  });
}
