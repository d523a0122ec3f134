/** The GeoPackage a person opens in QGIS to draw ground truth. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { writeWhole } from '../artefacts.ts';
import { ringOfBox } from '../boxes.ts';
import { BadInput } from '../errors.ts';
import { layersOf, quoted, withGpkg } from '../geopackage/open-gpkg.ts';
import { writeGpkg } from '../geopackage/write-gpkg.ts';
import type { BboxLocal } from '../grid.ts';
import { annotationQml, zoneQml } from './qgis-style.ts';
import { ANNOTATION_LAYER, ZONE_LAYER } from './read-polygons.ts';
import { annotationFields, ZONE_TO_DO, zoneFields } from './template-fields.ts';
import { templateReadme } from './template-readme.ts';

/** Throws `BadInput` where something is at `path`; with `force`, unless it is a template in which nobody has drawn yet. */
export async function checkTemplateOut(path: string, force: boolean, dataDir: string): Promise<void> {
  if (!/\.gpkg$/i.test(path)) throw new BadInput(`${path}: a name ending in .gpkg wanted`);
  if (!existsSync(path)) return;
  if (!force)
    throw new BadInput(`${path}: exists already; another name wanted, or --force if nothing is drawn in it yet`);
  const drawn = await withGpkg(path, dataDir, (sqlite) => {
    if (!layersOf(sqlite).some(({ name }) => name === ANNOTATION_LAYER)) return undefined;
    return Number(sqlite.get(`select count(*) as count from ${quoted(ANNOTATION_LAYER)}`)!['count']);
  });
  if (drawn === 0) return;
  const what = drawn === undefined ? `no layer ${ANNOTATION_LAYER} in it` : `${drawn} polygons are drawn in it`;
  throw new BadInput(`${path}: ${what}; it is not overwritten, whatever --force says`);
}

/** Path of the README beside a template. */
export const readmePath = (path: string) => path.replace(/\.gpkg$/i, '.README.md');

/** Writes the template with its proposed zones, and its README beside it and inside. Coordinates are in EPSG:`srid`. */
export async function writeTemplate(path: string, srid: number, zones: BboxLocal[], at: Date): Promise<void> {
  const readme = templateReadme(basename(path), srid, zones.length);
  const [fields, fieldsOfZones] = [annotationFields(), zoneFields()];
  const rows = zones.map((bbox, index) => ({
    geometry: { type: 'Polygon' as const, coordinates: [ringOfBox(bbox)] },
    bbox,
    values: { nom: `zone ${index + 1}`, statut: ZONE_TO_DO },
  }));
  const layers = [
    { name: ANNOTATION_LAYER, title: 'Annotation', columns: fields, rows: [], qml: annotationQml(fields) },
    { name: ZONE_LAYER, title: 'Zone', columns: fieldsOfZones, rows, qml: zoneQml(fieldsOfZones) },
  ];
  await writeGpkg(path, { srid, readme, layers }, at);
  await writeWhole(readmePath(path), readme);
}
