import { type ChildProcess, spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import { cutInDalles } from '../../../pipeline/grid.ts';
import { openWindowSource } from '../../../pipeline/rasters/open-window-source.ts';
import { renderScene } from '../../../pipeline/scenes/render-scene.ts';
import { packageFile } from '../../../sql/package-root.ts';
import { type Bench, inScratch, round, timingOf } from '../harness.ts';
import { costOf } from '../inference.ts';
import { quiet } from '../publish-coverage.ts';

const SCENE = { seed: 7, widthM: 400, heightM: 320, date: 2019 } as const;
const WINDOW_PX = 512;
const BANDS = ['R', 'G', 'B', 'NIR', 'NDSM'].map((name) => ({ name, scale: 1, offset: 0 }));

/** Opening and reading every window, nothing decoded before; the server is another process of this machine. */
export const readHttp: Bench = {
  id: 'read-http',
  about: `reading 5 bands by windows of ${WINDOW_PX} px from COG over loopback HTTP ÷ from disk`,
  run: ({ runs, say }) =>
    inScratch(async (folder) => {
      const { pva, irc, mns, mnt } = await renderScene({ ...SCENE, outDir: folder }, quiet);
      const server = await startServer(join(pva, '..'));
      try {
        const [disk, http]: [number[], number[]] = [[], []];
        const cpu: [number[], number[]] = [[], []];
        let windows = 0;
        for (let run = 0; run < runs; run++) {
          for (const [which, at] of [(path: string) => path, server.address].entries()) {
            const cost = await costOf(async () => {
              windows = await readAll({ pva: [at(pva)], irc: [at(irc)], mns: [at(mns)], mnt: [at(mnt)] });
            });
            [disk, http][which]!.push(cost.wallMs / windows);
            cpu[which]!.push(cost.cpuMs / windows);
          }
        }
        const [fromDisk, overHttp] = [timingOf(disk), timingOf(http)];
        say(`${overHttp.medianMs} ms a window over HTTP, ${fromDisk.medianMs} from disk`);
        return {
          value: round(overHttp.medianMs / fromDisk.medianMs),
          unit: '×',
          peer: 'the same files from disk',
          ratio: round(fromDisk.medianMs / overHttp.medianMs),
          detail: { windows, fromDisk, overHttp, cpuFromDisk: timingOf(cpu[0]), cpuOverHttp: timingOf(cpu[1]) },
        };
      } finally {
        server.child.kill();
      }
    }),
};

async function readAll(sources: Record<'pva' | 'irc' | 'mns' | 'mnt', string[]>): Promise<number> {
  const source = await openWindowSource(sources, BANDS, { srid: 2154 });
  const windows = cutInDalles(source.grid, WINDOW_PX);
  for (const window of windows) await source.read(window);
  await source.close();
  return windows.length;
}

async function startServer(folder: string): Promise<{ child: ChildProcess; address: (path: string) => string }> {
  const script = packageFile('test', 'bench', 'range-process.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the server of ranges ended with ${code}`)));
  });
  return { child, address: (path) => `${url}/${basename(path)}` };
}
