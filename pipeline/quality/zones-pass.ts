/** The zone construite: valid polygons inside the extent, on ground that an image knows, no two of them on the same. */
import type { Polygon } from 'geojson';
import type { PolygonsArtefact } from '../artefacts.ts';
import { readFeatures } from '../geojsonl.ts';
import { polygonAreaM2 } from '../rings.ts';
import type { ExtentBorder } from './extent-border.ts';
import type { Faults } from './faults.ts';
import type { QualityReport } from './report.ts';
import { excuseOf, ringFaults } from './rings.ts';
import { ZoneIndex } from './zone-index.ts';
import { sharedGround, type Zone, zoneOf } from './zone-overlaps.ts';

/** Null: none was made. */
export async function passZones(
  { zonePath, nodataPath }: PolygonsArtefact,
  faults: Faults,
  border: ExtentBorder,
): Promise<QualityReport['zone']> {
  if (zonePath === undefined) return null;
  const zone = { count: 0, areaM2: 0 };
  let areRings = true;
  for await (const { properties, geometry } of readFeatures<Polygon, { id?: string }>(zonePath)) {
    const ids = idsOf(properties);
    zone.count++;
    zone.areaM2 += polygonAreaM2(geometry.coordinates);
    for (const fault of ringFaults(geometry.coordinates)) {
      const { rule, found, x, y } = fault;
      const reason = excuseOf(fault, border);
      faults.add({ rule: 'zone', ids, found, x, y, ...(reason === undefined ? {} : { reason }) });
      if (rule === 'anneau') areRings = false;
    }
    const beyond = geometry.coordinates.flat().find(([x, y]) => !border.holds(x!, y!));
    if (beyond) faults.add({ rule: 'zone', ids, found: 'hors de l’emprise', x: beyond[0]!, y: beyond[1]! });
  }
  const zones = await ZoneIndex.open(zonePath);
  try {
    if (areRings) await tellSharedGround(zones, faults);
    if (nodataPath !== undefined) await tellUnknownGround(zones, nodataPath, faults);
  } finally {
    await zones.close();
  }
  return zone;
}

async function tellSharedGround(zones: ZoneIndex, faults: Faults): Promise<void> {
  let larger: { of: unknown; zone: Zone } | undefined;
  for await (const [a, b] of zones.pairs()) {
    if (larger?.of !== a) larger = { of: a, zone: zoneOf(a.geometry.coordinates) };
    const [x, y] = sharedGround(larger.zone, zoneOf(b.geometry.coordinates)) ?? [];
    if (x === undefined || y === undefined) continue;
    const ids = [...idsOf(a.properties), ...idsOf(b.properties)];
    faults.add({ rule: 'zone', ids, found: 'deux zones sur le même terrain', x, y });
  }
}

/** As far as a vertex may lie from what it should lie on, m; in SQL too. */
const ASIDE_M = 0.01;

/** The border of unknown ground is drawn as its pixels are, for zones and objects alike: no zone has a vertex beyond it. */
async function tellUnknownGround(zones: ZoneIndex, nodataPath: string, faults: Faults): Promise<void> {
  for await (const { geometry: unknown } of readFeatures<Polygon, object>(nodataPath)) {
    const { bbox, edges } = zoneOf(unknown.coordinates);
    for await (const { properties, geometry } of zones.meeting(bbox)) {
      const over = geometry.coordinates.flat().find(([x, y]) => edges.holds(x!, y!) && !edges.isNear(x!, y!, ASIDE_M));
      if (over)
        faults.add({ rule: 'zone', ids: idsOf(properties), found: 'sur du sol sans image', x: over[0]!, y: over[1]! });
    }
  }
}

const idsOf = ({ id }: { id?: string }) => (id === undefined ? [] : [id]);
