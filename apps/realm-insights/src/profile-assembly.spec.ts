import fc from 'fast-check';
import type { ContentCell } from '@symphainy/contracts';
import { profile as profileSchema } from './model/profile.schema.js';
import type { Table } from './model/table.schema.js';
import { profileTable } from './profile-assembly.js';

const tableOf = (columns: string[], rows: ContentCell[][]): Table => ({ id: 't1', name: 'one', columns: columns.map((name) => ({ name })), rows, source: {} });

const cell: fc.Arbitrary<ContentCell> = fc.oneof(fc.constantFrom<ContentCell>(null, '', ' ', 'N/A', 'x', 'yes', '1', '2.5', '2024-01-01'), fc.integer(), fc.boolean(), fc.string());
const anyTable = fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 40 }).map((rows) => tableOf(['a', 'b id', 'c'], rows));

describe('profile - of any table', () => {
  it('missing and present values make up the rows, and every count is within them', () => {
    fc.assert(fc.property(anyTable, (table) => {
      const result = profileTable(table, []);
      for (const c of result.columns) {
        expect(c.nulls + c.non_nulls).toBe(table.rows.length);
        expect(c.distinct).toBeLessThanOrEqual(c.non_nulls);
        expect(c.type_exceptions.count).toBeLessThanOrEqual(c.non_nulls);
        expect(c.frequent.reduce((sum, f) => sum + f.count, 0)).toBeLessThanOrEqual(c.non_nulls);
      }
    }));
  });

  it('the artifact fits its schema and has a canonical form', () => {
    fc.assert(fc.property(anyTable, (table) => {
      const result = profileTable(table, [{ rule: 'not_null', column: 'a' }]);
      expect(profileSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(JSON.parse(JSON.stringify(result)));
    }));
  });
});

describe('profile - faults it must find', () => {
  it('labels, blank rows and ragged rows', () => {
    const result = profileTable(tableOf(['id', 'name', '', 'name'], [['1', 'english'], [], ['2', 'german', '1', '2', '3']]), []);
    expect(result.structure.listed.map((i) => [i.row ?? null, i.field ?? null, i.kind])).toEqual([
      [null, 3, 'blank_label'], [null, 4, 'duplicate_label'], [1, 3, 'missing_cell'], [1, 4, 'missing_cell'], [2, null, 'blank_row'], [3, 5, 'extra_cell'],
    ]);
  });

  it('what the parser noted of the file - is told instead, since the table was made good', () => {
    const noted = { ...tableOf(['id', 'name', 'age'], [['1', 'a', null], ['2', 'b', '3']]), irregularities: [
      { kind: 'duplicate_label' as const, source: { line: 1, column: 3 } }, { kind: 'short_row' as const, source: { line: 2 }, expected: 3, found: 1 }, { kind: 'blank_row' as const, source: { line: 3 } }, { kind: 'long_row' as const, source: { line: 4 }, expected: 3, found: 4 },
    ] };
    expect(profileTable(noted, []).structure.listed.map((i) => [i.row ?? null, i.field ?? null, i.kind])).toEqual([[null, 3, 'duplicate_label'], [2, 2, 'missing_cell'], [2, 3, 'missing_cell'], [3, null, 'blank_row'], [4, 4, 'extra_cell']]);
  });

  it('repeated rows - counted beyond the first, blank ones not', () => {
    expect(profileTable(tableOf(['a', 'b'], [['1', 'x'], ['2', 'y'], ['1', 'x'], ['1', 'x'], ['', ''], ['', '']]), []).duplicates).toMatchObject({ count: 2, groups: 1, listed: [{ rows: [1, 3, 4] }] });
  });

  it('missing values - empty texts, blanks and agreed tokens; NA stays a value among two-letter codes', () => {
    const [plain, codes] = profileTable(tableOf(['plain', 'country'], [['', 'NA'], [' ', 'DE'], ['N/A', 'FR'], ['NULL', null], ['x', 'US']]), []).columns;
    expect(plain).toMatchObject({ nulls: 4, null_rate: 0.8, null_tokens: { 'N/A': 1, NULL: 1 } });
    expect(codes).toMatchObject({ nulls: 1, distinct: 4 });
  });

  it('an outlier and a type exception - name their cells by the source’s own address', () => {
    const rows = [...Array.from({ length: 19 }, (_, i) => [i + 1]), [9999], ['n.n.']];
    const sources = rows.map((_, i) => ({ byte_start: i * 10, byte_end: i * 10 + 10 }));
    const [column] = profileTable({ ...tableOf(['amount'], rows), row_sources: sources, source: { sheet: 'S', box: [0, 0, 1, 1] } }, []).columns;
    expect(column!.outliers).toMatchObject({ count: 1, listed: [{ row: 20, value: 9999, source: { sheet: 'S', column: 1, column_name: 'amount', byte_start: 190, byte_end: 200 } }] });
    expect(column!.outliers!.listed[0]!.source).not.toHaveProperty('box');
    expect(column!.type_exceptions).toMatchObject({ count: 1, listed: [{ row: 21, value: 'n.n.' }] });
  });

  it('more findings than are listed - the count is complete and the cut is said', () => {
    const rows = Array.from({ length: 500 }, () => ['same']);
    expect(profileTable(tableOf(['x'], rows), [{ rule: 'unique', column: 'x' }]).rules[0]!.violations).toMatchObject({ count: 499, truncated: true });
  });
});
