/** What the rasters tell of every region: its pixels, how many lie in the zone construite, and the widest disc it holds. */
import type { PolygonsArtefact, StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import { RasterCache } from '../geotiff/raster-cache.ts';
import { openRaster } from '../geotiff/read-raster.ts';
import { cutInDalles, type Grid, gridBbox, type PixelWindow, windowGrid, withFrame } from '../grid.ts';
import { burn } from '../rasterise.ts';
import { squaresOfFour, type WidestSquares } from '../region-widths.ts';
import { squaredValueDistances } from '../value-distance.ts';
import { BUILDING, WIDEST_RULE_M } from './rules.ts';
import { ZoneIndex } from './zone-index.ts';

const BLOCK_PX = 1024;

/** By region, from 1 (entry 0 is nodata). */
export interface RegionTable {
  pixels: Uint32Array;
  /** y × width + x of its first pixel, row by row. */
  firstPixels: Float64Array;
  zonePixels: Uint32Array;
  /** How wide it is; buildings do not narrow the ground they stand on. */
  widths: RegionWidths;
  /** The same where they do. */
  plainWidths: RegionWidths;
  /** Value of couverture.tif, and how many of its pixels have another. */
  values: Uint8Array;
  mixedPixels: number;
}

/** By region, as `WidestSquares` has them; reachPx² + 1 for all beyond `reachPx`, which is beyond what any rule asks. */
interface RegionWidths {
  one: Uint16Array;
  four: Uint16Array;
}

const noWidths = (count: number): RegionWidths => ({ one: new Uint16Array(count), four: new Uint16Array(count) });

export const widestOf = ({ one, four }: RegionWidths, region: number): WidestSquares => ({
  one: one[region]!,
  four: four[region]!,
});

/** Reads the rasters block by block. */
export async function readRegions(polygons: PolygonsArtefact, ctx: StageContext): Promise<RegionTable> {
  const { grid, count } = polygons;
  const reachPx = Math.ceil(WIDEST_RULE_M / 2 / grid.resolutionM) + 1;
  const table: RegionTable = {
    pixels: new Uint32Array(count + 1),
    firstPixels: new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY),
    zonePixels: new Uint32Array(count + 1),
    widths: noWidths(count + 1),
    plainWidths: noWidths(count + 1),
    values: new Uint8Array(count + 1),
    mixedPixels: 0,
  };
  const cache = new RasterCache();
  const zones = polygons.zonePath === undefined ? undefined : await ZoneIndex.open(polygons.zonePath);
  try {
    const [regions, couverture] = [
      await openRaster(polygons.regionsPath, cache),
      await openRaster(polygons.couverturePath, cache),
    ];
    const building = polygons.codesCs.indexOf(BUILDING) + 1;
    const blocks = cutInDalles(grid, BLOCK_PX);
    const step = ctx.report.step('Quality:Regions', blocks.length, 'blocks');
    for (const block of blocks) {
      if (ctx.signal.aborted) throw new Stopped('stopped while reading the regions');
      const frame = withFrame(block, reachPx + 1, grid);
      const labels = await regions.read(frame, 0, new Uint32Array(frame.widthPx * frame.heightPx));
      const values = await couverture.read(block, 0, new Uint8Array(block.widthPx * block.heightPx));
      const inZone = zones && (await burntZones(zones, block, grid));
      const around = await couverture.read(frame, 0, new Uint8Array(labels.length));
      const plain = squaresIn(labels, frame.widthPx, reachPx);
      const hasBuilding = building !== 0 && around.includes(building);
      const open = hasBuilding ? squaresIn(groundOf(labels, around, building), frame.widthPx, reachPx) : plain;
      tally(table, grid.widthPx, { block, frame, labels, values, open, plain, inZone });
      step.advance(1);
    }
    step.end();
  } finally {
    await zones?.close();
    await cache.close();
  }
  return table;
}

/** Regions without buildings: these do not narrow the ground they stand on, and have no least width themselves. */
const groundOf = (labels: Uint32Array, values: Uint8Array, building: number): Uint32Array =>
  labels.map((region, i) => (values[i] === building ? 0 : region));

async function burntZones(zones: ZoneIndex, block: PixelWindow, grid: Grid): Promise<Uint8Array> {
  const ground = windowGrid(grid, block);
  const mask = new Uint8Array(block.widthPx * block.heightPx);
  for await (const { geometry } of zones.meeting(gridBbox(ground))) burn(geometry, 0, ground, mask);
  return mask;
}

/** By pixel: as `WidestSquares` has them. */
interface PixelSquares {
  one: Int32Array;
  four: Int32Array;
}

function squaresIn(labels: Uint32Array, widthPx: number, reachPx: number): PixelSquares {
  const one = squaredValueDistances(labels, widthPx, reachPx);
  return { one, four: squaresOfFour(one, labels, widthPx) };
}

interface BlockValues {
  block: PixelWindow;
  frame: PixelWindow;
  labels: Uint32Array;
  values: Uint8Array;
  open: PixelSquares;
  plain: PixelSquares;
  inZone: Uint8Array | undefined;
}

function tally(
  table: RegionTable,
  stride: number,
  { block, frame, labels, values, open, plain, inZone }: BlockValues,
): void {
  for (let y = 0, i = 0; y < block.heightPx; y++) {
    let framed = (block.yPx - frame.yPx + y) * frame.widthPx + block.xPx - frame.xPx;
    for (let x = 0; x < block.widthPx; x++, i++, framed++) {
      const region = labels[framed]!;
      if (region === 0 || region >= table.pixels.length) {
        if (values[i] !== 0 || region !== 0) table.mixedPixels++;
        continue;
      }
      table.pixels[region]!++;
      const pixel = (block.yPx + y) * stride + block.xPx + x;
      if (pixel < table.firstPixels[region]!) table.firstPixels[region] = pixel;
      if (inZone?.[i]) table.zonePixels[region]!++;
      widen(table.widths, region, open, framed);
      widen(table.plainWidths, region, plain, framed);
      if (table.values[region] === 0) table.values[region] = values[i]!;
      else if (table.values[region] !== values[i]) table.mixedPixels++;
    }
  }
}

function widen(widths: RegionWidths, region: number, { one, four }: PixelSquares, at: number): void {
  if (one[at]! > widths.one[region]!) widths.one[region] = one[at]!;
  if (four[at]! > widths.four[region]!) widths.four[region] = four[at]!;
}
