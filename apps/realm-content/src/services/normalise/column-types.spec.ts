import type { ContentCell } from '@symphainy/contracts';
import { typeColumn } from './column-types.js';

const typed = (...cells: ContentCell[]) => {
  const { column, cells: out } = typeColumn({ name: 'c' }, cells);
  return [column.type, ...(column.unit ? [column.unit] : []), out];
};

describe('columns - typed only where every cell agrees, and nothing is guessed', () => {
  it.each<[string, ContentCell[], unknown[]]>([
    ['whole numbers', ['1', '-20', null], ['integer', [1, -20, null]]],
    ['thousands', ['1,200', '15'], ['integer', [1200, 15]]],
    ['money', ['$1,240.50', '$-3.00', '($7.25)'], ['decimal', '$', ['1240.50', '-3.00', '-7.25']]],
    ['percentages', ['12%', '7.5%'], ['decimal', '%', ['12', '7.5']]],
    ['two currencies', ['$1', '€2'], ['string', ['$1', '€2']]],
    ['names of things with leading zeros', ['0042', '0117'], ['string', ['0042', '0117']]],
    ['numbers too long for JSON', ['12345678901234567890', '1'], ['decimal', ['12345678901234567890', '1']]],
    ['a number and a word', ['1', 'n/a'], ['string', ['1', 'n/a']]],
    ['yes and no as JSON has them', ['true', 'FALSE', null], ['boolean', [true, false, null]]],
    ['ISO dates', ['2026-03-31', '2024-02-29'], ['date', ['2026-03-31', '2024-02-29']]],
    ['a day that does not exist', ['2026-02-30'], ['string', ['2026-02-30']]],
    ['months by name', ['12 March 2026', 'Apr 3, 2026'], ['date', ['2026-03-12', '2026-04-03']]],
    ['slashes that show which is the day', ['03/04/2026', '25/12/2026'], ['date', ['2026-04-03', '2026-12-25']]],
    ['slashes that show which is the month', ['03/04/2026', '12/25/2026'], ['date', ['2026-03-04', '2026-12-25']]],
    ['slashes that do not show it', ['03/04/2026', '05/06/2026'], ['string', ['03/04/2026', '05/06/2026']]],
    ['times', ['2026-03-31 14:30', '2026-04-01T08:00:00Z'], ['datetime', ['2026-03-31T14:30:00', '2026-04-01T08:00:00Z']]],
    ['JSON numbers', [1, 2.5], ['number', [1, 2.5]]],
    ['mixed kinds', [1, 'x', true], ['string', ['1', 'x', 'true']]],
    ['nothing', [null, null], ['string', [null, null]]],
  ])('%s', (_what, cells, expected) => {
    expect(typed(...cells)).toEqual(expected);
  });

  it('a type that the file states is kept; text by its statement becomes a date only when all of it is', () => {
    expect(typeColumn({ name: 'c', type: 'string' }, ['12', '13']).column.type).toBe('string');
    expect(typeColumn({ name: 'c', type: 'string' }, ['2026-01-02', null]).column.type).toBe('date');
    expect(typeColumn({ name: 'c', type: 'decimal' }, ['1.50']).column.type).toBe('decimal');
  });
});
