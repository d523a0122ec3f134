/** What a production may state of buildings and of the zone construite: assumptions of ours, since IGN's own are not published. */
import { ENLARGEMENT_PARAMETERS, type EnlargementParameters } from './enlarge.ts';
import { GROUPING_GAP_M } from './group-buildings.ts';
import { ZONE_PARAMETERS, type ZoneParameters } from './zone-construite.ts';

export interface BuiltUpParameters {
  zone: ZoneParameters;
  /** Buildings less than this apart are grouped. */
  gapM: number;
  enlargement: EnlargementParameters;
}

/** What of it is stated. */
export interface BuiltUpOptions {
  zoneConstruite?: Partial<ZoneParameters> | undefined;
  buildings?: Partial<{ gapM: number } & Pick<EnlargementParameters, 'reachM' | 'sideM'>> | undefined;
}

export function builtUpParameters({ zoneConstruite, buildings = {} }: BuiltUpOptions): BuiltUpParameters {
  const { gapM = GROUPING_GAP_M, ...enlargement } = buildings;
  return {
    zone: { ...ZONE_PARAMETERS, ...zoneConstruite },
    gapM,
    enlargement: { ...ENLARGEMENT_PARAMETERS, ...enlargement },
  };
}
