/** The former millésime as it was traced, in memory. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Polygon } from 'geojson';
import type { PolygonProperties, PolygonsArtefact } from '../artefacts.ts';
import { readFeatures } from '../geojsonl.ts';
import { openRaster } from '../geotiff/read-raster.ts';
import type { ListedObject } from '../polygons-measures.ts';

export interface FormerRaster {
  /** Value n is `codesCs[n - 1]` of the artefact, 0 nodata. */
  classes: Uint8Array;
  /** 1 on objects that were told to break a rule. */
  isListed: Uint8Array;
}

export async function readFormer(former: PolygonsArtefact): Promise<FormerRaster> {
  const { widthPx, heightPx } = former.grid;
  const window = { xPx: 0, yPx: 0, widthPx, heightPx };
  const read = async <Pixels extends Uint8Array | Uint32Array>(path: string, pixels: Pixels): Promise<Pixels> => {
    const file = await openRaster(path);
    try {
      return await file.read(window, 0, pixels);
    } finally {
      await file.close();
    }
  };
  const classes = await read(former.couverturePath, new Uint8Array(widthPx * heightPx));
  const listed = await listedIds(former);
  if (listed.size === 0) return { classes, isListed: new Uint8Array(classes.length) };
  const isOfListed = new Uint8Array(former.count + 1);
  let region = 0;
  for await (const { properties } of readFeatures<Polygon, PolygonProperties>(former.polygonsPath)) {
    isOfListed[++region] = listed.has(properties.id) ? 1 : 0;
  }
  const regions = await read(former.regionsPath, new Uint32Array(widthPx * heightPx));
  return { classes, isListed: Uint8Array.from(regions, (of) => isOfListed[of]!) };
}

async function listedIds({ listed }: PolygonsArtefact): Promise<Set<string>> {
  if (listed === undefined || !existsSync(listed)) return new Set();
  const lines = (await readFile(listed, 'utf8')).split('\n').filter((line) => line !== '');
  return new Set(lines.map((line) => (JSON.parse(line) as ListedObject).id));
}
