/** What is on its way into the database, in pieces one statement can take. */

const BATCH_OBJECTS = 500;
const BATCH_BYTES = 4 << 20;

export async function* inBatches<Item extends object>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  let bytes = 0;
  for await (const item of items) {
    batch.push(item);
    bytes += 'wkb' in item ? (item.wkb as Buffer).length : 0;
    if (batch.length === BATCH_OBJECTS || bytes >= BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
  }
  if (batch.length > 0) yield batch;
}
