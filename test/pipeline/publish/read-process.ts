/** Started by publish-wait.test.ts: reads the published millésime again and again until SIGTERM, then tells its longest wait. */
import { openDatabase } from '../../../sql/database.ts';

const database = await openDatabase({ databaseUrl: process.env['DATABASE_URL'], dataDir: '.', maxConnections: 1 });
let stop = false;
process.once('SIGTERM', () => {
  stop = true;
});
let longestMs = 0;
let reads = 0;
while (!stop) {
  const start = performance.now();
  await database.pool.query(
    `select id from published.occupation_sol o join published.millesime m on m.revision_id = o.revision_id
      where m.departement = '999' and m.millesime = 2019 order by rang limit 10`,
  );
  longestMs = Math.max(longestMs, performance.now() - start);
  reads++;
  if (reads === 20) {
    console.log('reading');
    longestMs = 0; // the first ones open the connection and fill caches
  }
}
console.log(JSON.stringify({ reads, longestMs }));
await database.close();
