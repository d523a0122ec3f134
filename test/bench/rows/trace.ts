import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import { seededClassRaster } from '../class-raster.ts';
import { type Bench, inScratch, round, timed } from '../harness.ts';
import { tracedToFile, writeSeededLayers } from '../layers.ts';
import { gdal, runPeer } from '../peers.ts';

const SIDE_PX = 6000;
/** Its own default for new files, and the one of its formats that it writes in the least time. */
const FORMATS = { GPKG: 'gpkg', FlatGeobuf: 'fgb' };

/**
 * Both make a polygon of every 4-connected region and write all of them to a file: ours with shared borders, sorted, as a GeoJSON
 * text sequence. Ours reads a layer of the polygons stage, the peer a GeoTIFF of the same pixels.
 */
export const trace: Bench = {
  id: 'trace',
  about: `polygons with shared borders from a class raster of ${SIDE_PX} × ${SIDE_PX} px, nothing merged, one core`,
  run: ({ runs, say }) =>
    inScratch(async (folder) => {
      const layers = await writeSeededLayers(folder, SIDE_PX, SIDE_PX);
      let regions = 0;
      const ours = await timed(runs, async (run) => {
        const out = join(folder, `ours-${run}.geojsonl`);
        regions = (await tracedToFile(layers, 0, out)).regions;
        await rm(out);
      });
      const peer = gdal(say);
      const theirs = peer === undefined ? undefined : await polygonize(folder, runs);
      return {
        value: ours.medianMs,
        unit: 'ms',
        peer: peer === undefined ? null : `gdal_polygonize to GeoPackage (${peer}, Debian gdal-bin python3-gdal)`,
        ratio: theirs === undefined ? null : round(theirs.GPKG.medianMs / ours.medianMs),
        detail: { regions, mpxPerS: round((SIDE_PX * SIDE_PX) / ours.medianMs / 1000), ours, theirs },
      };
    }),
};

async function polygonize(folder: string, runs: number) {
  const raster = join(folder, 'classes.tif');
  const { grid, classes } = seededClassRaster(SIDE_PX);
  await writeGeoTiff(raster, { grid, bands: 1, sampleFormat: 'uint8' }, classes);
  const timing = (format: keyof typeof FORMATS) => {
    const out = join(folder, `theirs.${FORMATS[format]}`);
    return timed(
      runs,
      () => runPeer('gdal_polygonize.py', ['-q', '-f', format, raster, out]),
      () => rm(out, { force: true }),
    );
  };
  return { GPKG: await timing('GPKG'), FlatGeobuf: await timing('FlatGeobuf') };
}
