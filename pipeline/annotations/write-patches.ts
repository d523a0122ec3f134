/** Patches for training on disk: a folder per split with index.json, x.u8 and y.u8, as models/training reads them. */
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ringOfBox } from '../boxes.ts';
import { BadInput } from '../errors.ts';
import type { BboxLocal } from '../grid.ts';
import type { AnnotationClass } from './class-table.ts';
import { SPLITS, type Split } from './split-blocks.ts';

/** In y.u8: nobody knows. */
export const IGNORE_INDEX = 255;

/** What every index.json says. */
export interface PatchSet {
  sidePx: number;
  /** In the order of the planes of x.u8. */
  bands: string[];
  resolutionM: number;
  srid: number;
  classes: AnnotationClass[];
  /** Where the pixels are from, in words. */
  source: string;
  credit?: string | undefined;
}

export interface PatchWriter {
  /** `x`: bands × side × side, planar; `y`: side × side, class indexes or IGNORE_INDEX. */
  add(split: Split, patch: { bbox: BboxLocal; block: number }, x: Uint8Array, y: Uint8Array): Promise<void>;
  /** Writes the indexes and the other `documents`, and gives the folder its name. */
  finish(documents: Record<string, unknown>): Promise<void>;
  /** Takes away what was written. */
  abandon(): Promise<void>;
}

/** Throws `BadInput` where `out` is something already; with `force`, unless it holds patches of ours, which are replaced. */
export function checkOut(out: string, force: boolean): void {
  if (!existsSync(out)) return;
  if (!force) throw new BadInput(`${out}: exists already; another folder wanted, or --force to make its patches again`);
  if (!existsSync(join(out, 'summary.json')) || !existsSync(join(out, 'split.geojson'))) {
    throw new BadInput(
      `${out}: no patches of ours in it (no summary.json); it is not overwritten, whatever --force says`,
    );
  }
}

/** Writes beside `out` and renames when all is there, so that a folder of that name is whole. */
export async function openPatchWriter(out: string, set: PatchSet, splits: readonly Split[]): Promise<PatchWriter> {
  const folder = `${out}.${process.pid}.part`;
  await rm(folder, { recursive: true, force: true });
  const files = new Map<Split, SplitFiles>();
  for (const split of splits) files.set(split, await openSplit(join(folder, split)));
  const closeAll = async () => {
    for (const { x, y } of files.values()) {
      await x.close();
      await y.close();
    }
  };
  return {
    add: async (split, { bbox, block }, x, y) => {
      const to = files.get(split)!;
      await to.x.appendFile(x);
      await to.y.appendFile(y);
      to.patches.push({ xM: bbox[0], yM: bbox[3], block });
    },
    finish: async (documents) => {
      for (const [split, { patches }] of files) {
        await writeFile(join(folder, split, 'index.json'), indexJson(set, patches));
      }
      for (const [name, content] of Object.entries(documents)) {
        await writeFile(join(folder, name), `${JSON.stringify(content)}\n`);
      }
      await closeAll();
      await rm(out, { recursive: true, force: true });
      await rename(folder, out);
    },
    abandon: async () => {
      await closeAll().catch(() => {}); // closed already where finishing failed
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface SplitFiles {
  x: FileHandle;
  y: FileHandle;
  patches: { xM: number; yM: number; block: number }[];
}

async function openSplit(folder: string): Promise<SplitFiles> {
  await mkdir(folder, { recursive: true });
  return { x: await open(join(folder, 'x.u8'), 'w'), y: await open(join(folder, 'y.u8'), 'w'), patches: [] };
}

function indexJson(set: PatchSet, patches: SplitFiles['patches']): string {
  const { classes, ...rest } = set;
  const listed = classes.map(({ name, nameFr, codeCs, colour }, index) => ({ index, name, nameFr, codeCs, colour }));
  const index = { count: patches.length, ...rest, classes: listed, ignoreIndex: IGNORE_INDEX, patches };
  return `${JSON.stringify(index, null, 1)}\n`;
}

/** The blocks and patches, coloured by nothing but their `split`: what a person looks at in QGIS. */
export function splitGeoJson(
  srid: number,
  blocks: { bbox: BboxLocal; split: Split }[],
  patches: { bbox: BboxLocal; block: number; split: Split; kept: boolean }[],
): object {
  const feature = (bbox: BboxLocal, properties: object) => ({
    type: 'Feature',
    properties,
    geometry: { type: 'Polygon', coordinates: [ringOfBox(bbox)] },
  });
  return {
    type: 'FeatureCollection',
    crs: { type: 'name', properties: { name: `urn:ogc:def:crs:EPSG::${srid}` } },
    features: [
      ...blocks.map(({ bbox, split }, block) => feature(bbox, { what: 'block', block, split })),
      ...patches.map(({ bbox, block, split, kept }) =>
        feature(bbox, { what: 'patch', block, split: kept ? split : 'none' }),
      ),
    ],
  };
}

/** Splits that get a share, in their order. */
export const splitsWith = (shares: Record<Split, number>) => SPLITS.filter((split) => shares[split] > 0);
