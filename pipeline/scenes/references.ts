/** Vectors of a scene as GeoJSON in Lambert-93: the references a mapping agency would give, the territories, the real changes. */
import type { LandscapeOptions } from './landscape.ts';
import type { Dates, Plan, Reference, ReferenceLayer } from './plan.ts';
import { along, type Point, type Ring } from './plane.ts';
import { Random } from './random.ts';
import { SCENE_ORIGIN, SCENE_SRID } from './scene.ts';

export const REFERENCE_LAYERS: ReferenceLayer[] = [
  'troncon_de_route',
  'troncon_de_voie_ferree',
  'surface_hydrographique',
  'batiment',
  'zone_d_activite_ou_d_interet',
  'aerodrome',
  'rpg',
  'bd_foret',
];

/** The code of the demonstration's département; no real one has it. */
export const SCENE_DEPARTEMENT = '999';

interface Feature {
  type: 'Feature';
  id: string;
  properties: Record<string, string | number | null>;
  geometry: { type: 'LineString'; coordinates: Point[] } | { type: 'Polygon'; coordinates: Ring[] };
}

/** Objects reach this far out of the extent before they are left out, as a delivery cut by département would. */
const AROUND_M = 30;

/** One reference layer at a date, as the text of a GeoJSON file; a layer without objects is an empty collection. */
export function referenceLayer(plan: Plan, options: LandscapeOptions, layer: ReferenceLayer, date: Dates): string {
  const found = plan.references
    .map((reference, i) => ({
      reference,
      cleabs: `${layer.toUpperCase().replaceAll('_', '').slice(0, 8)}${String(i).padStart(10, '0')}`,
    }))
    .filter(({ reference }) => reference.layer === layer && (reference.dates & date) !== 0);
  return collection(
    layer,
    found.flatMap(({ reference, cleabs }) => featuresOf(reference, cleabs, options)),
  );
}

function featuresOf(reference: Reference, cleabs: string, options: LandscapeOptions): Feature[] {
  const near = ([x, y]: Point) =>
    x > -AROUND_M && y > -AROUND_M && x < options.widthM + AROUND_M && y < options.heightM + AROUND_M;
  const feature = (id: string, geometry: Feature['geometry']): Feature => ({
    type: 'Feature',
    id,
    properties: { cleabs: id, ...reference.properties },
    geometry,
  });
  const numbered = (i: number) => (i === 0 ? cleabs : `${cleabs}-${i}`);
  if (reference.bandM !== undefined) {
    const bands = runs(reference.points, near).map((points) => banks(points, reference.bandM!));
    return bands.map((ring, i) => feature(numbered(i), polygon(ring)));
  }
  if (reference.type === 'Polygon') {
    return reference.points.length > 2 && reference.points.some(near)
      ? [feature(cleabs, polygon(reference.points))]
      : [];
  }
  return runs(reference.points, near).map((points, i) =>
    feature(numbered(i), { type: 'LineString', coordinates: points.map(toLambert) }),
  );
}

/** Pieces of a line whose points pass; pieces of one point are none. */
function runs(points: Point[], passes: (point: Point) => boolean): Point[][] {
  const out: Point[][] = [[]];
  for (const point of points) {
    if (passes(point)) out.at(-1)!.push(point);
    else if (out.at(-1)!.length) out.push([]);
  }
  return out.filter((run) => run.length > 1);
}

/** The ring half of `widthM` away from a line on both sides; whole only where the line's bends are wider than that. */
function banks(points: Point[], widthM: number): Ring {
  const bank = (side: 1 | -1) =>
    points.map((point, i): Point => {
      const [[x1, y1], [x2, y2]] = [points[Math.max(i - 1, 0)]!, points[Math.min(i + 1, points.length - 1)]!];
      return along(point, Math.atan2(y2 - y1, x2 - x1) + (side * Math.PI) / 2, widthM / 2);
    });
  return [...bank(1), ...bank(-1).reverse()];
}

/** Where the ground changed between the dates, and how: the plan's own knowledge, to judge a change layer by. */
export function changesLayer(plan: Plan): string {
  const features = plan.changes.map(
    ({ kind, ring }, i): Feature => ({
      type: 'Feature',
      id: `changement-${i + 1}`,
      properties: { kind },
      geometry: polygon(ring),
    }),
  );
  return collection('changements', features);
}

/** Two communes and their département, which together cover the extent exactly: they share their border's vertices. */
export function territories({ seed, widthM, heightM }: LandscapeOptions): string {
  const border = communeBorder(seed, widthM, heightM);
  const west: Ring = [[0, 0], ...border, [0, heightM]];
  const east: Ring = [[widthM, 0], [widthM, heightM], ...border.toReversed()];
  const whole: Ring = [[0, 0], border[0]!, [widthM, 0], [widthM, heightM], border.at(-1)!, [0, heightM]];
  const territory = (niveau: string, code: string, nom: string, parent: string | null, ring: Ring): Feature => ({
    type: 'Feature',
    id: `${niveau}-${code}`,
    properties: { niveau, code, nom, parent },
    geometry: polygon(ring),
  });
  return collection('territoires', [
    territory('departement', SCENE_DEPARTEMENT, 'Territoire de démonstration (fictif)', null, whole),
    territory('commune', '99901', "Valfictif-d'en-Haut", SCENE_DEPARTEMENT, west),
    territory('commune', '99902', "Valfictif-d'en-Bas", SCENE_DEPARTEMENT, east),
  ]);
}

/** From the northern to the southern edge, winding about the middle. */
function communeBorder(seed: number, widthM: number, heightM: number): Point[] {
  const random = new Random(seed, 'commune');
  const phase = random.range(0, 6);
  const steps = Math.max(4, Math.round(heightM / 60));
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const y = (heightM * i) / steps;
    return [widthM * 0.5 + widthM * 0.05 * Math.sin(y / 160 + phase) + widthM * 0.02 * Math.sin(y / 47), y];
  });
}

const toLambert = ([x, y]: Point): Point => [roundMm(SCENE_ORIGIN.x + x), roundMm(SCENE_ORIGIN.y - y)];
const roundMm = (metres: number) => Math.round(metres * 1000) / 1000;

/** Closed, counter-clockwise (RFC 7946). */
function polygon(ring: Ring): Feature['geometry'] {
  const points = ring.map(toLambert);
  let twice = 0;
  for (let i = 0; i < points.length; i++) {
    const [[x1, y1], [x2, y2]] = [points[i]!, points[(i + 1) % points.length]!];
    twice += (x1 - SCENE_ORIGIN.x) * (y2 - SCENE_ORIGIN.y) - (x2 - SCENE_ORIGIN.x) * (y1 - SCENE_ORIGIN.y);
  }
  if (twice < 0) points.reverse();
  return { type: 'Polygon', coordinates: [[...points, points[0]!]] };
}

/** GeoJSON with the `crs` member of its 2008 edition, the one GDAL and the agencies' exports still write. */
function collection(name: string, features: Feature[]): string {
  const crs = { type: 'name', properties: { name: `urn:ogc:def:crs:EPSG::${SCENE_SRID}` } };
  const head = JSON.stringify({ type: 'FeatureCollection', name, crs });
  return `${head.slice(0, -1)},"features":[\n${features.map((feature) => JSON.stringify(feature)).join(',\n')}\n]}\n`;
}
