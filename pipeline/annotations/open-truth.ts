/** Ground truth, opened from masks or polygons alike. */
import { stat } from 'node:fs/promises';
import { glob } from 'tinyglobby';
import type { TruthSource } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import type { BboxLocal, Grid } from '../grid.ts';
import type { Annotations } from './annotations.ts';
import type { AnnotationClass, MaskClass } from './class-table.ts';
import { openMasks } from './mask-annotations.ts';
import { openPolygons } from './polygon-annotations.ts';

export interface AnnotationsOptions {
  /** Classes of masks by value (`readClassTable`). Polygons name theirs by code_cs and need none. */
  classes?: MaskClass[] | undefined;
  /** Layer of a GeoPackage, where it has several. */
  layer?: string | undefined;
  /** Where the private copy of a GeoPackage goes (`<dataDir>/tmp`); the system's folder for such files where absent. */
  dataDir?: string | undefined;
  /** Called with what a person should look at: features left out, and why. */
  onFault?: (message: string, data: Record<string, unknown>) => void;
}

export interface TruthOptions extends AnnotationsOptions {
  /** Grid to read on; masks have one of their own, which is the default. */
  grid?: Grid | undefined;
  /** What `codes` are: CS codes, several classes of one couverture becoming one (default), or the names of the classes. */
  by?: 'codeCs' | 'name';
}

/** A `TruthSource` that says more of what it holds. */
export interface OpenedTruth extends TruthSource {
  /** By index in `codes`. By CS code, the first class of that couverture. */
  classes: (AnnotationClass & { codeCs: string })[];
  /** Boxes of ground, in the grid's CRS, outside of which every pixel is 0. */
  annotated: BboxLocal[];
}

/**
 * Opens annotations as truth on a grid. `paths`: GeoTIFF masks (files, folders, globs), or one GeoPackage or GeoJSON of polygons
 * with a code_cs. Throws `BadInput` naming the file and what is wrong: another CRS than the grid's, unknown codes or values.
 */
export async function openTruth(paths: string | string[], options: TruthOptions = {}): Promise<OpenedTruth> {
  const annotations = await openAnnotations(paths, options);
  try {
    return onGrid(annotations, options, [paths].flat().join(', '));
  } catch (error) {
    await annotations.close();
    throw error;
  }
}

function onGrid(annotations: Annotations, { grid = annotations.ownGrid, by = 'codeCs' }: TruthOptions, what: string) {
  if (!grid) throw new BadInput(`${what}: polygons have no grid of their own; the grid to read them on is wanted`);
  if (grid.srid !== annotations.srid) {
    throw new BadInput(`${what}: annotations in EPSG:${annotations.srid}, EPSG:${grid.srid} wanted`);
  }
  const keys = annotations.classes.map((row) => row[by]);
  const codes = [...new Set(keys)];
  const merged = Uint8Array.from([0, ...keys.map((key) => codes.indexOf(key) + 1)]);
  const { inputs, annotated, close } = annotations;
  const classes = codes.map((code) => annotations.classes[keys.indexOf(code)]!);
  const read: TruthSource['read'] = async (window) => {
    const values = await annotations.read(grid, window);
    for (let i = 0; i < values.length; i++) values[i] = merged[values[i]!]!;
    return values;
  };
  return { grid, codes, classes, inputs, annotated, read, close };
}

const VECTOR = /\.(gpkg|geojson|json)$/i;

/** Opens masks or polygons, whichever the paths are. */
export async function openAnnotations(paths: string | string[], options: AnnotationsOptions): Promise<Annotations> {
  const files = await annotationFiles([paths].flat());
  const vectors = files.filter((path) => VECTOR.test(path));
  if (vectors.length === 0) {
    if (!options.classes) {
      throw new BadInput(
        `${files[0]}: masks need a table of classes (value, name, codeCs, colour) that says what their values mean`,
      );
    }
    return openMasks(files, options.classes);
  }
  if (files.length > 1) {
    throw new BadInput(`annotations: ${files.join(', ')} given; masks, or one file of polygons wanted`);
  }
  return openPolygons(vectors[0]!, options);
}

/** Files as given; folders stand for their *.tif and *.tiff; patterns for what they match. Sorted, so that the order is one. */
async function annotationFiles(paths: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const kind = await stat(path).catch(() => undefined);
    if (kind?.isFile()) found.push(path);
    else {
      const inFolder = { cwd: path, absolute: true, expandDirectories: false, caseSensitiveMatch: false };
      const matched = kind ? await glob('*.{tif,tiff}', inFolder) : await glob(path, { expandDirectories: false });
      if (matched.length === 0) {
        throw new BadInput(
          `${path}: ${kind ? 'no *.tif in this folder' : 'no such file or folder'}; annotations wanted`,
        );
      }
      found.push(...matched.sort());
    }
  }
  return [...new Set(found)];
}
