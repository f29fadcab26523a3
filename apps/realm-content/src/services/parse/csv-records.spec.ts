import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvRecords, UnclosedQuote, type CsvDialect } from './csv-records.js';
import { parseCsv } from './parse-csv.js';

const cellsOf = (text: string, delimiter = ',', escape: CsvDialect['escape'] = '"'): string[][] => [...csvRecords(text, { delimiter, escape })].map(({ cells }) => cells);

const options = (delimiter: string) => ({ delimiter, relax_column_count: true, relax_quotes: true, record_delimiter: ['\r\n', '\n', '\r'] });

describe('delimited text - records are those of csv-parse, and their places theirs', () => {
  it('any text of quotes, delimiters, ends of line and letters - the same cells, or refused by both', () => {
    const texts = fc.array(fc.constantFrom('a', 'é', '"', '""', ',', ';', '::', '\n', '\r\n', '\r', ' ', '"b"', ',"'), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(fc.property(texts, fc.constantFrom(',', ';', '::'), (text, delimiter) => {
      let expected: string[][] | undefined;
      try {
        expected = parse(text, options(delimiter));
      } catch {
        expected = undefined;
      }
      if (expected === undefined) expect(() => cellsOf(text, delimiter)).toThrow(UnclosedQuote);
      else expect(cellsOf(text, delimiter)).toEqual(expected);
    }), { numRuns: 2_000 });
  });

  it('records and ends of line - make up the text, each on the line it names', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', '"b\nc"', ',', '\n', '\r\n', '\r'), { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      let at = 0;
      for (const { start, end, line } of attempt(text)) {
        expect(text.slice(at, start)).toMatch(/^(\r\n|\n|\r)?$/);
        expect(line).toBe(text.slice(0, start).split(/\r\n|\n|\r/).length);
        at = end;
      }
    }));
  });

  it.each<[string, string, unknown[][]]>([
    ['quotes escaped by backslashes', 'name,said\nAnna,"He said \\"no\\", twice"\nBen,"a \\\\ b"\n', [['Anna', 'He said "no", twice'], ['Ben', 'a \\ b']]],
    ['backslashes that escape nothing', 'name,path\nAnna,"C:\\temp\\"\nBen,"say ""no"""\n', [['Anna', 'C:\\temp\\'], ['Ben', 'say "no"']]],
    ['lines that end with CR alone', 'a,b\r1,x\r2,y\r', [['1', 'x'], ['2', 'y']]],
    ['an inch sign within a field', 'pipe,length\n5" pipe,3\n"6"" pipe",4\n', [['5" pipe', '3'], ['6" pipe', '4']]],
  ])('%s - are read as they are meant', async (_what, text, rows) => {
    expect((await parseCsv(Buffer.from(text), {})).tables[0]!.rows).toEqual(rows);
  });

  it('text of many bytes a letter - each row names its bytes', async () => {
    const text = `næme,b\n${Array.from({ length: 500 }, (_, at) => `${'é'.repeat(at % 7)}😀${at},x`).join('\n')}\n`;
    const { tables } = await parseCsv(Buffer.from(text), {});
    const bytes = Buffer.from(text);
    expect(tables[0]!.row_sources.map(({ byte_start, byte_end }) => bytes.subarray(byte_start, byte_end).toString())).toEqual(text.split('\n').slice(1, -1));
  });
});

const attempt = (text: string): ReturnType<typeof csvRecords> | [] => {
  try {
    return [...csvRecords(text, { delimiter: ',', escape: '"' })] as never;
  } catch {
    return [];
  }
};
