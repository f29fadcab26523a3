import { sha256Stream } from './hashing.js';

/**
 * The same bytes, hashed on their way; the last piece is held back until the hash is known to hold, so that whoever reads to the end has read what was meant.
 * Throws what `changed` answers where the bytes are others.
 */
export async function* intactStream(source: AsyncIterable<Uint8Array>, hash: string, changed: () => Error | Promise<Error>): AsyncGenerator<Uint8Array> {
  const running = sha256Stream();
  let held: Uint8Array | undefined;
  for await (const chunk of source) {
    running.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (running.digestHex() !== hash) throw await changed();
  if (held !== undefined) yield held;
}

/** The same pieces, the first of them at hand: what goes wrong before it is thrown here, and not while they are read. Who stops reading lets go of the source. */
export async function begun<T>(source: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const pieces = source[Symbol.asyncIterator]();
  let first: IteratorResult<T> | undefined = await pieces.next();
  const next = (): Promise<IteratorResult<T>> => {
    const piece = first;
    first = undefined;
    return piece === undefined ? pieces.next() : Promise.resolve(piece);
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: async (value: unknown) => (await pieces.return?.(), { done: true, value }) }) };
}
