/** The command line: what each command is called and takes. The work is in commands/, loaded when it is asked for. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { packageFile } from '../sql/package-root.ts';
import type { CommandEnv } from './commands/environment.ts';
import { type PipelineConfig, readConfig } from './config.ts';
import { BadInput, Stopped } from './errors.ts';
import { createReport, type Report } from './log.ts';

/** Runs one command; resolves to the exit code: 0, 1 (failure), 2 (bad input), 130 (stopped). */
export async function main(argv: string[]): Promise<number> {
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Stopped('stopped by a signal'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const report = createReport(process.stderr, { waits: argv[0] === 'worker' || argv[0] === 'database' });
  let config: Readonly<PipelineConfig> | undefined;
  try {
    config = readConfig();
    const env: CommandEnv = { config, report, signal: stop.signal, print: (text) => console.log(text) };
    await createProgram(env).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    return exitCode(error, report, config?.debug ?? false);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function exitCode(error: unknown, report: Report, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof BadInput) {
    report.warn('Input:Refused', { message: error.message });
    return 2;
  }
  if (error instanceof Stopped) {
    report.warn('Run:Stopped', { message: `${error.message}; the same command goes on where it was` });
    return 130;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  report.warn('Run:Failed', { message, ...(debug ? { stack } : {}) });
  return 1;
}

const SETTINGS = `
Settings (environment):
  DATABASE_URL   postgres://… of a PostgreSQL ≥ 15 with PostGIS ≥ 3.3; without it an embedded engine runs under DATA_DIR
  DATA_DIR       artefacts, embedded database, scratch files (default: data in the current folder)
  PORT, HOST, PUBLIC_URL                  where serve listens, and the address it is known by
  OCSGE_SOURCES_DIR                       folders a job asked for over HTTP may read
  OCSGE_SOURCE_ORIGINS                    origins (https://…) such a job may read rasters from
  OCSGE_THREADS, OCSGE_REVISION_KEEP_HOURS, OCSGE_DEBUG

Exit codes: 0 done, 1 failure, 2 input that cannot be used, 130 stopped (the same command goes on where it was).`;

export function createProgram(env: CommandEnv): Command {
  const program = new Command('ocsge')
    .description('Produces OCS GE land-cover layers from aerial imagery and serves them by the OGC API standards.')
    .version((JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version)
    .addHelpText('after', SETTINGS)
    .exitOverride();
  program.command('serve').description('serve what is published over HTTP (serve --help)');
  addProduction(program, env);
  addImports(program, env);
  addEvaluate(program, env);
  addAnnotations(program, env);
  addUpkeep(program, env);
  for (const command of program.commands) command.exitOverride();
  return program;
}

function addProduction(program: Command, env: CommandEnv): void {
  program
    .command('produce')
    .description('run the chain on imagery: rasters → classes → polygons → usage → publication')
    .option('--request <file>', 'a production request (JSON); the options below override its fields')
    .option('--departement <code>', 'département: 34, 034, D034, 2A …')
    .option('--millesime <year>', 'year of the reference imagery')
    .option('--from <year>', 'former millésime of the same département, whose objects are the frame')
    .option(
      '--pva <path...>',
      'aerial photo, R,G,B or R,G,B,NIR: GeoTIFF files, folders of dalles, globs, https addresses',
    )
    .option('--irc <path...>', 'infrared colour, NIR,R,G')
    .option('--mns <path...>', 'surface model, metres')
    .option('--mnt <path...>', 'terrain model, metres')
    .option('--rgbie <path...>', 'one source carrying R,G,B,NIR,E with E already coded')
    .option('--annotations <path...>', 'ground truth: masks (GeoTIFF) or polygons (GeoPackage, GeoJSON)')
    .option('--extent <file>', 'GeoJSON polygon: the coverage is cut at it, and keeps it exactly')
    .option('--margin-m <m>', 'ground round the extent that is interpreted too, before the cut (default 250)')
    .option('--crs <code>', 'CRS of the territory 999, projected and in metres: EPSG:26917')
    .option('--resolution <m>', 'pixel of the run (default: that of the finest image)')
    .option(
      '--references <path...>',
      'reference layers for ossature and usage (GeoPackage, FlatGeobuf, Shapefile, GeoJSON): folders or files',
    )
    .option('--territoires <file>', 'communes to load first (GeoJSON), for the statistics')
    .option(
      '--model <path>',
      'a shipped model (models/README.md), an ONNX file, or the folder of one with its model.json',
    )
    .option('--bands <names>', 'bands of the model in order, where it does not say: R,G,B,NIR,NDSM:5')
    .option('--codes-cs <codes>', 'couverture of each class of the model in order, where it does not say; - for none')
    .option('--head <name>', 'output of the model to read, by name or number from 0, where it has several')
    .option('--activation <kind>', 'what the model answers, where it does not say: logits, softmax or sigmoid')
    .option('--tile <px>', 'side of the windows given to the model')
    .option('--margin <px>', 'pixels of a window dropped on each side')
    .option('--dalle <px>', 'side of the dalles a run is cut into, and restarts at')
    .option('--batch <n>', 'windows given to the model at a time')
    .option('--stitching <way>', 'clip (windows side by side, default) or average (overlapping windows averaged)')
    .option('--probabilities', 'also write the probability of each class')
    .option('--threads <n>', 'processor threads (default: OCSGE_THREADS, else all)')
    .option('--workers <n>', 'networks run side by side, which share the threads (default: one per thread, 4 at most)')
    .option('--min-area <m2>', 'specks under this area join a neighbour')
    .option(
      '--tolerance <m>',
      'how far a border may be moved, 2 at most; 0: borders follow the pixels (default: the greater of 0.5 and 1.1 pixels, 2 at most)',
    )
    .option('--no-generalise', 'no minimal units and widths: specks and staircases only')
    .option('--no-ossature', 'no roads and rail out of the references')
    .option('--hydrography', 'water surfaces of the references are ossature too')
    .option('--image-date <date>', 'day of the imagery (2022-06-01), or two days with a slash between')
    .option('--attribution <text>', 'credit shown with the collection and on the map')
    .option('--licence <text>', 'licence of the data')
    .action(async (options) => (await import('./commands/produce.ts')).produceFromOptions(options, env));
}

function addImports(program: Command, env: CommandEnv): void {
  program
    .command('import')
    .description('publish an OCS GE delivery, or load territories: import <delivery>, import territoires <file>')
    .argument('<what...>', 'a delivery (folder or .gpkg); or territoires and a GeoJSON file')
    .option('--departement <code>', 'where the name does not say it')
    .option('--millesime <year>', 'where the name does not say it')
    .option('--niveau <niveau>', 'of territories: commune or departement, where the file does not say it')
    .action(async (what: string[], options) => (await import('./commands/import.ts')).importAny(what, options, env));
  program
    .command('demo')
    .description('make the demonstration territory (fictitious) and publish it in two millésimes')
    .option('--verify', 'compare what was produced with the exact truth, and print the figures')
    .action(async (options) => (await import('./commands/demo.ts')).demo(options, env));
}

function addAnnotations(program: Command, env: CommandEnv): void {
  const annotations = program
    .command('annotations')
    .description('ground truth: patches for training, files to draw in');
  annotations
    .command('extract')
    .description(
      'cut patches and masks for training, split by blocks of ground so that no test patch touches another split',
    )
    .requiredOption(
      '--annotations <path...>',
      'masks (GeoTIFF files, a folder, a glob), or polygons with a code_cs (GeoPackage, GeoJSON)',
    )
    .option('--classes <file>', 'what values of masks mean: JSON or CSV with value,name,codeCs,colour[,nameFr]')
    .option('--layer <name>', 'layer of the GeoPackage, where it has several')
    .requiredOption('--bands <names>', 'bands of the patches in order; of heights, steps per metre: R,G,B,NIR,NDSM:5')
    .option('--pva <path...>', 'aerial photo, R,G,B or R,G,B,NIR')
    .option('--irc <path...>', 'infrared colour, NIR,R,G')
    .option('--mns <path...>', 'surface model, metres')
    .option('--mnt <path...>', 'terrain model, metres')
    .option('--rgbie <path...>', 'one source carrying R,G,B,NIR,E with E already coded')
    .option('--resolution <m>', 'pixel of the patches (default: that of the finest image)')
    .option('--scale <factor>', 'of images with 16-bit or floating-point samples: brings them to 0–255, such as 0.0625')
    .option('--patch <px>', 'side of a patch', '256')
    .option('--step <px>', 'from one patch to the next (default: --patch, side by side)')
    .option(
      '--block <m>',
      'side of the blocks that go whole to one split; auto: annotated ground that holds together',
      'auto',
    )
    .option('--buffer <m>', 'ground kept free between patches of differing splits (default: the side of a patch)')
    .option('--split <shares>', 'shares of train, valid and test', '70,15,15')
    .option('--seed <n>', 'of the split: equal seeds, equal splits', '1')
    .option('--max-unknown <share>', 'leave out patches of which more is unknown', '0.5')
    .option('--source <text>', 'where the imagery is from, for the index (default: names of the files)')
    .option('--credit <text>', 'whom to credit for imagery and annotations')
    .requiredOption(
      '--out <folder>',
      'gets train/, valid/ and test/ (index.json, x.u8, y.u8), summary.json and split.geojson',
    )
    .option('--force', 'make the patches of an existing folder again')
    .action(async (options) => (await import('./commands/annotations.ts')).extractFromOptions(options, env));
  annotations
    .command('template')
    .description('write a GeoPackage to draw ground truth in with QGIS: styles, value lists and a README inside')
    .requiredOption('--out <file.gpkg>', 'its name; the README goes beside it')
    .option('--departement <code>', 'département whose CRS it has')
    .option('--crs <code>', 'another projected CRS: EPSG:26917')
    .option('--extent <box>', 'minX,minY,maxX,maxY in metres: zones to annotate are proposed in it')
    .option('--zones <n>', 'how many, one at random in each of as many equal parts (default: 10)')
    .option('--zone-size <m>', 'side of a zone', '100')
    .option('--seed <n>', 'of the zones: equal seeds, equal zones', '1')
    .option('--force', 'replace a template in which nothing is drawn yet')
    .action(async (options) => (await import('./commands/annotations.ts')).templateFromOptions(options, env));
}

const EVALUATE_HELP = `
Examples:
  ocsge evaluate --prediction data/runs/999/2022 --truth masks/ --truth-classes classes.json --pva pva.tif --out report
  ocsge evaluate --prediction maps/*.tif --classes classes.csv --truth ground.gpkg --ignore snow
  ocsge evaluate --model demo-rgbie-1 --pva pva.tif --irc irc.tif --mns mns.tif --mnt mnt.tif --truth ground.gpkg
  ocsge evaluate --prediction data/runs/999/2022 --sample 500 --out sample     (draws points; a person fills in "verite")
  ocsge evaluate --points sample/sample.geojson --out report                   (estimates from the labelled points)

Truth is read at the centres of the prediction's pixels (nearest pixel of a finer or shifted mask). Classes of one name are
compared as such, and all by couverture (CS) and by level of the nomenclature. A table of classes is JSON or CSV with value,
name, codeCs, colour (and nameFr). The report defines every figure it gives.`;

function addEvaluate(program: Command, env: CommandEnv): void {
  program
    .command('evaluate')
    .description('score a prediction, or a model on imagery, against ground truth: report.json and report.html')
    .option(
      '--prediction <path...>',
      "a run's folder, its classes or polygons folder, or class rasters (files, folder, glob)",
    )
    .option('--classes <table>', 'what the values of class rasters mean (or --model: its own numbering)')
    .option('--confidence <path...>', 'confidence of class rasters, in the same order (uint8, 255 = 1)')
    .option('--truth <path...>', 'ground truth: masks (GeoTIFF), or polygons with a code_cs (GeoPackage, GeoJSON)')
    .option('--truth-classes <table>', 'what the values of masks mean')
    .option('--truth-layer <name>', 'layer of a GeoPackage that has several')
    .option('--model <path>', 'a shipped model, an ONNX file or its folder: run on the imagery given')
    .option('--pva <path...>', 'aerial photo; also shown in the pictures')
    .option('--irc <path...>', 'infrared colour')
    .option('--mns <path...>', 'surface model')
    .option('--mnt <path...>', 'terrain model')
    .option('--rgbie <path...>', 'one source carrying R,G,B,NIR,E')
    .option('--sample <n>', 'draw a stratified random sample of n points: sample.geojson and sample.csv')
    .option('--points <file>', 'labelled points of a sample: estimates from them alone')
    .option('--ignore <names>', 'classes left out, by name or code, with commas between')
    .option('--tolerance <m>', 'scores are also given without pixels this near to a boundary of the truth', '1')
    .option('--block <m>', 'side of the blocks of ground that confidence intervals are made of', '100')
    .option('--seed <n>', 'seed of the sample, the intervals and the choice of pictures', '1')
    .option('--title <text>', 'title of the report')
    .option('--out <folder>', 'where the report goes', 'evaluation')
    .addHelpText('after', EVALUATE_HELP)
    .action(async (options) => (await import('./commands/evaluate.ts')).evaluateFromOptions(options, env));
}

const upkeep = () => import('./commands/upkeep.ts');

function addUpkeep(program: Command, env: CommandEnv): void {
  program
    .command('worker')
    .description('run the productions asked for over HTTP, until stopped')
    .action(async () => (await upkeep()).work(env));
  program
    .command('migrate')
    .description('bring the database to this version (every command does it when it starts)')
    .action(async () => (await upkeep()).migrateDatabase(env));
  program
    .command('token')
    .description('make another bearer token for executing processes, and print it this once')
    .option('--libelle <text>', 'what it is for', 'ocsge token')
    .action(async (options) => (await upkeep()).makeToken(options, env));
  program
    .command('status')
    .description('what is published, which revisions are kept, what ran')
    .option('--json', 'as JSON')
    .action(async (options) => (await upkeep()).showStatus(options, env));
  program
    .command('continuite')
    .description('make two neighbours match vertex for vertex along their common limit')
    .requiredOption('--departement <code...>', 'the two départements (the option may be repeated)')
    .option('--millesime <year...>', 'of both, or one each in their order (default: the last published of each)')
    .action(async (options) => (await import('./commands/continuite.ts')).continuiteFromOptions(options, env));
  program
    .command('rollback')
    .description('publish the former revision of a millésime again')
    .requiredOption('--departement <code>', 'département')
    .requiredOption('--millesime <year>', 'year')
    .action(async (options) => (await upkeep()).rollbackMillesime(options, env));
  program
    .command('database')
    .description('the embedded engine; commands start it by themselves, and it ends after its last client')
    .option('--data-dir <folder>', 'its folder (default: DATA_DIR)')
    .action(async (options) => (await upkeep()).runDatabase(options, env));
}
