/** The rules about neighbours in SQL: pieces of the ossature that float, objects of one couverture side by side. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GOES_ON_BELOW, GOES_ON_HIDDEN } from '../../../pipeline/quality/small-ossature.ts';
import { openTestDatabase } from '../../database.ts';
import { meadowWith, type ProducedSketch, publisherOf } from './produced-sketches.ts';
import { box, type Sketch } from './squares.ts';

const database = await openTestDatabase();
const { publishProduced, refused } = publisherOf(database);

type Ring = Sketch['rings'][0];

const road = (id: string, ring: Ring): ProducedSketch => ({
  ...{ id, code_cs: 'CS1.1.1.2', code_us: 'US4.1.1', ossature: 1, rings: [ring] },
});
const rail = (id: string, ring: Ring): ProducedSketch => ({ ...road(id, ring), code_cs: 'CS1.1.2.1' });

/** A meadow of 1 000 × 400 m round a block of others, which has `outline` for its own. */
const meadowRound = (outline: Ring, ...block: ProducedSketch[]): ProducedSketch[] => [
  { id: 'pré', rings: [box(0, 0, 1000, 400), [...outline].reverse()] },
  ...block,
];

test('a road of 750 m² in a meadow is refused; one of 5 000 m² is a network of its own', async () => {
  await refused(
    meadowWith(road('île', box(20, 50, 150, 5))),
    /^[^"]*"the ossature hangs together" is not true: île \(a piece of 750\.0 m² of CS1\.1\.1\.2 in 1 objects that reaches nothing: connect it, leave it out, or list it with what it goes on under\)$/,
  );
  const inside = box(100, 50, 500, 10);
  await publishProduced(meadowRound(inside, road('large', inside)));
  await refused(meadowRound(inside, road('large', inside)), /large \(a piece of 5000\.0 m²/, {
    floatingBelowM2: 5_001,
  });
});

test('objects of one couverture that share an edge are one piece; those that touch in a point are not', async () => {
  const halves = [road('ouest', box(100, 50, 300, 10)), road('est', box(400, 50, 300, 10))];
  const outline: Ring = [
    [100, 50],
    [400, 50],
    [700, 50],
    [700, 60],
    [400, 60],
    [100, 60],
  ];
  await publishProduced(meadowRound(outline, ...halves));
  await refused(meadowRound(outline, ...halves), /ouest \(a piece of 6000\.0 m² of CS1\.1\.1\.2 in 2 objects/, {
    floatingBelowM2: 6_001,
  });
  const corner: ProducedSketch[] = [
    {
      id: 'pré',
      rings: [box(0, 0, 400, 400), [...box(100, 50, 100, 30)].reverse(), [...box(200, 80, 100, 30)].reverse()],
    },
    road('sud', box(100, 50, 100, 30)),
    road('nord', box(200, 80, 100, 30)),
  ];
  await refused(corner, /sud \(a piece of 3000\.0 m² .* in 1 objects.*nord \(a piece of 3000\.0 m²/);
});

/** Two roads that a railway parts, `apart` metres of it between where they come to it. */
function parted(apart: number): ProducedSketch[] {
  const [south, north] = [100, 100 + apart];
  const track = rail('voie', [
    [400, 0],
    [410, 0],
    [410, north],
    [410, north + 10],
    [410, 400],
    [400, 400],
    [400, south + 10],
    [400, south],
  ]);
  return [
    {
      id: 'pré',
      rings: [
        [
          [0, 0],
          [400, 0],
          [400, south],
          [100, south],
          [100, south + 10],
          [400, south + 10],
          [400, 400],
          [0, 400],
        ],
      ],
    },
    track,
    road('ouest', box(100, south, 300, 10)),
    road('est', box(410, north, 300, 10)),
    {
      ...{ id: 'champ', code_cs: 'CS2.1.2', code_us: 'US1.2' },
      rings: [
        [
          [410, 0],
          [1000, 0],
          [1000, 400],
          [410, 400],
          [410, north + 10],
          [710, north + 10],
          [710, north],
          [410, north],
        ],
      ],
    },
  ];
}

test('what another network cuts through between them is one piece, up to 40 m from each other', async () => {
  await publishProduced(parted(38.5));
  await refused(parted(60), /ouest \(a piece of 3000\.0 m² .* in 1 objects.*est \(a piece of 3000\.0 m²/);
});

test('a piece that reaches the outline, ground of no object, or is listed as going on unseen, does not float; nor does water', async () => {
  const end: ProducedSketch[] = [
    {
      id: 'pré',
      rings: [
        [
          [0, 0],
          [200, 0],
          [200, 100],
          [50, 100],
          [50, 105],
          [200, 105],
          [200, 200],
          [0, 200],
        ],
      ],
    },
    road('bout', box(50, 100, 150, 5)),
  ];
  await publishProduced(end);
  const outline: Ring = [
    [20, 50],
    [170, 50],
    [180, 50],
    [180, 55],
    [170, 55],
    [20, 55],
  ];
  const beside: ProducedSketch[] = [
    { id: 'pré', rings: [box(0, 0, 200, 200), [...outline].reverse()] },
    road('île', box(20, 50, 150, 5)),
  ];
  await publishProduced(beside, { nodata: [box(170, 50, 10, 5)] });
  const island = meadowWith(road('île', box(20, 50, 150, 5)));
  await publishProduced(island, { listed: [{ id: 'île', rule: 'flottant', reason: GOES_ON_BELOW }] });
  await publishProduced(island, { listed: [{ id: 'île', rule: 'flottant', reason: GOES_ON_HIDDEN }] });
  await refused(island, /hangs together/, { listed: [{ id: 'île', rule: 'flottant', reason: 'essai' }] });
  await refused(island, /hangs together/, { listed: [{ id: 'pré', rule: 'flottant', reason: GOES_ON_BELOW }] });
  const water = { code_cs: 'CS1.2.2', code_us: 'US6.3' };
  await publishProduced(meadowWith({ ...road('étang', box(20, 50, 150, 5)), ...water }));
});

test('two objects of one couverture side by side are refused, whatever their usage; the ossature is cut', async () => {
  const [west, east]: [ProducedSketch, ProducedSketch] = [
    { id: 'ouest', rings: [box(0, 0, 100, 100)] },
    { id: 'est', rings: [box(100, 0, 100, 100)] },
  ];
  const alike =
    /^[^"]*"neighbours differ in couverture" is not true: (ouest \+ est|est \+ ouest) \(two of CS2\.2\.1 share 100\.00 m of border: make them one\)$/;
  await refused([west, east], alike);
  await refused([west, { ...east, code_us: 'US6.3' }], alike);
  await publishProduced([west, { ...east, code_cs: 'CS1.2.1' }]);
  await publishProduced([west, { ...east, rings: [box(100, 100, 100, 100)] }]);
  await publishProduced([
    { ...west, ossature: 1, code_cs: 'CS1.1.1.2', code_us: 'US4.1.1' },
    { ...east, ossature: 1, code_cs: 'CS1.1.1.2', code_us: 'US4.1.1' },
  ]);
  await publishProduced([
    { ...west, ossature: 1, code_cs: 'CS1.1.1.2', code_us: 'US4.1.1' },
    { ...east, code_cs: 'CS1.1.1.2', code_us: 'US3' },
  ]);
});

test('nothing of the proof stays', async () => {
  for (const table of ['arete_libre', 'arete_commune']) {
    const { rows } = await database.pool.query(`select * from production.${table}`);
    assert.deepEqual(rows, [], table);
  }
});
