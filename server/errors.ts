/** Faults of requests, and the one place where a fault becomes a status and a problem document (RFC 7807). */

export interface FaultOptions {
  /** Problem type other than the class's own, where a standard names one (`…/no-such-job`). */
  type?: string;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** Something the client is told: the message is sent as it is, so it holds nothing internal. */
export class Fault extends Error {
  readonly type: string | undefined;
  readonly headers: Record<string, string>;

  constructor(message: string, options: FaultOptions = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.type = options.type;
    this.headers = options.headers ?? {};
  }
}

/** `new InvalidParameter('bbox', '1,2,3', '4 or 6 numbers')` */
export class InvalidParameter extends Fault {
  constructor(parameter: string, found: string, wanted: string, options?: FaultOptions) {
    super(`${parameter} is "${shorten(found)}": ${wanted} is wanted`, options);
  }
}

export class MissingParameter extends Fault {
  constructor(parameter: string, wanted: string) {
    super(`${parameter} is missing: ${wanted} is wanted`);
  }
}

export class UnknownParameter extends Fault {
  constructor(parameter: string, allowed: Iterable<string>) {
    super(`unknown parameter "${shorten(parameter)}"; allowed here: ${[...allowed].join(', ')}`);
  }
}

/** A path that cannot be read: a broken percent-encoding. */
export class InvalidPath extends Fault {}

/** A body that is not what the operation asks for. */
export class InvalidBody extends Fault {}

export class Unauthorized extends Fault {
  constructor(message: string, options: FaultOptions = {}) {
    super(message, { ...options, headers: { 'WWW-Authenticate': 'Bearer', ...options.headers } });
  }
}

export class Forbidden extends Fault {}
export class NotFound extends Fault {}

export class MethodNotAllowed extends Fault {
  constructor(method: string, allow: string) {
    super(`${method} is not possible here; possible: ${allow}`, { headers: { Allow: allow } });
  }
}

export class NotAcceptable extends Fault {}
export class Conflict extends Fault {}
/** What a link pointed to has been removed; the message says where to start again. */
export class Gone extends Fault {}
export class BodyTooLarge extends Fault {}
export class UnsupportedMediaType extends Fault {}

/** The service cannot answer now: the database is away, or the question took too long. */
export class Unavailable extends Fault {
  constructor(message: string, options: FaultOptions = {}) {
    super(message, { ...options, headers: { 'Retry-After': '5', ...options.headers } });
  }
}

/** Anything else: ours, logged with its cause, told to nobody. */
export class InternalFault extends Fault {}

interface FaultRow {
  fault: abstract new (...args: never[]) => Fault;
  status: number;
  type: string;
  title: string;
}

const TABLE: FaultRow[] = [
  { fault: InvalidParameter, status: 400, type: 'invalid-parameter', title: 'Invalid parameter' },
  { fault: MissingParameter, status: 400, type: 'missing-parameter', title: 'Missing parameter' },
  { fault: UnknownParameter, status: 400, type: 'unknown-parameter', title: 'Unknown parameter' },
  { fault: InvalidPath, status: 400, type: 'invalid-path', title: 'Invalid path' },
  { fault: InvalidBody, status: 400, type: 'invalid-body', title: 'Invalid body' },
  { fault: Unauthorized, status: 401, type: 'unauthorized', title: 'Unauthorized' },
  { fault: Forbidden, status: 403, type: 'forbidden', title: 'Forbidden' },
  { fault: NotFound, status: 404, type: 'not-found', title: 'Not found' },
  { fault: MethodNotAllowed, status: 405, type: 'method-not-allowed', title: 'Method not allowed' },
  { fault: NotAcceptable, status: 406, type: 'not-acceptable', title: 'Not acceptable' },
  { fault: Conflict, status: 409, type: 'conflict', title: 'Conflict' },
  { fault: Gone, status: 410, type: 'gone', title: 'Gone' },
  { fault: BodyTooLarge, status: 413, type: 'body-too-large', title: 'Body too large' },
  { fault: UnsupportedMediaType, status: 415, type: 'unsupported-media-type', title: 'Unsupported media type' },
  { fault: Unavailable, status: 503, type: 'unavailable', title: 'Service unavailable' },
  { fault: InternalFault, status: 500, type: 'internal-error', title: 'Internal error' },
];

/** RFC 7807, with the request's id so that a log line can be found. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
}

export function problemOf(fault: Fault, requestId: string): Problem {
  const row = TABLE.find((entry) => fault instanceof entry.fault) ?? TABLE.at(-1)!;
  return {
    type: fault.type ?? `urn:ocsge:problem:${row.type}`,
    title: row.title,
    status: row.status,
    detail: fault.message,
    instance: `urn:uuid:${requestId}`,
  };
}

/** What was thrown, as a fault: Express's and the database's own errors are translated, their text is kept back. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { type, status, code } = error as { type?: string; status?: number; code?: string };
  if (type === 'entity.too.large') return new BodyTooLarge('the body is larger than 1 MB');
  if (type === 'entity.parse.failed') return new InvalidBody('the body is not JSON');
  if (status === 415) return new UnsupportedMediaType('the body has an encoding or a charset that is not known here');
  if (error instanceof URIError) return new InvalidPath('the path holds a percent-encoding that cannot be decoded');
  if (status === 400) return new InvalidBody('the request cannot be read');
  if (code === QUERY_CANCELED) return new Unavailable('the question took too long: ask for less', { cause: error });
  if (isConnectionFault(error)) return new Unavailable('the database does not answer', { cause: error });
  return new InternalFault('something went wrong here; the request is in the log under the id given', { cause: error });
}

/** SQLSTATE of a statement ended by statement_timeout. */
const QUERY_CANCELED = '57014';

function isConnectionFault(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return (
    ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', '57P02', '57P03'].includes(code) ||
    /^(08|53)/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|the database did not start/i.test(message)
  );
}

const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
