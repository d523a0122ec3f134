/** Seeded chance: the same seed and label give the same draws, whatever was drawn elsewhere. */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number, label = '') {
    this.seed = hashText(label, seed);
    this.#state = this.seed;
  }

  /** A stream of its own: adding draws to one part of the landscape leaves the others as they were. */
  child(label: string | number): Random {
    return new Random(this.seed, String(label));
  }

  /** In [0, 1); mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  range(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)]!;
  }

  /** One of the keys, each as often as its weight says. */
  weighted<Key extends string>(weights: Partial<Record<Key, number>>): Key {
    const entries = Object.entries(weights) as [Key, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return entries.at(-1)![0];
  }
}

function hashText(text: string, seed: number): number {
  let hash = (seed ^ 0x9e3779b9) | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hashCell(hash, text.length, seed) | 0;
}

/** 32 well-mixed bits of a cell of the plane. */
export function hashCell(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Side of the noise tables, a power of two: they repeat after it. */
export const NOISE_SIDE = 512;

/** White noise, mean 0, standard deviation 1 (sum of uniform draws), NOISE_SIDE². */
export function whiteNoise(seed: number): Float32Array {
  const random = new Random(seed, 'white');
  return Float32Array.from(
    { length: NOISE_SIDE ** 2 },
    () => (random.next() + random.next() + random.next() - 1.5) * 2,
  );
}

/** Smooth noise that repeats after NOISE_SIDE cells: several octaves of interpolated values, about mean 0 and deviation 1. */
export function smoothNoise(seed: number, firstCell: number, octaves: number): Float32Array {
  const out = new Float32Array(NOISE_SIDE ** 2);
  let amplitude = 1;
  for (let octave = 0, cell = firstCell; octave < octaves && cell >= 2; octave++, cell /= 2, amplitude *= 0.6) {
    addOctave(out, seed + octave * 101, cell, amplitude);
  }
  const mean = out.reduce((sum, value) => sum + value, 0) / out.length;
  const deviation = Math.sqrt(out.reduce((sum, value) => sum + (value - mean) ** 2, 0) / out.length);
  return out.map((value) => (value - mean) / deviation);
}

function addOctave(out: Float32Array, seed: number, cell: number, amplitude: number): void {
  const cells = NOISE_SIDE / cell;
  const value = (x: number, y: number) => hashCell(x % cells, y % cells, seed) / 4294967296;
  for (let y = 0; y < NOISE_SIDE; y++) {
    const cy = Math.floor(y / cell);
    const fy = ease(y / cell - cy);
    for (let x = 0; x < NOISE_SIDE; x++) {
      const cx = Math.floor(x / cell);
      const fx = ease(x / cell - cx);
      const top = value(cx, cy) * (1 - fx) + value(cx + 1, cy) * fx;
      const bottom = value(cx, cy + 1) * (1 - fx) + value(cx + 1, cy + 1) * fx;
      out[y * NOISE_SIDE + x]! += amplitude * (top * (1 - fy) + bottom * fy);
    }
  }
}

const ease = (t: number) => t * t * (3 - 2 * t);
