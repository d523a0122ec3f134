/** The files of a dalle: written from the top while its tiles come in, in any order. */
import { type BandWindow, CLASS_NODATA } from '../artefacts.ts';
import type { CogWriter } from '../geotiff/write-cog.ts';
import { createCog } from '../geotiff/write-geotiff.ts';
import type { Grid } from '../grid.ts';
import {
  type Band,
  type BandContent,
  type BandPixels,
  emptyHoles,
  emptyPixels,
  meets,
  place,
  settle,
} from './bands.ts';
import type { TileAnswer } from './tile-batch.ts';
import type { Tile } from './tiling.ts';

export interface DallePaths {
  classPath: string;
  confidencePath: string;
  /** Where probabilities go, if they are wanted. */
  probabilitiesPath?: string;
}

export interface DalleRasters {
  /** Takes what one source says of a tile. */
  add(tile: Tile, answer: TileAnswer, read: BandWindow): void;
  /** To be called once per tile, when no source has more to say of it. */
  done(tile: Tile): void;
  /** Resolves when few enough bands wait for the disk; until then more tiles would only fill the memory. */
  room(): Promise<void>;
  /** A tile will never be done: whoever waits for the dalle is to hear of it. */
  fail(error: unknown): void;
  /** The number of close calls, once all files are whole under their names. Rejects with `DiskFault`, or what `fail` was given. */
  written: Promise<number>;
  /** Removes files that are not whole; harmless once they are. */
  abandon(): Promise<void>;
}

/** Bands that may wait for the disk. */
const WAITING = 2;

/** Starts the files of a dalle on `grid`, its own. */
export function startDalle(grid: Grid, bands: Band[], paths: DallePaths, content: BandContent): DalleRasters {
  const files = openFiles(grid, paths, content);
  let [closePx, next, waiting] = [0, 0, 0];
  let queue: Promise<unknown> = files;
  let end: (closePx: number) => void;
  let fail: (error: unknown) => void;
  const written = new Promise<number>((resolve, reject) => {
    [end, fail] = [resolve, reject];
  });
  written.catch(() => {}); // a run that stops for another reason awaits it no more
  const enqueue = (work: (open: RasterFiles) => Promise<void>) => {
    queue = queue.then(async () => work(await files));
    queue.catch((error) => fail(error));
  };
  const write = (band: Band) => async (open: RasterFiles) => {
    const pixels = band.pixels ?? emptyPixels(band.window, content);
    closePx += settle(pixels, content);
    await open.add(pixels);
    band.pixels = undefined;
    waiting--;
  };
  return {
    written,
    fail: (error) => fail(error),
    add(tile, answer, read) {
      closePx += emptyHoles(answer, tile, read, content.classes.length);
      for (const band of bands) if (meets(tile.part, band.window)) place(answer, tile, read, band, content);
    },
    done(tile) {
      for (const band of bands) if (meets(tile.part, band.window)) band.awaited--;
      for (; next < bands.length && bands[next]!.awaited === 0; next++, waiting++) enqueue(write(bands[next]!));
      if (next < bands.length) return;
      enqueue(async (open) => {
        await open.close();
        end(closePx);
      });
    },
    async room() {
      while (waiting > WAITING) await queue;
    },
    async abandon() {
      enqueue((open) => open.abort());
      await queue.catch(async () => (await files).abort()).catch(() => {});
    },
  };
}

/** A dalle's files, all filled together. */
interface RasterFiles {
  add(pixels: BandPixels): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

async function openFiles(grid: Grid, paths: DallePaths, { classes: legend }: BandContent): Promise<RasterFiles> {
  const { classPath, confidencePath, probabilitiesPath } = paths;
  const bytes = { grid, bands: 1, sampleFormat: 'uint8' } as const;
  const palette = legend.map(({ colour }) => colour);
  const bands = { bands: legend.length, bandNames: legend.map(({ name }) => name), rgb: false };
  const files: CogWriter[] = [];
  const abort = async () => {
    for (const file of files) await file.abort();
  };
  try {
    files.push(await createCog(classPath, { ...bytes, nodata: CLASS_NODATA, palette, overviews: 'nearest' }));
    files.push(await createCog(confidencePath, { ...bytes, overviews: 'average' }));
    if (probabilitiesPath) files.push(await createCog(probabilitiesPath, { ...bytes, ...bands, overviews: 'average' }));
  } catch (error) {
    await abort();
    throw error;
  }
  return {
    async add({ classes, confidence, probabilities }) {
      const rows = probabilities ? [classes, confidence, probabilities] : [classes, confidence];
      // All of them end before the first fault is told: then nothing is being written that may have to be removed.
      const ends = await Promise.allSettled(rows.map((samples, file) => files[file]!.addRows(samples)));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
    async close() {
      for (const file of files) await file.close();
    },
    abort,
  };
}
