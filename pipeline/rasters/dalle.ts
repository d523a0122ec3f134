/** One file of a role: are its samples what the role means, and which of its pixels say something. */
import { BadInput } from '../errors.ts';
import type { RasterFile } from '../geotiff/read-raster.ts';
import type { PixelWindow } from '../grid.ts';
import { isHeight, type Role, type RoleSource } from './bands.ts';

export interface Dalle {
  file: RasterFile;
  /** Where it is read from. */
  path: string;
  /** The dalle in pixels of the mosaic. */
  window: PixelWindow;
  /** Its mask band once it was looked at; `null`: none. */
  mask?: Promise<number | null>;
}

/** What is read of every dalle of a role. */
export interface DalleReading {
  role: Role;
  source: RoleSource;
  /** Bands wanted, ascending. */
  bands: number[];
  /** The band read as near infrared by the rule of four-band imagery: it must not be a mask. */
  nirBand: number | undefined;
  /** The band declared to be a mask. */
  maskBand: number | undefined;
}

/** Bands of a window: planes heightPx × widthPx in the order asked, and 1 where the image has a value. */
export interface DalleWindow {
  planes: Float32Array[];
  known: Uint8Array;
}

/** No ground or roof lies beyond; fill values that files do not declare do (±9999, −32768, 3.4e38 are all met). */
const HIGHEST_M = 9000;

/** Throws `BadInput` for colours that are indexes: whatever else is wrong with the file, this is to be mended first. */
export function checkPalette({ path, palette }: RasterFile, role: Role): void {
  if (!palette) return;
  throw new BadInput(`${path} (${role}): colours are indexes of a palette, values wanted: gdal_translate -expand rgb`);
}

/**
 * Throws `BadInput` for samples whose unit nobody stated: models are trained on DN of 0 to 255, and heights are in metres; 16-bit
 * DN, or heights in centimetres, would give a map that looks right and is not.
 */
export function checkSamples({ path, samples }: RasterFile, role: Role, source: RoleSource): void {
  if (source.scale !== undefined) return;
  const found = `${samples.bits}-bit ${samples.kind === 'float' ? 'floating-point numbers' : 'whole numbers'} found`;
  if (!isHeight(role) && (samples.kind !== 'unsigned' || samples.bits !== 8)) {
    throw new BadInput(
      `${path} (${role}): ${found}, 8-bit DN wanted; convert it, or state in the request what one counts: "scale": 1 as it is, 0.0039 from 0–65535 to 0–255`,
    );
  }
  if (isHeight(role) && samples.kind !== 'float') {
    throw new BadInput(
      `${path} (${role}): ${found}, metres as floating-point numbers wanted; or state in the request what one counts: "scale": 1 for metres, 0.01 for centimetres`,
    );
  }
}

/**
 * Reads a part of one dalle into `planes`, one a band; `part` is in pixels of the mosaic. Nodata counts only where all colour bands have it: 255 is declared in RGB
 * where it is a legal value. The file's own mask counts, and so does a mask band. NaN and heights that are none are unknown.
 */
export async function readDalle(
  dalle: Dalle,
  part: PixelWindow,
  reading: DalleReading,
  planes: Float32Array[],
): Promise<DalleWindow> {
  const { file, window } = dalle;
  const inFile = { ...part, xPx: part.xPx - window.xPx, yPx: part.yPx - window.yPx };
  const size = part.widthPx * part.heightPx;
  const readBand = (band: number) => file.read(inFile, band, new Float32Array(size));
  const mask = await maskOf(dalle, reading);
  await Promise.all(reading.bands.map((band, index) => file.read(inFile, band, planes[index]!)));
  const everything = ones(size);
  let known = everything;
  const own = () => {
    if (known === everything) known = everything.slice();
    return known;
  };
  const nodata = Math.fround(reading.source.nodata ?? file.nodata ?? Number.NaN);
  if (planes[0]!.includes(nodata)) {
    const others = colourBands(file, mask).filter((band) => !reading.bands.includes(band));
    knownByNodata([...planes, ...(await Promise.all(others.map(readBand)))], nodata, own());
  }
  if (mask !== null) knownByMask(await readBand(mask), own());
  if (file.readMask) knownByMask(await file.readMask(inFile), own());
  if (file.samples.kind === 'float' || isHeight(reading.role))
    for (const plane of planes) if (hasOddValue(plane, reading)) knownByValue(plane, reading, own());
  const { scale = 1, offset = 0 } = reading.source;
  if (scale !== 1 || offset !== 0) for (const plane of planes) rescale(plane, scale, offset);
  return { planes, known };
}

const colourBands = (file: RasterFile, mask: number | null) =>
  Array.from({ length: file.bands }, (_, band) => band).filter((band) => band !== mask);

function knownByNodata(planes: Float32Array[], nodata: number, known: Uint8Array): void {
  const [first, ...others] = planes as [Float32Array, ...Float32Array[]];
  for (let i = 0; i < known.length; i++) {
    if (first[i] === nodata && others.every((plane) => plane[i] === nodata)) known[i] = 0;
  }
}

function knownByMask(mask: Float32Array | Uint8Array, known: Uint8Array): void {
  for (let i = 0; i < known.length; i++) if (mask[i] === 0) known[i] = 0;
}

function knownByValue(plane: Float32Array, { role, source }: DalleReading, known: Uint8Array): void {
  const { scale = 1, offset = 0 } = source;
  const limit = isHeight(role) ? HIGHEST_M : Number.POSITIVE_INFINITY;
  for (let i = 0; i < known.length; i++) if (!(Math.abs(plane[i]! * scale + offset) < limit)) known[i] = 0;
}

function hasOddValue(plane: Float32Array, { role, source }: DalleReading): boolean {
  const { scale = 1, offset = 0 } = source;
  const limit = isHeight(role) ? HIGHEST_M : Number.POSITIVE_INFINITY;
  for (let i = 0; i < plane.length; i++) if (!(Math.abs(plane[i]! * scale + offset) < limit)) return true;
  return false;
}

const masksOfOnes = new Map<number, Uint8Array>();

/** A mask where everything is known, the same for all who ask: not to be written to. */
export function ones(length: number): Uint8Array {
  let mask = masksOfOnes.get(length);
  if (mask === undefined) {
    if (masksOfOnes.size >= 16) masksOfOnes.clear(); // windows have a few sizes
    mask = new Uint8Array(length).fill(1);
    masksOfOnes.set(length, mask);
  }
  return mask;
}

function rescale(plane: Float32Array, scale: number, offset: number): void {
  for (let i = 0; i < plane.length; i++) plane[i] = plane[i]! * scale + offset;
}

/**
 * The band that says where the image knows something: the one declared, else the one tagged as alpha if it holds 0 and 255 only.
 * Throws `BadInput` where such a band was to be near infrared.
 */
function maskOf(dalle: Dalle, reading: DalleReading): Promise<number | null> {
  const { file } = dalle;
  if (reading.source.bands !== undefined) return Promise.resolve(reading.maskBand ?? null);
  if (reading.nirBand === undefined && (file.alphaBand === undefined || reading.bands.includes(file.alphaBand))) {
    return Promise.resolve(null);
  }
  dalle.mask ??= lookForMask(file, reading);
  return dalle.mask;
}

async function lookForMask(file: RasterFile, { nirBand, role }: DalleReading): Promise<number | null> {
  const band = nirBand ?? file.alphaBand!;
  const found = await isMask(file, band);
  if (!found) return null;
  if (nirBand === undefined) return band;
  throw new BadInput(
    `${file.path} (${role}): band ${band + 1} holds 0 and ${fullOf(file)} only, a mask; near infrared wanted there, or give irc`,
  );
}

const fullOf = ({ samples }: RasterFile) => 2 ** samples.bits - 1;
const LOOK_PX = 64;

/** Looks at the corners and the middle: near infrared of any ground takes many values within 64 pixels. */
async function isMask(file: RasterFile, band: number): Promise<boolean> {
  const { widthPx, heightPx } = file.grid;
  const [width, height] = [Math.min(LOOK_PX, widthPx), Math.min(LOOK_PX, heightPx)];
  const full = fullOf(file);
  for (const [x, y] of [
    [0.5, 0.5],
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const window = {
      xPx: Math.floor((widthPx - width) * x),
      yPx: Math.floor((heightPx - height) * y),
      widthPx: width,
      heightPx: height,
    };
    const values = await file.read(window, band, new Float32Array(width * height));
    if (values.some((value) => value !== 0 && value !== full)) return false;
  }
  return true;
}
