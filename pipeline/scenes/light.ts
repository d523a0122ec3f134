/** From objects and heights to what a camera would have recorded: patterns, relief, cast shadows, blur, gain and noise. */
import type { Frame, Painted } from './paint.ts';
import type { Brush } from './plan.ts';
import { NOISE_SIDE, Random, smoothNoise, whiteNoise } from './random.ts';

/** A flight: where the sun was, what the camera does to the light. */
export interface Sensor {
  /** Sun, degrees from north clockwise (between 90 and 270) and above the horizon. */
  azimuthDeg: number;
  elevationDeg: number;
  /** R, G, B, NIR: DN = reflected × gain + offset. */
  gains: [number, number, number, number];
  offsets: [number, number, number, number];
  /** Share of a pixel's light its two neighbours on a line take. */
  blur: number;
  /** Standard deviation of the noise, DN. */
  noise: number;
}

/** Rows and columns of neighbourhood an image needs: the longest shadow's reach. */
export const HALO_PX = 112;

/** How much light is left in the shade, per band: the sky is blue. */
const SHADE = [0.44, 0.5, 0.58, 0.4];

/** The noises of a landscape; the tables are made once. */
export interface Grounds {
  coarse: Float32Array;
  white: Float32Array;
}

export const grounds = (seed: number): Grounds => ({ coarse: smoothNoise(seed, 64, 5), white: whiteNoise(seed + 7) });

/** A flight's light and camera: the second date has another sun, other gains, a little more noise. */
export function sensorOf(seed: number, dateIndex: 0 | 1): Sensor {
  const random = new Random(seed, `sensor ${dateIndex}`);
  const four = (low: number, high: number, mean: number[]) =>
    mean.map((value) => value + random.range(low, high)) as [number, number, number, number];
  return {
    azimuthDeg: dateIndex === 0 ? random.range(140, 165) : random.range(175, 205),
    elevationDeg: dateIndex === 0 ? random.range(50, 58) : random.range(44, 52),
    gains: four(-0.06, 0.06, dateIndex === 0 ? [0.95, 0.95, 0.95, 1] : [1.03, 0.97, 0.9, 0.93]),
    offsets: four(-3, 3, dateIndex === 0 ? [2, 4, 8, 0] : [4, 2, 2, 4]),
    blur: random.range(0.1, 0.18),
    noise: dateIndex === 0 ? random.range(2.5, 4) : random.range(3.5, 5.5),
  };
}

/** Image of the inside of a painted frame, `HALO_PX` cut off on every side: planar R, G, B, NIR of DN 1 to 254. */
export function expose(painted: Painted, brushes: Brush[], sensor: Sensor, noises: Grounds): Uint8Array[] {
  const shade = castShadows(painted, sensor);
  const { tone, light } = illuminate(painted, brushes, sensor, noises);
  const colours = new Float32Array(brushes.length * 8);
  for (const [i, { style }] of brushes.entries()) colours.set([...style.ground, ...style.top], i * 8);
  return [0, 1, 2, 3].map((band) => {
    const plane = new Float32Array(painted.object.length);
    for (let p = 0; p < plane.length; p++) {
      const at = painted.object[p]! * 8 + band;
      const colour = colours[at]! + (colours[at + 4]! - colours[at]!) * tone[p]!;
      plane[p] = colour * light[p]! * (shade[p] ? SHADE[band]! : 1);
    }
    return record(plane, painted, sensor, band, noises);
  });
}

/**
 * 1 where something towards the sun hides it. Each row takes, from the row next to it on the sun's side, how high the shadow
 * reaches, less what the sun climbs over a row; columns shift by whole pixels.
 */
function castShadows(painted: Painted, sensor: Sensor): Uint8Array {
  const { widthPx, heightPx, height, rowPx } = painted;
  const azimuth = (sensor.azimuthDeg * Math.PI) / 180;
  const [toSunX, toSunY] = [Math.sin(azimuth), -Math.cos(azimuth)];
  const drop = (painted.resolutionM / toSunY) * Math.tan((sensor.elevationDeg * Math.PI) / 180);
  const slant = toSunX / toSunY;
  const shade = new Uint8Array(height.length);
  let reach = new Float32Array(widthPx);
  for (let row = heightPx - 2; row >= 0; row--) {
    const next = new Float32Array(widthPx);
    const shift = Math.round((rowPx + row + 1) * slant) - Math.round((rowPx + row) * slant);
    for (let col = 0; col < widthPx; col++) {
      const from = Math.min(Math.max(col + shift, 0), widthPx - 1);
      const top = Math.max(height[(row + 1) * widthPx + from]!, reach[from]!) - drop;
      next[col] = top;
      if (top > height[row * widthPx + col]! + 0.2) shade[row * widthPx + col] = 1;
    }
    reach = next;
  }
  return shade;
}

const MIXES = { height: 0, rows: 1, noise: 2 } as const;
const FIELDS = 12;

/** Styles as numbers in a row per brush, for the loop over pixels. */
function styleTable(brushes: Brush[], resolutionM: number): Float32Array {
  const table = new Float32Array(brushes.length * FIELDS);
  brushes.forEach(({ style, roof }, i) => {
    const angle = roof ? roof.angle : style.angle;
    const period = Math.max(style.periodM, resolutionM);
    table.set(
      [
        MIXES[style.mix],
        1 / (0.55 * Math.max(style.heightM, 0.3)),
        (-Math.sin(angle) * resolutionM) / period,
        (Math.cos(angle) * resolutionM) / period,
        style.duty,
        style.tramlinesM > 0 ? period / style.tramlinesM : 0,
        style.mottle,
        style.grain,
        style.seed & (NOISE_SIDE - 1),
        (style.seed * 73) & (NOISE_SIDE - 1),
        style.tramlinesM,
      ],
      i * FIELDS,
    );
  });
  return table;
}

/** `tone`: from `ground` (0) to `top` (1); `light`: factor of relief and patches. */
function illuminate(painted: Painted, brushes: Brush[], sensor: Sensor, noises: Grounds) {
  const { widthPx, heightPx, object, height } = painted;
  const table = styleTable(brushes, painted.resolutionM);
  const slope = slopeLight(painted, sensor);
  const tone = new Float32Array(object.length);
  const light = new Float32Array(object.length);
  for (let row = 1; row < heightPx - 1; row++) {
    const y = painted.rowPx + row;
    for (let col = 1; col < widthPx - 1; col++) {
      const p = row * widthPx + col;
      const at = object[p]! * FIELDS;
      const x = painted.colPx + col;
      const [ox, oy] = [table[at + 8]!, table[at + 9]!];
      const patch = noises.coarse[((y + oy) & 511) * 512 + ((x + ox) & 511)]!;
      const wide = noises.coarse[(((y >> 2) + ox) & 511) * 512 + (((x >> 2) + oy) & 511)]!;
      const grain = noises.white[((y + ox) & 511) * 512 + ((x + oy) & 511)]!;
      tone[p] = toneOf(table, at, x, y, height[p]!, patch);
      light[p] = slope(p) * (1 + table[at + 6]! * (0.7 * patch + 0.6 * wide) + table[at + 7]! * grain);
    }
  }
  return { tone, light };
}

function toneOf(table: Float32Array, at: number, x: number, y: number, height: number, patch: number): number {
  const mix = table[at]!;
  if (mix === MIXES.height) return Math.min(1, height * table[at + 1]!);
  if (mix === MIXES.noise) return Math.min(Math.max(0.6 + 0.4 * patch, 0), 1);
  const across = x * table[at + 2]! + y * table[at + 3]! + 0.08 * patch;
  const phase = across - Math.floor(across);
  const ridge = Math.abs(phase - 0.5) * 2;
  let tone = Math.min(Math.max((table[at + 4]! - ridge) * 4 + 0.5, 0), 1);
  if (table[at + 5]! > 0) {
    const pass = across * table[at + 5]!;
    const metres = (pass - Math.floor(pass)) * table[at + 10]!;
    if (metres < 0.5 || (metres > 1.9 && metres < 2.4)) tone = 0;
  }
  return tone;
}

/** Light a slope gets against level ground, skylight included. */
function slopeLight(painted: Painted, sensor: Sensor): (pixel: number) => number {
  const { height, widthPx, resolutionM } = painted;
  const azimuth = (sensor.azimuthDeg * Math.PI) / 180;
  const elevation = (sensor.elevationDeg * Math.PI) / 180;
  const cot = Math.cos(elevation) / Math.sin(elevation);
  const [sx, sy] = [Math.sin(azimuth) * cot, -Math.cos(azimuth) * cot];
  const limit = 1.6;
  return (p) => {
    const gx = (height[p + 1]! - height[p - 1]!) / (2 * resolutionM);
    const gy = (height[p + widthPx]! - height[p - widthPx]!) / (2 * resolutionM);
    if (gx === 0 && gy === 0) return 1;
    const [cx, cy] = [Math.min(Math.max(gx, -limit), limit), Math.min(Math.max(gy, -limit), limit)];
    const facing = (1 - cx * sx - cy * sy) / Math.sqrt(1 + cx * cx + cy * cy);
    return 0.42 + 0.58 * Math.min(Math.max(facing, 0), 1.5);
  };
}

/** Blur, gain, noise and rounding of one band, halo cut off. */
function record(plane: Float32Array, frame: Frame, sensor: Sensor, band: number, noises: Grounds): Uint8Array {
  const [width, height] = [frame.widthPx - 2 * HALO_PX, frame.heightPx - 2 * HALO_PX];
  const out = new Uint8Array(width * height);
  const { blur } = sensor;
  const [gain, offset] = [sensor.gains[band]!, sensor.offsets[band]!];
  const w = frame.widthPx;
  const centre = 1 - 2 * blur;
  const acrossAt = (p: number) => plane[p]! * centre + (plane[p - 1]! + plane[p + 1]!) * blur;
  const shift = 131 * (band + 1) + Math.round(sensor.noise * 1000);
  for (let row = 0; row < height; row++) {
    const noiseRow = ((frame.rowPx + row + shift * 3) & 511) * 512;
    for (let col = 0; col < width; col++) {
      const p = (row + HALO_PX) * w + col + HALO_PX;
      const blurred = acrossAt(p) * centre + (acrossAt(p - w) + acrossAt(p + w)) * blur;
      const noise = noises.white[noiseRow + ((frame.colPx + col + shift) & 511)]! * sensor.noise;
      const dn = blurred * gain + offset + noise;
      out[row * width + col] = dn < 1 ? 1 : dn > 254 ? 254 : Math.round(dn);
    }
  }
  return out;
}
