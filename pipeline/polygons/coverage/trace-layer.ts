/**
 * A layer of classes → polygons, spooled by first pixel. Blocks are cut into pieces of borders and borders are drawn side by side;
 * joining them is done by one hand, in the order of the blocks.
 */
import type { StageContext } from '../../artefacts.ts';
import { Stopped } from '../../errors.ts';
import type { Grid } from '../../grid.ts';
import type { Arc } from '../arcs/arc.ts';
import { ArcSpill, SPILL_BYTES } from '../arcs/arc-spill.ts';
import { DrawingOrder } from '../arcs/drawing-order.ts';
import type { PackedLines } from '../arcs/packed-arcs.ts';
import { packArcs } from '../arcs/packed-arcs.ts';
import { ringsOfRegion } from '../arcs/region-rings.ts';
import { type Region, RegionTracker, type Side, type TracedRegion } from '../arcs/region-tracker.ts';
import { NODATA_TRACED } from '../blocks/block-operations.ts';
import type { BlockPool } from '../blocks/block-pool.ts';
import { inOrder } from '../blocks/in-order.ts';
import { openLayer } from '../blocks/layer.ts';
import { rootOf } from '../blocks/linked-regions.ts';
import type { LandClass } from '../land-classes.ts';
import { UNITS_PER_PX } from '../lines/draft-line.ts';
import { GeometryTally } from '../lines/geometry-tally.ts';
import { clearanceReachPx } from '../lines/line-of-arc.ts';
import { lineRulesOf } from '../lines/line-rules.ts';
import type { PolygonRecord } from './polygon-record.ts';
import type { PolygonSpool } from './polygon-spool.ts';
import { coordinatesText, ringAreaPx, ringVertices, VertexRoom } from './polygon-text.ts';
import { spilledPolygon } from './spilled-polygon.ts';

export interface TraceSettings {
  grid: Grid;
  classes: LandClass[];
  classesPath: string;
  confidencePath: string;
  /** How far a border may be moved; 0: they stay along the pixels. */
  toleranceM: number;
  /** What a region's drawn borders may take in memory while it is open; `SPILL_BYTES` by default. */
  spillBytes?: number | undefined;
}

export interface Traced {
  /** By block: the number of its first piece. */
  partStarts: number[];
  arcs: number;
  /** Regions, those of nodata too. */
  regions: number;
  geometry: GeometryTally;
  /** See `ArcSpill`. */
  mostHeldBytes: number;
}

/** Throws `DiskFault`, `Stopped`. */
export async function traceLayer(
  settings: TraceSettings,
  spool: PolygonSpool,
  pool: BlockPool,
  ctx: StageContext,
): Promise<Traced> {
  const { classes, spillBytes = SPILL_BYTES } = settings;
  // a building's borders are told of together, once they are drawn; those of other regions one by one
  const { isBuilding } = lineRulesOf(classes, 0);
  const spill = new ArcSpill(`${spool.path}-borders`, spillBytes, isBuilding);
  try {
    return await trace(settings, spill, spool, pool, ctx);
  } finally {
    await spill.remove();
    await spool.texts.close();
  }
}

async function trace(
  settings: TraceSettings,
  spill: ArcSpill,
  spool: PolygonSpool,
  pool: BlockPool,
  ctx: StageContext,
): Promise<Traced> {
  const { grid, classesPath, confidencePath, classes } = settings;
  const tolerancePx = settings.toleranceM / grid.resolutionM;
  const layer = await openLayer(classesPath);
  await layer.close();
  const { blocks } = layer;
  const tracker = new RegionTracker(grid.widthPx, grid.heightPx);
  const order = new DrawingOrder(tolerancePx === 0 ? () => false : lineRulesOf(classes, tolerancePx).isBuilding);
  const step = ctx.report.step('trace', grid.widthPx * grid.heightPx, 'px');
  const reachPx = clearanceReachPx(tolerancePx);
  const geometry = new GeometryTally(classes);
  const traced: Traced = { partStarts: [0], arcs: 0, regions: 0, geometry, mostHeldBytes: 0 };
  const drawing: Drawing[] = [];
  const ends = (drawn: Drawing) => finish(drawn, grid, geometry, spill, spool);
  const make = (index: number) => pool.run('pieces', { classesPath, confidencePath, index, reachPx });
  let index = 0;
  for await (const { labelled, confidence, pieces } of inOrder(blocks.length, pool.ahead, make)) {
    if (ctx.signal.aborted) throw new Stopped('stopped while tracing');
    const block = blocks[index++]!;
    const whole = tracker.take(block, labelled, confidence, pieces);
    const { arcs, buildings, regions } = order.take(tracker.takeArcs(), whole);
    traced.partStarts.push(traced.partStarts.at(-1)! + labelled.count);
    traced.arcs += arcs.length;
    traced.regions += regions.length;
    const lines =
      tolerancePx === 0
        ? undefined
        : pool.run('lines', { arcs: packArcs(arcs, drawnSide), buildings, classes, tolerancePx });
    lines?.catch(() => {}); // awaited below, unless something else fails first
    drawing.push({ lines, arcs, regions });
    if (drawing.length > pool.ahead) await ends(drawing.shift()!);
    step.advance(block.widthPx * block.heightPx);
  }
  for (const one of drawing) await ends(one);
  step.end();
  return { ...traced, mostHeldBytes: spill.mostHeldBytes };
}

/** Arcs whose lines are on their way, and the regions that are whole once they are there. */
interface Drawing {
  /** Undefined: borders stay on the pixels. */
  lines: Promise<PackedLines> | undefined;
  arcs: Arc<Region>[];
  regions: TracedRegion[];
}

/** Waits for the lines, and spools the polygons that are whole with them. */
async function finish(
  { lines, arcs, regions }: Drawing,
  grid: Grid,
  geometry: GeometryTally,
  spill: ArcSpill,
  spool: PolygonSpool,
): Promise<void> {
  const drawn = await lines;
  if (drawn === undefined) stayOnPixels(arcs);
  else {
    setLines(arcs, drawn);
    geometry.addLines(drawn);
  }
  await spill.hold(arcs);
  for (const region of regions) {
    const isHeld = region.spilled === undefined;
    const polygon = isHeld ? polygonOf(region, grid) : await spilledPolygon(region, spill, spool.texts, grid);
    geometry.addRegion(region, polygon.areaPx);
    spill.release(region);
    await spool.add(region.firstPixel, polygon);
  }
}

/** Towards nodata a border is the extent's own: nothing is drawn there but what the pixels say. */
const drawnSide = (side: Side) => (side === null || side.value === NODATA_TRACED ? 0 : side.value);

/** Gives arcs their lines, and takes from them what nobody asks for any more. */
function setLines(arcs: Arc<Region>[], { starts, points, between, squared }: PackedLines): void {
  arcs.forEach((arc, i) => {
    arc.betweenPx2 = between[i]!;
    arc.squared = squared[i] === 1;
    arc.line = points.slice(starts[i]!, starts[i + 1]!);
    arc.points = endsOf(arc.points);
    arc.clearances = NONE;
  });
}

/** A copy of the first two and the last two points: the arrays given are those of a whole block, and would stay with them. */
function endsOf(points: Int32Array): Int32Array {
  if (points.length <= 8) return points.slice();
  const ends = points.slice(0, 8);
  ends.set(points.subarray(points.length - 4), 4);
  return ends;
}

/** Borders that nobody moves are their own lines. What rings ask of their points is the same in any unit. */
function stayOnPixels(arcs: Arc<Region>[]): void {
  for (const arc of arcs) {
    const { points } = arc;
    for (let i = 0; i < points.length; i++) points[i]! *= UNITS_PER_PX;
    arc.line = points;
  }
}

const NONE = new Int32Array(0);

const room = new VertexRoom();

function polygonOf(region: TracedRegion, grid: Grid): PolygonRecord {
  room.clear();
  const rings = ringsOfRegion(region.arcs, (side) => side !== null && rootOf(side) === region).map((ring) =>
    ringVertices(ring, room),
  );
  const { value, pixels, carried, parts } = region;
  const areaPx = rings.reduce((sum, ring) => sum + ringAreaPx(ring), 0);
  return { value, pixels, carried, areaPx, parts, coordinates: coordinatesText(rings, grid) };
}
