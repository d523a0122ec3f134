/** Work done side by side whose results are looked at in order. */

/** Gives what `start` makes of 0, 1, 2…, in that order, with at most `ahead` of them begun and not yet given. */
export async function* inOrder<Result>(
  count: number,
  ahead: number,
  start: (index: number) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  let next = 0;
  try {
    for (let index = 0; index < count; index++) {
      while (next < count && begun.length < ahead) {
        const work = start(next++);
        work.catch(() => {}); // told when its turn comes, unless another fails first
        begun.push(work);
      }
      yield await begun.shift()!;
    }
  } finally {
    await Promise.allSettled(begun);
  }
}
