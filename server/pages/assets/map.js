/** The map: one millésime of one département at a time, its legend, and what changed since another. */
import { area, element, facts, getJson, number, swatch } from './elements.js';
import { makeChangesLayer } from './map-changes.js';
import { classShares, colourExpression, makeThemes } from './map-themes.js';
import { LngLatBounds, Map as MapLibreMap, NavigationControl, Popup, ScaleControl } from './maplibre/maplibre-gl.mjs';

const { root } = document.body.dataset;
const byId = (id) => document.getElementById(id);
const state = { collection: undefined, theme: 'couverture', opacity: 1 };
const placeGiven = location.hash.length > 1; // asked before the map writes where it is

const map = new MapLibreMap({
  container: 'map',
  style: {
    version: 8,
    sources: {},
    layers: [{ id: 'background', type: 'background', paint: { 'background-color': '#eef0ec' } }],
  },
  center: [2.5, 46.6],
  zoom: 5,
  hash: true,
  attributionControl: false, // ours is text: a source's own attribution would be read as markup
  dragRotate: false,
  pitchWithRotate: false,
  touchPitch: false,
  fadeDuration: 0,
});
map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
map.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-right');
map.touchZoomRotate.disableRotation();
window.ocsgeMap = map; // for the curious, and for tests

start().catch((error) => say(error.message));

async function start() {
  if (matchMedia('(max-width: 44rem)').matches) byId('panel-details').open = false;
  const [{ collections }, { codes }] = await Promise.all([
    getJson(`${root}/collections?f=json`),
    getJson(`${root}/nomenclature?f=json`),
    map.loaded() || map.once('load'),
  ]);
  const drawn = collections.filter(({ links }) => links.some(({ rel }) => rel.endsWith('/tilesets-vector')));
  const millesimes = drawn.filter(({ millesime }) => millesime !== undefined);
  if (millesimes.length === 0) {
    say("Aucun millésime n'est encore publié.");
    return;
  }
  const context = { root, map, collections, millesimes, themes: makeThemes(codes), names: namesOf(codes), state };
  context.changes = makeChangesLayer(context);
  context.placeGiven = placeGiven;
  fillControls(context);
  map.on('click', (event) => showObject(context, event));
  map.on('zoomend', () => sayWhetherTooFar(context));
  map.on('mousemove', (event) => {
    map.getCanvas().style.cursor = objectsAt(event.point).length > 0 ? 'pointer' : '';
  });
  const asked = new URLSearchParams(location.search);
  if (asked.get('theme') in context.themes) state.theme = asked.get('theme');
  const first = millesimes.find(({ id }) => id === asked.get('collection')) ?? millesimes.at(-1);
  await showCollection(context, first);
}

const namesOf = (codes) => new Map(codes.map(({ code, libelle }) => [code, libelle]));

function say(text) {
  byId('map-message').textContent = text;
  byId('map-message').hidden = false;
}

function fillControls(context) {
  const departements = [...new Set(context.millesimes.map(({ departement }) => departement))];
  const select = byId('departement');
  select.append(...departements.map((code) => element('option', { value: code }, departementName(code))));
  select.addEventListener('change', () => {
    context.placeGiven = false;
    showCollection(
      context,
      context.millesimes.findLast(({ departement }) => departement === select.value),
    );
  });
  byId('opacity').addEventListener('input', ({ target }) => {
    state.opacity = Number(target.value) / 100;
    if (map.getLayer('objects')) map.setPaintProperty('objects', 'fill-opacity', state.opacity);
  });
}

const departementName = (code) => (code === '999' ? 'Démonstration (fictif)' : `Département ${code}`);

/** Shows a millésime where the map is, or whole when it is of another département. */
async function showCollection(context, collection) {
  const { millesimes } = context;
  const moved = state.collection?.departement !== collection.departement;
  state.collection = collection;
  byId('departement').value = collection.departement;
  const tiles = await getJson(`${root}/collections/${collection.id}/tiles/WebMercatorQuad/tilejson.json`);
  if (state.collection !== collection) return; // another was chosen meanwhile
  drawObjects(context, tiles);
  segments(
    'millesimes',
    millesimes.filter(({ departement }) => departement === collection.departement),
    ({ millesime }) => String(millesime),
    collection,
    (chosen) => showCollection(context, chosen),
  );
  showThemes(context);
  context.changes.offer(collection);
  byId('attribution').textContent = collection.attribution ?? '';
  remember();
  if (moved && !context.placeGiven) fit(collection, tiles.minzoom);
  context.minzoom = tiles.minzoom;
  sayWhetherTooFar(context);
  context.placeGiven = false;
  context.stock = await readStock(collection);
  if (state.collection === collection) showLegend(context);
}

function fit({ extent }, minzoom) {
  const [west, south, east, north] = extent.spatial.bbox[0];
  const wide = innerWidth > 704;
  const left = wide ? 360 : 20;
  const bottom = wide ? 40 : 60;
  const padding = { top: 40, right: 40, bottom, left };
  map.fitBounds(new LngLatBounds([west, south], [east, north]), { padding, animate: false, maxZoom: 17 });
  if (map.getZoom() < minzoom) map.jumpTo({ zoom: minzoom }); // further out there are no tiles
}

function sayWhetherTooFar({ minzoom }) {
  byId('map-message').textContent = 'Approchez-vous pour voir les objets.';
  byId('map-message').hidden = map.getZoom() >= minzoom;
}

const readStock = ({ departement, millesime }) =>
  getJson(`${root}/statistics/stock?departement=${departement}&millesime=${millesime}&f=json`).then(
    ({ stocks }) => stocks[0],
    () => undefined, // the legend does without shares
  );

function drawObjects({ themes }, { tiles, minzoom, maxzoom, bounds }) {
  for (const layer of ['objects', 'outlines']) if (map.getLayer(layer)) map.removeLayer(layer);
  if (map.getSource('objects')) map.removeSource('objects');
  map.addSource('objects', { type: 'vector', tiles, minzoom, maxzoom, bounds });
  const source = { source: 'objects', 'source-layer': 'occupation_sol' };
  const below = map.getLayer('changes') ? 'changes' : undefined;
  map.addLayer(
    {
      id: 'objects',
      type: 'fill',
      ...source,
      // without smoothing, neighbours meet in one pixel and colours are exactly the nomenclature's
      paint: {
        'fill-color': colourExpression(themes[state.theme]),
        'fill-opacity': state.opacity,
        'fill-antialias': false,
      },
    },
    below,
  );
  map.addLayer(
    {
      id: 'outlines',
      type: 'line',
      ...source,
      minzoom: 16,
      paint: { 'line-color': 'rgba(30, 40, 35, 0.35)', 'line-width': 0.6 },
    },
    below,
  );
}

/** A row of buttons of which one is pressed. */
function segments(id, entries, label, pressed, choose) {
  const buttons = entries.map((entry) => {
    const button = element('button', { type: 'button' }, label(entry));
    button.setAttribute('aria-pressed', String(entry === pressed));
    button.addEventListener('click', () => choose(entry));
    return button;
  });
  byId(id).replaceChildren(...buttons);
}

function showThemes(context) {
  const { themes } = context;
  const choose = (name) => {
    state.theme = name;
    map.setPaintProperty('objects', 'fill-color', colourExpression(themes[name]));
    showThemes(context);
    remember();
  };
  segments('themes', Object.keys(themes), (name) => themes[name].title, state.theme, choose);
  showLegend(context);
}

function showLegend({ themes, stock }) {
  const theme = themes[state.theme];
  const shares = classShares(theme, stock);
  const lines = theme.classes.map(({ value, label, colour }) => {
    const share = shares?.get(value);
    const text = shareText(share);
    const className = shares !== undefined && !share ? 'absent' : '';
    const name = element('span', { title: String(value) }, label);
    return element('li', { className }, swatch(colour), name, element('span', { className: 'share' }, text));
  });
  byId('legend').replaceChildren(...lines);
}

const shareText = (share) => {
  if (share === undefined || share === null) return '';
  return share > 0 && share < 0.05 ? '< 0,1 %' : `${number(share, 1)} %`;
};

/** The address names what is shown, so that it can be sent on. */
function remember() {
  const query = new URLSearchParams({ collection: state.collection.id, theme: state.theme });
  history.replaceState(null, '', `?${query}${location.hash}`);
}

const objectsAt = (point) => (map.getLayer('objects') ? map.queryRenderedFeatures(point, { layers: ['objects'] }) : []);

function showObject(context, { point, lngLat }) {
  const change = context.changes.at(point);
  const [object] = objectsAt(point);
  const content = change ? context.changes.describe(change) : object && describeObject(context, object.properties);
  if (content) new Popup({ maxWidth: '22rem' }).setLngLat(lngLat).setDOMContent(content).addTo(map);
}

function describeObject({ names }, properties) {
  const { id, code_cs, code_us, aire_m2, confiance, artificiel, impermeable } = properties;
  const href = `${root}/collections/${state.collection.id}/items/${encodeURIComponent(id)}?f=html`;
  return element(
    'div',
    {},
    element('h3', {}, names.get(code_cs) ?? code_cs),
    facts([
      ['Couverture', code_cs],
      ['Usage', `${names.get(code_us) ?? ''} (${code_us})`],
      ['Surface', aire_m2 === undefined ? '' : area(aire_m2)],
      ['Artificialisé', artificiel ? 'oui' : 'non'],
      ['Imperméable', impermeable ? 'oui' : 'non'],
      ['Confiance', typeof confiance === 'number' ? `${number(confiance * 100)} %` : ''],
      ['Identifiant', element('a', { href }, id)],
    ]),
  );
}
