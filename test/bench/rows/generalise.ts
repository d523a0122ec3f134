import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultToleranceM } from '../../../pipeline/polygons/lines/line-of-arc.ts';
import { type Bench, type BenchSettings, inScratch, round, type Timing, timed } from '../harness.ts';
import { type SeededLayers, tracedToFile, withMinimalUnits, writeSeededLayers } from '../layers.ts';
import { countEdges, type EdgeCount } from '../open-edges.ts';
import { mapshaper, runPeer } from '../peers.ts';

const SIDE_PX = 6000;
const TOLERANCE_M = defaultToleranceM(0.2);
/** Of what it is given, the share of vertices the peer is asked to keep: about what our tolerance keeps. */
const KEPT = '12%';

/**
 * Ours merges what is under the minimal units, straightens the borders and writes polygons. The peer is given the polygons traced
 * before anything was merged, cleans and simplifies them (its own weighted Visvalingam, shapes kept) and writes them: it merges
 * nothing. Both from a file to a file.
 */
export const generalise: Bench = {
  id: 'generalise',
  about: `minimal units and straightened borders of a class raster of ${SIDE_PX} × ${SIDE_PX} px, one core`,
  run: ({ runs, say }) =>
    inScratch(async (folder) => {
      const layers = await writeSeededLayers(folder, SIDE_PX, SIDE_PX);
      const out = join(folder, 'ours.geojsonl');
      const ours = await timed(Math.min(3, runs), async () => {
        await tracedToFile(await withMinimalUnits(layers, folder), TOLERANCE_M, out);
      });
      const edges = await countEdges(out, layers.grid);
      await rm(out);
      const peer = mapshaper(say);
      const theirs =
        peer === undefined ? undefined : await cleanedAndSimplified(folder, layers, peer.programs, runs, say);
      return {
        value: ours.medianMs,
        unit: 'ms',
        peer: peer === undefined ? null : `${peer.version} -clean -simplify, of the traced polygons`,
        ratio: theirs === undefined ? null : round(theirs.timing.medianMs / ours.medianMs),
        detail: { ours, edges, theirs },
      };
    }),
};

async function cleanedAndSimplified(
  folder: string,
  layers: SeededLayers,
  programs: string,
  runs: number,
  say: BenchSettings['say'],
): Promise<{ timing: Timing; edges: EdgeCount } | undefined> {
  const [traced, out] = [join(folder, 'traced.ndjson'), join(folder, 'theirs.geojsonl')];
  await tracedToFile(layers, 0, traced);
  const simplify = ['-clean', '-simplify', 'planar', 'weighted', 'keep-shapes', KEPT];
  const write = ['-o', out, 'force', 'format=geojson', 'ndjson', 'precision=0.001'];
  try {
    const timing = await timed(Math.min(3, runs), () =>
      runPeer(join(programs, 'mapshaper-xl'), ['12gb', '-i', traced, ...simplify, ...write]),
    );
    return { timing, edges: await countEdges(out, layers.grid) };
  } catch (error) {
    say(`mapshaper could not: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
