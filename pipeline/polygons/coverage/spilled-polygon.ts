/** The polygon of a region whose borders are on disk: its text goes there too, and memory holds one border at a time. */
import type { Grid } from '../../grid.ts';
import { type GrowingFile, StoredText } from '../../growing-file.ts';
import type { ArcSpill, LineReader } from '../arcs/arc-spill.ts';
import type { TracedRegion } from '../arcs/region-tracker.ts';
import { ringsOfHalves } from '../arcs/spilled-rings.ts';
import { UNITS_PER_PX } from '../lines/draft-line.ts';
import type { PolygonRecord } from './polygon-record.ts';
import { writeVertex } from './polygon-text.ts';
import { CLOSE, COMMA, OPEN, TextBytes } from './text-bytes.ts';

/** Text kept until it is written. */
const TEXT_BYTES = 1 << 18;

/** The same as of a region in memory, but for where its text is. Throws `DiskFault`. */
export async function spilledPolygon(
  region: TracedRegion,
  spill: ArcSpill,
  texts: GrowingFile,
  grid: Grid,
): Promise<PolygonRecord> {
  const halves = await spill.halvesOf(region);
  const lines = spill.lines(halves);
  const at = texts.bytes;
  const text = new TextBytes();
  let areaPx = 0;
  for (const ring of ringsOfHalves(halves)) {
    text.character(text.size === 0 && texts.bytes === at ? OPEN : COMMA);
    text.character(OPEN);
    let sum = 0;
    let [x0, y0, beforeX, beforeY, isFirst] = [0, 0, 0, 0, true];
    for await (const line of alongRing(ring, lines)) {
      for (let i = 0; i < line.length; i += 2) {
        const [x, y] = [line[i]!, line[i + 1]!];
        if (isFirst) [x0, y0, isFirst] = [x, y, false];
        else {
          text.character(COMMA);
          sum += (x - x0) * (beforeY - y0) - (beforeX - x0) * (y - y0);
        }
        writeVertex(text, x, y, grid);
        [beforeX, beforeY] = [x, y];
      }
      if (text.size >= TEXT_BYTES) await texts.append(text.take());
    }
    text.character(CLOSE);
    areaPx += sum / 2 / UNITS_PER_PX ** 2;
  }
  text.character(CLOSE);
  await texts.append(text.take());
  const { value, pixels, carried, parts } = region;
  const coordinates = new StoredText(texts.path, at, texts.bytes - at);
  return { value, pixels, carried, areaPx, parts, coordinates };
}

/** The vertices of `ringVertices`, border by border; each list is valid until the next. */
async function* alongRing(ring: Uint32Array, lines: LineReader): AsyncGenerator<Int32Array> {
  const { turn, at } = await firstVertex(ring, lines);
  for (let i = 0; i <= ring.length; i++) {
    const line = await lines.of(ring[(turn + i) % ring.length]!);
    // the last vertex of a border is the first of the next; in the end the first vertex again
    yield line.subarray(i === 0 ? at : 0, i === ring.length ? at + 2 : line.length - 2);
  }
}

/** The first of a ring's vertices in scan order: which of its borders has it, and where. */
async function firstVertex(ring: Uint32Array, lines: LineReader): Promise<{ turn: number; at: number }> {
  const first = { turn: 0, at: 0 };
  let [x, y] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let turn = 0; turn < ring.length; turn++) {
    const line = await lines.of(ring[turn]!);
    for (let at = 0; at < line.length - 2; at += 2) {
      if (line[at + 1]! > y || (line[at + 1] === y && line[at]! >= x)) continue;
      [x, y] = [line[at]!, line[at + 1]!];
      [first.turn, first.at] = [turn, at];
    }
  }
  return first;
}
