import { layoutRecord, layoutTable, visit } from './copybook-layout.js';
import { parseCopybook } from './copybook-parser.js';
import { detectFormat } from './copybook-source.js';
import { parsePicture } from './picture.js';

/** `level name first_byte length` of every item. */
function layout(source: string, record?: string): string[] {
  const rows: string[] = [];
  visit(layoutRecord(parseCopybook(source), record), (f) => rows.push(`${f.level} ${f.name} ${f.offset + 1} ${f.length}`));
  return rows;
}

const fixed = (...lines: string[]): string => lines.map((line) => `       ${line}`).join('\n');

describe('copybook source - what is program text', () => {
  it('sequence numbers, comments, identification area and blank lines are passed over', () => {
    expect(layout(['000100 01  R.                                                            CHANGED1', '000200*    A COMMENT', '      /', '', '000300     05  A  PIC X(3).                                             ABC'].join('\n'))).toEqual(['1 R 1 3', '5 A 1 3']);
  });

  it('tabs, lower case and entries over several lines', () => {
    expect(layout('\t01 r.\n\t   05 a\n\t\tredefined-not pic x.\n'.replace('redefined-not ', ''))).toEqual(['1 R 1 1', '5 A 1 1']);
  });

  it('free format - told by an entry before column 7, comments opened by *>', () => {
    const source = '01 REC.\n  05 A PIC 9(2). *> two digits\n*> nothing here 05 B PIC X.\n  05 C PIC X(4).';
    expect(detectFormat(source)).toBe('free');
    expect(layout(source)).toEqual(['1 REC 1 6', '5 A 1 2', '5 C 3 4']);
  });

  it('a literal that contains a period, a level number or goes on in the next line does not end its entry', () => {
    const source = ['       01 R.', "           05 A PIC X(20) VALUE 'NO. 05 B PIC X", "      -    ' AND ON'.", '           05 B PIC X.'].join('\n');
    expect(layout(source)).toEqual(['1 R 1 21', '5 A 1 20', '5 B 21 1']);
  });

  it('a whole program - only its data descriptions are read, and the record is picked by name', () => {
    const source = fixed('IDENTIFICATION DIVISION.', 'PROGRAM-ID. P.', 'DATA DIVISION.', 'WORKING-STORAGE SECTION.', '01 WS-X PIC X(5) VALUE SPACES.', 'LINKAGE SECTION.', '01 AREA-1.', '   05 A PIC X.', 'PROCEDURE DIVISION.', "    IF A = 'X' MOVE 1 TO B.");
    expect(layout(source)).toEqual(['1 AREA-1 1 1', '5 A 1 1']);
    expect(layout(source, 'ws-x')).toEqual(['1 WS-X 1 5']);
  });
});

describe('copybook layout - where each item stands', () => {
  it.each([
    ['X(10)', 'DISPLAY', 10], ['9(5)', '', 5], ['S9(5)', '', 5], ['S9(5)', 'SIGN LEADING SEPARATE', 6], ['S9(3)V99', 'SIGN IS TRAILING SEPARATE CHARACTER', 6], ['S9(7)V99', 'COMP-3', 5], ['9(4)', 'PACKED-DECIMAL', 3],
    ['S9(4)', 'COMP', 2], ['S9(5)', 'BINARY', 4], ['9(9)', 'USAGE IS COMP-4', 4], ['9(10)', 'COMPUTATIONAL', 8], ['9(18)', 'COMP-5', 8], ['9(20)', 'COMP', 9], ['ZZ,ZZ9.99-', '', 10], ['$$,$$9.99CR', '', 11],
    ['9(3)PPP', '', 3], ['SVPP9(2)', 'COMP-3', 2], ['A(4)', '', 4], ['XX/XX', '', 5], ['99/99/9999', '', 10], ['N(4)', '', 8], ['9(4).99', '', 7],
  ])('PIC %s %s takes %i bytes', (picture, clause, bytes) => {
    expect(layout(fixed('01 R.', `   05 A PIC ${picture} ${clause}.`))).toEqual([`1 R 1 ${bytes}`, `5 A 1 ${bytes}`]);
  });

  it('floats and indices bring their own size', () => {
    expect(layout(fixed('01 R.', '   05 A COMP-1.', '   05 B USAGE COMP-2.', '   05 C INDEX.', '   05 D PIC X.'))).toEqual(['1 R 1 17', '5 A 1 4', '5 B 5 8', '5 C 13 4', '5 D 17 1']);
  });

  it('usage and sign of a group hold for what lies under it', () => {
    expect(layout(fixed('01 R COMP-3.', '   05 A PIC S9(5).', '   05 B PIC 9(3).', '   05 C PIC X(2).'))).toEqual(['1 R 1 7', '5 A 1 3', '5 B 4 2', '5 C 6 2']);
  });

  it('tables of groups, nested, with one depending on a count', () => {
    expect(layout(fixed('01 R.', '   05 N PIC 9.', '   05 G OCCURS 1 TO 3 TIMES DEPENDING ON N INDEXED BY I.', '      10 H OCCURS 2 PIC X(2).', '   05 Z PIC X.'))).toEqual(['1 R 1 14', '5 N 1 1', '5 G 2 4', '10 H 2 2', '5 Z 14 1']);
  });

  it('REDEFINES - of a group, of one another, longer and shorter than what they share', () => {
    expect(layout(fixed('01 R.', '   05 A PIC X(4).', '   05 B REDEFINES A.', '      10 B1 PIC 9(2).', '      10 B2 REDEFINES B1 PIC XX.', '   05 C REDEFINES B PIC X(6).', '   05 D PIC X.'))).toEqual(['1 R 1 7', '5 A 1 4', '5 B 1 2', '10 B1 1 2', '10 B2 1 2', '5 C 1 6', '5 D 7 1']);
  });

  it('levels 66, 77 and 88 take no room in the record, and entries above level 01 form one', () => {
    expect(layout(fixed('05 A PIC X.', "   88 A-YES VALUE 'Y' 'J'.", '05 B PIC X(2).', '66 AB RENAMES A THRU B.'))).toEqual(['1 RECORD 1 3', '5 A 1 1', '5 B 2 2']);
    expect(parseCopybook(fixed('77 COUNTER PIC 9(4) COMP.', '01 R.', '   05 A PIC X.')).records.map((r) => r.name)).toEqual(['COUNTER', 'R']);
  });

  it('the layout table - level, first byte, length and clauses of each item', () => {
    expect(layoutTable(layoutRecord(parseCopybook(fixed('01 R.', '   05 N PIC 9.', "      88 NONE VALUE 0.", '   05 T PIC S9(3) COMP-3 OCCURS 0 TO 4 DEPENDING ON N.'))))).toEqual({
      record: 'R',
      length: 9,
      fields: [
        { level: 1, name: 'R', depth: 0, first_byte: 1, length: 9, area: 9, usage: 'group', line: 1 },
        { level: 5, name: 'N', depth: 1, first_byte: 1, length: 1, area: 1, usage: 'display', line: 2, picture: '9', conditions: [{ name: 'NONE', values: [{ from: '0' }] }] },
        { level: 5, name: 'T', depth: 1, first_byte: 2, length: 2, area: 8, usage: 'packed', line: 4, picture: 'S9(3)', occurs: { min: 0, max: 4, depending_on: 'N' } },
      ],
    });
  });
});

describe('picture - digits and places', () => {
  it.each([
    ['S9(7)V99', 9, 2, true], ['PPP9(5)', 5, 8, false], ['SPP99999', 5, 7, true], ['9(5)PPP', 5, -3, false], ['SV9(5)', 5, 5, true], ['+9(6)V99', 8, 2, true], ['Z(6)VZZ-', 8, 2, true], ['9(6).99-', 8, 2, true],
  ])('%s has %i digits, %i of them after the point', (text, digits, scale, signed) => {
    expect(parsePicture(text)).toMatchObject({ digits, scale, signed });
  });
});

describe('copybook errors - name the line', () => {
  it.each([
    [['01 R.', '   05 A PIC Q(3).'], 'copybook.syntax', 'line 2: the picture Q(3) is not understood'],
    [['01 R.', '   05 A.'], 'copybook.syntax', 'line 2: A has neither a picture nor items under it'],
    [['01 R.', '   05 A PIC X.', '      10 B PIC X.'], 'copybook.syntax', 'line 2: A has a picture and items under it'],
    [['01 R.', '   05 A PIC X.', '   05 B REDEFINES C PIC X.'], 'copybook.syntax', 'line 3: B redefines C, which does not stand before it at its level'],
    [['01 R.', '   05 A PIC X OCCURS 3 DEPENDING ON N.'], 'copybook.syntax', 'line 2: A depends on N, which does not stand before it in the record'],
    [['01 R.', '   05 A PIC X BLURB.'], 'copybook.syntax', 'line 2: "BLURB" begins no clause'],
    [['01 R.', '   55 A PIC X.'], 'copybook.syntax', 'line 2: 55 is no level number'],
    [['01 R.', "   05 A PIC X VALUE 'Q."], 'copybook.syntax', 'line 2: a literal is not closed'],
    [['nothing of the kind'], 'copybook.syntax', 'line 1: an entry begins with "nothing" instead of a level number'],
    [['01 R.', '   COPY OTHER REPLACING A BY B.'], 'copybook.unsupported', 'line 2: the member OTHER of COPY is not at hand'],
    [['01 R.', '   05 A DYNAMIC PIC X.'], 'copybook.unsupported', 'line 2: the clause DYNAMIC is not supported'],
    [['01 R.', '   05 A PIC X(999999999).'], 'copybook.syntax', 'longer than'],
  ])('%j', (lines, code, message) => {
    expect(() => layout(fixed(...lines))).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string, field: '/copybook' }));
  });

  it('a record that does not exist - the fix names those that do', () => {
    expect(() => layout(fixed('01 R.', '   05 A PIC X.'), 'S')).toThrow(expect.objectContaining({ code: 'copybook.mismatch', fix: 'name one of R' }));
  });
});
