import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { randomKey, seal, sealedRange, sealedSize, sealStream, unseal, UnsealError, unsealStream, SEALED_CHUNK } from './sealing.js';

const bytes = fc.uint8Array({ maxLength: 300 });

async function collected(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const cut = (whole: Uint8Array, size: number): Readable => Readable.from(Array.from({ length: Math.max(1, Math.ceil(whole.length / size)) }, (_, i) => Buffer.from(whole.subarray(i * size, (i + 1) * size))));

describe('seal - a value opens with its key and context, and with nothing else', () => {
  const key = randomKey();

  it('what was sealed - opens to the same bytes, and seals to the same bytes again', () => {
    fc.assert(fc.property(bytes, fc.string(), (plain, context) => {
      const sealed = seal(key, context, plain);
      expect(Buffer.from(unseal(key, context, sealed)!)).toEqual(Buffer.from(plain));
      expect(seal(key, context, plain)).toEqual(sealed);
    }));
  });

  it('another context, another key, a changed bit - opens nothing', () => {
    fc.assert(fc.property(bytes, fc.nat(), (plain, at) => {
      const sealed = Buffer.from(seal(key, 'here', plain));
      expect(unseal(key, 'there', sealed)).toBeUndefined();
      expect(unseal(randomKey(), 'here', sealed)).toBeUndefined();
      sealed[at % sealed.length]! ^= 1;
      expect(unseal(key, 'here', sealed)).toBeUndefined();
    }));
  });

  it('nonces - are those of equal messages only: two contexts, or two values, never share one', () => {
    const nonceOf = (context: string, plain: string): string => Buffer.from(seal(key, context, plain)).subarray(0, 12).toString('hex');
    const nonces = Array.from({ length: 2000 }, (_, i) => nonceOf(`c${i % 20}`, `v${i}`));
    expect(new Set(nonces).size).toBe(nonces.length);
    expect(nonceOf('ab', 'c')).not.toBe(nonceOf('a', 'bc'));
  });
});

describe('sealed stream - a file is read whole or in part, and only as it was written', () => {
  const key = randomKey();
  const whole = Buffer.from(Array.from({ length: 2 * SEALED_CHUNK + 777 }, (_, i) => (i * 31) % 251));
  const sealedOf = (plain: Uint8Array): Promise<Buffer> => collected(sealStream(key, cut(plain, 50_000)));

  it.each([0, 1, SEALED_CHUNK - 1, SEALED_CHUNK, SEALED_CHUNK + 1, 2 * SEALED_CHUNK, 2 * SEALED_CHUNK + 777])('%d bytes - have the size that is foretold, and come back', async (size) => {
    const plain = whole.subarray(0, size);
    const sealed = await sealedOf(plain);
    expect(sealed.length).toBe(sealedSize(size));
    expect(await collected(unsealStream(key, cut(sealed, 10_000), size))).toEqual(plain);
  });

  it('a range - needs its chunks alone, and gives exactly its bytes', async () => {
    const sealed = await sealedOf(whole);
    await fc.assert(fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(whole.length - 1), async (a, b) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      const need = sealedRange(start, end, whole.length);
      expect(await collected(unsealStream(key, cut(sealed.subarray(need.start, need.end + 1), 9_999), whole.length, { start, end }))).toEqual(whole.subarray(start, end + 1));
    }), { numRuns: 50 });
  });

  it.each<[string, (sealed: Buffer) => Buffer]>([
    ['cut off at a chunk', (sealed) => sealed.subarray(0, 2 * (SEALED_CHUNK + 16))],
    ['with two chunks swapped', (sealed) => Buffer.concat([sealed.subarray(SEALED_CHUNK + 16, 2 * (SEALED_CHUNK + 16)), sealed.subarray(0, SEALED_CHUNK + 16), sealed.subarray(2 * (SEALED_CHUNK + 16))])],
    ['with a bit changed', (sealed) => (sealed[70_000]! ^= 1, sealed)],
  ])('a stream %s - is refused', async (_what, harm) => {
    const sealed = harm(await sealedOf(whole));
    await expect(collected(unsealStream(key, cut(sealed, 10_000), whole.length))).rejects.toThrow(UnsealError);
  });
});
