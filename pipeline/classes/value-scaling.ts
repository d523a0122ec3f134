/** Value Scaling Objects of STAC MLM 1.5 → how a band's values become the network's input. Pure. */
import { BadInput } from '../errors.ts';
import { readExpression } from './band-expression.ts';
import type { BandScaling } from './model-contract.ts';

type Json = Record<string, unknown>;

const FREE = { clipMin: Number.NEGATIVE_INFINITY, clipMax: Number.POSITIVE_INFINITY };
/** Values go in as they are. */
export const AS_THEY_ARE: BandScaling = { ...FREE, subtract: 0, divide: 1 };

/** Absent: not stated here; null: values go in as they are. One object holds for all bands. */
export function scalingOf(path: string, value: unknown): BandScaling[] | undefined {
  if (value === undefined) return undefined;
  if (value === null) return [AS_THEY_ARE];
  return (Array.isArray(value) ? value : [value]).map((one: unknown) => scalingOne(path, one));
}

function scalingOne(path: string, value: unknown): BandScaling {
  if (typeof value !== 'object' || value === null) {
    throw new BadInput(`${path}: value_scaling has ${JSON.stringify(value)}, an object with a type wanted`);
  }
  const one = value as Json;
  const number = (key: string) => {
    const found = one[key];
    if (typeof found === 'number' && Number.isFinite(found)) return found;
    throw new BadInput(
      `${path}: value_scaling ${String(one['type'])} has ${key} ${JSON.stringify(found) ?? 'absent'}, a number wanted`,
    );
  };
  switch (one['type']) {
    case null:
      return AS_THEY_ARE;
    case 'z-score':
      return { ...FREE, subtract: number('mean'), divide: number('stddev') };
    case 'min-max':
      return { ...FREE, subtract: number('minimum'), divide: number('maximum') - number('minimum') };
    case 'offset':
      return { ...FREE, subtract: number('value'), divide: 1 };
    case 'scale':
      return { ...FREE, subtract: 0, divide: number('value') };
    case 'clip':
      return { ...AS_THEY_ARE, clipMin: number('minimum'), clipMax: number('maximum') };
    case 'clip-min':
      return { ...AS_THEY_ARE, clipMin: number('minimum') };
    case 'clip-max':
      return { ...AS_THEY_ARE, clipMax: number('maximum') };
    case 'processing':
      return scalingByExpression(path, one['expression']);
    default:
      throw new BadInput(
        `${path}: value_scaling of type ${JSON.stringify(one['type']) ?? 'absent'}; wanted z-score, min-max, clip, clip-min, clip-max, offset, scale, processing or null`,
      );
  }
}

/** clip(x × scale + offset) = (clip(x) − subtract) / divide. */
function scalingByExpression(path: string, expression: unknown): BandScaling {
  try {
    const { source, scale, offset, clipMin, clipMax } = readExpression(String(expression), (name) => name);
    if (source === undefined) throw new Error(`"${String(expression)}" is a constant, a band's value wanted in it`);
    const ends = [(clipMin - offset) / scale, (clipMax - offset) / scale];
    return { clipMin: Math.min(...ends), clipMax: Math.max(...ends), subtract: -offset / scale, divide: 1 / scale };
  } catch (error) {
    throw new BadInput(`${path}: value_scaling by an expression: ${(error as Error).message}`);
  }
}
