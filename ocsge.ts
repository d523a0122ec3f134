#!/usr/bin/env node
/** The binary: picks the half a command belongs to and starts it. */
const [command, ...rest] = process.argv.slice(2);

if (command === 'serve') {
  const { main } = await import('./server/main.ts');
  process.exitCode = await main(rest);
} else {
  const { main } = await import('./pipeline/main.ts');
  process.exitCode = await main([command ?? '--help', ...rest].filter((word) => word !== undefined));
}
