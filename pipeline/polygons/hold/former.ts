/** The frame of a new millésime: the former one's raster, as it was traced, and which of its objects broke a rule. */
import { existsSync } from 'node:fs';
import type { PolygonProperties, PolygonsArtefact } from '../../artefacts.ts';
import { BadInput } from '../../errors.ts';
import { readProperties } from '../../geojsonl.ts';
import type { RasterCache } from '../../geotiff/raster-cache.ts';
import { openRaster } from '../../geotiff/read-raster.ts';
import type { Grid, PixelWindow } from '../../grid.ts';
import { readListed } from '../../listed-objects.ts';

export interface FormerJob {
  couverturePath: string;
  /** By value of that raster: its couverture. */
  recode: Uint8Array;
  /** By region of `regionsPath`: 1 for objects that were told to break a rule. Absent: none was. */
  listed: { regionsPath: string; isListed: Uint8Array } | undefined;
  block: PixelWindow;
}

/** `listed`: 1 on objects that were told to break a rule. */
export interface FormerBlock {
  frame: Uint8Array;
  listed: Uint8Array;
}

export async function readFormer(job: FormerJob, cache: RasterCache): Promise<FormerBlock> {
  const { block, recode, listed } = job;
  const count = block.widthPx * block.heightPx;
  const couverture = await openRaster(job.couverturePath, cache);
  const frame = await couverture.read(block, 0, new Uint8Array(count));
  for (let i = 0; i < count; i++) frame[i] = recode[frame[i]!]!;
  if (listed === undefined) return { frame, listed: new Uint8Array(count) };
  const regions = await (await openRaster(listed.regionsPath, cache)).read(block, 0, new Uint32Array(count));
  return { frame, listed: Uint8Array.from(regions, (region) => listed.isListed[region]!) };
}

/** A byte by object, in memory that threads share; undefined where none broke a rule. */
export async function listedRegions(former: PolygonsArtefact): Promise<Uint8Array | undefined> {
  const { listed: path, polygonsPath, count } = former;
  if (path === undefined || !existsSync(path)) return undefined;
  const ids = new Set<string>();
  for await (const { id } of readListed(path)) ids.add(id);
  if (ids.size === 0) return undefined;
  const isListed = new Uint8Array(new SharedArrayBuffer(count + 1));
  let region = 0;
  for await (const { id } of readProperties<PolygonProperties>(polygonsPath)) isListed[++region] = ids.has(id) ? 1 : 0;
  return isListed;
}

/** Origins nearer than this are one: what two writers of a GeoTIFF may differ by. */
const SAME_M = 1e-3;

/** Throws `BadInput` where the grids differ: a pixel kept from the frame must be the same piece of ground. */
export async function checkSameGrid({ couverturePath }: PolygonsArtefact, wanted: Grid): Promise<void> {
  const file = await openRaster(couverturePath);
  const found = file.grid;
  await file.close();
  const same =
    found.srid === wanted.srid &&
    found.widthPx === wanted.widthPx &&
    found.heightPx === wanted.heightPx &&
    Math.abs(found.resolutionM - wanted.resolutionM) * Math.max(found.widthPx, found.heightPx) < SAME_M &&
    Math.abs(found.originX - wanted.originX) < SAME_M &&
    Math.abs(found.originY - wanted.originY) < SAME_M;
  if (!same) {
    throw new BadInput(
      `${couverturePath}: the former millésime is on ${gridText(found)}, the new one on ${gridText(wanted)}; one grid is wanted ` +
        'for both. Produce the new one with the former one’s bbox and resolution.',
    );
  }
}

const gridText = ({ srid, originX, originY, resolutionM, widthPx, heightPx }: Grid) =>
  `${widthPx} × ${heightPx} pixels of ${resolutionM} m from ${originX}, ${originY} (EPSG:${srid})`;
