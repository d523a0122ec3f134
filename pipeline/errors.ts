/**
 * Input that cannot be used: a file, an option or a request. The command ends with exit code 2 and the message as it is,
 * so the message names what was found and what was wanted. Any other error is a failure of ours (exit code 1).
 */
export class BadInput extends Error {
  override name = 'BadInput';
}

/** The run was stopped on request (dismissed job, Ctrl-C). What was finished stays on disk and is not redone. */
export class Stopped extends Error {
  override name = 'Stopped';
}

/** The disk was full or failed while a file was written. No part of that file is left under its name. */
export class DiskFault extends Error {
  override name = 'DiskFault';
}
