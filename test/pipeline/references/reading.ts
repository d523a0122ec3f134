/** A folder for reference layers, and reading them whole. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Geometry, Position } from 'geojson';
import { BadInput } from '../../../pipeline/errors.ts';
import { findReferences } from '../../../pipeline/references/find-layers.ts';
import { readLayer } from '../../../pipeline/references/read-layer.ts';
import { newNotes, type ReferenceFeature } from '../../../pipeline/references/reference-feature.ts';

export const folder = await mkdtemp(join(tmpdir(), 'ocsge-references-'));
after(() => rm(folder, { recursive: true }));

/** A FlatGeobuf that GDAL wrote. */
export const FGB = new URL('../../fixtures/references/troncon_de_route.fgb', import.meta.url);

/** A new folder. */
export function made(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

export async function read(path: string | string[], srid = 2154) {
  const [features, notes, seen] = [[] as ReferenceFeature[], newNotes(), new Set<string>()];
  const sources = await findReferences(path, folder);
  for (const source of sources) {
    for await (const feature of readLayer(source, { srid, dataDir: folder, notes, seen })) features.push(feature);
  }
  return { sources, features, notes };
}

export const refused = (path: string, message: RegExp, srid?: number) =>
  assert.rejects(read(path, srid), (error: Error) => {
    assert.match(error.message, message);
    return error instanceof BadInput;
  });

export const [a, b, c]: Position[] = [
  [700_000, 6_600_000],
  [700_100, 6_600_050],
  [700_200, 6_600_050],
] as Position[];
export const line = (...coordinates: (Position | undefined)[]): Geometry => ({
  type: 'LineString',
  coordinates: coordinates as Position[],
});
export const square = (x: number, y: number, side: number): Position[] => [
  [x, y],
  [x, y + side],
  [x + side, y + side],
  [x + side, y],
  [x, y],
];
export const ROUTE = 'TRONROUT0000000000000001';
