import * as XLSX from '@e965/xlsx';
import { normalise } from '../normalise/normalise.js';
import { parseHtml } from './parse-html.js';
import { parseXlsx } from './parse-xlsx.js';

type Cells = readonly (readonly (string | number | undefined)[])[];

/** A sheet of these cells with these places merged, as `A1:B1`. */
async function sheet(cells: Cells, merged: readonly string[] = []) {
  const made = XLSX.utils.aoa_to_sheet(cells as unknown[][]);
  made['!merges'] = merged.map((range) => XLSX.utils.decode_range(range));
  const { tables } = await normalise(await parseXlsx(XLSX.write({ SheetNames: ['S'], Sheets: { S: made } }, { type: 'buffer' }) as Uint8Array));
  return { columns: tables[0]!.columns.map(({ name }) => name), rows: tables[0]!.rows, places: tables[0]!.row_sources!.map(({ row }) => row) };
}

const html = async (rows: string) => {
  const { tables } = await normalise(await parseHtml(Buffer.from(`<table>${rows}</table>`), {}));
  return { columns: tables[0]!.columns.map(({ name }) => name), rows: tables[0]!.rows };
};

describe('headings of several rows - name columns, and are no data', () => {
  it('labels merged over others, beside one that reaches down', async () => {
    expect(await sheet([['Product', 'Contact', undefined, 'Site'], [undefined, 'Name', 'Mail', undefined], ['Pump', 'Ada', 'a@x.example', 'Bo'], ['Valve', 'Cy', 'c@x.example', 'Wo']], ['A1:A2', 'B1:C1', 'D1:D2']))
      .toEqual({ columns: ['Product', 'Contact Name', 'Contact Mail', 'Site'], rows: [['Pump', 'Ada', 'a@x.example', 'Bo'], ['Valve', 'Cy', 'c@x.example', 'Wo']], places: [3, 4] });
  });

  it('years as numbers over quarters, in three rows', async () => {
    expect(await sheet([['Region', 'EMEA', undefined, undefined, undefined], [undefined, 2025, undefined, 2026, undefined], [undefined, 'Q1', 'Q2', 'Q1', 'Q2'], ['North', 1, 2, 3, 4], ['South', 5, 6, 7, 8]], ['A1:A3', 'B1:E1', 'B2:C2', 'D2:E2']))
      .toMatchObject({ columns: ['Region', 'EMEA 2025 Q1', 'EMEA 2025 Q2', 'EMEA 2026 Q1', 'EMEA 2026 Q2'], rows: [['North', 1, 2, 3, 4], ['South', 5, 6, 7, 8]] });
  });

  it('labels with blanks at their right instead of merged ones', async () => {
    expect((await sheet([[undefined, 'Plan', undefined, 'Actual', undefined], ['Month', 'units', 'value', 'units', 'value'], ['Jan', 1, 2.5, 3, 4]])).columns).toEqual(['Month', 'Plan units', 'Plan value', 'Actual units', 'Actual value']);
  });

  it('years as numbers in one row of labels', async () => {
    expect(await sheet([['Scenario', 2025, 2026], ['base', 1, 2], ['high', 3, 4]])).toMatchObject({ columns: ['Scenario', '2025', '2026'], rows: [['base', 1, 2], ['high', 3, 4]] });
  });

  it.each<[string, Cells, readonly string[]]>([
    ['a row of data under a merged label', [['Product', 'Contact', undefined], ['Pump', 'Ada', 'a@x.example'], ['Valve', 'Cy', 'c@x.example']], ['B1:C1']],
    ['a row of numbers under merged labels', [['Product', 'Sizes', undefined], ['Pump', 1, 2], ['Valve', 3, 4]], ['B1:C1']],
    ['merged cells further down', [['a', 'b', 'c'], ['x', 'y', undefined], ['p', 'q', 'r']], ['B2:C2']],
  ])('%s - stays a row', async (_what, cells, merged) => {
    expect((await sheet(cells, merged)).rows).toHaveLength(cells.length - 1);
  });

  it.each([
    ['all of them headings', '<tr><th rowspan=2>Town</th><th colspan=2>Permits</th></tr><tr><th>new</th><th>old</th></tr><tr><td>Bo</td><td>1</td><td>2</td></tr>', ['Town', 'Permits new', 'Permits old']],
    ['set in plain cells', '<tr><td rowspan=2>Town</td><td colspan=2>Permits</td></tr><tr><td>new</td><td>old</td></tr><tr><td>Bo</td><td>1</td><td>2</td></tr>', ['Town', 'Permits new', 'Permits old']],
    ['with a blank corner', '<tr><td></td><th>new</th><th>old</th></tr><tr><th>Bo</th><td>1</td><td>2</td></tr>', ['column_1', 'new', 'old']],
  ])('HTML, %s', async (_what, rows, columns) => {
    expect(await html(rows)).toEqual({ columns, rows: [['Bo', 1, 2]] });
  });

  it('HTML, pairs beside a value that spans - are no headings', async () => {
    expect((await html('<tr><td>Contact</td><td colspan=2>Ada and Bo</td></tr><tr><td>Town</td><td>Alden</td><td>Bo</td></tr><tr><td>Zip</td><td>x</td><td>y</td></tr>')).rows).toHaveLength(3);
  });
});

describe('tables within tables', () => {
  it('one in a cell - keeps its rows in the cell, and stands by itself behind the table', async () => {
    const { blocks, tables } = await normalise(await parseHtml(Buffer.from('<table><tr><th>k</th><th>v</th></tr><tr><td>one</td><td>before <table><tr><th>x</th><th>y</th><th>z</th></tr><tr><td>1</td><td>2</td><td>3</td></tr></table> after</td></tr></table>'), {}));
    expect(tables.map(({ columns, rows }) => [columns.map(({ name }) => name), rows])).toEqual([[['k', 'v'], [['one', 'before\nx y z\n1 2 3\nafter']]], [['x', 'y', 'z'], [[1, 2, 3]]]]);
    expect(blocks.map(({ table_id }) => table_id)).toEqual(['t1', 't2']);
  });

  it('a table that only sets others side by side - is read through', async () => {
    const { blocks, tables } = await normalise(await parseHtml(Buffer.from('<table><tr><td><table><tr><th>x</th><th>y</th></tr><tr><td>1</td><td>2</td></tr></table></td><td>side text</td></tr></table>'), {}));
    expect([tables.map(({ rows }) => rows), blocks.at(-1)!.text]).toEqual([[[[1, 2]]], 'side text']);
  });
});
