import { createHash } from 'node:crypto';
import { ObjectMissingError, ObjectTooLargeError, type ObjectStore } from './objects.js';

async function* chunks(...parts: (string | Error)[]): AsyncIterable<Uint8Array> {
  for (const part of parts) {
    await Promise.resolve();
    if (part instanceof Error) throw part;
    yield new TextEncoder().encode(part);
  }
}
const read = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
};
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The ObjectStore contract. `open` gives an empty store. */
export function objectStoreContract(name: string, open: () => Promise<ObjectStore>): void {
  describe(`${name} - object store contract`, () => {
    let store: ObjectStore;
    beforeEach(async () => {
      store = await open();
    });

    it('put - names bytes by their content, counts them, and twice is one object', async () => {
      const put = { hash: sha('hello world'), size: 11 };
      expect(await store.put('acme', chunks('hello ', 'world'))).toEqual(put);
      expect(await store.put('acme', chunks('hello world'))).toEqual(put);
      expect(await store.stat('acme', put.hash)).toEqual({ size: 11 });
      expect(await read(await store.get('acme', put.hash))).toBe('hello world');
    });

    it('put - an empty source is an object too', async () => {
      expect(await store.put('acme', chunks())).toEqual({ hash: sha(''), size: 0 });
      expect(await read(await store.get('acme', sha('')))).toBe('');
    });

    it('put - a source that fails half-way leaves nothing', async () => {
      await expect(store.put('acme', chunks('half', new Error('line broke')))).rejects.toThrow('line broke');
      expect(await store.stat('acme', sha('half'))).toBeUndefined();
    });

    it('put - more than maxBytes is refused and leaves nothing; exactly maxBytes is kept', async () => {
      await expect(store.put('acme', chunks('12345', '6'), { maxBytes: 5 })).rejects.toBeInstanceOf(ObjectTooLargeError);
      expect(await store.stat('acme', sha('123456'))).toBeUndefined();
      expect(await store.put('acme', chunks('12345'), { maxBytes: 5 })).toEqual({ hash: sha('12345'), size: 5 });
    });

    it('put - of the same bytes by many at once gives one whole object', async () => {
      const big = 'x'.repeat(300_000);
      await Promise.all(Array.from({ length: 8 }, () => store.put('acme', chunks(big.slice(0, 100_000), big.slice(100_000)))));
      expect(await read(await store.get('acme', sha(big)))).toBe(big);
    });

    it('get - a range is inclusive at both ends', async () => {
      const { hash } = await store.put('acme', chunks('0123456789'));
      expect(await read(await store.get('acme', hash, { start: 2, end: 4 }))).toBe('234');
      expect(await read(await store.get('acme', hash, { start: 9, end: 99 }))).toBe('9');
    });

    it('get - another tenant’s object is missing, and so is what was never put', async () => {
      const { hash } = await store.put('acme', chunks('secret'));
      await expect(store.get('globex', hash)).rejects.toBeInstanceOf(ObjectMissingError);
      expect(await store.stat('globex', hash)).toBeUndefined();
      await expect(store.get('acme', sha('never'))).rejects.toBeInstanceOf(ObjectMissingError);
    });

    it('names - what is no tenant or no hash is missing, and never leaves the store', async () => {
      for (const [tenant, hash] of [['../acme', sha('x')], ['acme', '../../etc/passwd'], ['acme', 'AB'.repeat(32)]] as const) {
        await expect(store.get(tenant, hash)).rejects.toBeInstanceOf(ObjectMissingError);
        expect(await store.stat(tenant, hash)).toBeUndefined();
      }
      await expect(store.put('../acme', chunks('x'))).rejects.toThrow('tenant');
    });

    it('delete - removes the tenant’s object, and only that; twice is no error', async () => {
      const { hash } = await store.put('acme', chunks('both'));
      await store.put('globex', chunks('both'));
      await store.delete('acme', hash);
      await store.delete('acme', hash);
      expect(await store.stat('acme', hash)).toBeUndefined();
      expect(await store.stat('globex', hash)).toEqual({ size: 4 });
    });
  });
}
