/** Tiles of all levels, compressed as they come and kept in a file until their places are known. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { writeAll } from '../disk.ts';
import { encodeTile, type Pixels, type TileShape } from './encode-tile.ts';
import type { TilePlace } from './tiff-tags.ts';

export interface TileSpool {
  file: FileHandle;
  /** Takes the next tile of a level. Resolves when there is room for another, not when the tile is written. */
  add(level: number, tile: Pixels): Promise<void>;
  /** Waits for the last tile; gives where each is, by level. */
  end(): Promise<TilePlace[][]>;
  /** Closes the file and removes it. */
  remove(): Promise<void>;
}

/** Compressions under way at a time: as many as libuv has threads by default. */
const CONCURRENCY = 4;

export async function openSpool(path: string, shape: TileShape): Promise<TileSpool> {
  const file = await open(path, 'w+');
  const tiles: TilePlace[][] = [];
  const pending = new Set<Promise<void>>();
  let end = 0;
  let failure: unknown;

  const keep = async (place: TilePlace, tile: Pixels) => {
    const encoded = await encodeTile(shape, tile);
    place.offset = end;
    place.length = encoded.length;
    end += encoded.length;
    await writeAll(file, encoded, place.offset);
  };
  return {
    file,
    async add(level, tile) {
      while (pending.size >= CONCURRENCY) await Promise.race(pending);
      if (failure !== undefined) throw failure;
      const place: TilePlace = { offset: 0, length: 0 };
      tiles[level] ??= [];
      tiles[level].push(place);
      const job = keep(place, tile)
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => pending.delete(job));
      pending.add(job);
    },
    async end() {
      await Promise.all(pending);
      if (failure !== undefined) throw failure;
      return tiles;
    },
    async remove() {
      await Promise.all(pending);
      await file.close();
      await rm(path, { force: true });
    },
  };
}
