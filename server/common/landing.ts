import type { Handler, ServerContext } from '../context.ts';
import { formatLinks, MEDIA, respond } from '../http.ts';
import { baseUrl, type Link, OGC_REL, requestPath } from '../links.ts';
import { readQuery } from '../params.ts';
import { millesimeCollectionId } from '../published-collections.ts';

/** `GET /` */
export const landingGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    readQuery(requestPath(req).query, []);
    const base = baseUrl(req, context.config.publicUrl);
    const { millesimes, pairs } = await context.registry.snapshot();
    respond(context, req, res, {
      page: 'landing',
      body: {
        title: 'OCS GE',
        description:
          "Occupation du sol à grande échelle : couverture, usage et artificialisation du sol, différences entre millésimes et statistiques, par les standards de l'OGC.",
        attribution: [...new Set(millesimes.map((millesime) => millesime.attribution))].join(' ; ') || undefined,
        millesimes: millesimes.map(({ departement, millesime, etat, nombreObjets, aireM2 }) => ({
          departement,
          millesime,
          etat,
          collectionId: millesimeCollectionId(departement, millesime),
          objets: nombreObjets,
          aire_m2: aireM2,
        })),
        differences: pairs.map(({ departement, avant, apres }) => ({
          departement,
          from: avant.millesime,
          to: apres.millesime,
        })),
        links: [...formatLinks(context, req), ...landingLinks(base)],
      },
    });
  };

const landingLinks = (base: string): Link[] => [
  { href: `${base}/api`, rel: 'service-desc', type: MEDIA.openapi, title: "Contrat de l'API (OpenAPI 3.0)" },
  { href: `${base}/api?f=html`, rel: 'service-doc', type: MEDIA.html, title: "Documentation de l'API" },
  { href: `${base}/conformance`, rel: 'conformance', type: MEDIA.json, title: 'Classes de conformité' },
  { href: `${base}/conformance`, rel: `${OGC_REL}/conformance`, type: MEDIA.json, title: 'Classes de conformité' },
  { href: `${base}/collections`, rel: 'data', type: MEDIA.json, title: 'Collections' },
  { href: `${base}/collections`, rel: `${OGC_REL}/data`, type: MEDIA.json, title: 'Collections' },
  {
    href: `${base}/tileMatrixSets`,
    rel: `${OGC_REL}/tiling-schemes`,
    type: MEDIA.json,
    title: 'Jeux de matrices de tuiles',
  },
  { href: `${base}/processes`, rel: `${OGC_REL}/processes`, type: MEDIA.json, title: 'Traitements' },
  { href: `${base}/jobs`, rel: `${OGC_REL}/job-list`, type: MEDIA.json, title: 'Tâches' },
  { href: `${base}/nomenclature`, rel: 'related', type: MEDIA.json, title: 'Nomenclature et matrice' },
  { href: `${base}/statistics/stock`, rel: 'related', type: MEDIA.json, title: 'Statistiques : stocks' },
  { href: `${base}/health`, rel: 'status', type: MEDIA.json, title: 'État du service' },
];
