import { UUID_PATTERN, uuidV7Source } from './ids.js';

describe('UUIDv7 source', () => {
  it('ids - have version, variant and the clock’s milliseconds', () => {
    const id = uuidV7Source(() => 0x0123456789ab).next();
    expect(id).toMatch(UUID_PATTERN);
    expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab]/);
  });

  it('within one millisecond - ids still only go up, past the counter’s end', () => {
    const source = uuidV7Source(() => 1_790_000_000_000);
    const ids = Array.from({ length: 10_000 }, () => source.next());
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('a clock that goes back - does not take the ids back', () => {
    let now = 1_790_000_000_000;
    const source = uuidV7Source(() => now);
    const before = source.next();
    now -= 60_000;
    expect(source.next() > before).toBe(true);
  });
});
