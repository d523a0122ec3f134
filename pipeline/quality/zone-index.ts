/** The zone construite by place: boxes in memory, polygons read again when they are needed. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Feature, Polygon } from 'geojson';
import { bboxOf, boxesMeet } from '../boxes.ts';
import type { BboxLocal } from '../grid.ts';

interface Place {
  offset: number;
  length: number;
  bbox: BboxLocal;
}

export type ZoneFeature = Feature<Polygon, { id?: string }>;

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
        places.push({ offset, length, bbox: bboxOf((JSON.parse(line) as ZoneFeature).geometry.coordinates) });
      offset += length + 1;
    }
    return new ZoneIndex(file, places);
  }

  /** Those whose boxes meet another. */
  async *meeting(ground: BboxLocal): AsyncGenerator<ZoneFeature> {
    for (const { offset, length, bbox } of this.#places) {
      if (!boxesMeet(bbox, ground)) continue;
      yield await this.#read({ offset, length });
    }
  }

  /** Two and two whose boxes meet, the one with more text first; pairs of one come together. */
  async *pairs(): AsyncGenerator<[ZoneFeature, ZoneFeature]> {
    const places = this.#places.toSorted((a, b) => b.length - a.length);
    for (const [i, larger] of places.entries()) {
      let first: ZoneFeature | undefined;
      for (const smaller of places.slice(i + 1)) {
        if (!boxesMeet(larger.bbox, smaller.bbox)) continue;
        first ??= await this.#read(larger);
        yield [first, await this.#read(smaller)];
      }
    }
  }

  async #read({ offset, length }: Pick<Place, 'offset' | 'length'>): Promise<ZoneFeature> {
    const { buffer } = await this.#file.read(Buffer.allocUnsafe(length), 0, length, offset);
    return JSON.parse(buffer.toString()) as ZoneFeature;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
