/** Work that overlaps: some tasks under way at a time, taken from a list that may be made as it is read. */

/**
 * Runs what `tasks` gives, in its order, at most `atOnce` at a time. After a failure nothing new is started; the first error is
 * thrown once all that was under way has ended.
 */
export async function runAhead(tasks: AsyncIterable<() => Promise<void>>, atOnce: number): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  try {
    for await (const task of tasks) {
      const run: Promise<void> = task()
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(run));
      running.add(run);
      if (running.size >= atOnce) await Promise.race(running);
      if (failures.length > 0) break;
    }
  } catch (error) {
    failures.push(error);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
