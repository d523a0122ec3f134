/** GeoJSON text sequences: one feature a line (.geojsonl), written and read as streams. */
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Feature, Geometry } from 'geojson';
import { asDiskFault } from './disk.ts';

/** Text, its UTF-8 bytes, or these in parts that follow each other: of what memory should not hold whole. */
export type Text = string | Uint8Array | Iterable<Uint8Array>;

/** A line: its text, or texts that follow each other. */
export type Line = string | readonly Text[];

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
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let [used, count] = [0, 0];
    for await (const line of lines) {
      for (const text of typeof line === 'string' ? [line] : line) {
        for (const part of partsOf(text)) {
          const bytes = mostBytes(part);
          if (used + bytes >= block.length) {
            await file.appendFile(block.subarray(0, used));
            used = 0;
          }
          if (bytes >= block.length) await file.appendFile(part);
          else if (typeof part === 'string') used += block.write(part, used);
          else {
            block.set(part, used);
            used += part.length;
          }
        }
      }
      block[used++] = NEWLINE; // each part leaves room for it
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

/** What a text is written of. */
export const partsOf = (text: Text): Iterable<string | Uint8Array> =>
  typeof text === 'string' || text instanceof Uint8Array ? [text] : text;

const mostBytes = (part: string | Uint8Array) => (typeof part === 'string' ? CHARACTER_BYTES : 1) * part.length;

/** A line of a polygon whose `coordinates` are GeoJSON text already. */
export const polygonLine = (properties: object, coordinates: Text): Line => [
  `{"type":"Feature","properties":${JSON.stringify(properties)},"geometry":{"type":"Polygon","coordinates":`,
  coordinates,
  '}}',
];

const openLines = (path: string) => createInterface({ input: createReadStream(path, { highWaterMark: 1 << 18 }) });

/** The features of a text sequence, in their order. The caller says what they are: the file is one of our own artefacts. */
export async function* readFeatures<G extends Geometry, P>(path: string): AsyncGenerator<Feature<G, P>> {
  for await (const line of openLines(path)) if (line !== '') yield JSON.parse(line) as Feature<G, P>;
}

/** What a line of `polygonLine` has before its geometry; in a text of the properties quotes have a backslash. */
const HEAD = /^(.*?\}),"geometry":\{/;

/** Their properties alone: geometries are not parsed. */
export async function* readProperties<P>(path: string): AsyncGenerator<P> {
  for await (const line of openLines(path)) {
    const head = HEAD.exec(line)?.[1];
    if (line !== '') yield (JSON.parse(head ? `${head}}` : line) as Feature<Geometry, P>).properties;
  }
}
