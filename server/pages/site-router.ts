/** What only browsers ask for: the map and the files of the pages. Everything else is a resource of the route table. */
import express, { type Router } from 'express';
import { packageFile } from '../../sql/package-root.ts';
import type { ServerContext } from '../context.ts';
import { sendBody } from '../http.ts';
import { baseUrl, requestUrl } from '../links.ts';
import { renderPage } from '../page-names.ts';

const ONE_HOUR = 3_600_000;

/** `/map`, `/assets/…` (with MapLibre GL from its package), `/favicon.ico`. */
export function siteRouter(context: ServerContext): Router {
  const router = express.Router();
  const files = { index: false, redirect: false, maxAge: ONE_HOUR };
  router.get('/map', (req, res) => {
    const { publicUrl } = context.config;
    const selfUrl = requestUrl(req, publicUrl);
    const page = renderPage(
      context.pages,
      {},
      { name: 'map', baseUrl: baseUrl(req, publicUrl), selfUrl, jsonUrl: selfUrl },
    );
    sendBody(req, res, 'text/html; charset=utf-8', page);
  });
  router.get('/favicon.ico', (_req, res) => {
    res.type('image/svg+xml').sendFile(packageFile('server', 'pages', 'assets', 'favicon.svg'));
  });
  router.use('/assets/maplibre', express.static(packageFile('node_modules', 'maplibre-gl', 'dist'), files));
  router.use('/assets', express.static(packageFile('server', 'pages', 'assets'), files));
  return router;
}
