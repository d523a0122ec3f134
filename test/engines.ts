/** Integration tests run on both engines, but for these. */
import { engineUnderTest } from './database.ts';

type Engine = typeof engineUnderTest;

/** Test name → the one engine it runs on, and why the other cannot show it. */
export const oneEngineOnly: Record<string, { engine: Engine; reason: string }> = {
  'sql/schema.sql is the schema the migrations make': {
    engine: 'postgresql',
    reason: 'the dump is written by pg_dump, which needs a real server',
  },
  'a second engine is refused on a folder in use': {
    engine: 'embedded',
    reason: 'the lock file guards the folder of the embedded engine; a server has its own postmaster.pid',
  },
  'a lock and a socket left by kill -9 are recognised as stale': {
    engine: 'embedded',
    reason: 'only the embedded engine is started by our commands',
  },
  'one command ends and the other goes on reading': {
    engine: 'embedded',
    reason: 'on a server no command owns the engine',
  },
  'large parameters of two clients at once do not mix': {
    engine: 'embedded',
    reason: 'on a server every connection has a session of its own',
  },
  'the client that vanishes in a transaction leaves nothing behind': {
    engine: 'embedded',
    reason: 'on a server the backend of that client rolls back by itself',
  },
  'a statement past its limit is ended, and told as 503 with Retry-After': {
    engine: 'postgresql',
    reason: 'the embedded engine knows no statement_timeout',
  },
  'the pool of readers cannot write': {
    engine: 'postgresql',
    reason: 'the embedded engine has one session: a setting of one connection would be everyone’s',
  },
  'a statement the geometry library drops out of is an error, not a short answer': {
    engine: 'embedded',
    reason: 'only its WebAssembly build drops out of statements when GEOS throws',
  },
  'a reader waits less than 200 ms while a revision is loaded and swapped': {
    engine: 'postgresql',
    reason: 'the embedded engine has one session: statements run one after the other',
  },
};

/** Options for node:test: `test(name, onlyOn('embedded', name), …)` skips, saying why, on the other engine. */
export function onlyOn(engine: Engine, name: string): { skip: string | false } {
  const entry = oneEngineOnly[name];
  if (entry?.engine !== engine) throw new Error(`"${name}" is not listed for ${engine} in test/engines.ts`);
  return { skip: engineUnderTest === engine ? false : `${engine} only: ${entry.reason}` };
}
