import fc from 'fast-check';
import { codePage, encodeText } from '../codecs/code-pages.js';
import { openMainframe, type DecodedRow, type MainframeOptions } from './read-records.js';
import { recordEncoder } from './record-encoder.js';

const fixed = (...lines: string[]): string => lines.map((line) => `       ${line}`).join('\n');

/** Decodes, encodes what came out, and tells how many bytes had to be kept beside the values. */
function roundTrip(copybook: string, bytes: Uint8Array, options: MainframeOptions = {}): { rows: DecodedRow[]; kept: number } {
  const file = openMainframe(copybook, bytes, options);
  const encoder = recordEncoder(file.reading.plan, file.reading.form, file.reading.rules);
  const rows = [...file.rows()];
  let kept = 0;
  for (const { row, range } of rows) {
    const record = bytes.subarray(range.start, range.end);
    const beside = encoder.keep(row, record);
    expect(Buffer.from(encoder.fromParts(row, record.length, beside)).toString('hex')).toBe(Buffer.from(record).toString('hex'));
    kept += beside.reduce((sum, { hex }) => sum + hex.length / 2, 0);
  }
  return { rows, kept };
}

/** Elementary items in every usage and picture of the common kinds, and groups of them with tables and REDEFINES. */
const elementary: fc.Arbitrary<string> = fc.constantFrom(
  'PIC X(5)', 'PIC A(3)', 'PIC 9(4)', 'PIC S9(5)', 'PIC S9(3)V99', 'PIC S9(4) SIGN LEADING', 'PIC S9(4) SIGN TRAILING SEPARATE', 'PIC S9(4) LEADING SEPARATE', 'PIC 9(3)PP', 'PIC VPP9(3)',
  'PIC S9(7)V99 COMP-3', 'PIC 9(4) COMP-3', 'PIC S9(17) COMP-3', 'PIC 9(6) COMP-6', 'PIC S9(4) COMP', 'PIC 9(9) COMP', 'PIC S9(18) COMP', 'PIC S9(9)V9(3) BINARY', 'PIC S9(4) COMP-5', 'PIC 9(8) COMP-9', 'COMP-1', 'COMP-2',
  'PIC ZZ,ZZ9.99-', 'PIC $$,$$9.99CR', 'PIC +++9', 'PIC **9.9', 'PIC N(3) NATIONAL', 'INDEX', 'POINTER', 'PIC 9(18)', 'PIC S9(4) COMP SYNC',
);
const item = fc.record({ shape: fc.constantFrom('plain', 'filler', 'table', 'group', 'redefined' as const), clauses: fc.array(elementary, { minLength: 1, maxLength: 3 }), times: fc.integer({ min: 1, max: 3 }) });

function copybookOf(items: readonly { shape: string; clauses: readonly string[]; times: number }[]): string {
  let number = 0;
  const lines = items.flatMap(({ shape, clauses, times }) => {
    const name = `I${number++}`;
    const under = clauses.map((clause) => `      10 E${number++} ${clause}.`);
    if (shape === 'plain') return [`   05 ${name} ${clauses[0]}.`];
    if (shape === 'filler') return ['   05 FILLER PIC X(3).'];
    if (shape === 'table') return [`   05 ${name} OCCURS ${times}.`, ...under];
    if (shape === 'group') return [`   05 ${name}.`, ...under];
    return [`   05 ${name} PIC X(8).`, `   05 ${name}R REDEFINES ${name}.`, ...under];
  });
  return fixed('01 R.', ...lines);
}

describe('decoded and encoded back - the same bytes', () => {
  it('whatever the copybook and whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.integer({ min: 0, max: 255 })), fc.constantFrom('cp037', 'cp273', 'cp1047', 'cp1140', 'cp870', 'ascii'), fc.constantFrom('both', 'none' as const), (items, stream, code_page, trim) => {
        const copybook = copybookOf(items);
        const length = openMainframe(copybook, new Uint8Array(), {}).recordLength!;
        const bytes = Uint8Array.from({ length: length * 2 }, () => stream.next().value!);
        roundTrip(copybook, bytes, { code_page, trim });
      }),
      { numRuns: 120 },
    );
  });

  it('what the encoder writes, read again, gives the same values, and nothing has to be kept', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (items, stream) => {
        const copybook = copybookOf([...items.filter((i) => i.shape !== 'redefined'), { shape: 'plain', clauses: ['PIC X'], times: 1 }]);
        const file = openMainframe(copybook, new Uint8Array(), {});
        const bytes = Uint8Array.from({ length: file.recordLength! }, () => stream.next().value!);
        const encoder = recordEncoder(file.reading.plan, file.reading.form, file.reading.rules);
        const first = [...openMainframe(copybook, bytes, {}).rows()][0]!;
        const canonical = encoder.fromRow(first.row, bytes.length);
        const { rows, kept } = roundTrip(copybook, canonical);
        first.row.forEach((cell, at) => cell !== null && expect(rows[0]!.row[at]).toEqual(cell));
        expect(kept).toBe(0);
      }),
      { numRuns: 120 },
    );
  });

  it('tables that depend on counts, nested - what follows them moves up, and the records come back', () => {
    const copybook = fixed('01 R.', '   05 N PIC 9.', '   05 G OCCURS 0 TO 3 DEPENDING ON N.', '      10 M PIC 9.', '      10 F PIC XX OCCURS 0 TO 3 DEPENDING ON M.', '   05 Z PIC S9(3) COMP-3.');
    const counts = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 5 }), (records) => {
        const parts = records.map((inner) => Buffer.concat([encodeText(`${inner.length}${inner.map((m) => `${m}${'ab'.repeat(m)}`).join('')}`, codePage('cp037')), Buffer.from('123c', 'hex')]));
        const { rows, kept } = roundTrip(copybook, Buffer.concat(parts), { record_format: 'self_delimiting' });
        expect(rows.map(({ row, failures }) => [row[0], row.at(-1), failures.length])).toEqual(records.map((inner) => [inner.length, 123, 0]));
        expect(kept).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('a zone or nibble that programs do not write is kept, not made good', () => {
    const { rows, kept } = roundTrip(fixed('01 R.', '   05 P PIC S9(3) COMP-3.', '   05 T PIC X(6).', '   05 Z PIC S9(2).'), Buffer.from('123ac1c1c1c1c1c1f1b2', 'hex'));
    expect([rows[0]!.row, kept]).toEqual([[123, 'AAAAAA', -12], 2]);
  });

  it('a row that was changed - what changed is written anew, all else stays as it was', () => {
    const copybook = fixed('01 R.', '   05 P PIC S9(3) COMP-3.', '   05 FILLER PIC X(2).', '   05 Z PIC S9(2).', '   05 BAD PIC 9(2).');
    const bytes = Buffer.from('123a' + 'c1c2' + 'f1b2' + '0000', 'hex');
    const { reading, rows } = openMainframe(copybook, bytes, {});
    const encoder = recordEncoder(reading.plan, reading.form, reading.rules);
    const { row } = [...rows()][0]!;
    const kept = encoder.keep(row, bytes);
    const changed = (at: number, value: number): string => Buffer.from(encoder.fromParts(row.map((cell, i) => (i === at ? value : cell)), 8, kept)).toString('hex');
    expect([changed(0, -7), changed(1, 5), changed(2, 42)]).toEqual(['007dc1c2f1b20000', '123ac1c2f0c50000', '123ac1c2f1b2f4f2']);
  });

  it('two items that share a place and say different things - refused, because one of them would be lost', () => {
    const { reading } = openMainframe(fixed('01 R.', '   05 A PIC X(2).', '   05 B REDEFINES A PIC 9(2).'), new Uint8Array(), {});
    expect(() => recordEncoder(reading.plan, reading.form, reading.rules).fromParts(['11', 22], 2, [])).toThrow('A: the value does not come back');
  });

  it('a value too large for its field is refused, not cut', () => {
    const { reading } = openMainframe(fixed('01 R.', '   05 A PIC 9(2).', '   05 B PIC X(2).'), new Uint8Array(), {});
    const encoder = recordEncoder(reading.plan, reading.form, reading.rules);
    expect(() => encoder.fromRow([100, 'AB'], 4)).toThrow('A: it has room for 2 digits');
    expect(() => encoder.fromRow([1, 'ABC'], 4)).toThrow('B: it has room for 2 characters, not 3');
  });
});
