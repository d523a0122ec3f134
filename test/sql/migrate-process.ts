/** Started by migrate.test.ts, several at once: `tsx migrate-process.ts DATA_DIR [DATABASE_URL]`. */
import { openDatabase } from '../../sql/database.ts';
import { migrate } from '../../sql/migrate.ts';

const [dataDir, databaseUrl] = process.argv.slice(2);
const database = await openDatabase({ dataDir: dataDir!, databaseUrl });
console.log(JSON.stringify(await migrate(database)));
await database.close();
