/** The zone construite by place: boxes in memory, polygons read again when they are needed. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Feature, Polygon } from 'geojson';
import { type BboxLocal, type Grid, gridBbox } from '../grid.ts';

interface Place {
  offset: number;
  length: number;
  bbox: BboxLocal;
}

export class ZoneIndex {
  readonly #file: FileHandle;
  readonly #places: Place[];

  private constructor(file: FileHandle, places: Place[]) {
    this.#file = file;
    this.#places = places;
  }

  static async open(path: string): Promise<ZoneIndex> {
    const file = await open(path, 'r');
    const places: Place[] = [];
    let offset = 0;
    for await (const line of file.readLines({ autoClose: false, start: 0 })) {
      const length = Buffer.byteLength(line);
      if (length > 0) places.push({ offset, length, bbox: bboxOf(JSON.parse(line) as Feature<Polygon>) });
      offset += length + 1;
    }
    return new ZoneIndex(file, places);
  }

  /** Polygons whose boxes meet a grid. */
  async *meeting(grid: Grid): AsyncGenerator<Polygon> {
    const [minX, minY, maxX, maxY] = gridBbox(grid);
    for (const { offset, length, bbox } of this.#places) {
      if (bbox[0] > maxX || bbox[2] < minX || bbox[1] > maxY || bbox[3] < minY) continue;
      const { buffer } = await this.#file.read(Buffer.allocUnsafe(length), 0, length, offset);
      yield (JSON.parse(buffer.toString()) as Feature<Polygon>).geometry;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function bboxOf({ geometry }: Feature<Polygon>): BboxLocal {
  const box: BboxLocal = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const [x, y] of geometry.coordinates[0]!) {
    box[0] = Math.min(box[0], x!);
    box[1] = Math.min(box[1], y!);
    box[2] = Math.max(box[2], x!);
    box[3] = Math.max(box[3], y!);
  }
  return box;
}
