import { cellRange, contentDataset, type ContentDataset, type DatasetRow } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { realmConformance, testBed } from '@symphainy/realm-sdk/testing';
import { contentRealm } from './content.orchestrator.js';
import { mainframeOptions } from './model/mainframe.schema.js';
import { codePage, encodeText } from './services/mainframe/codecs/code-pages.js';
import { openMainframe, type MainframeOptions } from './services/mainframe/records/read-records.js';

const FILE = '019b0000-0000-7000-8000-000000000001/receive/file';
const COPYBOOK = '019b0000-0000-7000-8000-000000000002/receive/file';
const MEMBER = '019b0000-0000-7000-8000-000000000003/receive/file';
const fixed = (...lines: string[]): string => lines.map((line) => `       ${line}`).join('\n');
const ebcdic = (text: string): Buffer => Buffer.from(encodeText(text, codePage('cp037')));
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const POLICY = fixed('01 POLICY.', '   05 POLICY-NO PIC 9(6).', '   05 HOLDER PIC X(20).', '   05 PREMIUM PIC S9(5)V99 COMP-3.', '   05 N PIC 9.', '   05 COVER OCCURS 0 TO 3 DEPENDING ON N.', '      10 KIND PIC X(2).', '      10 SUM-INSURED PIC S9(7) COMP-3.', '   05 CLOSED PIC X.');

async function decodeFile(source: Uint8Array, copybook: string, options: MainframeOptions = {}, more: { [key: string]: Json } = {}, members: Record<string, Uint8Array> = {}) {
  const run = await testBed(contentRealm, { references: { [FILE]: source, [COPYBOOK]: Buffer.from(copybook), ...members } }).run('content.decode', { source: FILE, copybook: COPYBOOK, options: options as Json, ...more });
  const dataset = contentDataset.parse(run.content('dataset'));
  const rows = dataset.parts.flatMap(({ reference }) => linesOf<DatasetRow>(run.bytes(reference.split('/').at(-1)!)));
  return { run, dataset, rows, failures: dataset.parts.flatMap(({ failures }) => (failures === undefined ? [] : linesOf<{ field: string; record: number; bytes_hex: string; reason: string }>(run.bytes(failures.split('/').at(-1)!)))) };
}

const linesOf = <T>(bytes: Uint8Array): T[] => Buffer.from(bytes).toString('utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T);

/** Policies of varying length, each behind a record descriptor word. */
function policies(count: number): Buffer {
  const records = Array.from({ length: count }, (_, i) => {
    const covers = Array.from({ length: i % 4 }, (_c, c) => Buffer.concat([ebcdic(`K${c}`), hex(`${String(1000 + i).padStart(7, '0')}c`)]));
    const body = Buffer.concat([ebcdic(String(i + 1).padStart(6, '0') + `HOLDER ${i}`.padEnd(20)), hex(`${String(i * 7).padStart(7, '0')}c`), ebcdic(String(i % 4)), ...covers, ebcdic(i % 2 ? 'Y' : 'N')]);
    return Buffer.concat([Buffer.from([(body.length + 4) >> 8, (body.length + 4) & 0xff, 0, 0]), body]);
  });
  return Buffer.concat(records);
}

realmConformance(contentRealm, [{ intent: 'content.decode', payload: { source: FILE, copybook: COPYBOOK, options: { record_format: 'variable' } }, bed: { references: { [FILE]: policies(20), [COPYBOOK]: Buffer.from(POLICY) } } }]);

describe('content.decode - a file as a dataset', () => {
  it('rows, counts and exact totals over parts that follow each other without a gap', async () => {
    // several parts: 120,000 records of fixed length are more than one part's bytes
    const copybook = fixed('01 R.', '   05 NO PIC 9(8) COMP.', '   05 AMOUNT PIC S9(9)V99 COMP-3.', '   05 NOTE PIC X(60).');
    const note = ebcdic('a policy holder of long standing'.padEnd(60));
    const many = 120_000;
    const source = Buffer.alloc(many * 70);
    for (let i = 0; i < many; i++) {
      source.writeUInt32BE(i, i * 70);
      source.write(`${String(i).padStart(11, '0')}c`, i * 70 + 4, 'hex');
      note.copy(source, i * 70 + 10);
    }
    const { run, dataset, rows } = await decodeFile(source, copybook);
    expect(dataset.parts.length).toBeGreaterThan(1);
    expect([dataset.records, rows.length, dataset.failures]).toEqual([many, many, 0]);
    expect(rows.map((row) => row['NO'])).toEqual(Array.from({ length: many }, (_, i) => i));
    expect(dataset.totals).toEqual({ AMOUNT: '71999400.00' });
    expect(run.output).toMatchObject({ records: many, failures: 0, parts: dataset.parts.length, record: 'R' });
  }, 60_000);

  it('a field that does not decode - named in its row, kept with bytes and reason, counted', async () => {
    const copybook = fixed('01 R.', '   05 A PIC 9(2).', '   05 B PIC X(2).');
    const { dataset, rows, failures } = await decodeFile(Buffer.concat([ebcdic('01AB'), ebcdic('0'), hex('ab'), ebcdic('CD'), hex('0000c1c2'), hex('ffffc1c2')]), copybook);
    expect(rows.map((row) => [row['A'], row['B'], row['_failed']])).toEqual([[1, 'AB', undefined], [undefined, 'CD', ['A']], [undefined, 'AB', ['A']], [undefined, 'AB', ['A']]]);
    expect(failures.map(({ record, bytes_hex }) => [record, bytes_hex])).toEqual([[2, 'f0ab'], [3, '0000'], [4, 'ffff']]);
    expect(dataset.failure_counts).toEqual({ 'a byte is not a zoned digit': 1, 'low-values in a numeric field': 1, 'high-values in a numeric field': 1 });
  });

  it('segments - each record names its group and the record it belongs to', async () => {
    const copybook = fixed('01 R.', '   05 KIND PIC X.', '   05 COMPANY.', '      10 NAME PIC X(4).', '   05 CONTACT REDEFINES COMPANY.', '      10 PHONE PIC 9(4).');
    const segments = { field: 'KIND', groups: { C: 'COMPANY', P: 'CONTACT' }, parents: { CONTACT: 'COMPANY' } };
    const { rows } = await decodeFile(ebcdic('CACMEP0001P0002CBETAP0003'), copybook, { segments });
    expect(rows.map((row) => [row['_segment'], row['_parent'], row['NAME'] ?? row['PHONE']])).toEqual([['COMPANY', undefined, 'ACME'], ['CONTACT', 1, 1], ['CONTACT', 1, 2], ['COMPANY', undefined, 'BETA'], ['CONTACT', 4, 3]]);
  });

  const LEVELS = fixed('01 R.', '   05 KIND PIC X.', '   05 A.', '      10 A-NO PIC 9.', '   05 B REDEFINES A.', '      10 B-NO PIC 9.', '   05 C REDEFINES A.', '      10 C-NO PIC 9.', '   05 D REDEFINES A.', '      10 D-NO PIC 9.');
  const levels = { field: 'KIND', groups: { A: 'A', B: 'B', C: 'C', D: 'D' }, parents: { B: 'A', C: 'B', D: 'A' } };
  interface Tree extends DatasetRow { _children?: Record<string, Tree[]> }
  const shape = (tree: Tree): unknown => [`${String(tree['_segment'])}${String(tree['_record'])}`, ...Object.entries(tree._children ?? {}).map(([group, nodes]) => ({ [group]: nodes.map(shape) }))];

  it('trees - records under those they belong to, at every depth, whatever stands between; orphans and records after the end of their parent are their own', async () => {
    const options = { segments: levels };
    const { run, rows } = await decodeFile(ebcdic('C0A1B1C1D1C2B2D2A2C3B3A3'), LEVELS, options, { trees: true });
    const trees = linesOf<Tree>(run.bytes('trees'));
    expect(trees.map(shape)).toEqual([['C1'], ['A2', { B: [['B3', { C: [['C4'], ['C6']] }], ['B7']] }, { D: [['D5'], ['D8']] }], ['C10'], ['A9', { B: [['B11']] }], ['A12']]);
    expect(run.output).toMatchObject({ records: 12, tree_count: 5, trees: expect.stringMatching(/\/trees$/) as string });
    expect(rows.find((row) => row['_record'] === 10)).not.toHaveProperty('_parent');
    expect(trees[1]!._children!['B']![0]!).toMatchObject({ _record: 3, _offset: 4, _length: 2, _parent: 2, 'B-NO': 1 });
  });

  it('trees without parents, or of groups that belong to each other - refused before a byte is read', async () => {
    await expect(decodeFile(ebcdic('A1'), LEVELS, {}, { trees: true })).rejects.toMatchObject({ code: 'copybook.mismatch', field: '/trees' });
    expect(mainframeOptions.safeParse({ segments: { ...levels, parents: { A: 'B', b: 'C', C: 'a' } } }).success).toBe(false);
    expect(mainframeOptions.safeParse({ segments: levels }).success).toBe(true);
  });

  it('copied members come from the library of the intent', async () => {
    const { rows } = await decodeFile(ebcdic('42'), fixed('01 R.', '   COPY BODY REPLACING ==:T:== BY ==AGE==.'), {}, { library: [{ member: 'BODY', copybook: MEMBER }] }, { [MEMBER]: Buffer.from(fixed('05 :T: PIC 99.')) });
    expect(rows[0]).toMatchObject({ AGE: 42 });
  });
});

describe('provenance - each value leads back to its bytes', () => {
  /** Decodes just these bytes as the column's field would be. */
  function decodeAgain(dataset: ContentDataset, source: Uint8Array, row: DatasetRow, name: string): unknown {
    const range = cellRange(dataset, row, name)!;
    const column = dataset.columns.find((c) => c.name === name)!;
    const clause = { 'POLICY-NO': '9(6)', HOLDER: 'X(20)', PREMIUM: 'S9(5)V99 COMP-3', N: '9', CLOSED: 'X' }[name] ?? (name.startsWith('KIND') ? 'X(2)' : 'S9(7) COMP-3');
    expect(range.byte_end - range.byte_start).toBe(column.length);
    return [...openMainframe(fixed('01 R.', `   05 V PIC ${clause}.`), source.subarray(range.byte_start, range.byte_end), {}).rows()][0]!.row[0];
  }

  it('1,000 values of records whose tables vary: sliced out by their range and decoded again, equal 1,000 of 1,000', async () => {
    const source = policies(400);
    const { dataset, rows } = await decodeFile(source, POLICY, { record_format: 'variable' });
    const values = rows.flatMap((row) => dataset.columns.filter((column) => row[column.name] !== undefined).map((column) => ({ row, name: column.name })));
    const sampled = Array.from({ length: 1000 }, (_, i) => values[(i * 7919) % values.length]!);
    expect(values.length).toBeGreaterThan(1000);
    expect(sampled.filter(({ row, name }) => decodeAgain(dataset, source, row, name) === row[name]).length).toBe(1000);
  });

  it('a changed byte - just the values whose range holds it change', async () => {
    const source = policies(50);
    const before = await decodeFile(source, POLICY, { record_format: 'variable' });
    const row = before.rows[17]!;
    const { byte_start } = cellRange(before.dataset, row, 'CLOSED')!;
    const changed = Buffer.from(source);
    changed[byte_start] = ebcdic('?')[0]!;
    const after = await decodeFile(changed, POLICY, { record_format: 'variable' });
    const differing = after.rows.flatMap((r, at) => before.dataset.columns.filter((c) => r[c.name] !== before.rows[at]![c.name]).map((c) => [at, c.name]));
    expect(differing).toEqual([[17, 'CLOSED']]);
  });
});

describe('bad input - a coded reason, and no dataset', () => {
  const simple = fixed('01 R.', '   05 A PIC X(4).');
  it.each([
    ['no bytes', Buffer.alloc(0), simple, {}, 'content.empty_file'],
    ['a record cut off', ebcdic('AAAABB'), simple, {}, 'copybook.mismatch'],
    ['a variable record cut off', policies(3).subarray(0, -2), POLICY, { record_format: 'variable' }, 'copybook.mismatch'],
    ['the words of the other byte order', policies(3), POLICY, { record_format: 'variable', rdw: { endian: 'little' } }, 'copybook.mismatch'],
    ['blocks where there are none', policies(3), POLICY, { record_format: 'variable_blocked' }, 'copybook.mismatch'],
    ['an unknown code page', ebcdic('AAAA'), simple, { code_page: 'cp9999' }, 'copybook.code_page'],
    ['a copybook that is none', ebcdic('AAAA'), 'hello', {}, 'copybook.syntax'],
    ['a segment field that is not there', ebcdic('AAAA'), simple, { segments: { field: 'Q', groups: {} } }, 'copybook.mismatch'],
    ['a length field that is not there', ebcdic('AAAA'), simple, { record_format: 'length_field', length_field: 'Q' }, 'copybook.mismatch'],
  ] as [string, Uint8Array, string, MainframeOptions, string][])('%s', async (_, source, copybook, options, code) => {
    await expect(decodeFile(source, copybook, options)).rejects.toMatchObject({ code });
  });

  it('cut at any place, and with any bit flipped - rows or a coded reason, never anything else', async () => {
    const source = policies(6);
    for (let at = 0; at < source.length; at++) {
      const flipped = Buffer.from(source);
      flipped[at]! ^= 1 << (at % 8);
      for (const bytes of [source.subarray(0, at), flipped]) {
        await decodeFile(bytes, POLICY, { record_format: 'variable' }).catch((error: unknown) => expect((error as { code?: string }).code).toMatch(/^(copybook|content)\./));
      }
    }
  });
});

describe('record formats - the same records, however they follow each other', () => {
  const copybook = fixed('01 R.', '   05 LEN PIC 9(2).', '   05 A PIC X(4).');
  const word = (length: number, little = false): Buffer => (little ? Buffer.from([0, 0, length & 0xff, length >> 8]) : Buffer.from([length >> 8, length & 0xff, 0, 0]));
  const bodies = ['06ABCD', '06EFGH', '06IJKL'].map(ebcdic);
  it.each([
    ['variable', Buffer.concat(bodies.flatMap((b) => [word(10), b])), { record_format: 'variable' }],
    ['variable, little-endian, not inclusive', Buffer.concat(bodies.flatMap((b) => [word(6, true), b])), { record_format: 'variable', rdw: { endian: 'little', inclusive: false } }],
    ['variable, adjusted', Buffer.concat(bodies.flatMap((b) => [word(8), b])), { record_format: 'variable', rdw: { adjustment: 2 } }],
    ['variable, blocked', Buffer.concat([word(24), word(10), bodies[0]!, word(10), bodies[1]!, word(14), word(10), bodies[2]!]), { record_format: 'variable_blocked' }],
    ['length field', Buffer.concat(bodies), { record_format: 'length_field', length_field: 'LEN' }],
    ['length field, adjusted', Buffer.concat(bodies.map((b) => Buffer.concat([b, ebcdic('??')]))), { record_format: 'length_field', length_field: 'LEN', length_adjustment: 2 }],
    ['self-delimiting', Buffer.concat(bodies), { record_format: 'self_delimiting' }],
    ['text lines', Buffer.from('\ufeff06ABCD\r\n06EFGH\n06IJKL'), { record_format: 'text', code_page: 'ascii' }],
    ['EBCDIC lines', Buffer.concat(bodies.flatMap((b) => [b, hex('15')])), { record_format: 'text' }],
    ['header, trailer, prefix, suffix', Buffer.concat([ebcdic('HH'), ...bodies.flatMap((b) => [ebcdic('p'), b, ebcdic('ss')]), ebcdic('T')]), { header_bytes: 2, trailer_bytes: 1, record_prefix_bytes: 1, record_suffix_bytes: 2 }],
  ] as [string, Uint8Array, MainframeOptions][])('%s', async (_, source, options) => {
    const { rows, dataset } = await decodeFile(source, copybook, options);
    expect(rows.map((row) => [row['LEN'], row['A']])).toEqual([[6, 'ABCD'], [6, 'EFGH'], [6, 'IJKL']]);
    for (const row of rows) expect(cellRange(dataset, row, 'A')!.byte_end - cellRange(dataset, row, 'A')!.byte_start).toBe(4);
  });

  it('a line without its blanks at the end - text is what there is, a number is absent', async () => {
    const { rows } = await decodeFile(Buffer.from('ABC\nABCDEF07\n'), fixed('01 R.', '   05 A PIC X(6).', '   05 N PIC 9(2).'), { record_format: 'text', code_page: 'ascii' });
    expect(rows.map((row) => [row['A'], row['N'], row['_failed']])).toEqual([['ABC', undefined, undefined], ['ABCDEF', 7, undefined]]);
  });
});
