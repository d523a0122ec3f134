/** `ocsge import`: a delivery of OCS GE, or territories. */
import { makePairs } from '../changes/make-pairs.ts';
import { normaliseDepartement } from '../departement.ts';
import { BadInput } from '../errors.ts';
import { importDelivery } from '../exchange/import-delivery.ts';
import { importTerritoires } from '../exchange/import-territoires.ts';
import { type CommandEnv, withDatabase } from './environment.ts';

export interface ImportOptions {
  departement?: string;
  millesime?: string;
  niveau?: string;
}

export async function importAny(what: string[], options: ImportOptions, env: CommandEnv): Promise<void> {
  const territoires = what[0] === 'territoires';
  const paths = territoires ? what.slice(1) : what;
  if (paths.length !== 1) {
    throw new BadInput(`${paths.length} paths given; wanted one: import <delivery>, or import territoires <file.geojson>`);
  }
  await (territoires ? loadTerritoires(paths[0]!, options, env) : publishDelivery(paths[0]!, options, env));
}
