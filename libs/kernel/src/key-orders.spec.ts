import { KeyOrders } from './key-orders.js';

const keysOf = (orders: KeyOrders, keys: readonly string[]): string[] | undefined => orders.of(keys)?.map(({ key }) => key);

describe('KeyOrders', () => {
  it('the same keys in another order - each list has its order, and both are sorted', () => {
    const orders = new KeyOrders();
    expect(keysOf(orders, ['b', 'a', 'c'])).toEqual(['a', 'b', 'c']);
    expect(keysOf(orders, ['c', 'b', 'a'])).toEqual(['a', 'b', 'c']);
    expect(keysOf(orders, ['b', 'a'])).toEqual(['a', 'b']);
    expect(orders.of(['b', 'a'])).toBe(orders.of(['b', 'a']));
  });

  it('keys that need more than quotes, or mean something else - are left to others', () => {
    const orders = new KeyOrders();
    for (const key of ['"', '\\', '\n', 'é', '\ud800', 'toJSON', 'x'.repeat(65)]) expect(orders.of(['a', key])).toBeUndefined();
    expect(orders.of(Array.from({ length: 33 }, (_, i) => `k${i}`))).toBeUndefined();
  });

  it('keys without end - what is remembered stays bounded, and every list still has its order', () => {
    const orders = new KeyOrders();
    for (let i = 0; i < 30_000; i++) expect(keysOf(orders, [`z${i}`, `a${i}`])).toEqual([`a${i}`, `z${i}`]);
    expect((orders as unknown as { nodes: number }).nodes).toBeLessThanOrEqual(8192);
  });
});
