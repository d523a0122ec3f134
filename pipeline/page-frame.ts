/** The document around the page's sections, with its style sheet in it. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../sql/package-root.ts';
import { text } from './page-format.ts';

export function document(title: string, body: string): string {
  const css = readFileSync(packageFile('pipeline', 'report.css'), 'utf8');
  return `<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
<style>
${css}</style>
</head>
<body>
<main>
${unbroken(body)}
</main>
</body>
</html>
`;
}

/** French puts a space before some marks, at which a line must not end. */
const unbroken = (body: string) => body.replace(/ (?=[:;!?%»])/g, '\u00a0').replaceAll('« ', '«\u00a0');

export const section = (title: string, body: string) => `<section><h2>${title}</h2>${body}</section>`;

export const dateOf = (iso: string) =>
  new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso));
