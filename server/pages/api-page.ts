/** The OpenAPI document as a page: what can be asked, with what, and what comes. */
import type { Page } from '../page-names.ts';
import { anchor, type Html, html, table } from './html.ts';
import { rootPath, sheet } from './layout.ts';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: { type?: string; enum?: unknown[]; default?: unknown };
}

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: (Parameter | Reference)[];
  responses?: Record<string, { description?: string } | Reference>;
}

interface Reference {
  $ref: string;
}

interface OpenApi {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, unknown>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export const apiPage: Page = (data, context) => {
  const document = data as OpenApi;
  const { info, paths } = document;
  const body = html`<h1>${info.title}</h1>
<p class="lead">${info.description}</p>
<p class="note">Version ${info.version} · ${anchor(context.jsonUrl, 'le contrat OpenAPI 3.0 en JSON')}</p>
${Object.entries(paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method] !== undefined).map((method) =>
    operationCard(document, path, method, item[method] as Operation, (item['parameters'] ?? []) as Parameter[]),
  ),
)}`;
  return sheet(context, { title: 'API', trail: [[`${rootPath(context)}/`, 'Accueil']], body });
};

function operationCard(
  document: OpenApi,
  path: string,
  method: string,
  operation: Operation,
  ofPath: (Parameter | Reference)[],
): Html {
  const parameters = [...ofPath, ...(operation.parameters ?? [])].map((entry) => resolve<Parameter>(document, entry));
  const responses = Object.entries(operation.responses ?? {});
  return html`<details class="card">
<summary><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code> ${operation.summary}</summary>
${operation.description && html`<p>${operation.description}</p>`}
${parameters.length > 0 && table(['Paramètre', 'Où', 'Type', 'Sens'], parameters.map(parameterRow))}
<h3>Réponses</h3>
${table(
  ['Code', 'Sens'],
  responses.map(([status, entry]) => [status, resolve<{ description?: string }>(document, entry).description]),
)}</details>`;
}

const parameterRow = ({ name, in: place, required, schema, description }: Parameter) => [
  html`<code>${name}</code>${required && ' *'}`,
  { path: 'chemin', query: 'requête', header: 'en-tête' }[place] ?? place,
  schema?.enum?.join(' | ') ?? schema?.type,
  description,
];

/** Follows `#/components/…`; what points nowhere is shown by its pointer. */
function resolve<Value extends object>(document: OpenApi, entry: Value | Reference): Value {
  if (!('$ref' in entry)) return entry;
  let found: unknown = document;
  for (const step of entry.$ref.replace(/^#\//, '').split('/')) {
    found = Object.hasOwn(Object(found), step) ? (found as Record<string, unknown>)[step] : undefined;
  }
  return (found ?? { name: entry.$ref, in: '', description: '' }) as Value;
}
