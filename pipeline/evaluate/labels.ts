/** How the classes of truth and prediction are put side by side: class by class, by couverture, by level of the hierarchy. Pure. */
import { readNomenclature } from '../../sql/nomenclature.ts';
import { BadInput } from '../errors.ts';

/** A class of the truth or of the prediction. `codeCs` null: no couverture, never scored. */
export interface ScoredClass {
  name: string;
  nameFr?: string;
  codeCs: string | null;
  /** #rrggbb. */
  colour: string;
}

export interface Label {
  /** Name of a class, or CS code. */
  key: string;
  /** As a person reads it, in French. */
  title: string;
  colour: string;
}

/** `class`: as the model names them; `cs`: couvertures; `cs-n`: codes cut after n digits (CS1.1 is of level 2). */
export type LevelId = 'class' | 'cs' | 'cs-3' | 'cs-2' | 'cs-1';

/** One way of comparing: labels, and the label of each class of the truth and of the prediction (−1: left out). */
export interface Level {
  id: LevelId;
  labels: Label[];
  truthOf: number[];
  foundOf: number[];
}

/**
 * The levels at which `truth` and `found` can be compared: `cs` always; `class` where the truth speaks of classes of the
 * prediction by name; then every level of the hierarchy that merges more than the one before. At `cs`, where one side names
 * only an ancestor of what the other tells apart, both are read at that ancestor. Classes called in `ignore` (name or code),
 * and those without couverture, are left out. Throws `BadInput` for a code that is none, or names in `ignore` nobody has.
 */
export function planLevels(truth: ScoredClass[], found: ScoredClass[], ignore: string[] = []): Level[] {
  checkIgnored(ignore, [...truth, ...found]);
  const isKept = ({ name, codeCs }: ScoredClass) =>
    codeCs !== null && !ignore.some((word) => same(word, name) || same(word, codeCs));
  const codeOf = commonCodes([...truth, ...found].filter(isKept).map(({ codeCs }) => codeCs!));
  const keyAt = (depth: number) => (row: ScoredClass) => (isKept(row) ? cut(codeOf(row.codeCs!), depth) : null);
  const cs = levelOf('cs', truth, found, keyAt(4), couvertureLabels);
  const levels = [cs];
  for (const depth of [3, 2, 1] as const) {
    const level = levelOf(`cs-${depth}`, truth, found, keyAt(depth), couvertureLabels);
    if (level.labels.length < levels.at(-1)!.labels.length) levels.push(level);
  }
  const named = truth.some(({ name, codeCs }) => name !== codeCs && found.some((row) => same(row.name, name)));
  if (!named) return levels;
  const classKey = (row: ScoredClass) => (isKept(row) ? row.name.toLowerCase() : null);
  return [levelOf('class', truth, found, classKey, (keys) => classLabels(keys, [...found, ...truth])), ...levels];
}

function levelOf(
  id: LevelId,
  truth: ScoredClass[],
  found: ScoredClass[],
  keyOf: (row: ScoredClass) => string | null,
  labelsOf: (keys: string[]) => Label[],
): Level {
  const keys = [...new Set([...found, ...truth].flatMap((row) => keyOf(row) ?? []))];
  const labels = labelsOf(keys);
  const order = new Map(labels.map(({ key }, index) => [key.toLowerCase(), index]));
  const place = (row: ScoredClass) => order.get(keyOf(row)?.toLowerCase() ?? '') ?? -1;
  return { id, labels, truthOf: truth.map(place), foundOf: found.map(place) };
}

/** Every code is read at its shallowest ancestor among `codes`, so that no code of the result lies under another. */
function commonCodes(codes: string[]): (code: string) => string {
  const legal = new Set(nomenclature().keys());
  const strange = codes.find((code) => !legal.has(code));
  if (strange !== undefined) throw new BadInput(`"${strange}" is no couverture code; one such as CS1.1.1.1 wanted`);
  const known = new Set(codes);
  return (code) => {
    const ancestors = [1, 2, 3, 4].map((depth) => cut(code, depth));
    return ancestors.find((ancestor) => known.has(ancestor)) ?? code;
  };
}

/** CS1.1.1.2 cut to 2 is CS1.1; a code that is shorter stays. */
const cut = (code: string, depth: number) => code.split('.').slice(0, depth).join('.');

const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

function checkIgnored(ignore: string[], classes: ScoredClass[]): void {
  const unknown = ignore.find(
    (word) => !classes.some(({ name, codeCs }) => same(word, name) || same(word, codeCs ?? '')),
  );
  if (unknown === undefined) return;
  const names = [...new Set(classes.map(({ name }) => name))].join(', ');
  throw new BadInput(`--ignore ${unknown}: no class of that name; one of ${names} wanted`);
}

let couvertures: Map<string, Label> | undefined;

/** Couverture codes of the nomenclature, in the legend's order and colours. */
function nomenclature(): Map<string, Label> {
  couvertures ??= new Map(
    readNomenclature()
      .filter(({ dimension }) => dimension === 'CS')
      .map(({ code, libelle, couleur }) => [code, { key: code, title: libelle.replaceAll(';', ','), colour: couleur }]),
  );
  return couvertures;
}

const couvertureLabels = (keys: string[]) => [...nomenclature().values()].filter(({ key }) => keys.includes(key));

const classLabels = (keys: string[], classes: ScoredClass[]) =>
  keys.map((key): Label => {
    const { name, nameFr, colour } = classes.find((row) => row.name.toLowerCase() === key)!;
    return { key: name, title: nameFr ?? name, colour };
  });
