import type { HotState } from './hot-state.js';

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const text = (found: { value: Uint8Array } | undefined): string | undefined => (found === undefined ? undefined : new TextDecoder().decode(found.value));

/** The HotState contract. `open` gives an empty one; the suite closes what it opened. */
export function hotStateContract(name: string, open: () => Promise<HotState>): void {
  describe(`${name} - hot state contract`, () => {
    let hot: HotState;
    beforeEach(async () => {
      hot = await open();
    });
    afterEach(() => hot.close());
    const set = (seq: number, value: string, key = 'k', tenantId = 'acme'): Promise<void> => hot.setMany([{ tenantId, key, seq, value: bytes(value) }]);

    it('set - a newer value replaces an older one, and neither an older nor an equal one a newer', async () => {
      await set(2, 'two');
      await set(1, 'one');
      await set(2, 'another two');
      expect(text(await hot.get('acme', 'k'))).toBe('two');
      await set(10, 'ten');
      expect(await hot.get('acme', 'k')).toEqual({ seq: 10, value: expect.anything() as unknown });
      expect(text(await hot.get('acme', 'k'))).toBe('ten');
    });

    it('set - many of several tenants at once; within one call the highest seq wins', async () => {
      await hot.setMany([
        { tenantId: 'acme', key: 'a', seq: 1, value: bytes('a1'), ttlSeconds: 60 },
        { tenantId: 'globex', key: 'a', seq: 1, value: bytes('other') },
        { tenantId: 'acme', key: 'a', seq: 3, value: bytes('a3') },
        { tenantId: 'acme', key: 'a', seq: 2, value: bytes('a2') },
      ]);
      expect([text(await hot.get('acme', 'a')), text(await hot.get('globex', 'a'))]).toEqual(['a3', 'other']);
      await hot.setMany([]);
    });

    it('tenants - one never reads another’s key, however the names are put together', async () => {
      await set(1, 'secret', 'x', 'acme');
      expect(await hot.get('globex', 'x')).toBeUndefined();
      await set(1, 'mine', 'b:c', 'a');
      expect(await hot.get('a:b', 'c')).toBeUndefined();
    });

    it('values - any bytes come back as they were', async () => {
      const value = Uint8Array.from({ length: 256 }, (_, i) => i);
      await hot.setMany([{ tenantId: 'acme', key: 'bytes', seq: 0, value }]);
      expect([...(await hot.get('acme', 'bytes'))!.value]).toEqual([...value]);
    });

    it('delete - removes the value, so that any seq may be set again', async () => {
      await set(5, 'five');
      await hot.delete('acme', 'k');
      expect(await hot.get('acme', 'k')).toBeUndefined();
      await set(1, 'one');
      expect(text(await hot.get('acme', 'k'))).toBe('one');
    });
  });
}
