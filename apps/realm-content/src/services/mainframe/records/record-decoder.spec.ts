import { codePage, encodeText } from '../codecs/code-pages.js';
import { openMainframe, type MainframeOptions } from './read-records.js';

const fixed = (...lines: string[]): string => lines.map((line) => `       ${line}`).join('\n');
const ebcdic = (text: string): Uint8Array => encodeText(text, codePage('cp037'));
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

function read(copybook: string, bytes: Uint8Array, options: MainframeOptions = {}) {
  const file = openMainframe(copybook, bytes, options);
  const rows = [...file.rows()];
  return { names: file.columns.map((c) => c.name), rows: rows.map((r) => r.row), failures: rows.flatMap((r) => r.failures.map((f) => `${r.record}:${f.field}@${f.offset}+${f.length} ${f.reason}`)) };
}

describe('records - as rows', () => {
  it('tables are spread under COBOL’s subscripts, names that repeat are qualified, FILLER is left out', () => {
    const copybook = fixed('01 R.', '   05 HOME.', '      10 CITY PIC X.', '   05 WORK.', '      10 CITY PIC X.', '   05 FILLER PIC X.', '   05 G OCCURS 2.', '      10 A PIC X.', '      10 B PIC X OCCURS 2.');
    expect(read(copybook, ebcdic('HW.abcdef'))).toEqual({ names: ['HOME.CITY', 'WORK.CITY', 'A(1)', 'B(1,1)', 'B(1,2)', 'A(2)', 'B(2,1)', 'B(2,2)'], rows: [['H', 'W', 'a', 'b', 'c', 'd', 'e', 'f']], failures: [] });
  });

  it('numbers beyond what JSON holds exactly stay exact, as decimal text', () => {
    const copybook = fixed('01 R.', '   05 A PIC 9(15).', '   05 B PIC 9(18).', '   05 C PIC S9(16)V99 COMP-3.', '   05 D PIC S9(18) COMP.');
    const bytes = Buffer.concat([ebcdic('123456789012345'), ebcdic('999999999999999999'), hex('0123456789012345678d'), hex('8ac7230489e80001')]);
    expect(read(copybook, bytes).rows).toEqual([[123456789012345, '999999999999999999', '-1234567890123456.78', '-8446744073709551615']]);
  });

  it('a table that depends on a count - absent occurrences are null, what follows stands at its maximum or moves up', () => {
    const copybook = fixed('01 R.', '   05 N PIC 9.', '   05 T PIC X OCCURS 0 TO 3 DEPENDING ON N.', '   05 Z PIC X.');
    expect(read(copybook, ebcdic('1A..Z')).rows).toEqual([[1, 'A', null, null, 'Z']]);
    expect(read(copybook, ebcdic('1AZ..'), { tables: 'actual' }).rows).toEqual([[1, 'A', null, null, 'Z']]);
  });

  it.each([['7', 'the count N is 7, outside 0 to 3, so the table was left out'], [' ', 'the count N did not decode, so the table was left out']])('a count of %j - the table is left out with its bytes, the record goes on', (count, reason) => {
    const { rows, failures } = read(fixed('01 R.', '   05 N PIC 9.', '   05 T PIC X OCCURS 0 TO 3 DEPENDING ON N.', '   05 Z PIC X.'), ebcdic(`${count}ABCZ`));
    expect(rows[0]!.at(-1)).toBe('Z');
    expect(failures.at(-1)).toBe(`1:T@1+3 ${reason}`);
  });

  it('REDEFINES - each alternative is read, and a failure says that it is one of several', () => {
    const copybook = fixed('01 R.', '   05 KIND PIC X.', '   05 A PIC X(2).', '   05 B REDEFINES A PIC 9(2).');
    expect(read(copybook, ebcdic('1XYN42'))).toEqual({ names: ['KIND', 'A', 'B'], rows: [['1', 'XY', null], ['N', '42', 42]], failures: ['1:B@1+2 a byte is not a zoned digit (in one of several REDEFINES)'] });
  });

  it('REDEFINES chosen by a field - only the group that its value picks is read', () => {
    const copybook = fixed('01 R.', '   05 KIND PIC X.', '   05 A.', '      10 A1 PIC X(2).', '   05 B REDEFINES A.', '      10 B1 PIC 9(2).');
    const segments = { field: 'KIND', groups: { 1: 'A', 2: 'B' } };
    expect(read(copybook, ebcdic('1XY242342'), { segments })).toEqual({ names: ['KIND', 'A1', 'B1'], rows: [['1', 'XY', null], ['2', null, 42], ['3', null, null]], failures: [] });
  });

  it('edited pictures without a 9 - what stands for nothing is a zero, not a field that does not decode; with a 9 blanks stay blanks', () => {
    const copybook = fixed('01 R.', '   05 A PIC ZZZ.ZZ.', '   05 B PIC ***.**.', '   05 C PIC $$$.$$.', '   05 D PIC ZZ9 BLANK WHEN ZERO.', '   05 E PIC ZZ9.');
    expect(read(copybook, ebcdic('      ***.**            '))).toEqual({ names: ['A', 'B', 'C', 'D', 'E'], rows: [['0.00', '0.00', '0.00', 0, null]], failures: ['1:E@21+3 spaces in a numeric field'] });
  });

  it('a sign or currency that floats past the point - the digits behind the point stay, there and back', () => {
    const copybook = fixed('01 R.', '   05 A PIC $$$.$$.', '   05 B PIC ---.--.', '   05 C PIC +++.99.', '   05 D PIC $$,$$9.99-.', '   05 E PIC $$$.$$-.');
    expect(read(copybook, ebcdic(' $1.23 -1.23  -.50$1,234.50- $1.23-'))).toEqual({ names: ['A', 'B', 'C', 'D', 'E'], rows: [['1.23', '-1.23', '-0.50', '-1234.50', '-1.23']], failures: [] });
  });

  it('a field that does not decode - its neighbours do', () => {
    const copybook = fixed('01 R.', '   05 A PIC X.', '   05 P PIC S9(3) COMP-3.', '   05 Z PIC 9.');
    expect(read(copybook, Buffer.concat([ebcdic('A'), hex('12ab'), ebcdic('7')]))).toEqual({ names: ['A', 'P', 'Z'], rows: [['A', null, 7]], failures: ['1:P@1+2 a nibble of a packed field is not a digit'] });
  });
});

describe('record format - fixed', () => {
  const copybook = fixed('01 R.', '   05 A PIC X(4).');

  it('a file that is no whole number of records - both numbers are named', () => {
    expect(() => read(copybook, ebcdic('ABCDEFGHI'))).toThrow(expect.objectContaining({ code: 'copybook.mismatch', message: 'the file has 9 bytes, which is no whole number of records of 4 bytes (1 bytes are left over)', details: { file_bytes: 9, record_bytes: 4, left_over: 1 } }));
  });

  it('header, trailer, prefix and longer records are passed over', () => {
    expect(read(copybook, ebcdic('HHH..AAAA...BBBB.T'), { header_bytes: 3, trailer_bytes: 1, record_prefix_bytes: 2, record_length: 7 }).rows).toEqual([['AAAA'], ['BBBB']]);
  });

  it('a record shorter than its layout - the missing field is a failure, not a null', () => {
    expect(read(copybook, ebcdic('ABCDEF'), { record_length: 3 }).failures).toEqual(['1:A@0+3 the record ends before the field does', '2:A@0+3 the record ends before the field does']);
  });

  it('text - trimmed, with control characters as blanks, unless told otherwise', () => {
    const bytes = hex('40c10540');
    expect(read(copybook, bytes).rows).toEqual([['A']]);
    expect(read(copybook, bytes, { trim: 'none', controls: 'keep' }).rows).toEqual([[' A\t ']]);
    expect(read(copybook, bytes, { trim: 'right' }).rows).toEqual([[' A']]);
  });
});

describe('a damaged descriptor word - the file is refused', () => {
  it('with its byte, and how many records stand before it', () => {
    const bytes = Buffer.concat([hex('00050000'), ebcdic('A'), hex('00050000'), ebcdic('B'), hex('00020000'), ebcdic('C'), hex('00050000'), ebcdic('D')]);
    expect(() => read(fixed('01 R.', '   05 A PIC X.'), bytes, { record_format: 'variable' })).toThrow(expect.objectContaining({ code: 'copybook.mismatch', message: expect.stringContaining('2 records stand before it') as string, details: { byte: 10, bytes_hex: '00020000c3000500', stated: 2, records_before: 2 } }) as Error);
  });
});
