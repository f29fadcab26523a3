import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { ChurnMap } from './churn-map.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const oldSpace = (): number => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')!.space_used_size / 1024 / 1024;

/** MiB by which the old generation grows while 60,000 values of 1.6 KB pass through, four at a time. */
function grownBy(map: { set(key: string, value: object): unknown; delete(key: string): boolean }): number {
  collect();
  const before = oldSpace();
  for (let i = 0; i < 60_000; i++) {
    map.set(`k${i}`, Array.from({ length: 200 }, (_, j) => i + j));
    map.delete(`k${i - 3}`);
  }
  return oldSpace() - before;
}

describe('a map of what comes and goes', () => {
  it('what was taken out of an old map - is let go by minor collections', () => {
    const plain = grownBy(new Map());
    const churning = grownBy(new ChurnMap());
    expect(churning).toBeLessThan(plain / 3);
  });

  it('any calls in any order - answers as a Map does', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const call = fc.oneof(fc.tuple(fc.constant('set' as const), key), fc.tuple(fc.constant('delete' as const), key), fc.tuple(fc.constant('clear' as const), key));
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const map = new ChurnMap<{ n: number }>();
        const model = new Map<string, { n: number }>();
        calls.forEach(([name, key], n) => {
          if (name === 'set') map.set(key, model.set(key, { n }).get(key)!);
          if (name === 'delete') expect(map.delete(key)).toBe(model.delete(key));
          if (name === 'clear') [map, model].forEach((m) => m.clear());
          expect([map.get(key), map.has(key), map.size]).toEqual([model.get(key), model.has(key), model.size]);
        });
        expect([...map.keys()]).toEqual([...model.keys()]);
        expect([...map.values()]).toEqual([...model.values()]);
      }),
    );
  });

  it('a value that was taken - is given once', () => {
    const map = new ChurnMap<object>();
    const value = {};
    map.set('a', value);
    expect(map.take('a')).toBe(value);
    expect(map.take('a')).toBeUndefined();
  });
});
