/** The objects a second time: where they are, for pictures, lists, and files to open in a GIS. */
import type { Feature, Polygon } from 'geojson';
import type { PolygonProperties, PolygonsArtefact, StageContext } from '../artefacts.ts';
import { bboxOf, boxesMeet } from '../boxes.ts';
import { clipRing } from '../clip-ring.ts';
import { Stopped } from '../errors.ts';
import { readFeatures } from '../geojsonl.ts';
import type { BboxLocal } from '../grid.ts';
import type { DrawnObject } from './draw-window.ts';
import type { Excused } from './exceptions.ts';
import type { FeatureFile } from './feature-file.ts';
import type { ObjectTable } from './object-table.ts';
import { isOssature } from './objects-pass.ts';
import type { Overview } from './overview.ts';
import type { LowObject, QualityReport } from './report.ts';
import { LOW_CONFIDENCE } from './rules.ts';

const PER_CHECK = 4096;
const EXAMPLES = 20;

export interface Places {
  /** By object's number, of those asked for. */
  found: Map<number, { id: string; x: number; y: number }>;
  /** By window, in their order. */
  drawn: DrawnObject[][];
  confidence: QualityReport['confidence'];
}

export interface PlacesPass {
  polygons: PolygonsArtefact;
  table: ObjectTable;
  asked: Set<number>;
  /** Objects are cut at them. */
  windows: BboxLocal[];
  /** By id: the rules it breaks, and why it may. */
  listed: ReadonlyMap<string, readonly Excused[]>;
  overview: Overview;
  lowFile: FeatureFile;
  listedFile: FeatureFile;
}

export async function passPlaces(pass: PlacesPass, ctx: StageContext): Promise<Places> {
  const { polygons, table, asked, windows, overview } = pass;
  const places: Places = {
    found: new Map(),
    drawn: windows.map(() => []),
    confidence: { tenthsM2: new Array<number>(10).fill(0), below: LOW_CONFIDENCE, lowCount: 0, lowM2: 0, examples: [] },
  };
  const step = ctx.report.step('Quality:Places', table.count, 'objects');
  let object = 0;
  for await (const feature of readFeatures<Polygon, PolygonProperties>(polygons.polygonsPath)) {
    if (object % PER_CHECK === 0 && ctx.signal.aborted) throw new Stopped('stopped while drawing the objects');
    if (object >= table.count) break;
    const { properties, geometry } = feature;
    const box = bboxOf(geometry.coordinates[0] ?? []);
    const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    if (asked.has(object)) places.found.set(object, { id: properties.id, x, y });
    overview.paint(geometry, properties.code_cs, properties.confiance);
    windows.forEach((window, index) => {
      if (!boxesMeet(box, window)) return;
      const rings = geometry.coordinates.map((ring) => clipRing(ring, window)).filter((ring) => ring.length > 0);
      places.drawn[index]!.push({ codeCs: properties.code_cs, ossature: isOssature(properties), rings });
    });
    const areaM2 = table.areasM2[object]!;
    noteConfidence(places.confidence, {
      id: properties.id,
      codeCs: properties.code_cs,
      areaM2,
      x,
      y,
      confiance: properties.confiance,
    });
    if (properties.confiance < LOW_CONFIDENCE) await pass.lowFile.add(withArea(feature, areaM2));
    for (const { rule, reason } of pass.listed.get(properties.id) ?? []) {
      overview.mark(x, y, 1);
      await pass.listedFile.add(withArea(feature, areaM2, { regle: rule, raison: reason }));
    }
    object++;
    step.advance(1);
  }
  step.end();
  return places;
}

const withArea = (
  { properties, geometry }: Feature<Polygon, PolygonProperties>,
  areaM2: number,
  more: object = {},
) => ({
  type: 'Feature' as const,
  properties: { ...properties, aire_m2: Math.round(areaM2 * 100) / 100, ...more },
  geometry,
});

function noteConfidence(confidence: QualityReport['confidence'], low: LowObject): void {
  confidence.tenthsM2[Math.min(Math.floor(low.confiance * 10), 9)]! += low.areaM2;
  if (!(low.confiance < LOW_CONFIDENCE)) return;
  confidence.lowCount++;
  confidence.lowM2 += low.areaM2;
  const { examples } = confidence;
  if (examples.length === EXAMPLES && examples.at(-1)!.areaM2 >= low.areaM2) return;
  examples.push(low);
  examples.sort((a, b) => b.areaM2 - a.areaM2 || (a.id < b.id ? -1 : 1));
  examples.splice(EXAMPLES);
}
