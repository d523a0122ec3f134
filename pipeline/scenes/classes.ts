/** Classes of the scenes' truth and of the demonstration model: FLAIR's first twelve, in FLAIR's order. */

export interface SceneClass {
  index: number;
  name: string;
  nameFr: string;
  /** FLAIR's colour. */
  colour: string;
  /** The couverture it means in OCS GE (our own reading of the two nomenclatures: no official table is published). */
  codeCs: string;
}

const ROWS = [
  ['building', 'bâtiment', '#db0e9a', 'CS1.1.1.1'],
  ['pervious surface', 'zone perméable', '#938e7b', 'CS1.1.2.1'],
  ['impervious surface', 'zone imperméable', '#f80c00', 'CS1.1.1.2'],
  ['bare soil', 'sol nu', '#a97101', 'CS1.2.1'],
  ['water', 'eau', '#1553ae', 'CS1.2.2'],
  ['coniferous', 'conifère', '#194a26', 'CS2.1.1.2'],
  ['deciduous', 'feuillu', '#46e483', 'CS2.1.1.1'],
  ['brushwood', 'broussaille', '#f3a60d', 'CS2.1.2'],
  ['vineyard', 'vigne', '#660082', 'CS2.1.3'],
  ['herbaceous vegetation', 'surface herbacée', '#55ff00', 'CS2.2.1'],
  ['agricultural land', 'culture', '#fff30d', 'CS2.2.1'],
  ['plowed land', 'terre labourée', '#e4df7c', 'CS2.2.1'],
] as const;

export const SCENE_CLASSES: SceneClass[] = ROWS.map(([name, nameFr, colour, codeCs], index) => ({
  index,
  name,
  nameFr,
  colour,
  codeCs,
}));

export type SceneClassName = (typeof ROWS)[number][0];

export const classIndex = (name: SceneClassName): number => ROWS.findIndex((row) => row[0] === name);
