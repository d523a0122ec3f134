/** Processes and jobs. */
import type { Link } from '../links.ts';
import type { Page, PageContext } from '../page-names.ts';
import { moment } from './format.ts';
import { anchor, facts, html, table } from './html.ts';
import { rootPath, sheet } from './layout.ts';

interface Described {
  title: string;
  description?: string;
  minOccurs?: number;
  schema: object;
}

interface ProcessData {
  id: string;
  version: string;
  title: string;
  description: string;
  inputs: Record<string, Described>;
  outputs: Record<string, Described>;
}

interface JobData {
  processID: string;
  jobID: string;
  status: string;
  message?: string;
  progress: number;
  created: string;
  started?: string;
  finished?: string;
  updated: string;
  links: Link[];
}

const trailOf = (context: PageContext, ...more: [string, string][]): [string, string][] => [
  [`${rootPath(context)}/`, 'Accueil'],
  ...more,
];

export const processesPage: Page = (data, context) => {
  const { processes } = data as { processes: ProcessData[] };
  const root = rootPath(context);
  const body = html`<h1>Traitements</h1>
<div class="cards">${processes.map(
    ({ id, title, description }) => html`<article class="card">
<h2><a href="${root}/processes/${id}">${title}</a></h2><p>${description}</p></article>`,
  )}</div>
<p class="buttons"><a class="button" href="${root}/jobs">Tâches</a></p>`;
  return sheet(context, { title: 'Traitements', trail: trailOf(context), body });
};

export const processPage: Page = (data, context) => {
  const { id, version, title, description, inputs, outputs } = data as ProcessData;
  const root = rootPath(context);
  const rows = (entries: Record<string, Described>) =>
    Object.entries(entries).map(([name, entry]) => [
      html`<code>${name}</code>${entry.minOccurs !== 0 && ' *'}`,
      html`<strong>${entry.title}</strong> ${entry.description}`,
      html`<details><summary>schéma</summary><pre>${JSON.stringify(entry.schema, null, 1)}</pre></details>`,
    ]);
  const body = html`<h1>${title}</h1><p class="lead">${description}</p>
${facts([
  ['Identifiant', html`<code>${id}</code>`],
  ['Version', version],
])}
<h2>Entrées</h2><p class="note">* obligatoire</p>${table(['Nom', 'Sens', ''], rows(inputs))}
<h2>Sorties</h2>${table(['Nom', 'Sens', ''], rows(outputs))}
<h2>Exécuter</h2><p>Un jeton est demandé ; la réponse donne l'adresse de la tâche.</p>
<pre>curl -X POST ${context.baseUrl}/processes/${id}/execution \\
  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -H "Prefer: respond-async" \\
  -d '{"inputs": {…}}'</pre>`;
  return sheet(context, { title, trail: trailOf(context, [`${root}/processes`, 'Traitements']), body });
};

const STATUSES: Record<string, string> = {
  accepted: 'en attente',
  running: 'en cours',
  successful: 'réussie',
  failed: 'échouée',
  dismissed: 'abandonnée',
};

/** A browser sends no token by itself: the script asks for one and fills the table. */
export const jobsPage: Page = (data, context) => {
  const { jobs } = data as { jobs: JobData[] };
  const root = rootPath(context);
  const body = html`<h1>Tâches</h1>
<p class="lead">Les tâches demandées avec un jeton ne se montrent qu'à lui.</p>
<form id="token-form" class="inline"><label>Jeton <input name="token" type="password" autocomplete="off" size="40"></label>
<button class="button">Afficher</button></form>
<p id="jobs-message" class="note" role="status"></p>
<div id="jobs">${
    jobs.length > 0 &&
    table(
      ['Tâche', 'État', 'Avancement', 'Demandée'],
      jobs.map((job) => [
        html`<a href="${root}/jobs/${job.jobID}">${job.jobID}</a>`,
        STATUSES[job.status] ?? job.status,
        `${job.progress} %`,
        moment(job.created),
      ]),
    )
  }</div>`;
  return sheet(context, { title: 'Tâches', trail: trailOf(context), body, scripts: ['jobs.js'] });
};

export const jobPage: Page = (data, context) => {
  const job = data as JobData;
  const root = rootPath(context);
  const results = job.links.find(({ rel }) => rel.endsWith('/results'));
  const body = html`<h1>Tâche ${STATUSES[job.status] ?? job.status}</h1>
<p><progress max="100" value="${job.progress}"></progress></p>
<p class="lead">${job.progress} % ${job.message && `· ${job.message}`}</p>
${facts([
  ['Traitement', html`<a href="${root}/processes/${job.processID}">${job.processID}</a>`],
  ['Tâche', html`<code>${job.jobID}</code>`],
  ['Demandée', moment(job.created)],
  ['Commencée', moment(job.started)],
  ['Terminée', moment(job.finished)],
])}
${results && html`<p>${anchor(results.href, 'Résultats')}</p>`}`;
  const scripts = job.status === 'accepted' || job.status === 'running' ? ['job-refresh.js'] : [];
  return sheet(context, { title: 'Tâche', trail: trailOf(context, [`${root}/jobs`, 'Tâches']), body, scripts });
};

export const resultsPage: Page = (data, context) => {
  const entries = Object.entries(data as Record<string, string | number>);
  const body = html`<h1>Résultats</h1>${facts(
    entries.map(([name, value]) => [name, typeof value === 'string' ? anchor(value, value) : value]),
  )}`;
  const trail = trailOf(context, [`${rootPath(context)}/jobs`, 'Tâches']);
  return sheet(context, { title: 'Résultats', trail, body });
};
