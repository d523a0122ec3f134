/** A square form whose walls all lie further out, or in. Pure. */
import { UNITS_PER_PX } from './draft-line.ts';
import type { SquareForm } from './square-form.ts';

/** Walls that hardly turn (5°) do not tell where they meet: their corner goes the way of one. */
const LEAST_TURN = Math.sin(Math.PI / 36);

/** The form of a building on its left (y to the south), each wall moved out by `px`. */
export function widenedForm(form: SquareForm, px: number): SquareForm {
  const { places, closed } = form;
  const last = places.length / 2 - 1;
  const normals = Array.from({ length: last }, (_, k) => outwards(places, k));
  const moved = new Int32Array(places.length);
  for (let k = 0; k <= last; k++) {
    const before = normals[k === 0 && closed ? last - 1 : k - 1] ?? normals[k]!;
    const after = normals[k === last && closed ? 0 : k] ?? before;
    const turn = before[0] * after[1] - before[1] * after[0];
    const [x, y] = Math.abs(turn) < LEAST_TURN ? after : [(after[1] - before[1]) / turn, (before[0] - after[0]) / turn];
    moved[2 * k] = Math.round(places[2 * k]! + UNITS_PER_PX * px * x);
    moved[2 * k + 1] = Math.round(places[2 * k + 1]! + UNITS_PER_PX * px * y);
  }
  return { ...form, places: moved };
}

function outwards(places: Int32Array, k: number): [x: number, y: number] {
  const [dx, dy] = [places[2 * k + 2]! - places[2 * k]!, places[2 * k + 3]! - places[2 * k + 1]!];
  const length = Math.hypot(dx, dy);
  return [-dy / length, dx / length];
}
