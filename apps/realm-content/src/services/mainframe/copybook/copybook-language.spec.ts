import { layoutRecord, layoutTable, visit } from './copybook-layout.js';
import { parseCopybook } from './copybook-parser.js';

const fixed = (...lines: string[]): string => lines.map((line) => `       ${line}`).join('\n');
const library = (members: Record<string, string>): Map<string, string> => new Map(Object.entries(members));

/** `level name first_byte length` of every item. */
function layout(source: string, members: Record<string, string> = {}): string[] {
  const rows: string[] = [];
  visit(layoutRecord(parseCopybook(source, undefined, library(members))), (f) => rows.push(`${f.level} ${f.name} ${f.offset + 1} ${f.length}`));
  return rows;
}

describe('COPY - the member stands in its place, words replaced', () => {
  const member = fixed('05 :TAG:-NAME PIC X(5).', '05 OLD-CITY PIC X(4).', '05 AMOUNT PIC S9(5) COMP-3.');

  it.each([
    ['pseudo-text inside words', 'COPY M REPLACING ==:TAG:== BY ==HOME==.', ['5 HOME-NAME 1 5', '5 OLD-CITY 6 4', '5 AMOUNT 10 3']],
    ['LEADING and whole words', 'COPY M REPLACING LEADING ==OLD-== BY ==NEW-== ==:TAG:== BY ==T== AMOUNT BY TOTAL.', ['5 T-NAME 1 5', '5 NEW-CITY 6 4', '5 TOTAL 10 3']],
    ['TRAILING', 'COPY M REPLACING TRAILING ==-CITY== BY ==-TOWN== ==:TAG:== BY ==T==.', ['5 T-NAME 1 5', '5 OLD-TOWN 6 4', '5 AMOUNT 10 3']],
    ['a run of words', 'COPY M REPLACING ==:TAG:== BY ==T== ==PIC S9(5) COMP-3== BY ==PIC 9(8)==.', ['5 T-NAME 1 5', '5 OLD-CITY 6 4', '5 AMOUNT 10 8']],
    ['a member of a library, in quotes', "COPY 'M' OF LIB REPLACING ==:TAG:== BY ==T==.", ['5 T-NAME 1 5', '5 OLD-CITY 6 4', '5 AMOUNT 10 3']],
  ])('%s', (_, statement, expected) => {
    expect(layout(fixed('01 R.', ...statement.split(' REPLACING ').map((part, at) => (at === 0 ? part : `REPLACING ${part}`)).flatMap((line) => line.split(/(?<=NEW-==|TOWN==|COMP-3== BY) /))), { M: member })).toEqual([`1 R 1 ${expected[2]!.endsWith('8') ? 17 : 12}`, ...expected]);
  });

  it('members copy members, and one that copies itself is refused', () => {
    expect(layout(fixed('01 R.', '   COPY A.'), { A: fixed('05 X PIC X.', 'COPY B.'), B: fixed('05 Y PIC XX.') })).toEqual(['1 R 1 3', '5 X 1 1', '5 Y 2 2']);
    expect(() => layout(fixed('01 R.', '   COPY A.'), { A: fixed('05 X PIC X.', 'COPY A.') })).toThrow(expect.objectContaining({ code: 'copybook.unsupported' }));
  });

  it('REPLACE holds up to the next one', () => {
    expect(layout(fixed('REPLACE ==:P:== BY ==A==.', '01 R.', '   05 :P:-X PIC X.', 'REPLACE OFF.', '   05 Y PIC X.'))).toEqual(['1 R 1 2', '5 A-X 1 1', '5 Y 2 1']);
  });

  it('a member that is not at hand - line, column, token and fix are told', () => {
    expect(() => layout(fixed('01 R.', '   COPY GONE.'), { M: member })).toThrow(expect.objectContaining({ code: 'copybook.unsupported', details: { line: 2, column: 16, token: 'GONE' }, fix: 'give it in `library`; at hand: M' }));
  });
});

describe('SYNC - slack bytes before binary items and after occurrences', () => {
  it('halfwords, fullwords and floats stand on their boundaries', () => {
    expect(layout(fixed('01 R.', '   05 A PIC X.', '   05 B PIC S9(4) COMP SYNC.', '   05 C PIC X.', '   05 D PIC S9(9) COMP SYNC.', '   05 E PIC X.', '   05 F COMP-2 SYNC.'))).toEqual(['1 R 1 24', '5 A 1 1', '5 B 3 2', '5 C 5 1', '5 D 9 4', '5 E 13 1', '5 F 17 8']);
  });

  it('a group begins where its first item is aligned, and each occurrence is padded', () => {
    expect(layout(fixed('01 R.', '   05 A PIC X.', '   05 G OCCURS 2.', '      10 N PIC 9(8) COMP SYNC.', '      10 T PIC X.', '   05 Z PIC X.'))).toEqual(['1 R 1 21', '5 A 1 1', '5 G 5 8', '10 N 5 4', '10 T 9 1', '5 Z 21 1']);
  });
});

describe('levels 66, 77 and 88, and usages beside the common ones', () => {
  it('RENAMES - the bytes from the first item to the last, in the layout table', () => {
    const table = layoutTable(layoutRecord(parseCopybook(fixed('01 R.', '   05 A PIC X(2).', '   05 B PIC X(3).', '   05 C PIC X.', '66 AB RENAMES A THRU B.', '66 BB RENAMES B.'))));
    expect((table['fields'] as object[]).slice(-2)).toMatchObject([{ level: 66, name: 'AB', first_byte: 1, length: 5 }, { level: 66, name: 'BB', first_byte: 3, length: 3 }]);
    expect(() => layout(fixed('01 R.', '   05 A PIC X.', '66 AB RENAMES A THRU Q.'))).toThrow('line 3: AB renames Q, which is not in R');
  });

  it('88 - values, ranges and literals with quotes in them', () => {
    const record = layoutRecord(parseCopybook(fixed('01 R.', '   05 A PIC X(3).', "      88 OK VALUES 'A' THRU 'F', 'IT''S' \"X\".", '      88 LOW VALUE 0 THROUGH 9 WHEN SET TO FALSE 10.')));
    expect(record.children[0]!.conditions).toEqual([{ name: 'OK', values: [{ from: 'A', to: 'F' }, { from: "IT'S" }, { from: 'X' }] }, { name: 'LOW', values: [{ from: '0', to: '9' }] }]);
  });

  it.each([['9(5) COMP-6', 3], ['9(6) COMP-6', 3], ['G(4) DISPLAY-1', 8], ['N(3) NATIONAL', 6], ['S9(4)V9(2) SIGN IS LEADING SEPARATE', 7], ['ZZ9 BLANK WHEN ZERO', 3], ['9(4) VALUE ZEROS', 4], ['X(2) JUSTIFIED RIGHT', 2]])('PIC %s takes %i bytes', (picture, bytes) => {
    expect(layout(fixed('01 R.', `   05 A PIC ${picture}.`))[1]).toBe(`5 A 1 ${bytes}`);
  });

  it.each([['POINTER', 4], ['FUNCTION-POINTER', 8], ['INDEX', 4], ['BINARY-LONG UNSIGNED', 4], ['BINARY-SHORT', 2], ['FLOAT-LONG', 8], ['COMPUTATIONAL-1', 4]])('USAGE %s takes %i bytes', (usage, bytes) => {
    expect(layout(fixed('01 R.', `   05 A USAGE ${usage}.`))[1]).toBe(`5 A 1 ${bytes}`);
  });

  it('EXEC SQL beside the data is passed over', () => {
    expect(layout(fixed('EXEC SQL DECLARE T TABLE (A CHAR(1)) END-EXEC.', '01 R.', '   05 A PIC X.'))).toEqual(['1 R 1 1', '5 A 1 1']);
  });
});

describe('errors - line, column, token and the fix', () => {
  it.each([
    [['01 R.', '   05 A PIC Q.'], { line: 2, column: 20, token: 'Q' }, 'pictures are made of'],
    [['01 R.', '   05 A PIC X BLURB.'], { line: 2, column: 22, token: 'BLURB' }, 'missing period'],
    [['01 R.', '   05 A PIC X OCCURS MANY TIMES.'], { line: 2, column: 29, token: 'MANY' }, 'OCCURS n TIMES'],
    [['01 R.', '   05 A PIC X REDEFINES.'], { line: 2, column: 22, token: 'REDEFINES' }, 'write a name before the period'],
  ])('%j', (lines, details, fix) => {
    expect(() => layout(fixed(...lines))).toThrow(expect.objectContaining({ code: 'copybook.syntax', details, fix: expect.stringContaining(fix) as string }));
  });

  it('continuation lines - a literal keeps its blanks up to column 72, a word goes on', () => {
    const source = ['       01 R.', `           05 A PIC X(99) VALUE 'ends at`.padEnd(72), "      -    'the next line. 05'.", '           05 LONG-NA', '      -    ME PIC X.'].join('\n');
    expect(layout(source)).toEqual(['1 R 1 100', '5 A 1 99', '5 LONG-NAME 100 1']);
  });
});
