import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Python that has torch, onnx and numpy, Debian's first; undefined: none here. */
export async function findPython(): Promise<string | undefined> {
  for (const python of ['/usr/bin/python3', 'python3']) {
    const found = await run(python, ['-c', 'import torch, onnx, numpy']).then(
      () => true,
      () => false,
    );
    if (found) return python;
  }
  return undefined;
}
