/** What each kind of block is drawn as. */
import { type Country, fieldBlock, lakeBlock, pondsBlock, woodBlock } from './countryside.ts';
import { hamletBlock, streetVillageBlock } from './hamlets.ts';
import type { Zone } from './pattern.ts';
import type { Canvas } from './plan.ts';
import type { Ring } from './plane.ts';
import type { Random } from './random.ts';
import { estateBlock, industryBlock, suburbBlock, villageBlock } from './settlements.ts';
import { aerodromeBlock, newPond, newRoad, quarryBlock } from './sites.ts';
import { gravelPitBlock, yardsBlock } from './yards.ts';

type Draw = (canvas: Canvas, ring: Ring, country: Country, random: Random) => void;

/** Fields of the weights given. */
const fields =
  (weights: Partial<Country['parcels']>): Draw =>
  (canvas, ring, country, random) =>
    fieldBlock(canvas, ring, country, weights, random);

/** A block that does not depend on the countryside. */
const block =
  (draw: (canvas: Canvas, ring: Ring, random: Random) => void): Draw =>
  (canvas, ring, _country, random) =>
    draw(canvas, ring, random);

const arable = fields({ crop: 3, plowed: 2 });

const DRAWS: Record<Zone, Draw> = {
  village: block(villageBlock),
  'street village': block(streetVillageBlock),
  suburb: block(suburbBlock),
  hamlet: hamletBlock,
  industry: block((canvas, ring, random) => industryBlock(canvas, ring, true, random)),
  yards: block(yardsBlock),
  estate: block(estateBlock),
  aerodrome: block(aerodromeBlock),
  quarry: block(quarryBlock),
  'gravel pit': block(gravelPitBlock),
  lake: block(lakeBlock),
  ponds: block(pondsBlock),
  broadleaves: block((canvas, ring, random) => woodBlock(canvas, ring, false, false, random)),
  conifers: block((canvas, ring, random) => woodBlock(canvas, ring, true, false, random)),
  felled: block((canvas, ring, random) => woodBlock(canvas, ring, random.chance(0.5), true, random)),
  vineyards: fields({ vineyard: 8, grass: 1, soil: 0.6 }),
  heath: fields({ brush: 5, grass: 1, soil: 1.5, wood: 0.7 }),
  fields: (canvas, ring, country, random) => fieldBlock(canvas, ring, country, country.parcels, random),
  pond: (canvas, ring, country, random) => {
    arable(canvas, ring, country, random);
    newPond(canvas, ring, random.child('pond'));
  },
  'road through': (canvas, ring, country, random) => {
    arable(canvas, ring, country, random);
    newRoad(canvas, ring, random.child('road'));
  },
};

export function drawBlock(canvas: Canvas, ring: Ring, zone: Zone, country: Country, random: Random): void {
  DRAWS[zone](canvas, ring, country, random);
}
