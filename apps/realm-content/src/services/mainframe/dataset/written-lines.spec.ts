import fc from 'fast-check';
import { codePage, encodeText } from '../codecs/code-pages.js';
import { recordReading } from '../records/mainframe-options.js';
import type { MainframeOptions } from '../records/read-records.js';
import { LineBuffer } from './line-buffer.js';
import { PartRows } from './row-lines.js';

const fixed = (...lines: string[]): string => lines.map((line) => `       ${line}`).join('\n');

interface Told {
  readonly lines: string;
  readonly totals: Record<string, string>;
  readonly failures: Record<string, number>;
}

/** By way of rows when bytes are kept beside them, else straight. */
async function told(copybook: string, bytes: Uint8Array, options: MainframeOptions, keepBytes: boolean): Promise<Told> {
  const rows = new PartRows(recordReading(copybook, options), { parents: options.segments?.parents, keepBytes }, () => undefined);
  let lines = '';
  for await (const block of rows.lines(bytes, { first_record: 1, records: 0, start: 0, end: bytes.length })) lines += Buffer.from(block).toString('utf8');
  return { lines: lines.replace(/,"_(before|after|block)":"[0-9a-f]*"/g, '').replace(/,"_kept":\[\[.*?\]\]/g, ''), totals: rows.sums.totals(), failures: { ...rows.failureCounts } };
}

const CLAUSES = [
  'PIC X(5)', 'PIC 9(4)', 'PIC 9(15)', 'PIC 9(18)', 'PIC S9(5)', 'PIC S9(3)V99', 'PIC S9(4) SIGN LEADING', 'PIC S9(4) SIGN TRAILING SEPARATE', 'PIC 9(3)PP', 'PIC VPP9(3)', 'PIC 9(4) BLANK WHEN ZERO',
  'PIC S9(7)V99 COMP-3', 'PIC S9(17) COMP-3', 'PIC S9(15)V99 COMP-3', 'PIC 9(6) COMP-6', 'PIC S9(4) COMP', 'PIC S9(18) COMP', 'PIC S9(9)V9(3) BINARY', 'PIC 9(8) COMP-9', 'COMP-1', 'COMP-2', 'PIC ZZ,ZZ9.99-', 'PIC N(3) NATIONAL', 'INDEX',
];

/** Bytes that decode often, and those that do not. */
const byte = fc.oneof(fc.integer({ min: 0xf0, max: 0xf9 }), fc.constantFrom(0x40, 0x0c, 0x1d, 0x00, 0x12, 0xc1, 0x7f, 0xe0, 0x4a), fc.integer({ min: 0, max: 255 }));

describe('records straight into lines - the same lines as by way of rows', () => {
  it('whatever the fields and whatever the bytes: text, totals and failures', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...CLAUSES), { minLength: 1, maxLength: 5 }), fc.array(byte, { minLength: 400, maxLength: 400 }), fc.constantFrom('cp037', 'cp273', 'cp870', 'ascii'), fc.constantFrom('both' as const, 'right' as const, 'none' as const), fc.constantFrom('blank' as const, 'keep' as const), async (clauses, drawn, code_page, trim, controls) => {
        const copybook = fixed('01 R.', ...clauses.map((clause, at) => `   05 F${at} ${clause}.`));
        const options: MainframeOptions = { code_page, trim, controls };
        const length = recordReading(copybook, options).plan.record.area;
        const bytes = Uint8Array.from(drawn.slice(0, Math.floor(drawn.length / length) * length));
        expect(await told(copybook, bytes, options, false)).toEqual(await told(copybook, bytes, options, true));
      }),
      { numRuns: 200 },
    );
  });

  it('tables that depend on counts, segments with parents, records of varying length that end before their fields do', async () => {
    const copybook = fixed('01 R.', '   05 KIND PIC X.', '   05 A.', '      10 N PIC 9.', '      10 T PIC S9(3)V99 COMP-3 OCCURS 0 TO 3 DEPENDING ON N.', '      10 Z PIC X(2).', '   05 B REDEFINES A.', '      10 NOTE PIC X(12).');
    const segments = { field: 'KIND', groups: { P: 'A', C: 'B' }, parents: { B: 'A' } };
    const record = (...parts: (string | Buffer)[]): Buffer => {
      const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(encodeText(part, codePage('cp037'))) : part)));
      return Buffer.concat([Buffer.from([0, body.length + 4, 0, 0]), body]);
    };
    const amount = Buffer.from('12345c', 'hex');
    const bytes = Buffer.concat([record('P2', amount, amount, 'zz'), record('Ca "note" \\ here'), record('P0zz'), record('P1', amount), record('P9', amount), record('Cshort'), record('Xwhat')]);
    const straight = await told(copybook, bytes, { record_format: 'variable', segments }, false);
    expect(straight).toEqual(await told(copybook, bytes, { record_format: 'variable', segments }, true));
    expect(straight.lines.split('\n').filter((line) => line !== '').map((line) => (JSON.parse(line) as { _segment?: string; _parent?: number }))).toMatchObject([{ _segment: 'A' }, { _segment: 'B', _parent: 1 }, { _segment: 'A' }, { _segment: 'A' }, { _segment: 'A' }, { _segment: 'B', _parent: 5 }, {}]);
  });

  it('a record that does not decode to its end leaves nothing of itself in the sums', async () => {
    const copybook = fixed('01 R.', '   05 A PIC S9(3)V99 COMP-3.', '   05 B PIC 9(2).');
    const { totals } = await told(copybook, Buffer.from('12345cf1f2' + '00100c0000' + '00001df0f0', 'hex'), {}, false);
    expect(totals).toEqual({ A: '124.44' });
  });
});

describe('lines - numbers and growth', () => {
  it('whole numbers and decimals of every size are written as JavaScript and exact text say', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), fc.integer({ min: 1, max: 15 }), fc.boolean(), (amount, scale, negative) => {
        const out = new LineBuffer(8);
        out.integer(amount);
        out.decimal(negative, amount, scale);
        const digits = String(amount).padStart(scale + 1, '0');
        expect(out.take().toString('utf8')).toBe(`${amount}"${negative && amount !== 0 ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}"`);
      }),
    );
  });
});
