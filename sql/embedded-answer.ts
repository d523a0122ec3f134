/**
 * What the embedded engine answers, message by message, on its way to the client.
 *
 * When GEOS throws a C++ exception (nearly coincident edges, mostly), the WebAssembly build drops out of the statement as if it
 * were done: rows are missing and no error is raised. It shows in two ways, and both become an error here: an Execute without
 * row limit answers PortalSuspended, or the end of the transaction warns of a snapshot or resource left open.
 */

const HEADER = 5;
const [NOTICE, SUSPENDED, READY] = [0x4e, 0x73, 0x5a];

const FAILURE = errorResponse(
  'the geometry library of the embedded engine failed inside this statement, its result is not whole; a PostgreSQL server (DATABASE_URL) does not have this limit',
);

export class AnswerReader {
  /** Transaction state of the last ReadyForQuery: I (idle), T (in a transaction), E (in a failed one). */
  state = 'I';
  /** An Execute fell out of its statement: the transaction has to be failed before anything else. */
  suspended = false;
  /**
   * Whether what was sent ends a unit (Query, Sync). The engine says ReadyForQuery after an error at once and again at the Sync:
   * a client that got both would take the second for the answer, without rows, of what it asks next.
   */
  unitEnds = true;
  private held: Buffer = Buffer.alloc(0);
  private passing = 0;

  /** What the client is to get for these bytes. Messages may come in any number of pieces. */
  read(bytes: Uint8Array): Uint8Array {
    const out: Uint8Array[] = [];
    let rest = Buffer.concat([this.held, bytes]);
    while (rest.length > 0) {
      if (this.passing === 0) {
        if (rest.length < HEADER) break;
        const length = 1 + rest.readUInt32BE(1);
        const watched = [NOTICE, SUSPENDED, READY].includes(rest[0]!);
        if (watched && rest.length < length) break;
        if (watched) {
          out.push(this.judge(rest.subarray(0, length)));
          rest = rest.subarray(length);
          continue;
        }
        this.passing = length;
      }
      const part = rest.subarray(0, this.passing);
      out.push(part);
      this.passing -= part.length;
      rest = rest.subarray(part.length);
    }
    this.held = Buffer.from(rest);
    return Buffer.concat(out);
  }

  private judge(message: Buffer): Uint8Array {
    if (message[0] === READY) {
      this.state = String.fromCharCode(message[HEADER]!);
      return this.unitEnds ? message : Buffer.alloc(0);
    }
    if (message[0] === SUSPENDED) {
      this.suspended = true;
      return FAILURE;
    }
    const text = message.toString('latin1', HEADER);
    return /snapshot 0x\w+ still active|resource was not closed/.test(text) ? FAILURE : message;
  }
}

function errorResponse(words: string): Buffer {
  const fields = Buffer.from(`SERROR\0VERROR\0CXX000\0M${words}\0\0`);
  const message = Buffer.alloc(HEADER + fields.length);
  message.write('E', 0);
  message.writeUInt32BE(4 + fields.length, 1);
  fields.copy(message, HEADER);
  return message;
}
