#!/usr/bin/env node
/** The binary: picks the half a command belongs to and starts it. */
import { runEngine } from './sql/embedded.ts';

const [command = '--help', ...rest] = process.argv.slice(2);

if (command === 'database') {
  const at = rest.indexOf('--data-dir');
  await runEngine(rest[at + 1]!, {
    say: (event, data) => console.log(JSON.stringify({ time: new Date().toISOString(), event, ...data })),
  });
}
