import fc from 'fast-check';
import { normalise } from '../normalise/normalise.js';
import { parseCsv } from './parse-csv.js';

const read = async (text: string) => {
  const bytes = Buffer.from(text);
  const { tables, failures = [], failure_counts } = await normalise(await parseCsv(bytes, {}));
  const lost = failures.map(({ record, bytes_hex, source }) => {
    expect(Buffer.from(bytes_hex, 'hex')).toEqual(bytes.subarray(source!.byte_start, source!.byte_end).subarray(0, 4096));
    return [record, Buffer.from(bytes_hex, 'hex').toString()];
  });
  return { columns: tables[0]!.columns.map(({ name }) => name), rows: tables[0]!.rows, lost, counts: failure_counts, faults: tables[0]!.irregularities?.map(({ kind, source }) => [kind, source.line]) };
};

describe('a quote that nothing closes - costs its own line, told with its place and bytes', () => {
  it('the last quote of the file - the lines behind it are rows', async () => {
    expect(await read('a,b\n1,2\n3,"x\n4,5\n')).toEqual({ columns: ['a', 'b'], rows: [[1, 2], [4, 5]], lost: [[3, '3,"x']], counts: { 'a quoted field is never closed': 1 }, faults: [['unclosed_quote', 3]] });
  });

  it('quotes further down - do not close it, though they would', async () => {
    const { rows, lost } = await read('id,name,n\r\n1,"A, B",5\r\n2,"C,6\r\n3,D,7\r\n4,"E, F",8\r\n5,"G\r\nH",9\r\n');
    expect([rows, lost]).toEqual([[[1, 'A, B', 5], [3, 'D', 7], [4, 'E, F', 8], [5, 'G\r\nH', 9]], [[3, '2,"C,6']]]);
  });

  it('a note of several lines that is never closed - belongs to its line, until a line has the cells of a row', async () => {
    const { rows, lost } = await read('id,note,n\n1,a,2\n2,"it rained\nall day, and\n\nmore\n3,b,4\n4,c,5\n');
    expect([rows, lost]).toEqual([[[1, 'a', 2], [3, 'b', 4], [4, 'c', 5]], [[3, '2,"it rained\nall day, and\n\nmore']]]);
  });

  it('a file cut off within a quoted field - keeps its rows', async () => {
    expect(await read('id,note\n1,a\n2,b\n3,"half of a sen')).toMatchObject({ rows: [[1, 'a'], [2, 'b']], lost: [[4, '3,"half of a sen']] });
  });

  it('the heading itself - is told, and no row is taken for it', async () => {
    expect(await read('id,"name,town\nAda,x,London\nBo,y,Paris\n')).toMatchObject({ columns: ['column_1', 'column_2', 'column_3'], rows: [['Ada', 'x', 'London'], ['Bo', 'y', 'Paris']], lost: [[1, 'id,"name,town']] });
  });

  it('semicolons, where quoted commas stand behind the quote', async () => {
    const good = Array.from({ length: 30 }, (_, at) => `${at};"Straße, ${at}";"1,${at}"\n`).join('');
    const { rows, lost } = await read(`id;street;n\n0;"x;1\n${good}`);
    expect([rows.length, rows[29]![1], lost]).toEqual([30, 'Straße, 29', [[2, '0;"x;1']]]);
  });

  it('a quote within a quoted text of several lines - stays text, as its lines are no rows', async () => {
    expect(await read('id,said,n\n1,"He wrote:\nthe "big" house",5\n2,x,6\n')).toMatchObject({ rows: [[1, '"He wrote:\nthe "big" house"', 5], [2, 'x', 6]], lost: [] });
  });

  it.each([['a quote before everything', '"a,b\n1,2\n3\n'], ['more broken lines than whole ones', `a,b\n1,2\n${'3,"x""y\n'.repeat(9)}`], ['broken lines without end', `a,b,c\n${'1,"x""y,3\n'.repeat(30_000)}`]])('%s - the file is refused, with the line', async (_what, text) => {
    await expect(parseCsv(Buffer.from(text), {})).rejects.toMatchObject({ code: 'content.corrupt', details: { line: expect.any(Number) as number } });
  });

  it('one in any table, at any line - every other row is as it was', async () => {
    const cell = fc.constantFrom('a', 'é, b', 'say "so"', 'two\nlines', 'c d', '');
    const tables = fc.tuple(fc.array(fc.tuple(cell, cell), { minLength: 4, maxLength: 12 }), fc.nat());
    await fc.assert(fc.asyncProperty(tables, async ([cells, nth]) => {
      const lines = cells.map(([one, two], at) => `${at + 100},"${one.replaceAll('"', '""')}",${two === '' || !/[",\n]/.test(two) ? two : `"${two.replaceAll('"', '""')}"`},z`);
      const at = nth % lines.length;
      const [whole, spoilt] = [await read(`id,one,two,z\n${lines.join('\n')}\n`), await read(`id,one,two,z\n${[...lines.slice(0, at), '7,"x,y,z', ...lines.slice(at)].join('\n')}\n`)];
      expect(spoilt.rows).toEqual(whole.rows);
      expect(spoilt.lost.map(([, bytes]) => bytes)).toEqual(['7,"x,y,z']);
    }), { numRuns: 200 });
  });

  it('one line of 100,000 - costs one row', async () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => (at === 50_000 ? `${at},"bad,1` : `${at},"good, ${at}",1`));
    const { rows, lost } = await read(`id,name,n\n${lines.join('\n')}\n`);
    expect([rows.length, lost]).toEqual([99_999, [[50_002, '50000,"bad,1']]]);
  });
});
