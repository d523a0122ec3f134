/** Documents about the service: conformance, nomenclature, health. */
import type { Handler, ServerContext } from '../context.ts';
import { formatLinks, respond } from '../http.ts';
import { requestPath } from '../links.ts';
import { readQuery } from '../params.ts';
import { CONFORMANCE } from './conformance.ts';

/** `GET /conformance` */
export const conformanceGet =
  (context: ServerContext): Handler =>
  (req, res) => {
    readQuery(requestPath(req).query, []);
    respond(context, req, res, {
      page: 'conformance',
      body: { conformsTo: CONFORMANCE, links: formatLinks(context, req) },
    });
  };

/** `GET /nomenclature`: the codes in the order of the legend, and the artificialisation matrix. */
export const nomenclatureGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    readQuery(requestPath(req).query, []);
    const { nomenclature, matrice } = await context.registry.snapshot();
    respond(context, req, res, {
      page: 'nomenclature',
      body: { codes: nomenclature, matrice, links: formatLinks(context, req) },
    });
  };
