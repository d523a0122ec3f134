/** The whole plan of a landscape from a seed: three long lines, blocks between roads, and what each block is for. */
import { drawBlock } from './blocks.ts';
import { drawCountry } from './countryside.ts';
import { type Cut, cutThrough, divide } from './division.ts';
import type { Pattern, Zone } from './pattern.ts';
import { type PatternName, patternOf } from './patterns.ts';
import { Canvas, type Plan } from './plan.ts';
import { along, areaM2, axisOf, boxRing, distanceM, type Point, type Ring } from './plane.ts';
import { Random } from './random.ts';
import { blockRoad, mainRoad, railway, river } from './sites.ts';
import { grass } from './styles.ts';

export interface LandscapeOptions {
  seed: number;
  widthM: number;
  heightM: number;
  /** Name in patterns.ts; without it, the demonstration's. */
  pattern?: PatternName;
}

/** Ground planned beyond the edges, so that the bend of the plane leaves none empty and shadows fall in from outside. */
const BEYOND_M = 70;

/**
 * Plans a landscape over [0, widthM] × [0, heightM] (x to the east, y to the south). Pure: the same options give the same plan.
 */
export function planLandscape(options: LandscapeOptions): Plan {
  const random = new Random(options.seed, 'landscape');
  const pattern = patternOf(options.pattern);
  const canvas = new Canvas(random.child('bend'), pattern.look);
  const outer = boxRing(-BEYOND_M, -BEYOND_M, options.widthM + BEYOND_M, options.heightM + BEYOND_M);
  const country = drawCountry(pattern, random.child('pattern'), options.widthM * options.heightM);
  canvas.area(outer, grass(random.child('ground')));
  const lines = longLines(options, random.child('lines'));
  const rings = lines.reduce((pieces, { at, angle }) => cutThrough(pieces, at, angle), [outer]);
  const rules = { targetM2: country.blockM2, narrowestM: 150, lean: 0.2 };
  const divisions = rings.map((ring, i) => divide(ring, rules, random.child(`blocks ${i}`), 1));
  const blocks = divisions.flatMap((division) => division.leaves);
  const zones = assignZones(blocks, options, pattern, random.child('zones'));
  blocks.forEach((ring, i) => {
    drawBlock(canvas, ring, zones[i]!, country, random.child(`block ${i}`));
  });
  drawRoads(
    canvas,
    divisions.flatMap((division) => division.cuts),
    random.child('roads'),
  );
  const [water, road, rail] = lines.map(({ at, angle }) => throughLine(at, angle, options));
  river(canvas, water!, pattern.river, random.child('river'));
  if (pattern.railway) railway(canvas, rail!, random.child('rail'));
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

/** Settlements at a focus, the aerodrome where there is length, then what every landscape of the pattern has, the rest by chance. */
function assignZones(blocks: Ring[], { widthM, heightM }: LandscapeOptions, pattern: Pattern, random: Random): Zone[] {
  const zones = new Map<Ring, Zone>();
  const inside = blocks.filter((ring) => {
    const [x, y] = axisOf(ring).centre;
    return x > 20 && y > 20 && x < widthM - 20 && y < heightM - 20;
  });
  const roomy = inside.filter((ring) => areaM2(ring) > 0.45 * medianArea(inside) && axisOf(ring).widthM > 60);
  const focus: Point = [random.range(0.3, 0.7) * widthM, random.range(0.3, 0.7) * heightM];
  const near = [...roomy].sort((a, b) => distanceM(axisOf(a).centre, focus) - distanceM(axisOf(b).centre, focus));
  const nearZones = roomy.length > 16 ? pattern.near : pattern.near.slice(0, 3);
  for (const [i, zone] of nearZones.entries()) if (near[i]) zones.set(near[i], zone);
  const free = () => roomy.filter((ring) => !zones.has(ring));
  const longest = free().sort((a, b) => axisOf(b).lengthM - axisOf(a).lengthM)[0];
  if (longest && pattern.aerodrome) zones.set(longest, 'aerodrome');
  for (const zone of pattern.wanted) {
    const left = free();
    if (left.length) zones.set(random.pick(left), zone);
  }
  return blocks.map((ring) => zones.get(ring) ?? random.weighted(pattern.fillers));
}

const medianArea = (rings: Ring[]) => rings.map(areaM2).sort((a, b) => a - b)[rings.length >> 1] ?? 0;

/** Narrow ways first, so that wider ones run over their ends. */
function drawRoads(canvas: Canvas, cuts: Cut[], random: Random): void {
  const ordered = cuts.map((cut, i) => ({ cut, i })).sort((a, b) => b.cut.depth - a.cut.depth);
  for (const { cut, i } of ordered) blockRoad(canvas, cut, random.child(i));
}
