/** A production against the ground truth that its request names. */
import { readClassTable } from '../annotations/class-table.ts';
import { type AnnotationsOptions, openAnnotations, openTruth } from '../annotations/open-truth.ts';
import { hashFile, type PolygonsArtefact, type StageContext } from '../artefacts.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { openCouverture } from '../evaluate/prediction.ts';
import type { HttpSettings } from '../geotiff/http-file.ts';
import type { Report } from '../log.ts';
import type { RequestedAnnotations } from '../production-request.ts';
import type { RasterSources } from '../rasters/bands.ts';
import { openPhoto } from './evaluate-imagery.ts';

/** As `ocsge evaluate` has them by default. */
const OPTIONS = { blockM: 100, toleranceM: 1, ignore: [], seed: 1 };

/** Throws `BadInput` for annotations that could not be scored against: before hours of work, not after. */
export async function checkAnnotations(asked: RequestedAnnotations | undefined, report: Report): Promise<void> {
  if (asked) await (await openAnnotations(asked.paths, await optionsOf(asked, report))).close();
}

/** Scores the couverture as it was traced, and writes the report to `outDir`. Throws `BadInput` where nothing overlaps. */
export async function scoreProduction(
  asked: RequestedAnnotations,
  polygons: PolygonsArtefact,
  imagery: RasterSources,
  outDir: string,
  http: HttpSettings,
  ctx: StageContext,
): Promise<void> {
  const { grid, couverturePath } = polygons;
  const options = await optionsOf(asked, ctx.report);
  const truth = await openTruth(asked.paths, { ...options, grid, by: 'name' });
  const prediction = openCouverture({ output: polygons, inputs: [await hashFile(couverturePath)] });
  const photo = await openPhoto(imagery, grid, http);
  try {
    const scored = await evaluate(prediction, truth, outDir, { ...OPTIONS, photo: photo?.read }, ctx);
    const { headline, pixels } = scored.report;
    ctx.report.info('Evaluate:Done', { accuracy: headline.accuracy, meanIou: headline.meanIou, pixels, outDir });
  } finally {
    await photo?.close();
    await prediction.close();
    await truth.close();
  }
}

const optionsOf = async ({ classes }: RequestedAnnotations, report: Report): Promise<AnnotationsOptions> => ({
  classes: classes === undefined ? undefined : await readClassTable(classes),
  onFault: report.warn,
});
