/** The map's page; what it shows is asked for by assets/map.js. */
import type { Page } from '../page-names.ts';
import { html } from './html.ts';
import { sheet } from './layout.ts';

export const mapPage: Page = (_data, context) => {
  const body = html`<div id="map" role="application" aria-label="Carte de l'occupation du sol"></div>
<section id="panel" aria-label="Réglages de la carte">
<details open id="panel-details"><summary>Légende et réglages</summary>
<label class="field">Territoire <select id="departement"></select></label>
<fieldset><legend>Millésime</legend><div id="millesimes" class="segments"></div></fieldset>
<fieldset><legend>Thème</legend><div id="themes" class="segments"></div></fieldset>
<label class="field">Opacité <input id="opacity" type="range" min="0" max="100" value="100"></label>
<fieldset id="changes-field" hidden><legend>Évolutions</legend><div id="changes"></div>
<ul id="changes-legend" class="legend" aria-label="Couleurs des évolutions" hidden></ul>
<p id="changes-note" class="note" role="status"></p></fieldset>
<h2 id="legend-title">Légende</h2><ul id="legend" class="legend"></ul>
</details></section>
<p id="attribution"></p><p id="map-message" role="alert" hidden></p>`;
  return sheet(context, {
    title: 'Carte',
    body,
    scripts: ['map.js'],
    styles: ['maplibre/maplibre-gl.css', 'map.css'],
    bodyClass: 'map-page',
    json: false,
  });
};
