/** A small published millésime for clients to read where the samples are not. */

import { publishCoverage } from '../bench/publish-coverage.ts';
import type { TestDatabase } from '../database.ts';

export const SMALL = { collectionId: 'occupation-sol-999-2021', count: 2_500, millesime: 2021 };

/** Publishes `SMALL`: more objects than a page of GDAL or QGIS holds, side by side without a gap. */
export async function publishSmallCoverage(database: TestDatabase): Promise<void> {
  await publishCoverage(database, SMALL.millesime, { objects: SMALL.count });
}
