import fc from 'fast-check';
import type { ContentCell } from '@symphainy/contracts';
import { quality as qualitySchema } from './model/quality.schema.js';
import type { Table } from './model/table.schema.js';
import { assessQuality, type QualityOptions } from './quality-assembly.js';

const tableOf = (columns: string[], rows: ContentCell[][]): Table => ({ id: 't1', name: 'one', columns: columns.map((name) => ({ name })), rows, source: {} });
const options: QualityOptions = { denial_constraints: [], min_confidence: 0.5 };
const cellsOf = async (table: Table, more: Partial<QualityOptions> = {}) => (await assessQuality(table, { ...options, ...more })).cells.listed.map((c) => [c.row, c.column, c.kind, c.suggested]);

const TOWNS: [string, string, string][] = [['35957', 'boaz', 'marshall'], ['36049', 'luverne', 'crenshaw'], ['35631', 'florence', 'lauderdale'], ['36301', 'dothan', 'houston'], ['35233', 'birmingham', 'jefferson']];
/** Six rows a town; each row's own number keeps rows apart. */
const towns = (): ContentCell[][] => Array.from({ length: 30 }, (_, i) => [`K-${100 + i}`, ...TOWNS[i % TOWNS.length]!]);
const columns = ['key', 'zip', 'town', 'county'];
const changed = (row: number, column: number, value: ContentCell): Table => {
  const rows = towns();
  rows[row]![column] = value;
  return tableOf(columns, rows);
};

describe('quality - cells that are wrong, without being told the rules', () => {
  it('a table in order - has no finding', async () => {
    expect(await cellsOf(tableOf(columns, towns()))).toEqual([]);
  });

  it.each<[string, number, number, ContentCell, string]>([
    ['a misspelt town', 7, 2, 'florxnce', 'inconsistent'],
    ['another town’s rightful name', 11, 2, 'dothan', 'inconsistent'],
    ['a county that is missing', 13, 3, null, 'missing'],
    ['a letter in a number', 3, 1, '3x301', 'inconsistent'],
  ])('%s - is found in its cell, with the value that the other rows tell', async (_what, row, column, value, kind) => {
    expect(await cellsOf(changed(row, column, value))).toEqual([[row + 1, columns[column], kind, towns()[row]![column]]]);
  });

  it('rows that all differ from a rule together - are another case, not errors', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => [`K-${i}`, i % 10 === 9 ? 'ak' : 'al', `hf-${i % 3}`, `${i % 10 === 9 ? 'ak' : 'al'}_hf-${i % 3}`]);
    expect(await cellsOf(tableOf(['key', 'state', 'code', 'average'], rows))).toEqual([]);
  });

  it('of two rows that differ - neither is called wrong', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [`p${i >> 1}`, i === 5 ? 'smyth' : `name ${String.fromCharCode(97 + (i >> 1))}`]);
    expect(await cellsOf(tableOf(['person', 'surname'], rows))).toEqual([]);
  });

  it('a value out of its column’s form - is found without any other column', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i === 4 ? '12 paxienxs' : `${i * 7} patients`, i === 9 ? '4x' : i * 3]);
    expect(await cellsOf(tableOf(['sample', 'n'], rows))).toEqual([[5, 'sample', 'format', '12 patients'], [10, 'n', 'format', undefined]]);
  });

  it('a constraint given - counts even where the data would not show it', async () => {
    const rows: ContentCell[][] = [['a', '1'], ['a', '1'], ['a', '2'], ['b', '3']];
    expect(await cellsOf(tableOf(['A', 'B'], rows))).toEqual([]);
    expect(await cellsOf(tableOf(['A', 'B'], rows), { denial_constraints: ['t1&t2&EQ(t1.A,t2.A)&IQ(t1.B,t2.B)'] })).toEqual([[3, 'B', 'inconsistent', '1']]);
  });

  it.each(['t1&EQ(t1.A,"x")', 't1&t2&EQ(t1.A,t2.A)&GT(t1.B,t2.B)', 't1&t2&EQ(t1.A,t2.A)&IQ(t1.C,t2.C)', 't1&t2&IQ(t1.A,t2.A)&IQ(t1.B,t2.B)'])('the constraint %s - is refused by its place', async (constraint) => {
    await expect(assessQuality(tableOf(['A', 'B'], [['a', '1']]), { ...options, denial_constraints: [constraint] })).rejects.toMatchObject({ code: 'intent.payload_invalid', field: '/denial_constraints/0' });
  });

  it('any table - its report fits the schema, and no cell beyond it is named', async () => {
    const cell = fc.oneof(fc.constantFrom<ContentCell>(null, '', 'x', '1'), fc.integer({ max: 9, min: 0 }), fc.string({ maxLength: 4 }));
    await fc.assert(fc.asyncProperty(fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 30 }), async (rows) => {
      const report = await assessQuality(tableOf(['a', 'b', 'c'], rows), { ...options, min_confidence: 0 });
      expect(qualitySchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
      expect(report.cells.listed.every((c) => c.row >= 1 && c.row <= rows.length)).toBe(true);
    }), { numRuns: 60 });
  });
});

describe('quality - against a table schema', () => {
  const schema = { fields: [{ name: 'id', type: 'integer' as const, constraints: { required: true, unique: true } }, { name: 'name', type: 'string' as const, constraints: { pattern: '[A-Z].*', maxLength: 6 } }, { name: 'born', type: 'date' as const, constraints: { minimum: '1900-01-01' } }], primaryKey: 'id' };
  const issues = async (names: string[], rows: ContentCell[][]) => (await assessQuality(tableOf(names, rows), { ...options, table_schema: schema })).schema.listed.map((i) => [i.row ?? null, i.field, i.kind]);

  it('types, constraints, uniqueness and the key - each by row and field', async () => {
    expect(await issues(['id', 'name', 'born'], [[1, 'Ann', '2001-02-03'], ['x', 'bob', '1899-12-31'], [null, 'Bartholomew', 'soon'], [1, 'Eve', null]])).toEqual([
      [2, 1, 'type_error'], [2, 2, 'constraint_error'], [2, 3, 'constraint_error'], [3, 1, 'constraint_error'], [3, 2, 'constraint_error'], [3, 3, 'type_error'], [4, 1, 'unique_error'], [4, 1, 'primary_key_error'],
    ]);
  });

  it('labels that differ or lack - are named by their field', async () => {
    expect(await issues(['id', 'surname'], [])).toEqual([[null, 2, 'incorrect_label'], [null, 3, 'missing_label']]);
  });
});

describe('quality - keys and columns', () => {
  it('a key that stands twice among hundreds - is named with both rows; a column without any value too', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => [`T${2022000 + (i === 150 ? 20 : i)}`, null]);
    const report = await assessQuality(tableOf(['permit', 'issued'], rows), options);
    expect(report.repeated_keys.listed).toMatchObject([{ column: 'permit', value: 'T2022020', rows: [21, 151] }]);
    expect(report.empty_columns).toEqual(['issued']);
  });
});
