import type { Handler, ServerContext } from '../context.ts';
import { collectionCrs, storageCrs } from '../crs.ts';
import { formatLinks, MEDIA, respond } from '../http.ts';
import { baseUrl, type Link, OGC_REL, requestPath } from '../links.ts';
import { type Interval, readQuery } from '../params.ts';
import { type Collection, millesimeCollectionId, zoneCollectionId } from '../published-collections.ts';
import { findCollection } from '../registry.ts';

/** `GET /collections` */
export const collectionsGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    readQuery(requestPath(req).query, []);
    const base = baseUrl(req, context.config.publicUrl);
    const { collections } = await context.registry.snapshot();
    respond(context, req, res, {
      page: 'collections',
      body: {
        links: formatLinks(context, req),
        numberMatched: collections.size,
        numberReturned: collections.size,
        collections: [...collections.values()].map((collection) => describe(collection, base)),
      },
    });
  };

/** `GET /collections/{collectionId}` */
export const collectionGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    readQuery(requestPath(req).query, []);
    const collection = findCollection(await context.registry.snapshot(), req.params['collectionId'] as string);
    const described = describe(collection, baseUrl(req, context.config.publicUrl));
    const links = [...formatLinks(context, req), ...described.links.filter((link) => link.rel !== 'self')];
    respond(context, req, res, { page: 'collection', body: { ...described, links } });
  };

function describe(collection: Collection, base: string) {
  const { collectionId, title, description, storageSrid, bboxWgs84, interval, itemCount, attribution } = collection;
  return {
    id: collectionId,
    title,
    description,
    attribution: attribution || undefined,
    itemType: 'feature',
    itemCount,
    extent: extentOf(bboxWgs84, interval),
    images_datees: interval === null ? undefined : collection.imagesDated,
    crs: collectionCrs(storageSrid).map((crs) => crs.uri),
    storageCrs: storageCrs(storageSrid).uri,
    ...millesimeFacts(collection),
    links: linksOf(collection, base),
  };
}

/** What a reader should know of a millésime before trusting it. */
function millesimeFacts(collection: Collection) {
  if (collection.kind !== 'millesime' && collection.kind !== 'zone') return {};
  const { departement, millesime, cycle, etat, origine, estCouverture, superpositionM2 } = collection.millesime;
  const facts = { departement, millesime, cycle: cycle ?? undefined, etat, origine };
  if (collection.kind === 'zone') return facts;
  return {
    ...facts,
    est_couverture: estCouverture,
    superposition_m2: estCouverture ? undefined : superpositionM2,
  };
}

function extentOf(bboxWgs84: number[] | null, interval: Interval | null) {
  if (bboxWgs84 === null && interval === null) return undefined;
  const instant = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    spatial: bboxWgs84 && { bbox: [bboxWgs84], crs: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84' },
    temporal: interval && {
      interval: [[instant(interval.startMs), instant(interval.endMs)]],
      trs: 'http://www.opengis.net/def/uom/ISO-8601/0/Gregorian',
    },
  };
}

function linksOf(collection: Collection, base: string): Link[] {
  const { kind, collectionId, title, licence } = collection;
  const href = `${base}/collections/${collectionId}`;
  const links: Link[] = [
    { href, rel: 'self', type: MEDIA.json, title },
    { href: `${href}/items`, rel: 'items', type: MEDIA.geojson, title: `${title} (GeoJSON)` },
    { href: `${href}/items?f=html`, rel: 'items', type: MEDIA.html, title: `${title} (HTML)` },
  ];
  if (kind === 'millesime') {
    links.push({
      href: `${href}/tiles`,
      rel: `${OGC_REL}/tilesets-vector`,
      type: MEDIA.json,
      title: `${title} (tuiles vectorielles)`,
    });
  }
  links.push(...linksBetweenLayers(collection, base));
  if (licence?.href) links.push({ href: licence.href, rel: 'license', type: MEDIA.html, title: licence.title });
  return links;
}

/** A millésime's two layers name each other. */
function linksBetweenLayers(collection: Collection, base: string): Link[] {
  if (collection.kind !== 'millesime' && collection.kind !== 'zone') return [];
  const { departement, millesime, nombreZones } = collection.millesime;
  const other =
    collection.kind === 'zone'
      ? { id: millesimeCollectionId(departement, millesime), title: 'Occupation du sol' }
      : { id: zoneCollectionId(departement, millesime), title: 'Zone construite' };
  if (nombreZones === null) return [];
  return [{ href: `${base}/collections/${other.id}`, rel: 'related', type: MEDIA.json, title: other.title }];
}
