/** A tile's pixels → the bytes a TIFF holds for it: predictor, then Deflate. */
import { constants, deflate, deflateSync, type ZlibOptions } from 'node:zlib';

export type SampleFormat = 'uint8' | 'uint16' | 'uint32' | 'float32';
export type Pixels = Uint8Array | Uint16Array | Uint32Array | Float32Array;

/** Bytes of a sample, its TIFF SampleFormat (1 unsigned, 3 IEEE) and predictor (2 horizontal, 3 floating point). */
export const SAMPLES = {
  uint8: { bytes: 1, tiffFormat: 1, predictor: 2, Pixels: Uint8Array },
  uint16: { bytes: 2, tiffFormat: 1, predictor: 2, Pixels: Uint16Array },
  uint32: { bytes: 4, tiffFormat: 1, predictor: 2, Pixels: Uint32Array },
  float32: { bytes: 4, tiffFormat: 3, predictor: 3, Pixels: Float32Array },
} as const;

export interface TileShape {
  tileSidePx: number;
  bands: number;
  sampleFormat: SampleFormat;
  /** Deflate level, 1 (fast) to 9 (small). */
  level: number;
  /** False for codes, whose differences mean nothing: they pack better as they are. True by default. */
  predictor?: boolean;
  /**
   * Looks for runs of one byte only (zlib's RLE strategy). Of the demonstration's rasters, a tile of confidence takes 155 KiB in
   * 2.4 ms of processor time so, 157 KiB in 8.8 ms at level 6; one of classes 13 KiB in 0.4 ms, against 11 KiB in 2.3 ms.
   */
  runs?: boolean;
}

/** The TIFF predictor a tile is written with; 1 is none. */
export const predictorOf = ({ sampleFormat, predictor = true }: TileShape) =>
  predictor ? SAMPLES[sampleFormat].predictor : 1;

/** Encodes a whole tile (tileSidePx² × bands samples, chunky) off the calling thread. The pixels are left as they are. */
export function encodeTile(shape: TileShape, pixels: Pixels): Promise<Buffer> {
  const bytes = predict(shape, pixels);
  return new Promise((resolve, reject) =>
    deflate(bytes, zlibOptions(shape), (error, encoded) => (error ? reject(error) : resolve(encoded))),
  );
}

/** The same on the calling thread, for callers that have threads of their own; equal pixels give equal bytes. */
export const encodeTileSync = (shape: TileShape, pixels: Pixels): Buffer =>
  deflateSync(predict(shape, pixels), zlibOptions(shape));

/** A whole tile's output in one piece: by default zlib comes back to us for every 16 KiB. */
const CHUNK_BYTES = 1 << 18;

const zlibOptions = ({ level, runs }: TileShape): ZlibOptions => ({
  level,
  chunkSize: CHUNK_BYTES,
  ...(runs ? { strategy: constants.Z_RLE } : {}),
});

function predict(shape: TileShape, pixels: Pixels): Uint8Array {
  if (shape.predictor === false) return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const rowSamples = shape.tileSidePx * shape.bands;
  return shape.sampleFormat === 'float32'
    ? floatDifferences(pixels as Float32Array, rowSamples, shape.bands)
    : horizontalDifferences(pixels, rowSamples, shape.bands);
}

/** TIFF 6.0 §14: every sample minus the same band's sample to its left. Unsigned arrays wrap as the format wants. */
function horizontalDifferences(pixels: Pixels, rowSamples: number, bands: number): Uint8Array {
  const out = pixels.slice();
  for (let row = 0; row < out.length; row += rowSamples) {
    for (let i = row + rowSamples - 1; i >= row + bands; i--) out[i] = out[i]! - out[i - bands]!;
  }
  return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
}

/** TIFF technical note 3: a row's bytes regrouped from the most significant to the least, then differenced. */
function floatDifferences(pixels: Float32Array, rowSamples: number, bands: number): Uint8Array {
  const input = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const out = new Uint8Array(input.length);
  const rowBytes = rowSamples * 4;
  for (let row = 0; row < out.length; row += rowBytes) {
    for (let i = 0; i < rowSamples; i++) {
      for (let byte = 0; byte < 4; byte++) out[row + byte * rowSamples + i] = input[row + i * 4 + 3 - byte]!;
    }
    for (let i = row + rowBytes - 1; i >= row + bands; i--) out[i] = out[i]! - out[i - bands]!;
  }
  return out;
}
