/** A GeoJSON file in the grid's CRS, feature by feature. */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Feature } from 'geojson';
import { asDiskFault } from '../disk.ts';

const BLOCK_CHARACTERS = 1 << 18;

/**
 * A FeatureCollection being written. It names its CRS as the first GeoJSON specification did (2008): GIS read it, and the
 * ground's own metres are what objects are looked at in.
 */
export class FeatureFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  #text: string;
  count = 0;

  private constructor(path: string, temporary: string, file: FileHandle, srid: number) {
    this.path = path;
    this.#temporary = temporary;
    this.#file = file;
    const crs = { type: 'name', properties: { name: `urn:ogc:def:crs:EPSG::${srid}` } };
    this.#text = `{"type":"FeatureCollection","crs":${JSON.stringify(crs)},"features":[`;
  }

  static async create(path: string, srid: number): Promise<FeatureFile> {
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.part`;
    return new FeatureFile(path, temporary, await open(temporary, 'w'), srid);
  }

  /** Throws `DiskFault`. */
  async add(feature: Feature): Promise<void> {
    this.#text += `${this.count++ === 0 ? '' : ','}\n${JSON.stringify(feature)}`;
    if (this.#text.length >= BLOCK_CHARACTERS) await this.#write();
  }

  async finish(): Promise<void> {
    this.#text += '\n]}\n';
    await this.#write();
    await this.#file.close();
    await rename(this.#temporary, this.path);
  }

  async abort(): Promise<void> {
    await this.#file.close().catch(() => {}); // it may be closed
    await rm(this.#temporary, { force: true });
  }

  async #write(): Promise<void> {
    try {
      await this.#file.appendFile(this.#text);
    } catch (error) {
      throw asDiskFault(error, this.path);
    }
    this.#text = '';
  }
}
