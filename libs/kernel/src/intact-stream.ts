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

/** The same pieces, the first of them at hand: what goes wrong before it is thrown here, and not while they are read. */
export async function begun<T>(source: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const pieces = source[Symbol.asyncIterator]();
  const first = await pieces.next();
  return (async function* () {
    for (let next = first; next.done !== true; next = await pieces.next()) yield next.value;
  })();
}
