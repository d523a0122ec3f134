/** Query parameters, parsed before anything is done with them. Pure; every fault names what was found and what is wanted. */
import type { Crs } from './crs.ts';
import { InvalidParameter, MissingParameter, UnknownParameter } from './errors.ts';

/** Accepted everywhere: format, language, and the key a client's user typed behind the address (QGIS sends it on). */
export const FREE_PARAMETERS = ['f', 'lang', 'token'];

export const LIMIT_DEFAULT = 1000;
export const LIMIT_MAXIMUM = 10_000;

/** Parameters of a request, each given once at most and known here. */
export function readQuery(query: URLSearchParams, allowed: Iterable<string>): Map<string, string> {
  const known = new Set([...allowed, ...FREE_PARAMETERS]);
  const found = new Map<string, string>();
  for (const [name, value] of query) {
    if (!known.has(name)) throw new UnknownParameter(name, known);
    if (value.includes('\0')) throw new InvalidParameter(name, value.replaceAll('\0', '\\0'), 'text without NUL');
    if (found.has(name)) throw new InvalidParameter(name, `${found.get(name)}, ${value}`, 'a single value');
    found.set(name, value);
  }
  return found;
}

export function required(query: Map<string, string>, name: string, wanted: string): string {
  const value = query.get(name);
  if (value === undefined || value === '') throw new MissingParameter(name, wanted);
  return value;
}

/** 1 and more; what is above the maximum is the maximum (OGC API Features 7.15.2, req. fc-limit-response-1 C). */
export function parseLimit(text: string | undefined, fallback = LIMIT_DEFAULT, maximum = LIMIT_MAXIMUM): number {
  if (text === undefined) return fallback;
  if (!/^\d+$/.test(text) || /^0+$/.test(text)) {
    throw new InvalidParameter('limit', text, `a whole number from 1 to ${maximum}`);
  }
  return Math.min(Number(text), maximum);
}

/** [minX, minY, maxX, maxY] with x = east whatever the CRS. Two boxes where the request crosses the antimeridian. */
export type BboxEast = [number, number, number, number];

export interface QueryBox {
  crs: Crs;
  boxes: BboxEast[];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const SIDE_MAX = 1e9;

/** 4 numbers, or 6 with heights that are dropped; axis order as the CRS says. */
export function parseBbox(text: string | undefined, crs: Crs): QueryBox | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(',').map((part) => part.trim());
  const wanted = '4 or 6 numbers separated by commas';
  if (![4, 6].includes(parts.length) || !parts.every((part) => NUMBER.test(part))) {
    throw new InvalidParameter('bbox', text, wanted);
  }
  const numbers = parts.map(Number);
  if (!numbers.every((value) => Math.abs(value) <= SIDE_MAX)) throw new InvalidParameter('bbox', text, wanted);
  const half = numbers.length / 2;
  const [a1, b1, a2, b2] = [numbers[0]!, numbers[1]!, numbers[half]!, numbers[half + 1]!];
  const [minX, minY, maxX, maxY] = crs.latitudeFirst ? [b1, a1, b2, a2] : [a1, b1, a2, b2];
  if (minY > maxY) throw new InvalidParameter('bbox', text, 'a second corner north of the first');
  if (!crs.geographic) {
    if (minX > maxX) throw new InvalidParameter('bbox', text, 'a second corner east of the first');
    return { crs, boxes: [[minX, minY, maxX, maxY]] };
  }
  if (Math.abs(minY) > 90 || Math.abs(maxY) > 90) throw new InvalidParameter('bbox', text, 'latitudes from -90 to 90');
  if (Math.abs(minX) > 180 || Math.abs(maxX) > 180) {
    throw new InvalidParameter('bbox', text, 'longitudes from -180 to 180');
  }
  if (minX <= maxX) return { crs, boxes: [[minX, minY, maxX, maxY]] };
  return {
    crs,
    boxes: [
      [minX, minY, 180, maxY],
      [-180, minY, maxX, maxY],
    ],
  };
}

/** Milliseconds since 1970, UTC, both ends included; an open end is infinite. */
export interface Interval {
  startMs: number;
  endMs: number;
}

export const overlaps = (a: Interval, b: Interval) => a.startMs <= b.endMs && b.startMs <= a.endMs;

/** An instant, `a/b`, `../b`, `a/..`; `..` may be empty. A date is its whole day, UTC. Years 0000 and 9999 are legal (QGIS). */
export function parseDatetime(text: string | undefined): Interval | undefined {
  if (text === undefined) return undefined;
  const wanted = 'a date, a date-time (RFC 3339), or an interval a/b, ../b, a/..';
  const parts = text.split('/');
  const open = parts.map((part) => part === '' || part === '..');
  if (parts.length > 2 || open.every(Boolean)) throw new InvalidParameter('datetime', text, wanted);
  const spans = parts.map((part, index) => (open[index] ? undefined : parseInstant(part)));
  if (spans.some((span, index) => span === undefined && !open[index])) {
    throw new InvalidParameter('datetime', text, wanted);
  }
  const startMs = spans[0]?.startMs ?? Number.NEGATIVE_INFINITY;
  const endMs = spans.at(-1)?.endMs ?? Number.POSITIVE_INFINITY;
  if (startMs > endMs) throw new InvalidParameter('datetime', text, 'an end after the start');
  return { startMs, endMs };
}

const DAY_MS = 86_400_000;
// A "+" that was not percent-encoded arrives as a space.
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[+ -]\d{2}:\d{2})$/i;

function parseInstant(text: string): Interval | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const startMs = dayMs(text);
    return startMs === undefined ? undefined : { startMs, endMs: startMs + DAY_MS - 1 };
  }
  const [whole, day, hours, minutes, seconds] = DATE_TIME.exec(text) ?? [];
  if (whole === undefined || dayMs(day!) === undefined) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  const instant = Date.parse(whole.toUpperCase().replace(' ', '+').replace(':60', ':59'));
  return Number.isNaN(instant) ? undefined : { startMs: instant, endMs: instant };
}

/** Start of a calendar day; undefined for 2023-02-30. */
export function dayMs(day: string): number | undefined {
  const instant = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().slice(0, 10) === day ? instant : undefined;
}

export interface TileAddress {
  z: number;
  row: number;
  col: number;
}

/** Undefined when this is no address of a tile: the caller answers 404. */
export function parseTileAddress(tileMatrix: string, tileRow: string, tileCol: string): TileAddress | undefined {
  const whole = [tileMatrix, tileRow, tileCol].every((part) => /^(0|[1-9]\d{0,9})$/.test(part));
  return whole ? { z: Number(tileMatrix), row: Number(tileRow), col: Number(tileCol) } : undefined;
}

/** INSEE's code as stored (`62`, `2A`, `971`) from `62`, `062`, `D062`, `02A`. */
export function parseDepartement(text: string): string {
  const [, padded, plain] = /^D?(?:0(\d{2}|2[AB])|(\d{2}|2[AB]|[1-9]\d{2}))$/i.exec(text) ?? [];
  const code = padded ?? plain;
  if (code !== undefined) return code.toUpperCase();
  throw new InvalidParameter('departement', text, 'a code such as 62, 062, D062, 2A or 971');
}

/** Three characters, as file names and collection ids have it. */
export const paddedDepartement = (code: string) => code.padStart(3, '0');

export function parseYear(parameter: string, text: string): number {
  if (/^\d{4}$/.test(text)) return Number(text);
  throw new InvalidParameter(parameter, text, 'a year of four digits');
}
