/** Every page by its name. */
import type { Pages } from '../page-names.ts';
import { apiPage } from './api-page.ts';
import {
  collectionPage,
  collectionsPage,
  tileMatrixSetPage,
  tileMatrixSetsPage,
  tilesetPage,
  tilesetsPage,
} from './collection-pages.ts';
import { changesPage, itemPage, itemsPage } from './feature-pages.ts';
import { conformancePage, healthPage, landingPage, nomenclaturePage } from './landing-pages.ts';
import { mapPage } from './map-page.ts';
import { problemPage } from './problem-page.ts';
import { jobPage, jobsPage, processesPage, processPage, resultsPage } from './process-pages.ts';
import { changesSummaryPage, fluxPage, stockPage } from './statistics-pages.ts';

export const pages: Required<Pages> = {
  landing: landingPage,
  conformance: conformancePage,
  api: apiPage,
  collections: collectionsPage,
  collection: collectionPage,
  items: itemsPage,
  item: itemPage,
  tilesets: tilesetsPage,
  tileset: tilesetPage,
  'tile-matrix-sets': tileMatrixSetsPage,
  'tile-matrix-set': tileMatrixSetPage,
  nomenclature: nomenclaturePage,
  changes: changesPage,
  'changes-summary': changesSummaryPage,
  stock: stockPage,
  flux: fluxPage,
  processes: processesPage,
  process: processPage,
  jobs: jobsPage,
  job: jobPage,
  results: resultsPage,
  health: healthPage,
  map: mapPage,
  problem: problemPage,
};
