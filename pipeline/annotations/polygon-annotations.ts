/** Annotations kept as polygons: burnt on the pixels of a window when it is read. */
import { tmpdir } from 'node:os';
import type { MultiPolygon, Polygon } from 'geojson';
import { hashFile } from '../artefacts.ts';
import { bboxOf } from '../boxes.ts';
import { BadInput } from '../errors.ts';
import type { Grid, PixelWindow } from '../grid.ts';
import { checkGround } from '../ground.ts';
import type { Annotations } from './annotations.ts';
import { BoxIndex } from './box-index.ts';
import { burnValues, CONTESTED, type CodedPolygon } from './burn-polygons.ts';
import { checkZones } from './check-zones.ts';
import { type AnnotationClass, couvertureClasses, type MaskClass } from './class-table.ts';
import { windowBbox } from './mask-annotations.ts';
import { type RawFeature, type RawPolygons, readPolygons } from './read-polygons.ts';
import { ZONE_DONE } from './template-fields.ts';

export interface PolygonsOptions {
  classes?: MaskClass[] | undefined;
  layer?: string | undefined;
  /** Where the private copy of a GeoPackage goes; the system's folder for such files where absent. */
  dataDir?: string | undefined;
  onFault?: (message: string, data: Record<string, unknown>) => void;
}

type Coded = AnnotationClass & { codeCs: string };

type OnFault = NonNullable<PolygonsOptions['onFault']>;
type UsableFeature = RawFeature & { geometry: Polygon | MultiPolygon };

const EXAMPLES = 10;

/**
 * Opens polygons. Where two of different codes overlap, nobody knows; with zones, nobody knows outside of them either. Features
 * without a usable geometry or without code are left out and told to `onFault` by id, and so are zones with ground that no
 * polygon covers, or several do. Throws `BadInput` for a code that is no couverture (or not in `classes`), naming it.
 */
export async function openPolygons(path: string, options: PolygonsOptions): Promise<Annotations> {
  const raw = await readPolygons(path, options.layer, options.dataDir ?? tmpdir());
  const onFault = options.onFault ?? (() => {});
  const usable = usableOnes(path, raw.features, true, onFault);
  const classes = classesOf(path, usable, options.classes);
  const features = usable.map((feature) =>
    codedPolygon(feature, feature.doubtful ? CONTESTED : 1 + classes.findIndex((row) => row.codeCs === feature.codeCs)),
  );
  const zones = zonesOf(path, raw, onFault);
  for (const { id, bbox } of [...features, ...(zones ?? [])]) checkGround(`${path}, feature ${id}`, bbox, raw.srid);
  if (features.length === 0) throw new BadInput(`${path}: no polygon with a code_cs; annotations wanted`);
  const index = { features: new BoxIndex(features), zones: zones && new BoxIndex(zones) };
  if (zones) checkZones(path, zones, index.features, raw.srid, onFault);
  return {
    srid: raw.srid,
    classes,
    annotated: (zones ?? features).map(({ bbox }) => bbox),
    ownGrid: undefined,
    inputs: [await hashFile(path)],
    read: async (grid, window) => readWindow(index, grid, window),
    close: async () => {},
  };
}

/** Zones whose ground is drawn whole; undefined where the file has none at all. */
function zonesOf(path: string, { zones, zonesToDo }: RawPolygons, onFault: OnFault): CodedPolygon[] | undefined {
  if (zones === undefined) return undefined;
  if (zonesToDo > 0) onFault('Annotations:ZonesToDo', { path, zones: zonesToDo, done: zones.length });
  const done = usableOnes(path, zones, false, onFault).map((zone) => codedPolygon(zone, 1));
  if (done.length > 0) return done;
  throw new BadInput(
    `${path}: none of ${zonesToDo + zones.length} zones has the statut ${ZONE_DONE} (or terminée); at least one wanted, or an empty layer of zones`,
  );
}

function usableOnes(path: string, features: RawFeature[], coded: boolean, onFault: OnFault): UsableFeature[] {
  const faults = features.flatMap(({ id, fault, codeCs }) => {
    const what = fault ?? (coded && codeCs === null ? 'no code_cs' : undefined);
    return what === undefined ? [] : [`${id}: ${what}`];
  });
  if (faults.length > 0) {
    onFault('Annotations:LeftOut', { path, features: faults.length, ids: faults.slice(0, EXAMPLES) });
  }
  return features.filter(({ geometry, codeCs }) => geometry && (!coded || codeCs !== null)) as UsableFeature[];
}

/** The classes there are, in the order of the legend, or of the table given. */
function classesOf(path: string, features: UsableFeature[], table: MaskClass[] | undefined): Coded[] {
  const known = table ? table.filter((row): row is MaskClass & Coded => row.codeCs !== null) : couvertureClasses();
  const twice = known.find((row, index) => known.findIndex((other) => other.codeCs === row.codeCs) < index);
  if (twice)
    throw new BadInput(`the table of classes has ${twice.codeCs} twice; polygons tell classes by couverture only`);
  const strange = features.filter(({ codeCs }) => !known.some((row) => row.codeCs === codeCs));
  if (strange.length > 0) {
    const listed = strange.slice(0, EXAMPLES).map(({ id, codeCs }) => `${codeCs} (feature ${id})`);
    const wanted = known.map(({ codeCs }) => codeCs).join(', ');
    throw new BadInput(
      `${path}: ${strange.length} features of unknown code_cs: ${listed.join(', ')}; one of ${wanted} wanted`,
    );
  }
  return table
    ? known
    : known.filter(({ codeCs }) => features.some((feature) => !feature.doubtful && feature.codeCs === codeCs));
}

const codedPolygon = ({ id, geometry }: UsableFeature, value: number): CodedPolygon => ({
  id,
  value,
  geometry,
  bbox: bboxOf(geometry.coordinates),
});

function readWindow(
  { features, zones }: { features: BoxIndex<CodedPolygon>; zones: BoxIndex<CodedPolygon> | undefined },
  grid: Grid,
  window: PixelWindow,
): Uint8Array {
  const box = windowBbox(grid, window);
  const part: Grid = { ...grid, originX: box[0], originY: box[3], widthPx: window.widthPx, heightPx: window.heightPx };
  const { values } = burnValues(features.meeting(box), part);
  if (!zones) return values;
  const inZone = burnValues(zones.meeting(box), part).values;
  for (let i = 0; i < values.length; i++) if (inZone[i] === 0) values[i] = 0;
  return values;
}
