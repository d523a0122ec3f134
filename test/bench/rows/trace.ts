import { join } from 'node:path';
import type { StageContext } from '../../../pipeline/artefacts.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { tracePolygons } from '../../../pipeline/polygons/trace-polygons.ts';
import { seededClassRaster } from '../class-raster.ts';
import { type Bench, inScratch, round, timed } from '../harness.ts';
import { gdal, runPeer } from '../peers.ts';

const SIDE_PX = 2000;

/** Both write every 4-connected region as one feature of a GeoJSON text sequence; ours also writes its two rasters. */
export const trace: Bench = {
  id: 'trace',
  about: `the polygons stage on a class raster of ${SIDE_PX} × ${SIDE_PX} px, nothing sieved`,
  run: ({ runs, say }) =>
    inScratch(async (folder) => {
      const raster = seededClassRaster(SIDE_PX);
      const ctx: StageContext = { report: silentReport, signal: new AbortController().signal, threads: 1 };
      let objects = 0;
      const ours = await timed(runs, async (run) => {
        const out = join(folder, `ours-${run}`);
        objects = (await tracePolygons(raster, out, { departement: '999', minAreaM2: 0 }, ctx)).count;
      });
      const peer = gdal(say);
      const theirs = peer === undefined ? undefined : await polygonize(folder, raster, runs);
      return {
        value: ours.medianMs,
        unit: 'ms',
        peer: peer === undefined ? null : `gdal_polygonize (${peer}, Debian gdal-bin python3-gdal)`,
        ratio: theirs === undefined ? null : round(theirs.medianMs / ours.medianMs),
        detail: { objects, mpxPerS: round((SIDE_PX * SIDE_PX) / ours.medianMs / 1000), ours, theirs },
      };
    }),
};

async function polygonize(folder: string, { grid, classes }: ReturnType<typeof seededClassRaster>, runs: number) {
  const raster = join(folder, 'classes.tif');
  await writeGeoTiff(raster, { grid, bands: 1, sampleFormat: 'uint8' }, classes);
  const out = (run: number) => join(folder, `theirs-${run}.geojsonl`);
  return timed(runs, (run) => runPeer('gdal_polygonize.py', ['-q', '-f', 'GeoJSONSeq', raster, out(run)]));
}
