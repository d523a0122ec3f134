/** Names of the HTML pages: handlers give data and a name, `server/pages/` draws. */
export type PageName =
  | 'landing'
  | 'conformance'
  | 'api'
  | 'collections'
  | 'collection'
  | 'items'
  | 'item'
  | 'tilesets'
  | 'tileset'
  | 'tile-matrix-sets'
  | 'tile-matrix-set'
  | 'nomenclature'
  | 'changes'
  | 'changes-summary'
  | 'stock'
  | 'flux'
  | 'processes'
  | 'process'
  | 'jobs'
  | 'job'
  | 'results'
  | 'health'
  | 'map'
  | 'problem';

export interface PageContext {
  name: PageName;
  /** Address of the landing page, without a slash at the end. */
  baseUrl: string;
  /** Address of this page, with its parameters. */
  selfUrl: string;
  /** The same as JSON (`f=json`). */
  jsonUrl: string;
}

/** A whole HTML document; `data` is the JSON body of the same resource. */
export type Page = (data: unknown, context: PageContext) => string;

/** A page that is not there is shown as its JSON. */
export type Pages = Partial<Record<PageName, Page>>;

export const renderPage = (pages: Pages, data: unknown, context: PageContext) =>
  (pages[context.name] ?? jsonPage)(data, context);

const jsonPage: Page = (data, { name, jsonUrl }) => `<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><title>${escapeHtml(name)}</title></head>
<body><p><a href="${escapeHtml(jsonUrl)}">JSON</a></p>
<pre>${escapeHtml(JSON.stringify(data, null, 2))}</pre></body>
</html>
`;

/** For text and for attribute values in quotes. */
export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
