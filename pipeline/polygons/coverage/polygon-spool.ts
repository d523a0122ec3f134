/** Polygons sorted by a number on their way to the files, more of them than memory holds. */
import { GrowingFile } from '../../growing-file.ts';
import { type PolygonRecord, packPolygon, unpackPolygon } from './polygon-record.ts';
import { SortedSpool } from './spool.ts';

export class PolygonSpool {
  readonly path: string;
  /** Text of the polygons that are too long to be records, see `StoredText`. */
  readonly texts: GrowingFile;
  private readonly records: SortedSpool;

  /** `path`: what its files are named after. */
  constructor(path: string) {
    this.path = path;
    this.texts = new GrowingFile(`${path}-texts`);
    this.records = new SortedSpool(path);
  }

  /** Throws `DiskFault`. */
  add(key: number, polygon: PolygonRecord): Promise<void> {
    return this.records.add(key, packPolygon(polygon));
  }

  /** All polygons, by key, see `SortedSpool`. Their coordinates are valid until the next is asked for. */
  async *sorted(): AsyncGenerator<{ key: number; polygon: PolygonRecord }> {
    for await (const records of this.records.sorted()) {
      for (const { key, payload } of records) yield { key, polygon: unpackPolygon(payload) };
    }
  }

  async remove(): Promise<void> {
    await this.records.remove();
    await this.texts.remove();
  }
}
