/** Work side by side on what comes in no order of its own. */

/** Does `settle` with all of `blocks`, at most `ahead` at a time and one more. */
export async function settleAll<Settled>(
  blocks: AsyncIterable<Settled>,
  ahead: number,
  settle: (settled: Settled) => Promise<void>,
): Promise<void> {
  const settling = new Set<Promise<void>>();
  let failure: unknown;
  try {
    for await (const settled of blocks) {
      const job = settle(settled)
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => settling.delete(job));
      settling.add(job);
      while (settling.size > ahead) await Promise.race(settling);
      if (failure !== undefined) break;
    }
  } finally {
    await Promise.all(settling);
  }
  if (failure !== undefined) throw failure;
}
