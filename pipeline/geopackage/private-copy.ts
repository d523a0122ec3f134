/**
 * SQLite reads and locks beside the file it opens, and a kill leaves the lock there: so the user's file is never opened, but a
 * link to it, or a copy, in a folder of ours.
 */
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { copyFile, link, mkdir, open, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BadInput } from '../errors.ts';

const PREFIX = 'import-';
const HEADER_BYTES = 100;

export interface PrivateCopy {
  path: string;
  remove(): Promise<void>;
}

/** Links to `path`, or copies it, under `<dataDir>/tmp`, after clearing what killed imports left there. Throws BadInput if it is no whole SQLite file. */
export async function makePrivateCopy(path: string, dataDir: string): Promise<PrivateCopy> {
  const wal = checkSqliteFile(path);
  const tmp = join(dataDir, 'tmp');
  await mkdir(tmp, { recursive: true });
  await clearLeftovers(tmp);
  const folder = join(tmp, `${PREFIX}${process.pid}-${Date.now()}`);
  await mkdir(folder);
  const copy = join(folder, 'delivery.gpkg');
  if (wal) await copyWithoutLog(path, copy);
  else await link(path, copy).catch(() => symlink(resolve(path), copy)); // another file system, or a read-only one
  return { path: copy, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Header of an SQLite 3 file (sqlite.org/fileformat2.html): page size at 16, journal mode at 18, pages at 28. True: it uses a log. */
function checkSqliteFile(path: string): boolean {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  const length = readSync(file, header, 0, HEADER_BYTES, 0);
  closeSync(file);
  if (length < HEADER_BYTES || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw new BadInput(
      `${path}: not a GeoPackage (it begins with ${JSON.stringify(header.toString('latin1', 0, 8))}); wanted a .gpkg file`,
    );
  }
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const wanted = pageSize * header.readUInt32BE(28);
  const { size } = statSync(path);
  if (size < wanted) {
    throw new BadInput(
      `${path}: truncated, ${size} bytes of the ${wanted} its header announces; wanted the whole file`,
    );
  }
  if (existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) {
    throw new BadInput(`${path}: another program is writing to it (${path}-wal is there); close it first`);
  }
  return header[18] === 2;
}

/** A copy in the plain journal mode: with an empty log the file is whole, but SQLite would want to write beside it. */
async function copyWithoutLog(path: string, copy: string): Promise<void> {
  await copyFile(path, copy);
  const file = await open(copy, 'r+');
  await file.write(Buffer.from([1, 1]), 0, 2, 18);
  await file.close();
}

async function clearLeftovers(tmp: string): Promise<void> {
  for (const name of readdirSync(tmp)) {
    const pid = Number(/^import-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    if (pid !== process.pid && !Number.isNaN(pid) && !isRunning(pid))
      await rm(join(tmp, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
