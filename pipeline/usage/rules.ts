/**
 * The rules of usage: one table, read from top to bottom; the first rule that holds for an object gives its code. Pure.
 *
 * Which sources decide which usage is public (BD TOPO for transport and sites, RPG for agriculture, BD Forêt for woods); the
 * order and the shares are assumptions of ours. US235 on built ground is what the first generation of OCS GE has everywhere.
 */
import type { ReferenceRole } from '../references/find-layers.ts';

/** Reference layers that vote; their attributes have the names of BD TOPO, RPG and BD Forêt. */
export type ReferenceLayer = Exclude<ReferenceRole, 'surface_hydrographique'>;

export interface UsageRule {
  /** Written to `us_rule`. */
  id: string;
  codeUs: string;
  /** The layer that votes; null: the couverture decides alone. */
  layer: ReferenceLayer | null;
  /** Only features of the layer whose attribute has one of these values vote; left out: all do. */
  where?: { attribute: string; oneOf: string[] };
  /** Couvertures the rule speaks of; `CS1.1` is all that begins so, `CS` everything. */
  couverture: string[];
  /** Share of the object's pixels the layer must cover. */
  minShare: number;
  /** Width the object must reach somewhere, metres; left out: none. */
  minWidthM?: number;
}

const HALF = 0.5;
/** A wood used as such is 20 m wide (specification); a narrower one is a hedge or a row of trees, whatever BD Forêt draws. */
const WOOD_M = 20;
const agricole = { attribute: 'usage_1', oneOf: ['Agricole'] };
const carriere = { attribute: 'nature', oneOf: ['Carrière'] };

// biome-ignore format: a table reads by its columns
export const USAGE_RULES: readonly UsageRule[] = [
  { id: 'transport-rail',      codeUs: 'US4.1.2', layer: 'troncon_de_voie_ferree',                         couverture: ['CS1.1'],                                  minShare: HALF },
  { id: 'transport-route',     codeUs: 'US4.1.1', layer: 'troncon_de_route',                               couverture: ['CS1.1.1.2', 'CS1.1.2'],                   minShare: HALF },
  { id: 'transport-air',       codeUs: 'US4.1.3', layer: 'aerodrome',                                      couverture: ['CS1.1', 'CS2.2'],                         minShare: HALF },
  { id: 'extraction',          codeUs: 'US1.3',   layer: 'zone_d_activite_ou_d_interet', where: carriere,  couverture: ['CS1'],                                    minShare: HALF },
  { id: 'agriculture-bati',    codeUs: 'US1.1',   layer: 'batiment',                     where: agricole,  couverture: ['CS1.1.1.1'],                              minShare: HALF },
  { id: 'agriculture-rpg',     codeUs: 'US1.1',   layer: 'rpg',                                            couverture: ['CS1.2.1', 'CS2.1.2', 'CS2.1.3', 'CS2.2'], minShare: HALF },
  { id: 'foret',               codeUs: 'US1.2',   layer: 'bd_foret',                                       couverture: ['CS2.1.1'],                                minShare: HALF, minWidthM: WOOD_M },
  { id: 'couverture-vigne',    codeUs: 'US1.1',   layer: null,                                             couverture: ['CS2.1.3'],                                minShare: 0 },
  { id: 'couverture-bati',     codeUs: 'US235',   layer: null,                                             couverture: ['CS1.1'],                                  minShare: 0 },
  { id: 'couverture-autre',    codeUs: 'US6.3',   layer: null,                                             couverture: ['CS'],                                     minShare: 0 },
];

/** Width of a line whose width is missing or 0: the 5 m from which roads and rail are objects of OCS GE. */
export const DEFAULT_WIDTH_M = 5;

/**
 * The rule that gives an object its usage, and its share. `shareOf` tells how much of the object a rule's layer covers, `isWide`
 * whether the object is as wide as the rule wants.
 */
export function ruleFor(
  codeCs: string,
  shareOf: (rule: UsageRule) => number,
  isWide: (rule: UsageRule) => boolean,
): { rule: UsageRule; share: number | null } {
  for (const rule of USAGE_RULES) {
    if (!rule.couverture.some((code) => isWithin(codeCs, code))) continue;
    if (!isWide(rule)) continue;
    if (rule.layer === null) return { rule, share: null };
    const share = shareOf(rule);
    if (share >= rule.minShare) return { rule, share };
  }
  throw new Error(`no rule of usage for ${codeCs}: codes of couverture begin with CS`);
}

/** Whether a code of the nomenclature is another one or below it: CS1.1.1.2 is within CS1.1, and within CS. */
const isWithin = (code: string, above: string) =>
  code === above || (above === 'CS' ? code.startsWith('CS') : code.startsWith(`${above}.`));
