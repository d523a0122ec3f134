/** The jobs of a token. The token stays in this tab (sessionStorage) and goes to this service only. */
import { element, getJson } from './elements.js';

const { root } = document.body.dataset;
const form = document.getElementById('token-form');
const list = document.getElementById('jobs');
const message = document.getElementById('jobs-message');
const STATUSES = {
  accepted: 'en attente',
  running: 'en cours',
  successful: 'réussie',
  failed: 'échouée',
  dismissed: 'abandonnée',
};
const REFRESH_MS = 3000;

form.elements.token.value = sessionStorage.getItem('token') ?? '';
form.addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('token', form.elements.token.value.trim());
  refresh();
});
if (form.elements.token.value !== '') refresh();
setInterval(() => {
  if (sessionStorage.getItem('token') && !document.hidden) refresh();
}, REFRESH_MS);

async function refresh() {
  try {
    const { jobs } = await ask('/jobs?f=json', 'GET');
    message.textContent = jobs.length === 0 ? 'Aucune tâche.' : '';
    list.replaceChildren(...jobs.map(card));
  } catch (error) {
    message.textContent = error.message;
    list.replaceChildren();
    sessionStorage.removeItem('token');
  }
}

const ask = (path, method) =>
  getJson(`${root}${path}`, { method, headers: { Authorization: `Bearer ${sessionStorage.getItem('token')}` } });

function card({ jobID, processID, status, progress, message: told, created }) {
  const open = status === 'accepted' || status === 'running';
  const dismiss = element('button', { className: 'button', type: 'button' }, 'Abandonner');
  dismiss.addEventListener('click', () =>
    ask(`/jobs/${jobID}`, 'DELETE').then(refresh, (error) => {
      message.textContent = error.message;
    }),
  );
  const title = element('a', { href: `${root}/jobs/${jobID}?f=html` }, `${processID}, ${STATUSES[status] ?? status}`);
  return element(
    'article',
    { className: 'card' },
    element('h2', {}, title),
    element('progress', { max: 100, value: progress }),
    element('p', {}, `${progress} % ${told ?? ''}`),
    element('p', {}, `Demandée le ${new Date(created).toLocaleString('fr-FR')}`),
    open ? dismiss : null,
  );
}
