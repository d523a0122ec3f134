/** `ocsge annotations extract` and `ocsge annotations template`. */
import { basename } from 'node:path';
import { readClassTable } from '../annotations/class-table.ts';
import { type ExtractOptions, type ExtractSummary, extractPatches } from '../annotations/extract.ts';
import { openAnnotations } from '../annotations/open-truth.ts';
import { proposeZones } from '../annotations/propose-zones.ts';
import { SPLITS, type Split } from '../annotations/split-blocks.ts';
import { checkTemplateOut, readmePath, writeTemplate } from '../annotations/template.ts';
import { checkOut } from '../annotations/write-patches.ts';
import type { BandRequest, StageContext } from '../artefacts.ts';
import { normaliseDepartement, sridOfDepartement } from '../departement.ts';
import { BadInput } from '../errors.ts';
import type { BboxLocal } from '../grid.ts';
import { checkGround } from '../ground.ts';
import { isHeight, type RasterSources, ROLES } from '../rasters/bands.ts';
import { openWindowSource } from '../rasters/open-window-source.ts';
import type { CommandEnv } from './environment.ts';
import { number, whole } from './option-numbers.ts';

export interface ExtractCommandOptions extends Partial<Record<(typeof ROLES)[number], string[]>> {
  annotations: string[];
  classes?: string;
  layer?: string;
  bands: string;
  resolution?: string;
  scale?: string;
  patch: string;
  step?: string;
  block: string;
  buffer?: string;
  split: string;
  seed: string;
  maxUnknown: string;
  source?: string;
  credit?: string;
  out: string;
  force?: boolean;
}

/** Heights are coded by a factor and clipped, as models are trained on them; images are bytes already. */
const HEIGHTS = ['NDSM', 'MNS', 'MNT'];

/** Cuts patches and masks for training, and prints how the classes are distributed over the splits. */
export async function extractFromOptions(given: ExtractCommandOptions, env: CommandEnv): Promise<void> {
  checkOut(given.out, given.force ?? false);
  const bands = parseBands(given.bands);
  const sources = sourcesOf(given);
  const ctx: StageContext = { report: env.report, signal: env.signal, threads: env.config.threads };
  const annotations = await openAnnotations(given.annotations, {
    classes: given.classes === undefined ? undefined : await readClassTable(given.classes),
    layer: given.layer,
    dataDir: env.config.dataDir,
    onFault: env.report.warn,
  });
  try {
    const resolution =
      given.resolution === undefined ? {} : { resolutionM: number(given.resolution, '--resolution', 0.01) };
    const imagery = await openWindowSource(sources, bands, { srid: annotations.srid, ...resolution });
    try {
      const options = extractOptions(given, bands, imagery.grid.resolutionM);
      env.print(table(await extractPatches(imagery, annotations, given.out, options, ctx), given.out));
    } finally {
      await imagery.close();
    }
  } finally {
    await annotations.close();
  }
}

export interface TemplateCommandOptions {
  out: string;
  departement?: string;
  crs?: string;
  extent?: string;
  zones?: string;
  zoneSize: string;
  seed: string;
  force?: boolean;
}

/** Writes a GeoPackage to draw ground truth in, with zones proposed at random where an extent is given. */
export async function templateFromOptions(given: TemplateCommandOptions, env: CommandEnv): Promise<void> {
  await checkTemplateOut(given.out, given.force ?? false, env.config.dataDir);
  const srid = templateSrid(given);
  const zones = templateZones(given, srid);
  await writeTemplate(given.out, srid, zones, new Date());
  const proposed = zones.length > 0 ? `, ${zones.length} zones proposed` : '';
  env.print(
    `${given.out}: layers annotation and zone in EPSG:${srid}${proposed}; how to annotate: ${readmePath(given.out)}`,
  );
}

function templateSrid({ departement, crs }: TemplateCommandOptions): number {
  if ((departement === undefined) === (crs === undefined)) {
    throw new BadInput(`${crs === undefined ? 'neither' : 'both'} --departement and --crs given; one of them wanted`);
  }
  if (departement !== undefined) return sridOfDepartement(normaliseDepartement(departement));
  const code = Number(/^(?:EPSG:)?(\d{4,6})$/i.exec(crs!)?.[1]);
  if (code > 0 && code !== 4326) return code;
  throw new BadInput(`--crs is "${crs}": a projected CRS in metres wanted, such as EPSG:2154`);
}

function templateZones({ extent, zones, zoneSize, seed }: TemplateCommandOptions, srid: number): BboxLocal[] {
  if (extent === undefined) {
    if (zones === undefined) return [];
    throw new BadInput('--zones without --extent: the extent to draw them in is wanted');
  }
  const box = extent.split(',').map(Number) as BboxLocal;
  if (box.length !== 4 || !box.every(Number.isFinite) || !(box[0] < box[2] && box[1] < box[3])) {
    throw new BadInput(`--extent is "${extent}": minX,minY,maxX,maxY in metres wanted`);
  }
  checkGround(`--extent ${extent}`, box, srid);
  const count = whole(zones ?? '10', '--zones', 1, 'zones');
  return proposeZones(box, count, number(zoneSize, '--zone-size', 1), Math.trunc(number(seed, '--seed', 0)));
}

/** `R,G,B,NIR,NDSM:5`: names, and the factor each value is multiplied by. */
function parseBands(text: string): BandRequest[] {
  return text.split(',').map((word) => {
    const [name, factor] = word.trim().split(':') as [string, string?];
    const scale = factor === undefined ? 1 : number(factor, `--bands, factor of ${name}`, Number.MIN_VALUE);
    return { name: name.toUpperCase(), scale, offset: 0 };
  });
}

/** Files by role; of images, what one of 16-bit or floating-point samples is worth. */
function sourcesOf(given: ExtractCommandOptions): RasterSources {
  const scale = given.scale === undefined ? {} : { scale: number(given.scale, '--scale', Number.MIN_VALUE) };
  return Object.fromEntries(
    ROLES.flatMap((role) => (given[role] ? [[role, { paths: given[role], ...(isHeight(role) ? {} : scale) }]] : [])),
  );
}

function extractOptions(given: ExtractCommandOptions, bands: BandRequest[], resolutionM: number): ExtractOptions {
  const sidePx = whole(given.patch, '--patch', 1, 'pixels');
  const stepPx = given.step === undefined ? sidePx : whole(given.step, '--step', 1, 'pixels');
  const bufferM = given.buffer === undefined ? sidePx * resolutionM : number(given.buffer, '--buffer', 0);
  const block = given.block === 'auto' ? 'auto' : number(given.block, '--block', sidePx * resolutionM);
  return {
    sidePx,
    stepPx,
    block,
    bufferM,
    shares: parseShares(given.split),
    seed: Math.trunc(number(given.seed, '--seed', 0)),
    maxUnknown: number(given.maxUnknown, '--max-unknown', 0),
    clipped: bands
      .filter(({ name, scale }) => HEIGHTS.includes(name) || scale !== 1 || given.scale !== undefined)
      .map(({ name }) => name),
    source: given.source ?? describeSources(given),
    credit: given.credit,
  };
}

/** Roles and the names of what was given: folders of this machine are nobody else's business. */
const describeSources = (given: ExtractCommandOptions) =>
  ROLES.flatMap((role) =>
    given[role] ? [`${role}: ${given[role].map((path) => basename(path)).join(', ')}`] : [],
  ).join('; ');

/** `70,15,15`: of train, valid and test. */
function parseShares(text: string): Record<Split, number> {
  const parts = text.split(',').map(Number);
  const sum = parts.reduce((a, b) => a + b, 0);
  if (parts.length !== 3 || !parts.every((part) => part >= 0) || !(sum > 0)) {
    throw new BadInput(`--split is "${text}": three shares wanted, of train, valid and test, such as 70,15,15`);
  }
  const [train, valid, test] = parts.map((part) => part / sum) as [number, number, number];
  return { train, valid, test };
}

/** Per split: blocks, patches, and each class's share of the pixels that are known. */
function table({ classes, blocks, patches, pixels, leftOut }: ExtractSummary, out: string): string {
  const known = (split: Split) => pixels[split].slice(0, -1).reduce((a, b) => a + b, 0);
  const percent = (share: number) => (Number.isFinite(share) ? `${(100 * share).toFixed(2)} %` : '–');
  const all = classes.map((_, c) => SPLITS.reduce((sum, split) => sum + pixels[split][c]!, 0));
  const total = all.reduce((a, b) => a + b, 0);
  const rows: string[][] = [
    ['', ...SPLITS, 'all'],
    ['blocks', ...SPLITS.map((split) => String(blocks[split])), String(SPLITS.reduce((sum, s) => sum + blocks[s], 0))],
    [
      'patches',
      ...SPLITS.map((split) => String(patches[split])),
      String(SPLITS.reduce((sum, s) => sum + patches[s], 0)),
    ],
    ...classes.map(({ name, codeCs }, c) => [
      name === codeCs ? name : `${name} (${codeCs})`,
      ...SPLITS.map((split) => percent(pixels[split][c]! / known(split))),
      percent(all[c]! / total),
    ]),
    ['unknown', ...SPLITS.map((split) => percent(pixels[split].at(-1)! / (known(split) + pixels[split].at(-1)!))), ''],
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  const left = `left out: ${leftOut.unknown} patches for unknown ground, ${leftOut.buffer} too near to another split`;
  return [`${out}:`, ...lines, left].join('\n');
}
