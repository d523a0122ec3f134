/** A spooled coverage cut at the limit: what lies beyond goes, regions in several parts become several objects. */
import { join } from 'node:path';
import type { Position } from 'geojson';
import type { StageContext } from '../../artefacts.ts';
import { Stopped } from '../../errors.ts';
import type { Extent } from '../../extent.ts';
import { type Grid, type PixelWindow, pixelAreaM2 } from '../../grid.ts';
import { NODATA_TRACED } from '../blocks/block-operations.ts';
import { asCoordinates, coordinatesOf, type PolygonRecord } from '../coverage/polygon-record.ts';
import { PolygonSpool } from '../coverage/polygon-spool.ts';
import { SortedSpool } from '../coverage/spool.ts';
import { BUILDING, type LandClass } from '../land-classes.ts';
import type { PassState } from '../passes.ts';
import { reasonsByKey } from '../units/listed.ts';
import { MINIMAL_UNITS } from '../units/minimal-units.ts';
import { type Limit, openLimit } from './cut-at-limit.ts';
import { limitRaster, type SplitRegion } from './limit-raster.ts';

export interface CutCoverage {
  /** What is left, in the order of the regions and of their parts; ground no image knows among it. */
  polygons: PolygonSpool;
  /** By piece of the raster: the number of the first object of its region, 4 bytes; 0 for nodata and beyond. */
  numbers: SortedSpool;
  /** Objects under a rule, by the key they now have. */
  listed: PassState['listed'];
  /** Makes a window of those numbers the raster of the objects, and counts their pixels. */
  limitNumbers: (window: PixelWindow, numbers: Uint32Array) => Uint32Array;
  /**
   * Pixels of the objects within the limit, by number; whole once each window was passed once. An object that was not cut may have
   * less of them than its region too: its border was drawn within the limit, its pixels have their centres where they had.
   */
  pixels: Uint32Array;
  enclaves: Position[][][];
}

interface Asked {
  grid: Grid;
  classes: LandClass[];
  polygons: PolygonSpool;
  listed: PassState['listed'];
  workDir: string;
}

/** Throws `DiskFault`, `Stopped`. */
export async function cutCoverage(asked: Asked, limit: Extent, ctx: StageContext): Promise<CutCoverage> {
  const { grid, classes, workDir } = asked;
  const open = openLimit(limit);
  const polygons = new PolygonSpool(join(workDir, 'cut'));
  const numbers = new SortedSpool(join(workDir, 'numbers'));
  const reasons = reasonsByKey(asked.listed);
  const listed: PassState['listed'] = [];
  const splits: SplitRegion[] = [];
  let [key, count] = [0, 0];
  for await (const { key: firstPixel, polygon: region } of asked.polygons.sorted()) {
    if (key % RECORDS_PER_CHECK === 0 && ctx.signal.aborted) throw new Stopped('stopped while cutting at the limit');
    const isNodata = region.value === NODATA_TRACED;
    const parts = cutRecord(region, open, grid);
    const number = Buffer.alloc(4);
    number.writeUInt32LE(isNodata || parts.length === 0 ? 0 : count + 1);
    for (const piece of region.parts) await numbers.add(piece, number);
    if (parts.length > 1 && !isNodata) splits.push({ firstNumber: count + 1, parts: parts.map(({ rings }) => rings!) });
    for (const part of parts) {
      await polygons.add(++key, part);
      if (isNodata) continue;
      count++;
      const told = reasons.get(firstPixel) ?? [];
      const cutSmall = part.rings ? underUnit(part, classes, grid) : [];
      const broken = [...told, ...cutSmall.filter(({ rule }) => told.every((one) => one.rule !== rule))];
      listed.push(...broken.map((one) => ({ ...one, firstPixel: key })));
    }
  }
  const pixels = new Uint32Array(count + 1);
  const limited = limitRaster(limit, grid, splits);
  const limitNumbers = (window: PixelWindow, found: Uint32Array) => counted(limited(window, found), pixels);
  return { polygons, numbers, listed, limitNumbers, pixels, enclaves: open.enclaves() };
}

const RECORDS_PER_CHECK = 4096;

interface CutRecord extends PolygonRecord {
  /** Where the region was cut: the part's rings. */
  rings?: Position[][];
}

/** What the limit leaves of a region. Pixels and confidence stay the region's: their mean is each part's. */
function cutRecord(record: PolygonRecord, limit: Limit, grid: Grid): CutRecord[] {
  const whole = coordinatesOf(record);
  return limit.cut(whole).map((rings) => {
    if (rings === whole) return record;
    return {
      ...record,
      areaPx: measure(rings).areaM2 / pixelAreaM2(grid),
      coordinates: asCoordinates(JSON.stringify(rings)),
      rings,
    };
  });
}

function counted(numbers: Uint32Array, pixels: Uint32Array): Uint32Array {
  for (const number of numbers) pixels[number]!++;
  return numbers;
}

const REASON = 'coupé par la limite du territoire';
/** The widest that is asked of a cover (specification), and what drawing and pixels take on either side. */
const widthM = ({ resolutionM }: Grid) => 10 + Math.max(1, 2 * resolutionM);

/**
 * The rules a part may break because of the cut. Every shape holds a disc as wide as twice its area by its perimeter: none that is
 * too narrow is left out.
 */
function underUnit({ rings, value }: CutRecord, classes: LandClass[], grid: Grid) {
  const { codeCs, ossature } = classes[value - 1]!;
  if (ossature) return [];
  const { areaM2, perimeterM } = measure(rings!);
  const leastM2 = codeCs === BUILDING ? MINIMAL_UNITS.buildingM2 : MINIMAL_UNITS.outsideM2;
  return [
    ...(areaM2 < leastM2 ? [{ rule: 'surface' as const, reason: REASON }] : []),
    ...(codeCs !== BUILDING && 2 * areaM2 < widthM(grid) * perimeterM
      ? [{ rule: 'largeur' as const, reason: REASON }]
      : []),
  ];
}

/** From a point of the polygon, so that large coordinates cost no digits; holes run the other way and count negative. */
function measure(rings: Position[][]): { areaM2: number; perimeterM: number } {
  const [x0, y0] = rings[0]![0] as [number, number];
  let [twice, perimeterM] = [0, 0];
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [[ax, ay], [bx, by]] = [ring[i - 1] as [number, number], ring[i] as [number, number]];
      twice += (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
      perimeterM += Math.hypot(bx - ax, by - ay);
    }
  }
  return { areaM2: twice / 2, perimeterM };
}
