/** Resolves in the next turn of the event loop: all that has arrived is handled first. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Hands `items` over in slices of `size`, each in a turn of its own: long work that must not hold up short work. Rejects as `work` throws. */
export async function inTurns<T>(items: readonly T[], size: number, work: (slice: readonly T[]) => void): Promise<void> {
  for (let from = 0; from < items.length; from += size) {
    if (from > 0) await nextTurn();
    work(items.slice(from, from + size));
  }
}
