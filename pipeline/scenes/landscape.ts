/** The whole plan of a landscape from a seed: three long lines, blocks between roads, and what each block is for. */
import { drawPattern, fieldBlock, lakeBlock, type Pattern, woodBlock } from './countryside.ts';
import { type Cut, cutThrough, divide } from './division.ts';
import { Canvas, type Plan } from './plan.ts';
import { along, areaM2, axisOf, boxRing, distanceM, type Point, type Ring } from './plane.ts';
import { Random } from './random.ts';
import { estateBlock, industryBlock, villageBlock } from './settlements.ts';
import { aerodromeBlock, blockRoad, mainRoad, newPond, newRoad, quarryBlock, railway, river } from './sites.ts';
import { grass } from './styles.ts';

export interface LandscapeOptions {
  seed: number;
  widthM: number;
  heightM: number;
}

/** What a block may be. The first ones are placed by where they are, the others drawn. */
type Zone =
  | 'village'
  | 'industry'
  | 'estate'
  | 'aerodrome'
  | 'quarry'
  | 'lake'
  | 'broadleaves'
  | 'felled'
  | 'conifers'
  | 'vineyards'
  | 'heath'
  | 'fields'
  | 'road through'
  | 'pond';

/** Every landscape of some size has these; what is left of the blocks is drawn from FILLERS. */
const WANTED: Zone[] = [
  'quarry',
  'road through',
  'pond',
  'felled',
  'conifers',
  'vineyards',
  'broadleaves',
  'lake',
  'heath',
  'conifers',
];
const FILLERS: Partial<Record<Zone, number>> = { fields: 6, vineyards: 2, broadleaves: 1.6, conifers: 1.6, heath: 0.7 };

/** Ground planned beyond the edges, so that the bend of the plane leaves none empty and shadows fall in from outside. */
const BEYOND_M = 70;

/**
 * Plans a landscape over [0, widthM] × [0, heightM] (x to the east, y to the south). Pure: the same options give the same plan.
 */
export function planLandscape(options: LandscapeOptions): Plan {
  const random = new Random(options.seed, 'landscape');
  const canvas = new Canvas(random.child('bend'));
  const outer = boxRing(-BEYOND_M, -BEYOND_M, options.widthM + BEYOND_M, options.heightM + BEYOND_M);
  const pattern = drawPattern(random.child('pattern'), options.widthM * options.heightM);
  canvas.area(outer, grass(random.child('ground')));
  const lines = longLines(options, random.child('lines'));
  const rings = lines.reduce((pieces, { at, angle }) => cutThrough(pieces, at, angle), [outer]);
  const rules = { targetM2: pattern.blockM2, narrowestM: 150, lean: 0.2 };
  const divisions = rings.map((ring, i) => divide(ring, rules, random.child(`blocks ${i}`), 1));
  const blocks = divisions.flatMap((division) => division.leaves);
  const zones = assignZones(blocks, options, random.child('zones'));
  blocks.forEach((ring, i) => {
    drawBlock(canvas, ring, zones[i]!, pattern, random.child(`block ${i}`));
  });
  drawRoads(
    canvas,
    divisions.flatMap((division) => division.cuts),
    random.child('roads'),
  );
  const [water, road, rail] = lines.map(({ at, angle }) => throughLine(at, angle, options));
  river(canvas, water!, random.child('river'));
  railway(canvas, rail!, random.child('rail'));
  mainRoad(canvas, road!, random.child('main road'));
  return canvas;
}

/** River, main road and railway: the river and the railway keep apart, the road crosses both. */
function longLines({ widthM, heightM }: LandscapeOptions, random: Random): { at: Point; angle: number }[] {
  const turn = random.range(0, Math.PI);
  const centre: Point = [widthM / 2, heightM / 2];
  const reach = Math.min(widthM, heightM);
  const off = random.range(0.2, 0.34) * reach * (random.chance(0.5) ? 1 : -1);
  return [
    { at: along(centre, turn + Math.PI / 2, off), angle: turn + random.range(-0.1, 0.1) },
    { at: along(centre, turn, random.range(-0.2, 0.2) * reach), angle: turn + Math.PI / 2 + random.range(-0.35, 0.35) },
    { at: along(centre, turn + Math.PI / 2, -off * random.range(0.5, 1)), angle: turn + random.range(-0.1, 0.1) },
  ];
}

function throughLine(at: Point, angle: number, { widthM, heightM }: LandscapeOptions): Point[] {
  const reach = widthM + heightM;
  return [along(at, angle, -reach), along(at, angle, reach)];
}

/** The village at a focus, work and new houses next to it, the aerodrome where there is length, the rest by chance. */
function assignZones(blocks: Ring[], { widthM, heightM }: LandscapeOptions, random: Random): Zone[] {
  const zones = new Map<Ring, Zone>();
  const inside = blocks.filter((ring) => {
    const [x, y] = axisOf(ring).centre;
    return x > 20 && y > 20 && x < widthM - 20 && y < heightM - 20;
  });
  const roomy = inside.filter((ring) => areaM2(ring) > 0.45 * medianArea(inside) && axisOf(ring).widthM > 60);
  const focus: Point = [random.range(0.3, 0.7) * widthM, random.range(0.3, 0.7) * heightM];
  const near = [...roomy].sort((a, b) => distanceM(axisOf(a).centre, focus) - distanceM(axisOf(b).centre, focus));
  const nearZones: Zone[] = ['village', 'industry', 'estate', ...(roomy.length > 16 ? (['village'] as const) : [])];
  for (const [i, zone] of nearZones.entries()) if (near[i]) zones.set(near[i], zone);
  const free = () => roomy.filter((ring) => !zones.has(ring));
  const longest = free().sort((a, b) => axisOf(b).lengthM - axisOf(a).lengthM)[0];
  if (longest) zones.set(longest, 'aerodrome');
  for (const zone of WANTED) {
    const left = free();
    if (left.length) zones.set(random.pick(left), zone);
  }
  return blocks.map((ring) => zones.get(ring) ?? random.weighted(FILLERS));
}

const medianArea = (rings: Ring[]) => rings.map(areaM2).sort((a, b) => a - b)[rings.length >> 1] ?? 0;

function drawBlock(canvas: Canvas, ring: Ring, zone: Zone, pattern: Pattern, random: Random): void {
  const vines = { vineyard: 8, grass: 1, soil: 0.6 };
  const heath = { brush: 5, grass: 1, soil: 1.5, wood: 0.7 };
  const arable = { crop: 3, plowed: 2 };
  if (zone === 'village') villageBlock(canvas, ring, random);
  else if (zone === 'industry') industryBlock(canvas, ring, true, random);
  else if (zone === 'estate') estateBlock(canvas, ring, random);
  else if (zone === 'aerodrome') aerodromeBlock(canvas, ring, random);
  else if (zone === 'quarry') quarryBlock(canvas, ring, random);
  else if (zone === 'lake') lakeBlock(canvas, ring, random);
  else if (zone === 'broadleaves') woodBlock(canvas, ring, false, false, random);
  else if (zone === 'conifers') woodBlock(canvas, ring, true, false, random);
  else if (zone === 'felled') woodBlock(canvas, ring, random.chance(0.5), true, random);
  else if (zone === 'vineyards') fieldBlock(canvas, ring, pattern, vines, random);
  else if (zone === 'heath') fieldBlock(canvas, ring, pattern, heath, random);
  else if (zone === 'fields') fieldBlock(canvas, ring, pattern, pattern.parcels, random);
  else {
    fieldBlock(canvas, ring, pattern, arable, random);
    if (zone === 'pond') newPond(canvas, ring, random.child('pond'));
    else newRoad(canvas, ring, random.child('road'));
  }
}

/** Narrow ways first, so that wider ones run over their ends. */
function drawRoads(canvas: Canvas, cuts: Cut[], random: Random): void {
  const ordered = cuts.map((cut, i) => ({ cut, i })).sort((a, b) => b.cut.depth - a.cut.depth);
  for (const { cut, i } of ordered) blockRoad(canvas, cut, random.child(i));
}
