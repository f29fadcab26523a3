import fc from 'fast-check';
import { contentDataset } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { realmConformance, testBed } from '@symphainy/realm-sdk/testing';
import { contentRealm } from './content.orchestrator.js';
import { rewriteRecords } from './rewrite-records.js';
import { codePage, encodeText } from './services/mainframe/codecs/code-pages.js';
import type { MainframeOptions } from './services/mainframe/records/read-records.js';

const ROWS = '019b0000-0000-7000-8000-000000000001/receive/file';
const COPYBOOK = '019b0000-0000-7000-8000-000000000002/receive/file';
const fixed = (...lines: string[]): string => lines.map((line) => `       ${line}`).join('\n');
const ebcdic = (text: string): Buffer => Buffer.from(encodeText(text, codePage('cp037')));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const POLICY = fixed('01 POLICY.', '   05 NO PIC 9(4).', '   05 HOLDER PIC X(6).', '   05 PREMIUM PIC S9(5)V99 COMP-3.', '   05 N PIC 9.', '   05 COVER OCCURS 0 TO 3 DEPENDING ON N.', '      10 KIND PIC X(2).', '   05 CLOSED PIC X.');

/** Rows of one's own, as JSON lines. */
async function encoded(rows: readonly object[] | string, copybook: string, options: MainframeOptions = {}) {
  const lines = typeof rows === 'string' ? rows : rows.map((row) => JSON.stringify(row)).join('\n');
  const run = await testBed(contentRealm, { references: { [ROWS]: Buffer.from(lines), [COPYBOOK]: Buffer.from(copybook) } }).run('content.encode', { rows: ROWS, copybook: COPYBOOK, options: options as Json });
  return { run, bytes: run.bytes('file') };
}

const DATASET = '019b0000-0000-7000-8000-000000000009/assemble/dataset';

/** A bed that holds the dataset that decoding made of a file. */
async function bedOf(source: Uint8Array, copybook: string, options: MainframeOptions, { keep = true, encodeBy = copybook } = {}) {
  const bed = testBed(contentRealm, { references: { [ROWS]: source, [COPYBOOK]: Buffer.from(copybook) } });
  const first = await bed.run('content.decode', { source: ROWS, copybook: COPYBOOK, keep_bytes: keep, options: options as Json });
  const dataset = contentDataset.parse(first.content('dataset'));
  const parts = Object.fromEntries(dataset.parts.map(({ reference }) => [reference, first.bytes(reference.split('/').at(-1)!)]));
  return testBed(contentRealm, { references: { ...parts, [DATASET]: dataset as unknown as Json, [COPYBOOK]: Buffer.from(encodeBy) }, described: { [DATASET]: { artifact_type: 'content.dataset' } } });
}

realmConformance(contentRealm, [{ intent: 'content.encode', payload: { rows: ROWS, copybook: COPYBOOK, options: { record_format: 'variable' } }, bed: { references: { [ROWS]: Buffer.from('{"NO":1,"N":1,"KIND(1)":"AB"}\n{"NO":2,"N":0}\n'), [COPYBOOK]: Buffer.from(POLICY) } } }]);

describe('content.encode - rows as records', () => {
  it('values alone - as a program writes them, each record as long as its table is', async () => {
    const { run, bytes } = await encoded([{ NO: 1, HOLDER: 'ADA', PREMIUM: '-12.50', N: 1, 'KIND(1)': 'AB', CLOSED: 'N' }, { NO: 2, PREMIUM: 7, N: 0, CLOSED: 'Y' }], POLICY, { record_format: 'variable' });
    const body = (...parts: (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => (typeof part === 'string' ? ebcdic(part) : part)));
    const [one, two] = [body('0001ADA   ', Buffer.from('0001250d', 'hex'), '1ABN'), body('0002      ', Buffer.from('0000700c', 'hex'), '0Y')];
    expect(hexOf(bytes)).toBe(hexOf(Buffer.concat([Buffer.from([0, one.length + 4, 0, 0]), one, Buffer.from([0, two.length + 4, 0, 0]), two])));
    expect(run.output).toMatchObject({ record: 'POLICY', records: 2, bytes: bytes.length });
    expect(run.output).not.toHaveProperty('identical');
  });

  it('many parts - one file, in order, without a gap', async () => {
    const copybook = fixed('01 R.', '   05 NO PIC 9(8) COMP.', '   05 NOTE PIC X(1000).');
    const many = 12_000;
    const note = 'a policy holder of long standing, who pays in time; '.repeat(18);
    const lines = Array.from({ length: many }, (_, i) => `{"NO":${i},"NOTE":"${note}"}`).join('\n');
    const { run, bytes } = await encoded(lines, copybook);
    expect(run.artifacts.filter((one) => one.artifact_type === 'runtime.map_results').length).toBeGreaterThan(1);
    expect([bytes.length, run.output]).toEqual([many * 1004, expect.objectContaining({ records: many })]);
    const file = Buffer.from(bytes);
    for (let i = 0; i < many; i++) if (file.readUInt32BE(i * 1004) !== i) throw new Error(`record ${i} is not in its place`);
  }, 60_000);

  it.each<[string, object | string, MainframeOptions, string, { [key: string]: unknown }]>([
    ['too many digits', { NO: 12345 }, {}, 'NO (PICTURE 9(4), bytes 1 to 4): it has room for 4 digits', { record: 1, column: 'NO', offset: 0, length: 4, picture: '9(4)' }],
    ['too many places', { PREMIUM: '1.234' }, {}, 'PREMIUM (PICTURE S9(5)V99 packed, bytes 11 to 14): it has room for', { column: 'PREMIUM', offset: 10 }],
    ['a sign that the picture lacks', { NO: -5 }, {}, 'its picture has no sign', { column: 'NO' }],
    ['text too long', { HOLDER: 'ADELAIDE' }, {}, 'it has room for 6 characters, not 8', { column: 'HOLDER', offset: 4 }],
    ['a character that the code page lacks', { HOLDER: '\u4e2d' }, {}, 'cp037 has no character U+4E2D', { column: 'HOLDER' }],
    ['a text for a number', { NO: 'abc' }, {}, 'it takes a decimal number', { column: 'NO' }],
    ['a number for a text', { HOLDER: 5 }, {}, 'it takes a text', { column: 'HOLDER' }],
    ['a column nobody knows', { HOLDR: 'ADA' }, {}, 'the copybook has no column "HOLDR"', { record: 1, column: 'HOLDR' }],
    ['more occurrences than the count says', { NO: 1, N: 1, 'KIND(2)': 'AB' }, { record_format: 'variable' }, 'KIND(2) (PICTURE X(2), bytes 18 to 19): it has no place in this record', { column: 'KIND(2)' }],
    ['a length that the tables exceed', { _length: 16, NO: 1, N: 1, 'KIND(1)': 'AB', CLOSED: 'Y' }, { record_format: 'variable' }, 'KIND(1)', { column: 'KIND(1)', offset: 15 }],
    ['no JSON', '{"NO": 1', {}, 'the line is no JSON object', { record: 1 }],
    ['bytes that are no hexadecimal digits', { _kept: [[0, 'zz']] }, {}, '_kept.0.1', { column: '_kept' }],
  ])('%s - refused by record, column and offset, with what fits', async (_what, row, options, message, details) => {
    await expect(encoded(typeof row === 'string' ? row : [row], POLICY, options)).rejects.toMatchObject({ code: 'content.unencodable', field: '/rows', fix: expect.any(String) as string, message: expect.stringContaining(message) as string, details: expect.objectContaining(details) as object });
  });

  it('the message never repeats a value', async () => {
    await expect(encoded([{ HOLDER: 'SECRET-NAME' }], POLICY)).rejects.toMatchObject({ message: expect.not.stringContaining('SECRET') as string });
  });

  it.each<[string, MainframeOptions, string]>([
    ['a line that holds an end of line', { record_format: 'text', controls: 'keep', code_page: 'ascii', trim: 'none' }, 'would find again'],
    ['a length that the record does not have', { record_format: 'length_field', length_field: 'NO', controls: 'keep' }, 'would find again'],
  ])('%s - refused, because nobody could read the file', async (_what, options, message) => {
    await expect(encoded([{ NO: 1, HOLDER: 'A\nB' }], fixed('01 R.', '   05 NO PIC 9(4).', '   05 HOLDER PIC X(3).'), { ...options })).rejects.toMatchObject({ code: 'content.unencodable', message: expect.stringContaining(message) as string });
  });
});

const word = (length: number, little = false): Buffer => (little ? Buffer.from([0, 0, length & 0xff, length >> 8]) : Buffer.from([length >> 8, length & 0xff, 0, 0]));
const LINE = fixed('01 R.', '   05 LEN PIC 9(2).', '   05 A PIC X(4).');
const bodies = ['06ABCD', '06E?GH', '06IJKL'].map(ebcdic);

describe('decoded and encoded back through both intents - the same file', () => {
  it.each<[string, Uint8Array, MainframeOptions]>([
    ['fixed', Buffer.concat(bodies), {}],
    ['fixed, with bytes around', Buffer.concat([ebcdic('HH'), ...bodies.flatMap((b) => [ebcdic('p'), b, ebcdic('ss')]), ebcdic('T')]), { header_bytes: 2, trailer_bytes: 1, record_prefix_bytes: 1, record_suffix_bytes: 2 }],
    ['fixed, records longer than the layout', Buffer.concat(bodies.map((b) => Buffer.concat([b, Buffer.from('00ff', 'hex')]))), { record_length: 8 }],
    ['variable', Buffer.concat(bodies.flatMap((b) => [word(10), b])), { record_format: 'variable' }],
    ['variable, words with flags', Buffer.concat(bodies.flatMap((b) => [Buffer.from([0, 10, 1, 0]), b])), { record_format: 'variable' }],
    ['variable, little-endian, not inclusive', Buffer.concat(bodies.flatMap((b) => [word(6, true), b])), { record_format: 'variable', rdw: { endian: 'little', inclusive: false } }],
    ['blocks', Buffer.concat([word(24), word(10), bodies[0]!, word(10), bodies[1]!, word(14), word(10), bodies[2]!]), { record_format: 'variable_blocked' }],
    ['blocks with extended words', Buffer.concat([Buffer.from([0x80, 0, 0, 14]), word(10), bodies[0]!, word(14), word(10), bodies[2]!]), { record_format: 'variable_blocked' }],
    ['length field', Buffer.concat(bodies), { record_format: 'length_field', length_field: 'LEN' }],
    ['lines, some with CR, the last without an end', Buffer.from('\ufeff06ABCD\r\n06EFGH\n06IJKL'), { record_format: 'text', code_page: 'ascii' }],
    ['EBCDIC lines', Buffer.concat(bodies.flatMap((b) => [b, Buffer.from([0x15])])), { record_format: 'text' }],
    ['numbers that do not decode, odd signs', Buffer.from('0000c1c2c3c4f1b2c1c2c3c4ffffc1c2c3c4', 'hex'), {}],
  ])('%s', async (_what, source, options) => {
    const run = await (await bedOf(source, LINE, options)).run('content.encode', { rows: DATASET, copybook: COPYBOOK });
    expect(hexOf(run.bytes('file'))).toBe(hexOf(source));
    expect(run.output).toMatchObject({ identical: true });
  });

  it('without the bytes kept - the values come back, and the answer says that the file is another', async () => {
    const bed = await bedOf(Buffer.from('f1b2c1c2c3c4', 'hex'), fixed('01 R.', '   05 LEN PIC S9(2).', '   05 A PIC X(4).'), {}, { keep: false });
    const run = await bed.run('content.encode', { rows: DATASET, copybook: COPYBOOK });
    expect([hexOf(run.bytes('file')), run.output]).toEqual(['f1d2c1c2c3c4', expect.objectContaining({ identical: false })]);
  });

  it('another copybook than the dataset’s - refused', async () => {
    const bed = await bedOf(ebcdic('06ABCD'), LINE, {}, { encodeBy: fixed('01 R.', '   05 A PIC X(4).', '   05 LEN PIC 9(2).') });
    await expect(bed.run('content.encode', { rows: DATASET, copybook: COPYBOOK })).rejects.toMatchObject({ code: 'copybook.mismatch', field: '/copybook' });
  });

  it('any record format, any bytes', async () => {
    const length = fc.integer({ min: 0, max: 6 });
    const formats = fc.constantFrom<MainframeOptions>({}, { record_format: 'variable' }, { record_format: 'variable', rdw: { endian: 'little', inclusive: false } }, { record_format: 'variable_blocked' }, { record_format: 'text', code_page: 'cp1252' });
    await fc.assert(
      fc.asyncProperty(formats, fc.array(fc.tuple(length, fc.uint8Array({ minLength: 16, maxLength: 16 })), { minLength: 1, maxLength: 12 }), async (options, drawn) => {
        const records = drawn.map(([n, bytes]) => Buffer.from(options.record_format === undefined || options.record_format === 'text' ? bytes : bytes.subarray(0, 10 + n)));
        const rdw = (b: Buffer): Buffer => (options.rdw === undefined ? word(b.length + 4) : word(b.length, true));
        const framed = options.record_format === 'text' ? records.flatMap((b) => [b, Buffer.from('\n')]) : options.record_format === undefined ? records : records.flatMap((b) => [rdw(b), b]);
        const body = Buffer.concat(framed);
        const source = options.record_format === 'variable_blocked' ? Buffer.concat([word(body.length + 4), body]) : body;
        const copybook = fixed('01 R.', '   05 A PIC S9(4) COMP-3.', '   05 B PIC X(4).', '   05 C PIC S9(3).', '   05 FILLER PIC X(2).', '   05 D PIC S9(4) COMP.', '   05 E PIC X(2).');
        expect(hexOf((await rewriteRecords(copybook, source, options)).bytes)).toBe(hexOf(source));
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});
