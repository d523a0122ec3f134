/** The small map of one object. */
import { getJson } from './elements.js';
import { LngLatBounds, Map as MapLibreMap, ScaleControl } from './maplibre/maplibre-gl.mjs';

const container = document.getElementById('item-map');

const feature = await getJson(container.dataset.url);
if (feature.geometry) draw(feature);
else container.remove();

function draw({ geometry }) {
  const positions = geometry.coordinates.flat(geometry.type === 'MultiPolygon' ? 2 : 1);
  const bounds = new LngLatBounds();
  for (const position of positions) bounds.extend(position);
  const map = new MapLibreMap({
    container,
    bounds,
    fitBoundsOptions: { padding: 30, maxZoom: 18 },
    attributionControl: false,
    dragRotate: false,
    cooperativeGestures: true,
    style: {
      version: 8,
      sources: { item: { type: 'geojson', data: { type: 'Feature', geometry, properties: {} } } },
      layers: [
        { id: 'background', type: 'background', paint: { 'background-color': '#eef0ec' } },
        { id: 'fill', type: 'fill', source: 'item', paint: { 'fill-color': '#0b6b47', 'fill-opacity': 0.35 } },
        { id: 'line', type: 'line', source: 'item', paint: { 'line-color': '#0b6b47', 'line-width': 2 } },
      ],
    },
  });
  map.addControl(new ScaleControl());
}
