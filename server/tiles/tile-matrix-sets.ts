import { readFileSync } from 'node:fs';
import { packageFile } from '../../sql/package-root.ts';
import type { Handler, ServerContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import { formatLinks, MEDIA, respond } from '../http.ts';
import { baseUrl, requestPath } from '../links.ts';
import { readQuery } from '../params.ts';

/** A definition of the OGC registry (TMS 2.0, JSON), as it is published. */
interface TileMatrixSet {
  id: string;
  title: string;
  uri: string;
  crs: string;
  tileMatrices: { id: string; matrixWidth: number; matrixHeight: number }[];
}

export const WEB_MERCATOR_QUAD = JSON.parse(
  readFileSync(packageFile('server', 'tiles', 'web-mercator-quad.json'), 'utf8'),
) as TileMatrixSet;

const TILE_MATRIX_SETS = new Map([[WEB_MERCATOR_QUAD.id, WEB_MERCATOR_QUAD]]);

export function findTileMatrixSet(tileMatrixSetId: string): TileMatrixSet {
  const found = TILE_MATRIX_SETS.get(tileMatrixSetId);
  if (found !== undefined) return found;
  const known = [...TILE_MATRIX_SETS.keys()].join(', ');
  throw new NotFound(`there is no tile matrix set "${tileMatrixSetId.slice(0, 80)}"; there is ${known}`);
}

/** `GET /tileMatrixSets` */
export const tileMatrixSetsGet =
  (context: ServerContext): Handler =>
  (req, res) => {
    readQuery(requestPath(req).query, []);
    const base = baseUrl(req, context.config.publicUrl);
    const tileMatrixSets = [...TILE_MATRIX_SETS.values()].map(({ id, title, uri, crs }) => ({
      id,
      title,
      uri,
      crs,
      links: [{ href: `${base}/tileMatrixSets/${id}`, rel: 'self', type: MEDIA.json, title }],
    }));
    respond(context, req, res, {
      page: 'tile-matrix-sets',
      body: { tileMatrixSets, links: formatLinks(context, req) },
    });
  };

/** `GET /tileMatrixSets/{tileMatrixSetId}` */
export const tileMatrixSetGet =
  (context: ServerContext): Handler =>
  (req, res) => {
    readQuery(requestPath(req).query, []);
    const tileMatrixSet = findTileMatrixSet(req.params['tileMatrixSetId'] as string);
    respond(context, req, res, {
      page: 'tile-matrix-set',
      body: { ...tileMatrixSet, links: formatLinks(context, req) },
    });
  };
