/** What changed between two millésimes, drawn over either of them, for the part of the ground in view. */
import { area, element, facts, getJson, number, swatch } from './elements.js';

const LIMIT = 2000;
const EMPTY = { type: 'FeatureCollection', features: [] };
/** Ground that became artificial, that is no longer, and every other change. */
const GAINED = '#d6002f';
const LOST = '#00693e';
const OTHER = '#1f2937';
const KIND = [
  'case',
  ['all', ['!', ['get', 'artificiel_avant']], ['get', 'artificiel_apres']],
  GAINED,
  ['all', ['get', 'artificiel_avant'], ['!', ['get', 'artificiel_apres']]],
  LOST,
  OTHER,
];

const LEGEND = [
  [GAINED, 'Sol artificialisé entre les deux dates'],
  [LOST, 'Sol désartificialisé'],
  [OTHER, "Autre changement de couverture ou d'usage"],
];

/** `offer(collection)` shows the switches for a département's pairs; `at` and `describe` answer clicks. */
export function makeChangesLayer({ root, map, collections, names }) {
  const field = document.getElementById('changes-field');
  const note = document.getElementById('changes-note');
  const legend = document.getElementById('changes-legend');
  legend.append(...LEGEND.map(([colour, text]) => element('li', {}, swatch(colour), element('span', {}, text))));
  let pair;
  let reading;

  const draw = (features) => map.getSource('changes').setData(features);

  const read = async () => {
    if (pair === undefined) return;
    reading?.abort();
    reading = new AbortController();
    const bbox = map
      .getBounds()
      .toArray()
      .flat()
      .map((degrees) => degrees.toFixed(6));
    const query = new URLSearchParams({ ...pair, bbox: bbox.join(','), limit: String(LIMIT), f: 'json' });
    try {
      const features = await getJson(`${root}/changes?${query}`, { signal: reading.signal });
      draw(features);
      const more = features.links.some(({ rel }) => rel === 'next');
      const shown = `${number(features.features.length)} surfaces changées dans la vue`;
      note.textContent = more ? `${shown} : approchez-vous pour les voir toutes` : shown;
    } catch (error) {
      if (error.name !== 'AbortError') note.textContent = error.message;
    }
  };

  const show = (chosen) => {
    pair = chosen;
    addLayers(map);
    note.textContent = '';
    legend.hidden = pair === undefined;
    if (pair === undefined) draw(EMPTY);
    else read();
  };

  map.on('moveend', read);
  let departement;
  return {
    offer(collection) {
      if (departement === collection.departement) return; // the switches stand as they are
      departement = collection.departement;
      const pairs = pairsOf(collections, collection);
      field.hidden = pairs.length === 0;
      const boxes = pairs.map((entry) => switchFor(entry, show));
      document.getElementById('changes').replaceChildren(...boxes);
      show(undefined);
    },
    at: (point) => (pair === undefined ? undefined : map.queryRenderedFeatures(point, { layers: ['changes'] })[0]),
    describe: ({ properties }) => describe(properties, names, pair),
  };
}

function addLayers(map) {
  if (map.getSource('changes')) return;
  map.addSource('changes', { type: 'geojson', data: EMPTY });
  map.addLayer({
    id: 'changes',
    type: 'fill',
    source: 'changes',
    paint: { 'fill-color': KIND, 'fill-opacity': 0.45 },
  });
  map.addLayer({
    id: 'changes-outline',
    type: 'line',
    source: 'changes',
    paint: { 'line-color': KIND, 'line-width': 2 },
  });
}

/** Pairs of the département, from the ids of the collections: `difference-062-2018-2021`. */
function pairsOf(collections, { departement }) {
  return collections.flatMap(({ id }) => {
    const [, padded, from, to] = /^difference-(\w{3})-(\d{4})-(\d{4})$/.exec(id) ?? [];
    return padded === departement.padStart(3, '0') ? [{ departement, from, to }] : [];
  });
}

function switchFor(entry, show) {
  const box = element('input', { type: 'checkbox' });
  box.addEventListener('change', () => {
    for (const other of box.closest('#changes').querySelectorAll('input')) if (other !== box) other.checked = false;
    show(box.checked ? entry : undefined);
  });
  return element('label', {}, box, `Ce qui a changé de ${entry.from} à ${entry.to}`);
}

function describe(properties, names, { from, to }) {
  const { cs_avant, cs_apres, us_avant, us_apres, artificiel_avant, artificiel_apres, aire_m2 } = properties;
  const name = (code) => `${names.get(code) ?? ''} (${code})`;
  const step = (avant, apres) => (avant === apres ? avant : `${avant} → ${apres}`);
  return element(
    'div',
    {},
    element('h3', {}, `De ${from} à ${to}`),
    facts([
      ['Couverture', step(name(cs_avant), name(cs_apres))],
      ['Usage', step(name(us_avant), name(us_apres))],
      ['Artificialisé', step(artificiel_avant ? 'oui' : 'non', artificiel_apres ? 'oui' : 'non')],
      ['Surface', area(aire_m2)],
    ]),
  );
}
