/** What the map can show of an object: couverture, usage, artificialisation. Colours are the nomenclature's. */

const ARTIFICIAL = [
  { value: true, label: 'Artificialisé', colour: '#c2255c' },
  { value: false, label: 'Non artificialisé', colour: '#8fc78a' },
];

/** Colour of what is of no known class. */
const UNKNOWN = '#b0b0b0';

/** Themes by their names: `classes` are the legend's lines in its order, `property` is the tiles' attribute. */
export function makeThemes(codes) {
  const leaves = (dimension) =>
    codes
      .filter((entry) => entry.dimension === dimension && entry.feuille)
      .map(({ code, libelle, couleur }) => ({ value: code, label: libelle, colour: couleur }));
  return {
    couverture: { title: 'Couverture', property: 'code_cs', classes: leaves('CS') },
    usage: { title: 'Usage', property: 'code_us', classes: leaves('US') },
    artificialisation: { title: 'Artificialisation', property: 'artificiel', classes: ARTIFICIAL },
  };
}

/** MapLibre expression: the colour of an object's class. */
export function colourExpression({ property, classes }) {
  if (property === 'artificiel') {
    return ['case', ['to-boolean', ['get', property]], classes[0].colour, classes[1].colour];
  }
  return ['match', ['get', property], ...classes.flatMap(({ value, colour }) => [value, colour]), UNKNOWN];
}

/** Share of each class, in percent, by its value; from `/statistics/stock`. */
export function classShares({ property }, stock) {
  if (stock === undefined) return undefined;
  if (property === 'artificiel') {
    const { pourcent } = stock.artificiel;
    return new Map([
      [true, pourcent],
      [false, 100 - pourcent],
    ]);
  }
  const rows = property === 'code_cs' ? stock.couverture : stock.usage;
  return new Map(rows.map(({ code, pourcent }) => [code, pourcent]));
}
