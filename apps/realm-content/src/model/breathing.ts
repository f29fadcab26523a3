/** Lets other work of the process (heartbeats above all) run between slices of long synchronous work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A counter that breathes every `slice` calls. */
export function breather(slice: number): () => Promise<void> | undefined {
  let calls = 0;
  return () => (++calls % slice === 0 ? breathe() : undefined);
}
