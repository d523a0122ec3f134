/** Zones are declared annotated whole: where they are not, a person is told. */
import type { Grid } from '../grid.ts';
import type { BoxIndex } from './box-index.ts';
import { burnValues, type CodedPolygon } from './burn-polygons.ts';

/** A zone is looked at on so many pixels a side; less than this share of them is the width of a pen. */
const LOOKED_AT_PX = 512;
const SLACK = 0.002;

/** Tells `onFault` of each zone the shares that no polygon covers, and that polygons of different codes cover. */
export function checkZones(
  path: string,
  zones: CodedPolygon[],
  features: BoxIndex<CodedPolygon>,
  srid: number,
  onFault: (message: string, data: Record<string, unknown>) => void,
): void {
  for (const zone of zones) {
    const [minX, minY, maxX, maxY] = zone.bbox;
    const resolutionM = Math.max(maxX - minX, maxY - minY) / LOOKED_AT_PX;
    const fit = (lengthM: number) => Math.max(1, Math.round(lengthM / resolutionM));
    const size = { widthPx: fit(maxX - minX), heightPx: fit(maxY - minY) };
    const grid: Grid = { srid, originX: minX, originY: maxY, resolutionM, ...size };
    const inZone = burnValues([zone], grid).values;
    const { values, contested } = burnValues(features.meeting(zone.bbox), grid);
    let total = 0;
    let unknown = 0;
    for (let i = 0; i < values.length; i++) {
      total += inZone[i]!;
      if (inZone[i] && values[i] === 0) unknown++;
    }
    const share = (pixels: number) => Math.round((pixels / Math.max(total, 1)) * 1000) / 1000;
    if (unknown <= SLACK * total) continue;
    onFault('Annotations:ZoneNotWhole', { path, zone: zone.id, unknown: share(unknown), contested: share(contested) });
  }
}
