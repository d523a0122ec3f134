/** The proof that a revision is a coverage: what it finds, and where; and what it lets pass. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publish } from '../../../pipeline/publish/publish.ts';
import { ChecksFailed } from '../../../pipeline/publish/run-checks.ts';
import { coverageObjects } from '../../bench/coverage.ts';
import { openTestDatabase } from '../../database.ts';
import { box, ctx, demo, objetOf, publishSketch, type Sketch } from './squares.ts';

const database = await openTestDatabase();

type Ring = [number, number][];

const refused = (published: Promise<unknown>, message: RegExp) =>
  assert.rejects(published, (error) => {
    assert.ok(error instanceof ChecksFailed, String(error));
    assert.match(error.message, message);
    return true;
  });

const publishAll = (sketches: Sketch[], nodata: Ring[] = []) =>
  publishSketch(database, sketches, demo(2025), {
    nodata: async function* () {
      for (const ring of nodata) yield objetOf({ id: '', rings: [ring] }).wkb;
    },
  });

const hole = (...ring: Parameters<typeof box>): Ring => [...box(...ring)].reverse();

/** A field of 100 × 100 m with a pond, an island in the pond, a hole that no image knows and, at its side, a road. */
const country: Sketch[] = [
  {
    id: 'champ',
    rings: [
      [
        [0, 0],
        [100, 0],
        [100, 40],
        [100, 100],
        [0, 100],
      ],
      hole(10, 10, 30, 30),
      hole(60, 60, 20, 20),
      hole(60, 10, 20, 20),
    ],
  },
  { id: 'mare', rings: [box(10, 10, 30, 30), hole(20, 20, 10, 10)] },
  { id: 'île', rings: [box(20, 20, 10, 10)] },
  { id: 'sud', rings: [box(100, 0, 10, 40)] },
  { id: 'nord', rings: [box(100, 40, 10, 60)] },
];
/** A hole of the imagery, and ground of a neighbour that the extent goes round. */
const NODATA = [box(60, 60, 20, 20), box(60, 10, 20, 20)];

const without = (id: string) => country.filter((sketch) => sketch.id !== id);
const withOther = (id: string, ...rings: Ring[]) => [...without(id), { id, rings }];

test('holes, islands, ground that no image knows and enclaves make a coverage', async () => {
  const { revisionId, rapport } = await publishAll(country, NODATA);
  assert.equal(rapport['est_couverture'], true);
  const { rows } = await database.pool.query('select * from production.arete_libre where revision_id = $1', [
    revisionId,
  ]);
  assert.deepEqual(rows, [], 'nothing of the proof stays');
});

test('pieces that lie apart, or touch in a point, make a coverage', async () => {
  const { rapport } = await publishAll([
    { id: 'a', rings: [box(0, 0, 10, 10)] },
    { id: 'b', rings: [box(10, 10, 10, 10)] },
    { id: 'c', rings: [box(50, 50, 10, 10)] },
  ]);
  assert.equal(rapport['est_couverture'], true);
});

const faulty: [string, RegExp, Sketch[], Ring[]?][] = [
  [
    'a gap of 1 m²',
    /no gap is left inside.*mare \(a gap of 1\.000 m² at 50603[56]\.00 628703[56]\.00\)/,
    withOther('mare', box(10, 10, 30, 30), hole(20, 20, 10, 10), hole(35, 35, 1, 1)),
    NODATA,
  ],
  ['ground that no image knows and nobody names', /no gap is left inside.*champ \(a gap of 400\.000 m²/, country],
  [
    'a gap between objects that touch in points',
    /no gap is left inside.*(e \+ n \+ o \+ s) \(a gap of 100\.000 m²/,
    [
      { id: 's', rings: [box(10, 0, 10, 10)] },
      { id: 'n', rings: [box(10, 20, 10, 10)] },
      { id: 'o', rings: [box(0, 10, 10, 10)] },
      { id: 'e', rings: [box(20, 10, 10, 10)] },
    ],
  ],
  [
    'an overlap',
    /no ground is covered twice.*(nord \+ sud|sud \+ nord) \(an edge inside another object at 506105\.00 628704[01]\.00\)/,
    withOther('sud', box(100, 0, 10, 41)),
    NODATA,
  ],
  [
    'an object that is there twice',
    /no ground is covered twice.*(bis \+ île|île \+ bis) \(an edge with two objects on the same side at 506/,
    [...country, { id: 'bis', rings: [box(20, 20, 10, 10)] }],
    NODATA,
  ],
  [
    'an object over the border of two others',
    /no ground is covered twice.*dessus \+ (nord|sud) \(an edge inside another object at 50610[456]\.00 62870(35|40|45)\.00\)/,
    [...country, { id: 'dessus', rings: [box(104, 35, 2, 10)] }],
    NODATA,
  ],
  [
    'a junction that is no vertex of the object beside it',
    /neighbours share their vertices.*(champ \+ (nord|sud)|(nord|sud) \+ champ) \(an edge that differs at 506100\.00 62870(50|20|70)\.00/,
    withOther('champ', box(0, 0, 100, 100), hole(10, 10, 30, 30), hole(60, 60, 20, 20), hole(60, 10, 20, 20)),
    NODATA,
  ],
  [
    'a junction a millimetre beside the edge of the object next to it',
    /no gap is left inside.*champ \+ nord \+ sud \(a gap of 0\.050 m² at 506/,
    withOther(
      'champ',
      [
        [0, 0],
        [100, 0],
        [99.999, 40],
        [100, 100],
        [0, 100],
      ],
      hole(10, 10, 30, 30),
      hole(60, 60, 20, 20),
      hole(60, 10, 20, 20),
    ),
    NODATA,
  ],
  [
    'ground of nobody that an object covers',
    /no ground is covered twice.*nodata \+ champ \(an edge inside another object/,
    country,
    [...NODATA, box(85, 85, 5, 5)],
  ],
];

faulty.push(
  [
    'ground of nobody that is told twice',
    /unknown ground is told once.*nodata 1 \+ nodata 3 \(the same ground at 506070\.00 6287070\.00: keep one of them/,
    country,
    [...NODATA, NODATA[0]!],
  ],
  [
    'ground of nobody that another part of it lies on',
    /unknown ground is told once.*nodata 2 \+ nodata 3 \(the same ground at 50607[24]\.\d+ 62870/,
    country,
    [...NODATA, box(72, 22, 5, 5)],
  ],
  [
    'ground of nobody that crosses itself',
    /unknown ground is valid polygons.*nodata 3 \(Self-intersection/,
    country,
    [
      ...NODATA,
      [
        [200, 0],
        [210, 10],
        [210, 0],
        [200, 10],
      ],
    ],
  ],
);

for (const [name, message, sketches, nodata] of faulty) {
  test(`${name} is refused`, () => refused(publishAll(sketches, nodata), message));
}

/** As many as are matched in several cells. */
const MANY = 1_300;

test('faults are found in any cell of many objects, and where cells meet there are none', async () => {
  const objets = [...coverageObjects({ objects: MANY })];
  const publishMany = (some: typeof objets) =>
    publish(
      database,
      {
        objets: async function* () {
          yield* some;
        },
        count: some.length,
      },
      demo(2025),
      { requireCoverage: true, keepHours: 24, preparePairs: async () => {} },
      ctx,
    );
  assert.equal((await publishMany(objets)).rapport['est_couverture'], true);
  const inner = objets[640]!;
  await refused(
    publishMany(objets.filter((objet) => objet !== inner)),
    /no gap is left inside.*a gap of \d{4}\.\d{3} m² at/,
  );
  await refused(
    publishMany([...objets, { ...inner, id: 'OCSGE9999999999999999999' }]),
    /no ground is covered twice.*OCSGE9999999999999999999/,
  );
});
