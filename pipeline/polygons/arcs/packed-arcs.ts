/** Arcs on their way to another thread and lines on their way back: a few large arrays in place of many small objects. Pure. */

import type { Displacement } from '../lines/displacement.ts';
import type { Arc } from './arc.ts';

export interface PackedArcs {
  /** Arc a has `points[starts[a]]`…; likewise its clearances. */
  starts: Int32Array;
  points: Int32Array;
  clearanceStarts: Int32Array;
  clearances: Int32Array;
  /** Class on the left, on the right (0: none), whether it is closed: three an arc. */
  about: Uint8Array;
}

export interface PackedLines {
  starts: Int32Array;
  points: Int32Array;
  /** By line of a building: square pixels between it and its border. */
  between: Float64Array;
  /** By line: 1 where it is squared. */
  squared: Uint8Array;
  /** Of all lines but those squared, and the ossature's. */
  displacement: Displacement;
}

/** A side of an arc in another thread: its class is all that is known. */
export interface PackedSide {
  value: number;
}

/** `sideOf`: the class on a side; 0 where there is none whose border may be drawn otherwise. */
export function packArcs<Region>(arcs: Arc<Region>[], sideOf: (side: Region | null) => number): PackedArcs {
  const points = concatenated(arcs.map((arc) => arc.points));
  const clearances = concatenated(arcs.map((arc) => arc.clearances));
  const about = new Uint8Array(3 * arcs.length);
  arcs.forEach(({ left, right, closed }, a) => {
    about.set([sideOf(left), sideOf(right), closed ? 1 : 0], 3 * a);
  });
  return {
    starts: points.starts,
    points: points.values,
    clearanceStarts: clearances.starts,
    clearances: clearances.values,
    about,
  };
}

export function unpackArcs({ starts, points, clearanceStarts, clearances, about }: PackedArcs): Arc<PackedSide>[] {
  const side = (value: number) => (value === 0 ? null : { value });
  return Array.from({ length: starts.length - 1 }, (_, a) => ({
    points: points.subarray(starts[a]!, starts[a + 1]!),
    clearances: clearances.subarray(clearanceStarts[a]!, clearanceStarts[a + 1]!),
    left: side(about[3 * a]!),
    right: side(about[3 * a + 1]!),
    closed: about[3 * a + 2] === 1,
    firstX: 0,
    firstY: 0,
  }));
}

export function packLines(lines: Int32Array[], measured: Omit<PackedLines, 'starts' | 'points'>): PackedLines {
  const { starts, values } = concatenated(lines);
  return { starts, points: values, ...measured };
}

function concatenated(lists: Int32Array[]): { starts: Int32Array; values: Int32Array } {
  const starts = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => {
    starts[i + 1] = starts[i]! + list.length;
  });
  const values = new Int32Array(starts[lists.length]!);
  lists.forEach((list, i) => {
    values.set(list, starts[i]!);
  });
  return { starts, values };
}
