import { strToU8, zipSync, type Zippable } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { PDFDocument } from 'pdf-lib';
import { limits } from './model/limits.js';
import { identify } from './services/identify/identify.js';
import { normalise } from './services/normalise/normalise.js';
import { readWhole } from './read-whole.js';

const zip = (entries: Zippable): Uint8Array => zipSync(entries, { mtime: '2026-01-01' });
const csv = strToU8('policy,premium\nP-1,120\nP-2,80\n');
const documentOf = async (kind: Parameters<typeof readWhole>[0], bytes: Uint8Array) => normalise(await readWhole(kind, bytes, {}));
const kindOf = async (bytes: Uint8Array, filename: string): Promise<string> => (await identify({ bytes, filename, media_type: undefined, copybook: false, encoding: undefined })).kind;

describe('files within files - lost, mixed up, or allowed to take the reader down', () => {
  it('ZIP - every file is read as what it is, and every place names its file', async () => {
    const bytes = zip({ 'book/policies.csv': csv, 'notes.txt': strToU8('A note.\n'), '__MACOSX/._notes.txt': strToU8('dressing') });
    expect(await kindOf(bytes, 'all.zip')).toBe('archive');
    const { blocks, tables, metadata } = await documentOf('archive', bytes);
    expect(blocks.map((block) => [block.type, block.type === 'table' ? undefined : block.text, block.source.entry])).toEqual([
      ['heading', 'book/policies.csv', 'book/policies.csv'], ['table', undefined, 'book/policies.csv'], ['heading', 'notes.txt', 'notes.txt'], ['paragraph', 'A note.', 'notes.txt'],
    ]);
    expect([tables[0]!.rows, tables[0]!.row_sources!.map((source) => [source.entry, source.row])]).toEqual([[['P-1', 120], ['P-2', 80]], [['book/policies.csv', 2], ['book/policies.csv', 3]]]);
    expect((metadata['files'] as { path: string; kind: string }[]).map((file) => [file.path, file.kind])).toEqual([['book/policies.csv', 'csv'], ['notes.txt', 'text']]);
  });

  it('a ZIP within a ZIP - its places tell the whole way', async () => {
    const { tables } = await documentOf('archive', zip({ 'inner.zip': zip({ 'a.csv': csv }) }));
    expect(tables[0]!.source.entry).toBe('inner.zip!/a.csv');
  });

  it('a damaged file among sound ones - is told with its code, and the others are read', async () => {
    const { tables, metadata } = await documentOf('archive', zip({ 'bad.pdf': strToU8('%PDF-1.7\nnothing more'), 'good.csv': csv }));
    expect([tables.length, (metadata['files'] as { path: string; error?: string }[]).map((file) => [file.path, file.error])]).toEqual([1, [['bad.pdf', 'content.corrupt'], ['good.csv', undefined]]]);
  });

  it('an archive without a file - is refused', async () => {
    await expect(readWhole('archive', zip({}), {})).rejects.toMatchObject({ code: 'content.empty_file' });
  });

  it('containers nested beyond the limit - are refused, not followed', async () => {
    let bytes = zip({ 'a.csv': csv });
    for (let depth = 0; depth < limits.depth; depth++) bytes = zip({ 'inner.zip': bytes });
    await expect(readWhole('archive', bytes, {})).rejects.toMatchObject({ code: 'content.too_large' });
  });

  it('more files than the limit - are refused', async () => {
    const many = Object.fromEntries(Array.from({ length: limits.embeddedFiles + 1 }, (_, at) => [`${at}.txt`, strToU8('x')]));
    await expect(readWhole('archive', zip(many), {})).rejects.toMatchObject({ code: 'content.too_large' });
  });

  it('an attachment of a mail - is read beside its body', async () => {
    const mail = Buffer.from(['From: a@example.org', 'Subject: Premiums', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: text/plain', '', 'See the table.', '--b', 'Content-Type: text/csv; name=p.csv', 'Content-Disposition: attachment; filename=p.csv', 'Content-Transfer-Encoding: base64', '', Buffer.from(csv).toString('base64'), '--b--', ''].join('\r\n'));
    const { blocks, tables } = await documentOf('email', mail);
    expect(blocks.some((block) => block.text === 'See the table.' && block.source.entry === undefined)).toBe(true);
    expect([tables[0]!.source.entry, tables[0]!.rows]).toEqual(['p.csv', [['P-1', 120], ['P-2', 80]]]);
  });

  it('a forwarded message - is a message within, with what is attached to it', async () => {
    const inner = ['From: Bo <bo@example.org>', 'Subject: The damage', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="in"', '', '--in', 'Content-Type: text/plain', '', 'See the table.', '--in', 'Content-Type: text/csv; name="sums.csv"', 'Content-Disposition: attachment; filename="sums.csv"', '', 'item,sum', 'roof,1200', 'door,300', '--in--', ''];
    const outer = ['From: Ada <ada@example.org>', 'Subject: Fwd: The damage', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="out"', '', '--out', 'Content-Type: text/plain', '', 'Please pay this.', '--out', 'Content-Type: message/rfc822', '', ...inner, '--out--', ''];
    const { blocks, tables } = await normalise(await readWhole('email', Buffer.from(outer.join('\r\n')), {}));
    expect(blocks.filter((b) => b.key === 'Subject').map((b) => [b.value, b.source.entry])).toEqual([['Fwd: The damage', undefined], ['The damage', 'attachment-1.eml']]);
    expect(tables.map((t) => [t.source.entry, t.rows])).toEqual([['attachment-1.eml!/sums.csv', [['roof', 1200], ['door', 300]]]]);
  });

  it('a file embedded in a PDF - is read beside its pages', async () => {
    const pdf = await PDFDocument.create();
    pdf.addPage().drawText('The premiums are attached.');
    await pdf.attach(csv, 'premiums.csv', { mimeType: 'text/csv' });
    const { tables } = await documentOf('pdf', await pdf.save());
    expect(tables.map((table) => [table.source.entry, table.rows.length])).toEqual([['premiums.csv', 2]]);
  });
});

describe('Parquet - values that lose their type or their row', () => {
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'policy', data: ['P-1', 'P-2'], type: 'STRING' }, { name: 'premium', data: [120.5, null], type: 'DOUBLE' }, { name: 'count', data: [7n, 9007199254740993n], type: 'INT64' }] }));

  it('a table with its columns and rows, whole numbers beyond exact doubles as text', async () => {
    expect(await kindOf(bytes, 'book.parquet')).toBe('parquet');
    const { tables } = await documentOf('parquet', bytes);
    expect([tables[0]!.columns.map((column) => column.name), tables[0]!.row_sources!.map((source) => source.row)]).toEqual([['policy', 'premium', 'count'], [1, 2]]);
    expect(tables[0]!.rows[0]!.slice(0, 2)).toEqual(['P-1', 120.5]);
    expect(tables[0]!.rows.map((row) => String(row[2]))).toEqual(['7', '9007199254740993']);
  });

  it.each([0.3, 0.6, 0.9])('cut at %d of its length, its end put back - is refused with a code', async (share) => {
    const cut = Buffer.concat([bytes.subarray(0, Math.floor(bytes.length * share)), Buffer.from('PAR1')]);
    await expect(readWhole('parquet', cut, {})).rejects.toMatchObject({ code: 'content.corrupt' });
  });
});
