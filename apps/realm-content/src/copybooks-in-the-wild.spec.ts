import { codePage, encodeText } from './services/mainframe/codecs/code-pages.js';
import { rewriteRecords } from './rewrite-records.js';
import { openMainframe, type MainframeOptions } from './services/mainframe/records/read-records.js';

const fixed = (...lines: string[]): string => lines.map((line) => `       ${line}`).join('\n');
const ebcdic = (text: string): Buffer => Buffer.from(encodeText(text, codePage('cp037')));
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** The first record by column, and that the file comes back from its rows. */
async function first(copybook: string, bytes: Uint8Array, options: MainframeOptions = {}, library?: ReadonlyMap<string, string>): Promise<Record<string, unknown>> {
  const file = openMainframe(copybook, bytes, options, library);
  const [row] = [...file.rows()];
  if (library === undefined) expect(Buffer.from((await rewriteRecords(copybook, bytes, options)).bytes).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
  return Object.fromEntries(file.columns.map((column, at) => [column.name, row!.row[at]]));
}

describe('clauses as programs use them - each reads, and comes back byte for byte', () => {
  it.each<[string, string, Buffer, unknown]>([
    ['P at the right: thousands', 'PIC 9(3)P(3)', ebcdic('012'), 12000],
    ['P at the left: millionths', 'PIC VP(3)9(3)', ebcdic('012'), '0.000012'],
    ['P in a packed field', 'PIC S9(3)PP COMP-3', hex('012d'), -1200],
    ['sign leading, overpunched', 'PIC S9(3) SIGN IS LEADING', hex('d1f2f3'), -123],
    ['sign leading, apart', 'PIC S9(3) SIGN LEADING SEPARATE CHARACTER', ebcdic('-123'), -123],
    ['sign trailing, apart', 'PIC S9(3) TRAILING SEPARATE', ebcdic('123+'), 123],
    ['BLANK WHEN ZERO, a plain number', 'PIC 9(4) BLANK WHEN ZERO', ebcdic('    '), 0],
    ['BLANK WHEN ZERO, an edited number', 'PIC ZZ9.99 BLANK ZERO', ebcdic('      '), '0.00'],
    ['JUSTIFIED', 'PIC X(6) JUSTIFIED RIGHT', ebcdic('   ABC'), 'ABC'],
    ['a hexadecimal float', 'COMP-1', hex('c276a000'), -118.625],
    ['a long hexadecimal float', 'USAGE IS COMP-2', hex('4110000000000000'), 1],
    ['COMP-5', 'PIC S9(4) COMP-5', hex('8000'), -32768],
    ['COMP of 18 digits', 'PIC 9(18) BINARY', hex('0de0b6b3a763ffff'), '999999999999999999'],
    ['national text', 'PIC N(3) USAGE NATIONAL', hex('004100e94e2d'), 'A\u00e9\u4e2d'],
    ['a national number', 'PIC 9(3) NATIONAL', hex('003000310032'), 12],
    ['check protection', 'PIC **,**9.99', ebcdic('***123.45'), '123.45'],
    ['a floating currency', 'PIC $$,$$9.99-', ebcdic('$1,234.50-'), '-1234.50'],
    ['credit', 'PIC 9(3).99CR', ebcdic('012.50CR'), '-12.50'],
    ['insertion', 'PIC 99/99/9999', ebcdic('31/12/2026'), '31/12/2026'],
    ['an unsigned packed field', 'PIC 9(4) COMP-6', hex('1234'), 1234],
    ['a VALUE over several words', "PIC X(3) VALUE IS ALL 'A'", ebcdic('AAA'), 'AAA'],
    ['EXTERNAL under another name', "PIC X EXTERNAL AS 'SHARED'", ebcdic('A'), 'A'],
  ])('%s: %s', async (_what, clause, bytes, expected) => {
    expect(await first(fixed('01 R.', `   05 A ${clause}.`), bytes)).toEqual({ A: expected });
  });

  it('DECIMAL-POINT IS COMMA and CURRENCY SIGN, as the program says or as the options do', async () => {
    const picture = fixed('01 R.', '   05 A PIC EE.EE9,99-.');
    const program = fixed('IDENTIFICATION DIVISION.', 'ENVIRONMENT DIVISION.', 'CONFIGURATION SECTION.', 'SPECIAL-NAMES.', "    CURRENCY SIGN IS 'E'", '    DECIMAL-POINT IS COMMA.', 'DATA DIVISION.', 'FILE SECTION.') + '\n' + picture;
    const given = ebcdic('E1.234,50 ');
    expect(await first(program, given)).toEqual({ A: '1234.50' });
    expect(await first(picture, given, { decimal_point: 'comma', currency_sign: 'E' })).toEqual({ A: '1234.50' });
  });

  it('nested tables that depend on counts in the same occurrence', async () => {
    const copybook = fixed('01 R.', '   05 N PIC 9.', '   05 G OCCURS 1 TO 2 DEPENDING ON N INDEXED BY I J.', '      10 M PIC 9.', '      10 H OCCURS 0 TO 2 TIMES DEPENDING ON M OF G', '           ASCENDING KEY IS K.', '         15 K PIC X.', '   05 Z PIC X.');
    expect(await first(copybook, ebcdic('22AB1CZ'), { record_format: 'self_delimiting' })).toMatchObject({ 'K(1,1)': 'A', 'K(1,2)': 'B', 'K(2,1)': 'C', 'K(2,2)': null, Z: 'Z' });
  });

  it('REDEFINES inside tables, and of a group that holds REDEFINES', async () => {
    const copybook = fixed('01 R.', '   05 T OCCURS 2.', '      10 A PIC X(4).', '      10 B REDEFINES A.', '         15 B1 PIC 99.', '         15 B2 REDEFINES B1 PIC XX.', '         15 B3 PIC XX.');
    expect(await first(copybook, ebcdic('12AB34CD'))).toMatchObject({ 'A(1)': '12AB', 'B1(1)': 12, 'B2(2)': '34', 'B3(2)': 'CD' });
  });

  it('a copybook that begins at the margin, without a level 01, is free format', async () => {
    expect(await first('05 A PIC X.\n05 GROUP-1.\n   10 B PIC 9(2).\n', ebcdic('A42'))).toEqual({ A: 'A', B: 42 });
  });

  it('tabs, sequence numbers, identification areas, comments of every kind and continued values, all in one', async () => {
    const source = ['000100 01  R.'.padEnd(72) + 'PAYROLL1', '000200*  OLD RECORD', '000300/', '\t   05  A   PIC X(2).\t*> initials', `000400     05  B   PIC X(3)  VALUE 'A  `.padEnd(72), "000500-    '  B'.", '000600D    05  DEBUG-ONLY PIC X.', '000700     05  C', '000800         PIC', '000900         S9(3).'].join('\r\n');
    expect(await first(source, ebcdic('XYABC12C'))).toEqual({ A: 'XY', B: 'ABC', C: 123 });
  });

  it('COPY REPLACING with pseudo-text, LEADING and TRAILING', async () => {
    const library = new Map([['BODY', fixed('05 :P:-NO PIC 9(2).', '05 OLD-NAME PIC X(2).', '05 SUM-TAG PIC 9.')]]);
    expect(await first(fixed('01 R.', '   COPY BODY REPLACING ==:P:== BY ==POLICY==', '      LEADING ==OLD-== BY ==NEW-==', '      TRAILING ==-TAG== BY ==-TOTAL==.'), ebcdic('42AB7'), {}, library)).toEqual({ 'POLICY-NO': 42, 'NEW-NAME': 'AB', 'SUM-TOTAL': 7 });
  });
});

describe('several records in one file - picked by a field, each laid out by its own level 01', () => {
  const copybook = fixed(
    '01 HEADER-REC.', '   05 REC-TYPE PIC X.', '   05 RUN-DATE PIC 9(8).',
    '01 DETAIL-REC.', '   05 REC-TYPE PIC X.', '   05 ACCOUNT PIC 9(4).', '   05 AMOUNT PIC S9(3)V99 COMP-3.',
    '01 TRAILER-REC.', '   05 REC-TYPE PIC X.', '   05 REC-COUNT PIC 9(3).',
  );
  const segments = { field: 'REC-TYPE', groups: { H: 'HEADER-REC', D: 'DETAIL-REC', T: 'TRAILER-REC' }, parents: { 'DETAIL-REC': 'HEADER-REC' } };
  const word = (body: Buffer): Buffer => Buffer.concat([Buffer.from([0, body.length + 4, 0, 0]), body]);
  const records = [ebcdic('H20261130'), Buffer.concat([ebcdic('D0042'), hex('12345d')]), Buffer.concat([ebcdic('D0043'), hex('00100c')]), ebcdic('T002')];

  it('header, details and trailer, each of its own length', async () => {
    const bytes = Buffer.concat(records.map(word));
    const file = openMainframe(copybook, bytes, { record_format: 'variable', segments });
    const rows = [...file.rows()].map(({ row, segment, parent, failures }) => ({ segment, parent, failures: failures.length, values: Object.fromEntries(file.columns.flatMap((column, at) => (row[at] === null ? [] : [[column.name, row[at]]]))) }));
    expect(rows).toEqual([
      { segment: 'HEADER-REC', parent: undefined, failures: 0, values: { 'HEADER-REC.REC-TYPE': 'H', 'RUN-DATE': 20261130 } },
      { segment: 'DETAIL-REC', parent: 1, failures: 0, values: { 'DETAIL-REC.REC-TYPE': 'D', ACCOUNT: 42, AMOUNT: '-123.45' } },
      { segment: 'DETAIL-REC', parent: 1, failures: 0, values: { 'DETAIL-REC.REC-TYPE': 'D', ACCOUNT: 43, AMOUNT: '1.00' } },
      { segment: 'TRAILER-REC', parent: undefined, failures: 0, values: { 'TRAILER-REC.REC-TYPE': 'T', 'REC-COUNT': 2 } },
    ]);
    expect(Buffer.compare((await rewriteRecords(copybook, bytes, { record_format: 'variable', segments })).bytes, bytes)).toBe(0);
  });

  it('in fixed records each takes the room of the longest; a record of no known type is told, not passed over', () => {
    const bytes = Buffer.concat([...records, ebcdic('X00')].map((body) => Buffer.concat([body, Buffer.alloc(9 - body.length, 0x40)])));
    const rows = [...openMainframe(copybook, bytes, { segments }).rows()];
    expect(rows.map(({ segment, failures }) => [segment, ...failures.map((one) => `${one.field}@${one.offset}: ${one.reason}`)])).toEqual([['HEADER-REC'], ['DETAIL-REC'], ['DETAIL-REC'], ['TRAILER-REC'], [undefined, 'HEADER-REC.REC-TYPE@0: no segment has this value, so the record was not read']]);
  });
});

it('a code page without a table - refused by name, with those that have one', () => {
  expect(() => openMainframe(fixed('01 R.', '   05 A PIC X.'), ebcdic('A'), { code_page: 'ibm-931' })).toThrow(expect.objectContaining({ code: 'copybook.code_page', message: expect.stringContaining('ibm-931') as string, fix: expect.stringContaining('cp939') as string }));
});
