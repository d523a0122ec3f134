/** Every object once, in its order: its rings, its attributes, its size; and its edges, for the coverage. */
import type { Feature, Polygon, Position } from 'geojson';
import { readNomenclature } from '../../sql/nomenclature.ts';
import type { PolygonProperties, PolygonsArtefact, StageContext } from '../artefacts.ts';
import { bboxOf } from '../boxes.ts';
import { Stopped } from '../errors.ts';
import { readFeatures } from '../geojsonl.ts';
import { groundX, groundY } from '../grid.ts';
import type { ListedObject } from '../polygons-measures.ts';
import { polygonAreaM2 } from '../rings.ts';
import { type EdgeSpool, NODATA } from './edge-spool.ts';
import type { ExtentBorder } from './extent-border.ts';
import type { Faults } from './faults.ts';
import type { ObjectTable } from './object-table.ts';
import type { RegionTable } from './regions-pass.ts';
import type { ClassStock, FaultRule } from './report.ts';
import { excuseOf, ringFaults } from './rings.ts';
import { sizeFaults } from './size-faults.ts';
import type { SmallOssature } from './small-ossature.ts';
import type { Density } from './windows.ts';

const PER_CHECK = 4096;
/** As far as the geometric step may move a border. */
const FARTHEST_M = 2;

export interface ObjectsTally {
  objects: number;
  vertices: number;
  areaM2: number;
  nodataM2: number;
  classes: Map<string, ClassStock>;
}

interface Passing {
  polygons: PolygonsArtefact;
  table: ObjectTable;
  regions: RegionTable;
  spool: EdgeSpool;
  faults: Faults;
  border: ExtentBorder;
  density: Density;
  /** By id: why an object may break a rule. */
  listed: Map<string, ListedObject[]>;
  /** Takes what has a reason that only measuring shows: the drawing brought it below its unit, buildings narrow it. */
  drawn: (object: ListedObject) => void;
  /** Takes the ossature under a unit or a width. */
  smallOssature: SmallOssature[];
}

type ObjectFeature = Feature<Polygon, PolygonProperties>;

export async function passObjects(passing: Passing, ctx: StageContext): Promise<ObjectsTally> {
  const { polygons, table, spool, faults, density } = passing;
  const tally: ObjectsTally = { objects: 0, vertices: 0, areaM2: 0, nodataM2: 0, classes: new Map() };
  const step = ctx.report.step('Quality:Objects', polygons.count, 'objects');
  const leaves = new Set(readNomenclature().flatMap(({ code, feuille }) => (feuille ? [code] : [])));
  for await (const feature of readFeatures<Polygon, PolygonProperties>(polygons.polygonsPath)) {
    const object = tally.objects++;
    if (object % PER_CHECK === 0 && ctx.signal.aborted) throw new Stopped('stopped while checking the objects');
    if (object >= table.count) continue; // told below
    const areaM2 = polygonAreaM2(feature.geometry.coordinates);
    const { id, code_cs } = feature.properties;
    const told = (rule: FaultRule, found: string, at = placeOf(feature), reason?: string) =>
      faults.add({ rule, ids: [id], found, x: at.x, y: at.y, ...(reason === undefined ? {} : { reason }) });
    for (const fault of ringFaults(feature.geometry.coordinates)) {
      told(fault.rule, fault.found, fault, excuseOf(fault, passing.border));
    }
    for (const found of attributeFaults(feature.properties, leaves, polygons.limitPath === undefined ? 1 : 0))
      told('attribut', found);
    for (const found of rasterFaults(feature, object + 1, passing)) told('raster', found);
    if (polygons.generalised) tellSizes(feature, areaM2, object, passing, told);
    table.set(object, code_cs, isOssature(feature.properties), areaM2, id);
    await spool.add(object, feature.geometry.coordinates);
    density.add(feature.geometry.coordinates);
    count(tally, feature, areaM2);
    step.advance(1);
  }
  step.end();
  if (tally.objects !== table.count) {
    const found = `${tally.objects} objets dans le fichier, ${table.count} annoncés`;
    faults.add({ rule: 'raster', ids: [], found, x: 0, y: 0 });
  }
  for (const id of table.repeatedIds()) {
    faults.add({
      rule: 'attribut',
      ids: [id],
      found: 'identifiant donné plusieurs fois',
      x: Number.NaN,
      y: Number.NaN,
    });
  }
  tally.nodataM2 = await passNodata(polygons.nodataPath, spool);
  return tally;
}

async function passNodata(path: string | undefined, spool: EdgeSpool): Promise<number> {
  if (path === undefined) return 0;
  let areaM2 = 0;
  for await (const { geometry } of readFeatures<Polygon, object>(path)) {
    areaM2 += polygonAreaM2(geometry.coordinates);
    await spool.add(NODATA, geometry.coordinates);
  }
  return areaM2;
}

export const isOssature = (properties: PolygonProperties) => (properties as { ossature?: number }).ossature === 1;

export function placeOf({ geometry }: { geometry: Polygon }): { x: number; y: number } {
  const [x, y] = (geometry.coordinates[0]?.[0] ?? [Number.NaN, Number.NaN]) as Position as [number, number];
  return { x, y };
}

function attributeFaults(
  { id, code_cs, confiance, pixels, ...rest }: PolygonProperties,
  leaves: Set<string>,
  leastPixels: number,
): string[] {
  const { ossature = 0 } = rest as { ossature?: number };
  return [
    ...(/^OCSGE\d{19}$/.test(id) ? [] : [`identifiant ${JSON.stringify(id)}`]),
    ...(leaves.has(code_cs) ? [] : [`code_cs ${JSON.stringify(code_cs)} n’est pas une feuille de la nomenclature`]),
    ...(typeof confiance === 'number' && confiance >= 0 && confiance <= 1
      ? []
      : [`confiance ${JSON.stringify(confiance)}`]),
    ...(Number.isInteger(pixels) && pixels >= leastPixels ? [] : [`pixels ${JSON.stringify(pixels)}`]),
    ...(ossature === 0 || ossature === 1 ? [] : [`ossature ${JSON.stringify(ossature)}`]),
  ];
}

/** Feature n is region n + 1, with its pixels and its couverture, in its place. */
function rasterFaults(
  { properties, geometry }: ObjectFeature,
  region: number,
  { polygons, regions }: Passing,
): string[] {
  const { grid, codesCs, limitPath } = polygons;
  const counted = regions.pixels[region]!;
  if (counted !== properties.pixels)
    return [`${properties.pixels} pixels annoncés, ${counted} dans le raster des régions`];
  if (counted === 0 && limitPath !== undefined) return []; // what a limit cuts off may hold no pixel's centre
  const code = codesCs[regions.values[region]! - 1];
  if (code !== properties.code_cs) return [`${properties.code_cs}, mais ${code} dans le raster`];
  if (limitPath !== undefined) return []; // its first pixel may be cut away
  const first = regions.firstPixels[region]!;
  const [x, y] = [groundX(grid, first % grid.widthPx), groundY(grid, Math.floor(first / grid.widthPx))];
  const [minX, , maxX, maxY] = bboxOf(geometry.coordinates[0]!);
  const apart = Math.max(Math.abs(maxY - y), minX - x, x - maxX);
  return apart <= FARTHEST_M + grid.resolutionM ? [] : [`à ${apart.toFixed(1)} m de sa région`];
}

type Tell = (rule: FaultRule, found: string, at?: { x: number; y: number }, reason?: string) => void;

/** Tells what is under a unit or a width. Why ossature is can be said when its neighbours are known. */
function tellSizes(feature: ObjectFeature, areaM2: number, object: number, passing: Passing, told: Tell): void {
  const { id } = feature.properties;
  for (const { rule, found, reason } of sizeFaults(feature.properties, areaM2, object + 1, passing)) {
    if (isOssature(feature.properties)) {
      passing.smallOssature.push({ object, id, rule, found, ...placeOf(feature) });
      continue;
    }
    const before = passing.listed.get(id)?.find((row) => row.rule === rule)?.reason;
    told(rule, found, undefined, before ?? reason);
    if (before === undefined && reason !== undefined) passing.drawn({ id, rule, reason });
  }
}

function count(tally: ObjectsTally, { properties, geometry }: ObjectFeature, areaM2: number): void {
  const { code_cs: codeCs } = properties;
  const stock = tally.classes.get(codeCs) ?? { codeCs, count: 0, areaM2: 0, ossatureCount: 0, ossatureM2: 0 };
  tally.classes.set(codeCs, stock);
  stock.count++;
  stock.areaM2 += areaM2;
  if (isOssature(properties)) {
    stock.ossatureCount++;
    stock.ossatureM2 += areaM2;
  }
  tally.areaM2 += areaM2;
  for (const ring of geometry.coordinates) tally.vertices += ring.length - 1;
}
