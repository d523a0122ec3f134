import { join } from 'node:path';
import { defaultToleranceM } from '../../../pipeline/polygons/lines/line-of-arc.ts';
import { type Bench, inScratch, round } from '../harness.ts';
import { tracedToFile, withMinimalUnits, writeSeededLayers } from '../layers.ts';

const SIDE_PX = 6000;
const TOLERANCE_M = defaultToleranceM(0.2);

export const vertices: Bench = {
  id: 'vertices',
  about: `vertices of the borders along the pixels ÷ after straightening by ${TOLERANCE_M} m, minimal units merged, ${SIDE_PX} × ${SIDE_PX} px of 0.2 m`,
  run: () =>
    inScratch(async (folder) => {
      const layers = await withMinimalUnits(await writeSeededLayers(folder, SIDE_PX, SIDE_PX), folder);
      const { geometry, arcs, regions } = await tracedToFile(layers, TOLERANCE_M, join(folder, 'out.geojsonl'));
      const { verticesBefore, verticesAfter, boundaryM, displacement, areas } = geometry.told(layers.grid.resolutionM);
      const perKm = (count: number) => round((1000 * count) / boundaryM);
      const areaShares = areas.map(({ beforeM2, afterM2 }) => Math.abs(afterM2 / beforeM2 - 1));
      return {
        value: perKm(verticesAfter),
        unit: 'vertices/km',
        peer: 'the same borders along the pixels',
        ratio: round(verticesBefore / verticesAfter),
        detail: {
          regions,
          arcs,
          beforePerKm: perKm(verticesBefore),
          displacementM: { mean: round(displacement.meanM), most: round(displacement.maxM) },
          largestAreaChange: round(Math.max(...areaShares)),
        },
      };
    }),
};
