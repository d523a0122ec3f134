/**
 * The best of a network's scores, by best-of.wat: WebAssembly with its memory, one per thread. A network that writes its scores
 * into that memory spares both a copy of them and the garbage of a new array per tile.
 */
import { readFileSync } from 'node:fs';
import { packageFile } from '../../sql/package-root.ts';

/** Addresses in the memory, in bytes; see best-of.wat. */
type Classify = (
  starts: number,
  values: number,
  planes: number,
  rowBytes: number,
  widthPx: number,
  heightPx: number,
  logits: 0 | 1,
  classes: number,
  confidence: number,
  flags: number,
  scratch: number,
) => void;

/** What `bestOf` finds, row by row. Views on the memory: good until it is called again. */
export interface Best {
  classes: Uint8Array;
  /** 255 = 1. */
  confidence: Uint8Array;
  /** By pixel: `CLOSE_CALL` where another score is less than 1e-3 below the best, `NOT_FINITE` where one is no number. */
  flags: Uint8Array;
}

export const CLOSE_CALL = 1;
export const NOT_FINITE = 2;

/** As much of WebAssembly as is used: Node has it, its types are the browser's. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer; grow(pages: number): number };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, object>) => { exports: Record<string, unknown> };
};

const PAGE_BYTES = 65_536;
/** What is written or read behind a list. */
const SPILL_BYTES = 64;

const memory = new WebAssembly.Memory({ initial: 1 });
const module = new WebAssembly.Module(readFileSync(packageFile('pipeline/classes/best-of.wasm')));
const classify = new WebAssembly.Instance(module, { ocsge: { memory } }).exports['classify'] as Classify;

/** What `bestOf` needs beside a byte a pixel for each of three lists: 256 planes, and what is spilled. */
const ROOM_FOR_PLANES = 256 * (4 + 1 + 64) + 12 * SPILL_BYTES;

/** Bytes from the start of the memory that hold scores. */
let scoresBytes = 0;

function reserve(bytes: number): void {
  const lacking = bytes - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(Math.ceil(lacking / PAGE_BYTES));
}

/**
 * An array of scores that `bestOf` need not copy; the one given before is gone, and so is what `bestOf` returned. Growing the memory
 * takes every array on it away: there is room for all that `bestOf` finds in them as well.
 */
export function roomForScores(length: number): Float32Array {
  scoresBytes = 4 * length + SPILL_BYTES;
  reserve(scoresBytes + 3 * length + ROOM_FOR_PLANES);
  return new Float32Array(memory.buffer, 0, length);
}

/**
 * Looks at planes of `values`: those whose part of widthPx × heightPx begins at `starts`, its rows `rowLength` apart. `meanings`:
 * the class of each plane. Of equal scores the first plane named wins. Of logits confidence is the softmax among these planes, of
 * others the score itself.
 */
export function bestOf(
  values: Float32Array,
  {
    starts,
    rowLength,
    widthPx,
    heightPx,
  }: { starts: Int32Array; rowLength: number; widthPx: number; heightPx: number },
  meanings: Uint8Array,
  logits: boolean,
): Best {
  const inPlace = values.buffer === memory.buffer;
  if (!inPlace) roomForScores(values.length).set(values);
  const base = inPlace ? values.byteOffset : 0;
  const [planes, pixels] = [starts.length, widthPx * heightPx];
  let end = scoresBytes;
  const take = (bytes: number) => {
    const at = Math.ceil(end / SPILL_BYTES) * SPILL_BYTES;
    end = at + bytes + SPILL_BYTES;
    return at;
  };
  const [startsAt, meaningsAt, scratch] = [take(4 * planes), take(planes), take(64 * planes)];
  const [classes, confidence, flags] = [take(pixels), take(pixels), take(pixels)];
  reserve(end);
  const { buffer } = memory;
  new Int32Array(buffer, startsAt, planes).set(starts.map((start) => base + 4 * start));
  new Uint8Array(buffer, meaningsAt, planes).set(meanings);
  const rowBytes = 4 * rowLength;
  const isLogits = logits ? 1 : 0;
  classify(startsAt, meaningsAt, planes, rowBytes, widthPx, heightPx, isLogits, classes, confidence, flags, scratch);
  const [a, b, c] = [classes, confidence, flags].map((at) => new Uint8Array(buffer, at, pixels));
  return { classes: a!, confidence: b!, flags: c! };
}
