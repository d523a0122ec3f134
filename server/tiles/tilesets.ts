/** What there is of tiles: the tilesets of a collection, in the words of OGC and of TileJSON. */
import type { Request } from 'express';
import type { Handler, ServerContext } from '../context.ts';
import { InvalidParameter, NotFound } from '../errors.ts';
import { formatLinks, MEDIA, respond, sendBody } from '../http.ts';
import { baseUrl, type Link, OGC_REL, requestPath } from '../links.ts';
import { readQuery } from '../params.ts';
import type { Collection, Millesime } from '../published-collections.ts';
import { findCollection } from '../registry.ts';
import { tileLimits } from './limits.ts';
import { findTileMatrixSet, WEB_MERCATOR_QUAD } from './tile-matrix-sets.ts';

/** A millésime that has tiles. */
export interface TiledCollection {
  collection: Collection;
  millesime: Millesime;
  zoomMin: number;
  zoomMax: number;
  bboxWgs84: number[];
}

/** Name of the layer in the tiles, and what its features carry, as the publication writes them. */
const LAYER = 'occupation_sol';
const FIELDS = {
  id: 'String',
  code_cs: 'String',
  code_us: 'String',
  artificiel: 'Boolean',
  impermeable: 'Boolean',
  ossature: 'Number',
  aire_m2: 'Number',
  confiance: 'Number',
  us_rule: 'String',
  millesime: 'Number',
  departement: 'String',
};

export async function findTiled(context: ServerContext, collectionId: string): Promise<TiledCollection> {
  const collection = findCollection(await context.registry.snapshot(), collectionId);
  if (collection.kind === 'millesime') {
    const { millesime } = collection;
    const { zoomMin, zoomMax, bboxWgs84 } = millesime;
    if (zoomMin !== null && zoomMax !== null && bboxWgs84 !== null) {
      return { collection, millesime, zoomMin, zoomMax, bboxWgs84 };
    }
  }
  throw new NotFound(`${collectionId} has no tiles; collections of one millésime (occupation-sol-999-2019) do`);
}

/** `GET /collections/{collectionId}/tiles` */
export const tilesetsGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    readQuery(requestPath(req).query, []);
    const tiled = await findTiled(context, req.params['collectionId'] as string);
    const tileset = describe(tiled, baseUrl(req, context.config.publicUrl));
    respond(context, req, res, {
      page: 'tilesets',
      body: { tilesets: [tileset], links: formatLinks(context, req) },
    });
  };

/** `GET /collections/{collectionId}/tiles/{tileMatrixSetId}` */
export const tilesetGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    readQuery(requestPath(req).query, []);
    findTileMatrixSet(req.params['tileMatrixSetId'] as string);
    const tiled = await findTiled(context, req.params['collectionId'] as string);
    const tileset = describe(tiled, baseUrl(req, context.config.publicUrl));
    const links = [...formatLinks(context, req), ...tileset.links.filter((link) => link.rel !== 'self')];
    respond(context, req, res, { page: 'tileset', body: { ...tileset, links } });
  };

function describe({ collection, zoomMin, zoomMax, bboxWgs84 }: TiledCollection, base: string) {
  const { title, attribution, collectionId, licence } = collection;
  const { id, uri, crs } = WEB_MERCATOR_QUAD;
  const [west, south, east, north] = bboxWgs84;
  return {
    title,
    attribution,
    license: licence?.title,
    dataType: 'vector',
    crs,
    tileMatrixSetId: id,
    tileMatrixSetURI: uri,
    tileMatrixSetLimits: tileLimits(bboxWgs84, zoomMax),
    boundingBox: {
      lowerLeft: [west, south],
      upperRight: [east, north],
      crs: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84',
    },
    layers: [
      {
        id: LAYER,
        title,
        dataType: 'vector',
        geometryDimension: 2,
        minTileMatrix: String(zoomMin),
        maxTileMatrix: String(zoomMax),
      },
    ],
    links: tilesetLinks(`${base}/collections/${collectionId}/tiles/${id}`, base, title),
  };
}

const tilesetLinks = (href: string, base: string, title: string): Link[] => [
  { href, rel: 'self', type: MEDIA.json, title },
  {
    href: `${base}/tileMatrixSets/${WEB_MERCATOR_QUAD.id}`,
    rel: `${OGC_REL}/tiling-scheme`,
    type: MEDIA.json,
    title: WEB_MERCATOR_QUAD.id,
  },
  {
    href: `${href}/{tileMatrix}/{tileRow}/{tileCol}`,
    rel: 'item',
    type: MEDIA.mvt,
    templated: true,
    title: 'Tuiles vectorielles',
  },
  { href: `${href}/tilejson.json`, rel: 'describedby', type: MEDIA.json, title: 'TileJSON' },
];

/** `GET /collections/{collectionId}/tiles/{tileMatrixSetId}/tilejson.json`: TileJSON 3.0 for MapLibre and others. */
export const tileJsonGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    const format = readQuery(requestPath(req).query, []).get('f') ?? 'json';
    if (format !== 'json') throw new InvalidParameter('f', format, 'json');
    findTileMatrixSet(req.params['tileMatrixSetId'] as string);
    const tiled = await findTiled(context, req.params['collectionId'] as string);
    sendBody(req, res, MEDIA.json, JSON.stringify(tileJson(context, req, tiled)));
  };

function tileJson(context: ServerContext, req: Request, { collection, zoomMin, zoomMax, bboxWgs84 }: TiledCollection) {
  const { collectionId, title, description, attribution } = collection;
  const [west, south, east, north] = bboxWgs84 as [number, number, number, number];
  const tiles = `${baseUrl(req, context.config.publicUrl)}/collections/${collectionId}/tiles/${WEB_MERCATOR_QUAD.id}`;
  return {
    tilejson: '3.0.0',
    name: title,
    description,
    // Shown as HTML by maps (TileJSON 3.0 §3.4): what an operator wrote is text.
    attribution: attribution.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    version: '1.0.0',
    scheme: 'xyz',
    tiles: [`${tiles}/{z}/{y}/{x}`],
    minzoom: zoomMin,
    maxzoom: zoomMax,
    bounds: bboxWgs84,
    center: [(west + east) / 2, (south + north) / 2, zoomMin],
    vector_layers: [{ id: LAYER, description: title, minzoom: zoomMin, maxzoom: zoomMax, fields: FIELDS }],
  };
}
