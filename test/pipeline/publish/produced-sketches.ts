/** Sketches published as the chain publishes what it produced, under the rules of the product. */
import assert from 'node:assert/strict';
import type { ListedObject } from '../../../pipeline/polygons-measures.ts';
import { publish } from '../../../pipeline/publish/publish.ts';
import { ChecksFailed } from '../../../pipeline/publish/run-checks.ts';
import type { Database } from '../../../sql/database.ts';
import { box, ctx, demo, objetOf, type Sketch } from './squares.ts';

/** What an object has beside a sketch. */
export type ProducedSketch = Sketch & { ossature?: 0 | 1; confiance?: number | null; source?: string };

/** A meadow of 200 × 200 m with `inside` in it, each where the meadow has a hole. */
export const meadowWith = (...inside: ProducedSketch[]): ProducedSketch[] => [
  { id: 'pré', rings: [box(0, 0, 200, 200), ...inside.map(({ rings }) => [...rings[0]!].reverse())] },
  ...inside,
];

export interface Beside {
  listed?: ListedObject[];
  /** Boxes of the zone construite. */
  zones?: [number, number][][];
  /** Ground of no object. */
  nodata?: [number, number][][];
  widthToleranceM?: number;
  ossatureToleranceM?: number;
  floatingBelowM2?: number;
}

export function publisherOf(database: Database) {
  async function publishProduced(
    objects: ProducedSketch[],
    {
      listed = [],
      zones,
      nodata = [],
      widthToleranceM = 1.6,
      ossatureToleranceM = 0.84,
      floatingBelowM2 = 5_000,
    }: Beside = {},
  ) {
    async function* objets() {
      for (const { ossature = 0, confiance = 0.5, source = 'test', ...sketch } of objects) {
        yield { ...objetOf(sketch), ossature, confiance, source };
      }
    }
    async function* zonesOf(boxes: [number, number][][]) {
      for (const [index, ring] of boxes.entries()) {
        yield { id: `zone ${index}`, wkb: objetOf({ id: '', rings: [ring] }).wkb };
      }
    }
    async function* nodataOf() {
      for (const ring of nodata) yield objetOf({ id: '', rings: [ring] }).wkb;
    }
    const exceptions = async function* () {
      yield* listed;
    };
    return publish(
      database,
      { objets, count: objects.length, ...(zones && { zones: () => zonesOf(zones) }) },
      demo(2024),
      {
        ...{ requireCoverage: true, keepHours: 24, preparePairs: async () => {}, nodata: nodataOf },
        produced: { widthToleranceM, ossatureToleranceM, floatingBelowM2, exceptions },
      },
      ctx,
    );
  }

  const refused = (objects: ProducedSketch[], message: RegExp, beside?: Beside) =>
    assert.rejects(publishProduced(objects, beside), (error) => {
      assert.ok(error instanceof ChecksFailed, String(error));
      assert.match(error.message, message);
      return true;
    });

  return { publishProduced, refused };
}
