/** The zone construite: valid polygons inside the extent, no two of them on the same ground. */
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

/** Null: none was made. It may stand on ground that no image knows: of the extent is asked, not of the objects. */
export async function passZones(
  { zonePath }: PolygonsArtefact,
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
  if (areRings) await tellSharedGround(zonePath, faults);
  return zone;
}

async function tellSharedGround(zonePath: string, faults: Faults): Promise<void> {
  const zones = await ZoneIndex.open(zonePath);
  try {
    let larger: { of: unknown; zone: Zone } | undefined;
    for await (const [a, b] of zones.pairs()) {
      if (larger?.of !== a) larger = { of: a, zone: zoneOf(a.geometry.coordinates) };
      const [x, y] = sharedGround(larger.zone, zoneOf(b.geometry.coordinates)) ?? [];
      if (x === undefined || y === undefined) continue;
      const ids = [...idsOf(a.properties), ...idsOf(b.properties)];
      faults.add({ rule: 'zone', ids, found: 'deux zones sur le même terrain', x, y });
    }
  } finally {
    await zones.close();
  }
}

const idsOf = ({ id }: { id?: string }) => (id === undefined ? [] : [id]);
