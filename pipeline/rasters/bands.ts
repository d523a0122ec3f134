/** Which source gives a band that a model asks for. Pure. */
import type { BandRequest } from '../artefacts.ts';
import { BadInput } from '../errors.ts';

/** What a person says of the files of a role. */
export interface RoleSource {
  /** GeoTIFF files, folders of dalles (*.tif, *.tiff), globs, or https addresses. */
  paths: string[];
  /** Value = sample × scale + offset: of 16-bit imagery to DN of 0 to 255, of heights in whole numbers to metres. */
  scale?: number;
  offset?: number;
  /** Wins over what the files declare. */
  nodata?: number;
  /** What each band of the files is, in order; a role's usual order where absent. */
  bands?: BandName[];
}

/** Files by role; a list of paths alone where there is nothing to say of them. */
export type RasterSources = Partial<Record<Role, string[] | RoleSource>>;

export type Role = 'rgbie' | 'pva' | 'irc' | 'mns' | 'mnt';

/** `E`: max(MNS − MNT, 0) × 5 clipped to 0–255, as FLAIR codes it. `MASK`: 0 where the image knows nothing. `-`: not used. */
export const BAND_NAMES = ['R', 'G', 'B', 'NIR', 'E', 'MNS', 'MNT', 'MASK', '-'] as const;
export type BandName = (typeof BAND_NAMES)[number];

/**
 * The usual orders: prise de vue aérienne, infrarouge couleur, modèles numériques de surface et de terrain in metres, and all in
 * one file. A fourth band of a pva is near infrared, as in IGN's and NAIP's files, which tag it as alpha nonetheless: it is read
 * as such when a model asks for NIR and neither irc nor rgbie is given (and refused where it turns out to be a mask).
 */
const ORDERS: Record<Role, BandName[]> = {
  rgbie: ['R', 'G', 'B', 'NIR', 'E'],
  pva: ['R', 'G', 'B', 'NIR'],
  irc: ['NIR', 'R', 'G'],
  mns: ['MNS'],
  mnt: ['MNT'],
};

export const ROLES = Object.keys(ORDERS) as Role[];
export const isHeight = (role: Role) => role === 'mns' || role === 'mnt';

/** A band (from 0) of a role. */
export interface SourceBand {
  role: Role;
  band: number;
}

/** How a band comes out of its sources: one band as it is, E taken back to metres, or MNS − MNT. */
export interface BandPlan {
  request: BandRequest;
  kind: 'copy' | 'coded elevation' | 'difference';
  from: SourceBand[];
}

/** DN of E per metre: FLAIR-1 and FLAIR-INC cards, and the code that made them (ODEON, image.py: img *= 5). */
export const CODED_ELEVATION_PER_METRE = 5;

/** Roles a band may come from, the best first. */
const WHERE: Record<string, Role[]> = {
  R: ['pva', 'rgbie', 'irc'],
  G: ['pva', 'rgbie', 'irc'],
  B: ['pva', 'rgbie'],
  NIR: ['irc', 'rgbie', 'pva'],
  MNS: ['mns'],
  MNT: ['mnt'],
  NDSM: ['mns', 'rgbie'],
};

export const roleSource = (sources: RasterSources, role: Role): RoleSource | undefined => {
  const given = sources[role];
  const source = Array.isArray(given) ? { paths: given } : given;
  return source && source.paths.length > 0 ? source : undefined;
};

/** Finds each requested band in the sources. Throws `BadInput` for an unknown band and for a role that is missing. */
export function planBands(requests: BandRequest[], sources: RasterSources): BandPlan[] {
  const given = ROLES.filter((role) => roleSource(sources, role));
  const find = (name: BandName, roles: Role[]): SourceBand | undefined => {
    for (const role of roles.filter((role) => given.includes(role))) {
      const band = orderOf(sources, role).indexOf(name);
      if (band >= 0) return { role, band };
    }
    return undefined;
  };
  return requests.map((request) => {
    const roles = WHERE[request.name];
    if (!roles) {
      throw new BadInput(
        `band ${request.name} asked by the model; the known ones are ${Object.keys(WHERE).join(', ')}`,
      );
    }
    if (request.name === 'NDSM') return planHeight(request, given, find);
    const place = find(request.name as BandName, roles);
    if (!place) throw missing(request.name, roles.join(' or '), given);
    return { request, kind: 'copy', from: [place] };
  });
}

/** What each band of a role's files is: as declared, else the usual order. */
export const orderOf = (sources: RasterSources, role: Role): BandName[] =>
  roleSource(sources, role)?.bands ?? ORDERS[role];

/** Both models where they are given; else the band already coded. */
function planHeight(
  request: BandRequest,
  given: Role[],
  find: (name: BandName, roles: Role[]) => SourceBand | undefined,
): BandPlan {
  const [mns, mnt, coded] = [find('MNS', ['mns']), find('MNT', ['mnt']), find('E', ['rgbie'])];
  if (mns && mnt) return { request, kind: 'difference', from: [mns, mnt] };
  if (!coded) throw missing('NDSM', 'mns and mnt, or rgbie', given);
  return { request, kind: 'coded elevation', from: [coded] };
}

const missing = (band: string, wanted: string, given: Role[]) =>
  new BadInput(`no source for band ${band} of the model: ${wanted} wanted, ${given.join(', ') || 'nothing'} given`);
