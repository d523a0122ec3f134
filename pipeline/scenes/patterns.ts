/**
 * Land patterns (motifs de paysage): what makes one landscape unlike another, whatever the seed. Each imitates a kind of French
 * country by its fields, hedges, woods, settlements, roads, water, soils and roofs.
 */
import { CANAL_TILE, PLAIN_LOOK, SLATE, TILE } from './looks.ts';
import type { Pattern, Role } from './pattern.ts';

/** The default, and the demonstration's: something of everything. */
const VARIE: Pattern = {
  nameFr: 'paysage varié',
  role: 'train',
  blockM2: [36_000, 66_000],
  leastBlocks: 24,
  parcelM2: [6_000, 16_000],
  limits: { hedge: [0.2, 0.9], trees: [0.1, 0.5], verge: [0.2, 0.8], track: [0.1, 0.4], none: [0.1, 0.6] },
  parcels: {
    crop: [2, 4],
    plowed: [1.5, 3],
    grass: [1.5, 3.5],
    vineyard: [0.3, 1.6],
    wood: [0.2, 0.8],
    brush: [0.5, 1],
    soil: [0.7, 1.2],
  },
  near: ['village', 'industry', 'estate', 'village'],
  wanted: [
    'quarry',
    'road through',
    'pond',
    'felled',
    'conifers',
    'vineyards',
    'broadleaves',
    'lake',
    'heath',
    'conifers',
  ],
  fillers: { fields: 6, vineyards: 2, broadleaves: 1.6, conifers: 1.6, heath: 0.7 },
  aerodrome: true,
  river: { widthM: [8, 13], woodM: 0 },
  railway: true,
  hills: 1,
  look: PLAIN_LOOK,
};

/** Small hedged meadows, slate roofs, hamlets: Basse-Normandie, Bretagne. */
const BOCAGE: Pattern = {
  ...VARIE,
  nameFr: 'bocage',
  parcelM2: [3_500, 8_000],
  limits: { hedge: [2.5, 4], trees: [0.3, 0.8], verge: [0.1, 0.2], track: [0.1, 0.3], none: [0, 0.1] },
  parcels: { ...VARIE.parcels, crop: [1, 2], plowed: [0.6, 1.4], grass: [4, 6], vineyard: [0, 0], soil: [0.2, 0.5] },
  near: ['village', 'hamlet', 'estate', 'hamlet'],
  wanted: ['hamlet', 'quarry', 'felled', 'pond', 'broadleaves', 'road through', 'heath', 'lake', 'hamlet'],
  fillers: { fields: 8, broadleaves: 1, hamlet: 1, conifers: 0.5 },
  aerodrome: false,
  look: {
    roofs: [SLATE, SLATE, SLATE, TILE],
    tints: { 'herbaceous vegetation': [0.92, 1, 0.93, 1.04], 'plowed land': [0.9, 0.92, 0.94, 0.92] },
    grassyTracks: 0.5,
  },
};

/** Long strips without hedges, large villages, silos: Beauce, Champagne. */
const OPENFIELD: Pattern = {
  ...VARIE,
  nameFr: 'openfield',
  blockM2: [80_000, 120_000],
  leastBlocks: 17,
  stripM: [34, 75],
  limits: { hedge: [0, 0.1], trees: [0, 0.2], verge: [0.5, 1], track: [0.3, 0.6], none: [4, 6] },
  parcels: {
    ...VARIE.parcels,
    crop: [5, 7],
    plowed: [3, 4.5],
    grass: [0.2, 0.5],
    vineyard: [0, 0],
    brush: [0, 0.1],
    soil: [0.2, 0.5],
  },
  near: ['village', 'yards', 'estate', 'industry'],
  wanted: ['road through', 'quarry', 'broadleaves', 'pond', 'felled'],
  fillers: { fields: 10, broadleaves: 0.5 },
  river: { widthM: [5, 8], woodM: 0 },
  hills: 0.4,
  look: { roofs: [TILE, TILE, SLATE], tints: { 'plowed land': [1.05, 1.03, 1, 1.02] }, grassyTracks: 0.3 },
};

/** Slopes of small plots of vines, tracks between them, pale soil: Beaujolais, Champagne. */
const VIGNOBLE: Pattern = {
  ...VARIE,
  nameFr: 'vignoble de coteaux',
  stripM: [24, 55],
  limits: { hedge: [0.1, 0.3], trees: [0.1, 0.2], verge: [0.6, 1.2], track: [0.7, 1.2], none: [0.3, 0.8] },
  parcels: { ...VARIE.parcels, crop: [0.2, 0.6], plowed: [0.2, 0.6], grass: [0.7, 1.4], vineyard: [7, 9] },
  near: ['village', 'hamlet', 'estate', 'yards'],
  wanted: ['hamlet', 'quarry', 'broadleaves', 'heath', 'conifers', 'felled', 'road through', 'pond'],
  fillers: { vineyards: 5, fields: 3, broadleaves: 1, heath: 0.5 },
  aerodrome: false,
  river: { widthM: [5, 9], woodM: 0 },
  hills: 2,
  look: {
    roofs: [TILE, CANAL_TILE],
    tints: { 'bare soil': [1.07, 1.06, 1.08, 1.04], 'plowed land': [1.07, 1.06, 1.08, 1.04] },
    grassyTracks: 0.2,
  },
};

/** Housing estates of several ages, works and building yards at the edge of a town. */
const LOTISSEMENTS: Pattern = {
  ...VARIE,
  nameFr: 'lotissements en bordure de ville',
  near: ['village', 'suburb', 'estate', 'suburb'],
  wanted: ['suburb', 'industry', 'yards', 'suburb', 'felled', 'heath', 'pond', 'conifers', 'lake', 'road through'],
  fillers: { fields: 3, suburb: 2, broadleaves: 0.8, yards: 0.5, vineyards: 0.4 },
  look: { ...PLAIN_LOOK, grassyTracks: 0.1 },
};

/** Pines planted in large blocks, heath and maize on sand: Landes de Gascogne. */
const LANDES: Pattern = {
  ...VARIE,
  nameFr: 'landes et pins',
  blockM2: [60_000, 90_000],
  leastBlocks: 20,
  parcelM2: [18_000, 34_000],
  parcels: { ...VARIE.parcels, vineyard: [0, 0], grass: [0.5, 1], brush: [1, 2], soil: [0.8, 1.4] },
  near: ['hamlet', 'yards', 'estate', 'village'],
  wanted: ['felled', 'heath', 'gravel pit', 'road through', 'lake', 'broadleaves'],
  fillers: { conifers: 6, heath: 1.5, fields: 2, felled: 0.7 },
  hills: 0.3,
  look: {
    roofs: [TILE, CANAL_TILE],
    tints: { 'bare soil': [1.06, 1.08, 1.1, 1.05], 'plowed land': [0.84, 0.86, 0.9, 0.88] },
    grassyTracks: 0.4,
  },
};

/** Scrub, vines and pines on red earth, pale roofs: Languedoc, Provence. */
const GARRIGUE: Pattern = {
  ...VARIE,
  nameFr: 'garrigue',
  parcelM2: [3_500, 9_000],
  parcels: { ...VARIE.parcels, crop: [0.5, 1], grass: [0.8, 1.5], vineyard: [3, 5], brush: [2, 3], soil: [1, 2] },
  near: ['village', 'yards', 'estate', 'hamlet'],
  wanted: ['quarry', 'heath', 'conifers', 'felled', 'hamlet', 'road through', 'pond', 'quarry'],
  fillers: { heath: 4, vineyards: 3, conifers: 2, fields: 2 },
  river: { widthM: [5, 9], woodM: 0 },
  hills: 1.6,
  look: {
    roofs: [CANAL_TILE, CANAL_TILE, TILE],
    tints: {
      'bare soil': [1.06, 0.94, 0.88, 1],
      'plowed land': [1.06, 0.94, 0.88, 1],
      'herbaceous vegetation': [1.08, 1.02, 1, 0.98],
    },
    grassyTracks: 0.15,
  },
};

/** Quarries, works and stores among fields and scrub: Boulonnais, Mâconnais. */
const CARRIERES: Pattern = {
  ...VARIE,
  nameFr: 'bassin carrier et zones d’activités',
  near: ['industry', 'yards', 'village', 'yards'],
  wanted: ['quarry', 'quarry', 'gravel pit', 'industry', 'heath', 'felled', 'yards', 'estate', 'conifers', 'pond'],
  fillers: { fields: 4, heath: 1.5, broadleaves: 1, yards: 0.6, quarry: 0.5 },
  aerodrome: false,
  look: { roofs: [TILE, SLATE], grassyTracks: 0.1 },
};

/** Farms scattered over meadows and small woods: Massif central. */
const HAMEAUX: Pattern = {
  ...VARIE,
  nameFr: 'hameaux dispersés',
  role: 'valid',
  parcelM2: [4_500, 11_000],
  limits: { hedge: [0.6, 1.2], trees: [0.6, 1.2], verge: [0.2, 0.5], track: [0.3, 0.6], none: [0.2, 0.5] },
  parcels: { ...VARIE.parcels, grass: [4, 6], crop: [0.8, 1.6], plowed: [0.5, 1], brush: [0.8, 1.4] },
  near: ['hamlet', 'hamlet', 'estate', 'hamlet'],
  wanted: ['village', 'hamlet', 'quarry', 'felled', 'heath', 'vineyards', 'lake', 'pond', 'road through', 'industry'],
  fillers: { fields: 5, hamlet: 2, broadleaves: 1.5, conifers: 1 },
  aerodrome: false,
  hills: 1.8,
  look: { roofs: [SLATE, TILE, CANAL_TILE], tints: { 'bare soil': [0.95, 0.95, 0.96, 0.95] }, grassyTracks: 0.5 },
};

/** Houses side by side along one street behind their gravelled aprons, fields in thin strips: Lorraine. */
const VILLAGE_RUE: Pattern = {
  ...VARIE,
  nameFr: 'village-rue et lanières',
  role: 'test',
  blockM2: [50_000, 80_000],
  leastBlocks: 20,
  stripM: [18, 42],
  limits: { hedge: [0.1, 0.3], trees: [0.2, 0.4], verge: [0.5, 1], track: [0.2, 0.4], none: [1.5, 3] },
  parcels: { ...VARIE.parcels, brush: [0.3, 0.6], soil: [0.3, 0.6] },
  near: ['street village', 'yards', 'estate', 'street village'],
  wanted: ['vineyards', 'conifers', 'felled', 'heath', 'pond', 'road through', 'lake', 'quarry'],
  fillers: { fields: 6, broadleaves: 1.8, vineyards: 0.5 },
  aerodrome: false,
  look: { roofs: [TILE, TILE, CANAL_TILE], tints: { 'plowed land': [0.95, 0.93, 0.9, 0.95] }, grassyTracks: 0.3 },
};

/** A wide river between wooded banks, meadows, forest on steep slopes: Ardenne, Vosges. */
const VALLEE_BOISEE: Pattern = {
  ...VARIE,
  nameFr: 'vallée boisée',
  role: 'test',
  parcels: { ...VARIE.parcels, crop: [0.6, 1.2], plowed: [0.5, 1], grass: [4, 6], wood: [1, 2], soil: [0.3, 0.6] },
  near: ['village', 'street village', 'estate', 'industry'],
  wanted: ['felled', 'conifers', 'quarry', 'vineyards', 'heath', 'pond', 'felled', 'road through'],
  fillers: { broadleaves: 4, conifers: 3, fields: 3, heath: 0.5 },
  aerodrome: false,
  river: { widthM: [16, 24], woodM: 46 },
  hills: 2.4,
  look: { roofs: [SLATE, SLATE, TILE], tints: { deciduous: [0.96, 0.97, 0.95, 1.02] }, grassyTracks: 0.4 },
};

/** Lakes behind their dikes, reeds, wet meadows and woods: Dombes, Sologne, Brenne. */
const ETANGS: Pattern = {
  ...VARIE,
  nameFr: 'pays d’étangs',
  role: 'test',
  near: ['village', 'lake', 'estate', 'lake'],
  wanted: [
    'lake',
    'ponds',
    'lake',
    'lake',
    'felled',
    'heath',
    'pond',
    'vineyards',
    'conifers',
    'yards',
    'road through',
  ],
  parcels: { ...VARIE.parcels, grass: [3, 5], soil: [0.3, 0.6] },
  fillers: { fields: 5, broadleaves: 2, ponds: 1.5, lake: 0.8, heath: 0.7, conifers: 0.6 },
  look: { roofs: [TILE], tints: { 'bare soil': [1.03, 0.97, 0.93, 1] }, grassyTracks: 0.4 },
};

/** Flooded gravel pits, works and gravelled stores along a broad river, large fields: plaine du Rhin, val de Seine. */
const GRAVIERES: Pattern = {
  ...VARIE,
  nameFr: 'gravières et plaine alluviale',
  role: 'test',
  blockM2: [55_000, 85_000],
  leastBlocks: 20,
  stripM: [40, 90],
  limits: { hedge: [0.1, 0.3], trees: [0.2, 0.5], verge: [0.5, 1], track: [0.2, 0.4], none: [1, 2] },
  near: ['village', 'gravel pit', 'yards', 'gravel pit'],
  wanted: ['gravel pit', 'industry', 'estate', 'vineyards', 'felled', 'heath', 'conifers', 'quarry', 'road through'],
  fillers: { fields: 6, broadleaves: 1.5, suburb: 0.5 },
  river: { widthM: [16, 22], woodM: 14 },
  hills: 0.3,
  look: { roofs: [TILE, TILE, SLATE], tints: { 'bare soil': [0.97, 0.99, 1.02, 0.98] }, grassyTracks: 0.2 },
};

export const PATTERNS = {
  varie: VARIE,
  bocage: BOCAGE,
  openfield: OPENFIELD,
  vignoble: VIGNOBLE,
  lotissements: LOTISSEMENTS,
  landes: LANDES,
  garrigue: GARRIGUE,
  carrieres: CARRIERES,
  hameaux: HAMEAUX,
  'village-rue': VILLAGE_RUE,
  'vallee-boisee': VALLEE_BOISEE,
  etangs: ETANGS,
  gravieres: GRAVIERES,
} satisfies Record<string, Pattern>;

export type PatternName = keyof typeof PATTERNS;
export const DEFAULT_PATTERN: PatternName = 'varie';

export const patternOf = (name: PatternName = DEFAULT_PATTERN): Pattern => PATTERNS[name];

export const isPatternName = (name: string): name is PatternName => Object.hasOwn(PATTERNS, name);

/** Names of the patterns of a role: no pattern has two. */
export const patternsFor = (role: Role): PatternName[] =>
  (Object.keys(PATTERNS) as PatternName[]).filter((name) => PATTERNS[name].role === role);
