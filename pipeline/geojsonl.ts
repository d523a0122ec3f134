/** GeoJSON text sequences: one feature a line (.geojsonl), written and read as streams. */
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Feature, Geometry } from 'geojson';
import { asDiskFault } from './disk.ts';

/** A line: its text, or parts of it that follow each other, as text or as its UTF-8 bytes. */
export type Line = string | readonly (string | Uint8Array)[];

const BLOCK_BYTES = 1 << 20;
/** Bytes that a character of a string takes at most. */
const CHARACTER_BYTES = 3;
const NEWLINE = 0x0a;

/** Writes lines to a temporary name in the same folder and renames it when whole. Returns the number of lines. Throws `DiskFault`. */
export async function writeLines(path: string, lines: Iterable<Line> | AsyncIterable<Line>): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.part`;
  const file = await open(temporary, 'w');
  try {
    let [block, used, count] = [Buffer.allocUnsafe(BLOCK_BYTES), 0, 0];
    for await (const line of lines) {
      const parts = typeof line === 'string' ? [line] : line;
      const bytes = parts.reduce((sum, part) => sum + mostBytes(part), 1);
      if (used + bytes > block.length) {
        await file.appendFile(block.subarray(0, used));
        used = 0;
        if (bytes > block.length) block = Buffer.allocUnsafe(2 * bytes);
      }
      for (const part of parts) {
        if (typeof part === 'string') used += block.write(part, used);
        else {
          block.set(part, used);
          used += part.length;
        }
      }
      block[used++] = NEWLINE;
      count++;
    }
    await file.appendFile(block.subarray(0, used));
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

const mostBytes = (part: string | Uint8Array) => (typeof part === 'string' ? CHARACTER_BYTES : 1) * part.length;

/** A line of a polygon whose `coordinates` are GeoJSON text already. */
export const polygonLine = (properties: object, coordinates: string | Uint8Array): Line => [
  `{"type":"Feature","properties":${JSON.stringify(properties)},"geometry":{"type":"Polygon","coordinates":`,
  coordinates,
  '}}',
];

/** The features of a text sequence, in their order. The caller says what they are: the file is one of our own artefacts. */
export async function* readFeatures<G extends Geometry, P>(path: string): AsyncGenerator<Feature<G, P>> {
  for await (const line of createInterface({ input: createReadStream(path, { highWaterMark: 1 << 18 }) })) {
    if (line !== '') yield JSON.parse(line) as Feature<G, P>;
  }
}
