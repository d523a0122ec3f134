import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encodeTile } from '../../../pipeline/geotiff/encode-tile.ts';
import { createGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import { type Bench, inScratch, quantile, round } from '../harness.ts';
import { writeNetwork } from '../networks.ts';
import { draw } from '../seeded.ts';

/** About 1 km at 0.2 m: enough that all that is kept of a larger extent (decoded blocks, rows of the output) is full. */
const SIDE_PX = 5_120;
const TILE_PX = 512;
const BANDS = 5;
const SCRIPT = fileURLToPath(new URL('../classify-process.ts', import.meta.url));

export const inferMemory: Bench = {
  id: 'infer-memory',
  about: `most memory of the classes stage over ${2 * SIDE_PX} × ${2 * SIDE_PX} px against ${SIDE_PX} × ${SIDE_PX} px`,
  run: ({ runs }) =>
    inScratch(async (folder) => {
      const model = join(folder, 'model');
      const image = join(folder, 'image.tif');
      await writeNetwork(model, 'small');
      await writeImage(image, 2 * SIDE_PX);
      const small: number[] = [];
      const large: number[] = [];
      for (let run = 0; run < Math.min(3, runs); run++) {
        small.push(await peakMb(model, image, SIDE_PX, join(folder, `small-${run}`)));
        large.push(await peakMb(model, image, 2 * SIDE_PX, join(folder, `large-${run}`)));
      }
      const [one, four] = [small, large].map((peaks) =>
        quantile(
          peaks.toSorted((a, b) => a - b),
          0.5,
        ),
      ) as [number, number];
      return {
        value: round(four),
        unit: 'MB',
        peer: 'a quarter of the extent',
        ratio: round(four / one),
        detail: { sidePx: [SIDE_PX, 2 * SIDE_PX], smallMb: small, largeMb: large },
      };
    }),
};

async function peakMb(model: string, image: string, sidePx: number, outDir: string): Promise<number> {
  const args = ['--import', 'tsx', SCRIPT, model, image, String(sidePx), outDir];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return round(Number(stdout) / 1e6);
}

/** Five bands of smooth noise: one tile, over and over, which costs no time to make. */
async function writeImage(path: string, sidePx: number): Promise<void> {
  const grid = {
    srid: 2154,
    originX: 506_000,
    originY: 6_287_000,
    resolutionM: 0.2,
    widthPx: sidePx,
    heightPx: sidePx,
  };
  const writer = await createGeoTiff(path, { grid, bands: BANDS, sampleFormat: 'uint8', level: 1 });
  const pixels = Uint8Array.from({ length: TILE_PX * TILE_PX * BANDS }, (_, i) => {
    const [x, y, band] = [Math.floor(i / BANDS) % TILE_PX, Math.floor(i / BANDS / TILE_PX), i % BANDS];
    return 40 + 140 * draw(band, x >> 5, y >> 5) + 12 * draw(band, x, y);
  });
  const tile = await encodeTile(writer.shape, pixels);
  for (const _ of writer.windows) await writer.append(tile);
  await writer.close();
}
