/** Which source gives a band that a model asks for. Pure. */
import type { BandRequest } from '../artefacts.ts';
import { BadInput } from '../errors.ts';

/** Paths by role: GeoTIFF files, or folders of dalles (*.tif, *.tiff). */
export interface RasterSources {
  /** Prise de vue aérienne: R, G, B. */
  pva?: string[];
  /** Infrarouge couleur: NIR, R, G. */
  irc?: string[];
  /** Modèle numérique de surface, metres. */
  mns?: string[];
  /** Modèle numérique de terrain, metres. */
  mnt?: string[];
  /** R, G, B, NIR, E in one file, E being max(MNS − MNT, 0) × 5 clipped to 0–255, as FLAIR codes it. May lack E. */
  rgbie?: string[];
}

export type Role = keyof RasterSources;
export const ROLES: readonly Role[] = ['rgbie', 'pva', 'irc', 'mns', 'mnt'];

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

/** Where each band may come from, the best first. */
const WHERE: Record<string, SourceBand[]> = {
  R: [at('pva', 0), at('rgbie', 0), at('irc', 1)],
  G: [at('pva', 1), at('rgbie', 1), at('irc', 2)],
  B: [at('pva', 2), at('rgbie', 2)],
  NIR: [at('irc', 0), at('rgbie', 3)],
  MNS: [at('mns', 0)],
  MNT: [at('mnt', 0)],
  NDSM: [at('mns', 0), at('rgbie', 4)],
};

/** Finds each requested band in the sources. Throws `BadInput` for an unknown band and for a role that is missing. */
export function planBands(requests: BandRequest[], sources: RasterSources): BandPlan[] {
  const given = ROLES.filter((role) => (sources[role]?.length ?? 0) > 0);
  return requests.map((request) => {
    const places = WHERE[request.name];
    if (!places) {
      throw new BadInput(
        `band ${request.name} asked by the model; the known ones are ${Object.keys(WHERE).join(', ')}`,
      );
    }
    if (request.name === 'NDSM') return planHeight(request, given);
    const place = places.find(({ role }) => given.includes(role));
    if (!place) throw missing(request.name, places.map(({ role }) => role).join(' or '), given);
    return { request, kind: 'copy', from: [place] };
  });
}

/** Both models where they are given; else the band already coded. */
function planHeight(request: BandRequest, given: Role[]): BandPlan {
  if (given.includes('mns') && given.includes('mnt')) {
    return { request, kind: 'difference', from: [at('mns', 0), at('mnt', 0)] };
  }
  if (!given.includes('rgbie')) throw missing('NDSM', 'mns and mnt, or rgbie', given);
  return { request, kind: 'coded elevation', from: [at('rgbie', 4)] };
}

function at(role: Role, band: number): SourceBand {
  return { role, band };
}

const missing = (band: string, wanted: string, given: Role[]) =>
  new BadInput(`no source for band ${band} of the model: ${wanted} wanted, ${given.join(', ') || 'nothing'} given`);
