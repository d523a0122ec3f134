/** The zone construite by place: boxes in memory, polygons read again when they are needed. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Feature, Polygon } from 'geojson';
import { bboxOf, boxesMeet } from '../boxes.ts';
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
      if (length > 0)
        places.push({ offset, length, bbox: bboxOf((JSON.parse(line) as Feature<Polygon>).geometry.coordinates) });
      offset += length + 1;
    }
    return new ZoneIndex(file, places);
  }

  /** Polygons whose boxes meet a grid. */
  async *meeting(grid: Grid): AsyncGenerator<Polygon> {
    const ground = gridBbox(grid);
    for (const { offset, length, bbox } of this.#places) {
      if (!boxesMeet(bbox, ground)) continue;
      const { buffer } = await this.#file.read(Buffer.allocUnsafe(length), 0, length, offset);
      yield (JSON.parse(buffer.toString()) as Feature<Polygon>).geometry;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
