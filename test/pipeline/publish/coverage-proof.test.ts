/** Edges that cancel out and the loops of those that do not: pure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEdgeLedger } from '../../../pipeline/edge-ledger.ts';
import { joinLoops } from '../../../pipeline/loops.ts';
import { box, field, objetOf, type Sketch } from './squares.ts';

function loopsOf(sketches: Sketch[], turn: 'left' | 'right') {
  const ledger = createEdgeLedger();
  for (const sketch of sketches) ledger.add(objetOf(sketch).wkb);
  const areas = joinLoops(ledger.exposed(), turn).map(({ areaM2 }) => areaM2);
  return { areas: areas.sort((a, b) => a - b), doubled: ledger.doubled.length };
}

test('of a coverage only the outline is left', () => {
  assert.deepEqual(loopsOf(field, 'right'), { areas: [15_000], doubled: 0 });
});

test('the direction rings were written in does not matter', () => {
  const turned = field.map((sketch) => ({ ...sketch, rings: sketch.rings.map((ring) => [...ring].reverse()) }));
  assert.deepEqual(loopsOf(turned, 'right'), { areas: [15_000], doubled: 0 });
});

test('a gap is a loop of negative area, even when it touches the outline in one point', () => {
  assert.deepEqual(loopsOf([field[0]!, field[2]!], 'right').areas, [-400, 15_000]);
  // A ring of four boxes round a hole, the hole's corner on the outline: the boxes touch there in a point only.
  const round: Sketch[] = [
    {
      id: 's',
      rings: [
        [
          [0, 0],
          [10, 0],
          [20, 0],
          [20, 10],
          [10, 10],
          [10, 20],
          [0, 20],
        ],
      ],
    },
    {
      id: 'n',
      rings: [
        [
          [10, 20],
          [20, 20],
          [20, 30],
          [0, 30],
          [0, 20],
        ],
      ],
    },
    {
      id: 'e',
      rings: [
        [
          [20, 10],
          [30, 10],
          [30, 20],
          [30, 30],
          [20, 30],
          [20, 20],
        ],
      ],
    },
  ];
  const { areas } = loopsOf(round, 'right');
  assert.equal(areas[0], -100);
});

test('pieces that touch in a point are one outline by right turns, two by left turns', () => {
  const pieces: Sketch[] = [
    { id: 'a', rings: [box(0, 0, 10, 10)] },
    { id: 'b', rings: [box(10, 10, 10, 10)] },
  ];
  assert.deepEqual(loopsOf(pieces, 'right').areas, [200]);
  assert.deepEqual(loopsOf(pieces, 'left').areas, [100, 100]);
});

test('two objects on the same side of an edge are told', () => {
  const { doubled } = loopsOf(
    [
      { id: 'a', rings: [box(0, 0, 10, 10)] },
      { id: 'b', rings: [box(0, 0, 10, 5)] },
    ],
    'right',
  );
  assert.equal(doubled, 1);
});

test('a vertex only one neighbour has leaves a loop of no area', () => {
  const { areas } = loopsOf(
    [
      { id: 'a', rings: [box(0, 0, 10, 10)] },
      {
        id: 'b',
        rings: [
          [
            [10, 0],
            [20, 0],
            [20, 10],
            [10, 10],
            [10, 5],
          ],
        ],
      },
    ],
    'right',
  );
  assert.ok(areas.some((area) => area === 0) || areas.length === 1, String(areas));
});
