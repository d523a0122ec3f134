import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Request } from 'express';
import type { Handler, ServerContext } from '../context.ts';
import { InvalidParameter, NotFound } from '../errors.ts';
import { MEDIA } from '../http.ts';
import { requestPath } from '../links.ts';
import { parseTileAddress, readQuery, type TileAddress } from '../params.ts';
import { tileLimits } from './limits.ts';
import { findTileMatrixSet } from './tile-matrix-sets.ts';
import { findTiled, type TiledCollection } from './tilesets.ts';

const inflate = promisify(gunzip);

/**
 * `GET /collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}` (row, then column): the tile as it
 * was stored, gzipped. Inside the limits where nothing is: 200 with no byte, which every client takes for an empty tile.
 */
export const tileGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    const format = readQuery(requestPath(req).query, []).get('f');
    if (format !== undefined && format !== 'mvt') throw new InvalidParameter('f', format, 'mvt');
    findTileMatrixSet(req.params['tileMatrixSetId'] as string);
    const tiled = await findTiled(context, req.params['collectionId'] as string);
    const address = addressInside(req, tiled);
    res.set({ 'Content-Type': MEDIA.mvt, ETag: `W/"r${tiled.millesime.revisionId}"` });
    if (req.fresh) {
      res.status(304).end();
      return;
    }
    const stored = await readTile(context, tiled, address);
    const asStored = stored.length === 0 || req.acceptsEncodings('gzip') === 'gzip';
    if (stored.length > 0) res.set('Content-Encoding', asStored ? 'gzip' : 'identity');
    const body = asStored ? stored : await inflate(stored);
    res.set('Content-Length', String(body.length)).end(req.method === 'HEAD' ? undefined : body);
  };

function addressInside(req: Request, { zoomMax, bboxWgs84 }: TiledCollection): TileAddress {
  const { tileMatrix, tileRow, tileCol } = req.params as Record<string, string>;
  const address = parseTileAddress(tileMatrix!, tileRow!, tileCol!);
  const limits = address && tileLimits(bboxWgs84, zoomMax)[address.z];
  if (limits === undefined) {
    throw new NotFound(
      `there is no tile ${tileMatrix}/${tileRow}/${tileCol}: matrices are 0 to ${zoomMax}`.slice(0, 200),
    );
  }
  const { z, row, col } = address!;
  const { minTileRow, maxTileRow, minTileCol, maxTileCol } = limits;
  if (row >= minTileRow && row <= maxTileRow && col >= minTileCol && col <= maxTileCol) return { z, row, col };
  throw new NotFound(
    `tile ${z}/${row}/${col} is outside: rows ${minTileRow} to ${maxTileRow}, columns ${minTileCol} to ${maxTileCol}`,
  );
}

async function readTile(
  { database }: ServerContext,
  { millesime }: TiledCollection,
  { z, row, col }: TileAddress,
): Promise<Buffer> {
  const found = await database.db
    .selectFrom('published.tile') // primary key (revision_id, z, x, y)
    .select('mvt_gzip')
    .where('revision_id', '=', millesime.revisionId)
    .where('z', '=', z)
    .where('x', '=', col)
    .where('y', '=', row)
    .executeTakeFirst();
  return found?.mvt_gzip ?? Buffer.alloc(0);
}
