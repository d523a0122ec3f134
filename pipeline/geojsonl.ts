/** GeoJSON text sequences: one feature a line (.geojsonl), written and read as streams. */
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Feature, Geometry } from 'geojson';
import { asDiskFault } from './disk.ts';

const BLOCK_CHARACTERS = 1 << 20;

/** Writes lines to a temporary name in the same folder and renames it when whole. Returns the number of lines. Throws `DiskFault`. */
export async function writeLines(path: string, lines: Iterable<string> | AsyncIterable<string>): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.part`;
  const file = await open(temporary, 'w');
  try {
    let count = 0;
    let block = '';
    for await (const line of lines) {
      block += `${line}\n`;
      count++;
      if (block.length >= BLOCK_CHARACTERS) {
        await file.appendFile(block);
        block = '';
      }
    }
    await file.appendFile(block);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    return count;
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw asDiskFault(error, path);
  }
}

/** A line of a polygon whose `coordinates` are GeoJSON text already. */
export const polygonLine = (properties: object, coordinates: string) =>
  `{"type":"Feature","properties":${JSON.stringify(properties)},"geometry":{"type":"Polygon","coordinates":${coordinates}}}`;

/** The features of a text sequence, in their order. The caller says what they are: the file is one of our own artefacts. */
export async function* readFeatures<G extends Geometry, P>(path: string): AsyncGenerator<Feature<G, P>> {
  for await (const line of createInterface({ input: createReadStream(path, { highWaterMark: 1 << 18 }) })) {
    if (line !== '') yield JSON.parse(line) as Feature<G, P>;
  }
}
