/** Numbers among the options of a command, which come as text. Pure. */
import { BadInput } from '../errors.ts';

/** `least`: `Number.MIN_VALUE` stands for anything above 0. Throws `BadInput`. */
export function number(text: string, option: string, least = Number.NEGATIVE_INFINITY): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= least) return value;
  throw new BadInput(`${option} is "${text}": ${wanted(least)} wanted`);
}

/** `unit`: what is counted. Throws `BadInput`. */
export function whole(text: string, option: string, least = 1, unit = ''): number {
  const value = number(text, option, least);
  if (Number.isInteger(value)) return value;
  throw new BadInput(`${option} is "${text}": a whole number${unit === '' ? '' : ` of ${unit}`} wanted`);
}

function wanted(least: number): string {
  if (least === Number.NEGATIVE_INFINITY) return 'a number';
  return least === Number.MIN_VALUE ? 'a number above 0' : `a number from ${least}`;
}
