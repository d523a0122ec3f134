/** Faults, told to people; the technical detail, in the service's own words, stands below. */
import type { Page } from '../page-names.ts';
import { html } from './html.ts';
import { rootPath, sheet } from './layout.ts';

/** Title and sentence of each status of server/errors.ts. */
const TEXTS: Record<number, [title: string, sentence: string]> = {
  400: ['Demande incorrecte', "L'adresse ou l'un de ses paramètres ne peut être compris. Corrigez-le, puis réessayez."],
  401: ['Clé demandée', "Cette ressource ne se montre qu'avec une clé valable (jeton)."],
  403: ['Accès refusé', 'Votre clé ne permet pas cette opération.'],
  404: ['Page introuvable', "Il n'y a rien à cette adresse, ou ce qui s'y trouvait n'est plus publié."],
  405: ['Méthode impossible', 'Cette adresse existe, mais ne permet pas cette opération.'],
  406: ['Format indisponible', "Cette ressource n'existe dans aucun des formats demandés."],
  409: ['Conflit', "L'état actuel de la ressource ne permet pas cette opération."],
  410: [
    'Données remplacées',
    'Les données de ce lien ont été remplacées par de plus récentes. Reprenez depuis le début.',
  ],
  413: ['Demande trop grande', 'Ce qui a été envoyé est trop grand.'],
  415: ['Type non pris en charge', "Ce qui a été envoyé n'est pas dans un format que ce service lit."],
  500: ['Erreur du service', "Une erreur s'est produite de notre côté. Signalez-la avec la référence ci-dessous."],
  503: [
    'Service momentanément indisponible',
    'Le service ne peut pas répondre pour le moment. Réessayez dans un instant.',
  ],
};

export const problemPage: Page = (data, context) => {
  const { status, detail, instance } = data as { status: number; detail: string; instance: string };
  const [title, sentence] = TEXTS[status] ?? TEXTS[500]!;
  const body = html`<h1>${title}</h1>
<p class="lead">${sentence}</p>
<p class="buttons"><a class="button" href="${rootPath(context)}/">Accueil</a></p>
<p class="note"><small>Erreur ${status}. Détail technique : <span lang="en">${detail}</span><br>
Référence : <code>${instance}</code></small></p>`;
  return sheet(context, { title: `${title} (${status})`, body, json: false });
};
