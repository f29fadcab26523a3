import { normalise } from '../normalise/normalise.js';
import { parseCsv } from './parse-csv.js';

const read = async (text: string) => {
  const { tables } = await normalise(await parseCsv(Buffer.from(text), {}));
  return tables.map(({ name, columns, rows, row_sources, irregularities }) => ({ name, columns: columns.map((column) => column.name), rows, lines: row_sources!.map(({ line }) => line), ...(irregularities ? { faults: irregularities.map(({ kind }) => kind) } : {}) }));
};

describe('several tables in one CSV - are several where that is clear', () => {
  it('another width behind a blank line - what an account’s statement begins with, and its entries', async () => {
    expect(await read('Account,12345\nPeriod,2026-01\nCurrency,EUR\n\nDate,Text,Amount\n2026-01-02,Shop,-5.00\n2026-01-03,Pay,7.50\n')).toEqual([
      { name: 'table_1', columns: ['column_1', 'column_2'], rows: [['Account', '12345'], ['Period', '2026-01'], ['Currency', 'EUR']], lines: [1, 2, 3] },
      { name: 'table_2', columns: ['Date', 'Text', 'Amount'], rows: [['2026-01-02', 'Shop', '-5.00'], ['2026-01-03', 'Pay', '7.50']], lines: [6, 7] },
    ]);
  });

  it('titles above them - are their names', async () => {
    const text = 'Sales\n\nregion,total\nnorth,5\nsouth,6\n\nStaff\nname,age,town\nAda,36,London\nBo,40,Paris\n\n\nRates\n\ncode,rate\nA,0.5\nB,0.7\n';
    expect((await read(text)).map(({ name, columns, rows }) => [name, columns, rows.length])).toEqual([['Sales', ['region', 'total'], 2], ['Staff', ['name', 'age', 'town'], 2], ['Rates', ['code', 'rate'], 2]]);
  });

  it('one width, over columns of another kind, or the same heading again', async () => {
    expect((await read('id,name\n1,a\n2,b\n\ntown,people\nParis,5\nRome,6\n')).map(({ columns, lines }) => [columns, lines])).toEqual([[['id', 'name'], [2, 3]], [['town', 'people'], [6, 7]]]);
    expect((await read('id,name\n1,a\n2,b\n\nid,name\n3,c\n4,d\n')).map(({ rows }) => rows)).toEqual([[[1, 'a'], [2, 'b']], [[3, 'c'], [4, 'd']]]);
  });

  it('without a blank line - a new heading of another width, with numbers below it', async () => {
    expect((await read('id,name\n1,a\n2,b\nid,town,people\n1,Paris,5\n2,Rome,6\n3,Bonn,7\n')).map(({ columns, lines }) => [columns, lines])).toEqual([[['id', 'name'], [2, 3]], [['id', 'town', 'people'], [5, 6, 7]]]);
    expect((await read('id,name\n1,a\n2,b\nTowns\nid,town,people\n1,Paris,5\n2,Rome,6\n')).map(({ name, lines }) => [name, lines])).toEqual([['table_1', [2, 3]], ['Towns', [6, 7]]]);
  });

  it.each<[string, string, number]>([
    ['blank lines between the rows', 'id,name,n\n1,a,5\n\n2,b,6\n\n\n3,c,7\n', 3],
    ['a row of words behind a blank line', 'id,name,n\nr1,a,5\nr2,b,6\n\nx,y,unknown\nr3,c,7\nr4,d,8\n', 5],
    ['a line of totals', 'id,name,n\n1,a,5\n2,b,6\n\nTotal,,11\n', 3],
    ['one short line at the end', 'id,name,n\n1,a,5\n2,b,6\n\nprepared by,Ada\n', 3],
    ['rows that are too short or too long', 'id,name,n\n1,a,5\n2,b\n3,c\n4,d,6,x\n5,e,7\n', 5],
    ['words of another width, without a blank line', 'id,name,note\n1,a,x\n2,b,y\nsee,there\nand,here\n', 4],
    ['records of several kinds', 'H,2026,x\nD,1,2,3\nD,4,5,6\nD,7,8,9\nT,3\n', 5],
    ['a heading with a blank line below it', 'id,name\n\n1,a\n2,b\n', 2],
  ])('%s - are one table', async (_what, text, rows) => {
    const tables = await read(text);
    expect([tables.length, tables[0]!.rows.length]).toEqual([1, rows]);
  });

  it('faults - are told of the table that they stand in', async () => {
    expect((await read('id,name\n1,a\n\n2,b\n3,"c\n4,d\n5,e\n\ntown,people,x\nParis,5,1\nRome,6,2\nWien,1,5\nLille,2,6\nMetz,3,7\n\nBonn,7\n"Oslo,8,3\nBern,9,4\nKiel,1,5\nGent,2,6\nNice,3,7\nPisa,4,8\nLyon,5,9\nTurin,6,1\nUlm,7,2\n')).map(({ faults, rows }) => [faults, rows.length])).toEqual([[['blank_row', 'unclosed_quote'], 4], [['blank_row', 'short_row', 'unclosed_quote'], 14]]);
  });
});
