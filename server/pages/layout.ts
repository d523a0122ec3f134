/** What all pages have: head, navigation, foot. */
import type { PageContext } from '../page-names.ts';
import { anchor, Html, html } from './html.ts';

export interface Sheet {
  title: string;
  /** Where the page stands: [address, text] from the landing page down; the page itself is not among them. */
  trail?: [string, string][];
  body: Html;
  /** Modules under assets/. */
  scripts?: string[];
  styles?: string[];
  bodyClass?: string;
  /** False where there is no JSON form. */
  json?: boolean;
}

/** Path that links within the site begin with: PUBLIC_URL may lie below a host's root. */
export const rootPath = ({ baseUrl }: Pick<PageContext, 'baseUrl'>) =>
  URL.canParse(baseUrl) ? new URL(baseUrl).pathname.replace(/\/$/, '') : '';

const NAVIGATION: [string, string][] = [
  ['/map', 'Carte'],
  ['/collections', 'Collections'],
  ['/statistics/stock', 'Statistiques'],
  ['/processes', 'Traitements'],
  ['/api', 'API'],
];

/** A whole document. */
export function sheet(
  context: PageContext,
  { title, trail = [], body, scripts = [], styles = [], ...rest }: Sheet,
): string {
  const root = rootPath(context);
  const current = URL.canParse(context.selfUrl) ? new URL(context.selfUrl).pathname.slice(root.length) : '';
  const isCurrent = (path: string) => current === path || current.startsWith(`${path}/`);
  return html`<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · OCS GE</title>
<link rel="icon" href="${root}/assets/favicon.svg" type="image/svg+xml">
${['style.css', ...styles].map((name) => html`<link rel="stylesheet" href="${root}/assets/${name}">\n`)}
${scripts.map((name) => html`<script type="module" src="${root}/assets/${name}"></script>\n`)}
</head>
<body class="${rest.bodyClass}" data-root="${root}">
<header class="bar">
<a class="brand" href="${root}/"><img src="${root}/assets/favicon.svg" alt="" width="26" height="26"> OCS GE</a>
<nav>${NAVIGATION.map(
    ([path, text]) =>
      html`<a href="${root}${path}"${isCurrent(path) ? new Html(' aria-current="page"') : ''}>${text}</a>`,
  )}</nav>
</header>
<main>
${trail.length > 0 && html`<p class="trail">${trail.map(([href, text], index) => html`${index > 0 && ' › '}${anchor(href, text)}`)}</p>`}
${body}
</main>
${rest.json !== false && html`<footer>${anchor(context.jsonUrl, 'Cette page en JSON')}</footer>`}
</body>
</html>
`.text;
}
