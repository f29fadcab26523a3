import * as XLSX from '@e965/xlsx';
import { zipSync } from 'fflate';
import { codePage, encodeText } from '../mainframe/codecs/code-pages.js';
import { parsePdf } from '../parse/parse-pdf.js';
import { parseXlsx } from '../parse/parse-xlsx.js';
import { identify, type IdentifyInput } from './identify.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const kindOf = async (bytes: Uint8Array, more: Partial<IdentifyInput> = {}): Promise<string> => (await identify({ bytes, copybook: false, ...more })).kind;
const workbook = (): Uint8Array => XLSX.write({ SheetNames: ['S'], Sheets: { S: XLSX.utils.aoa_to_sheet([['a', 'b'], [1, 2]]) } }, { type: 'buffer', compression: true }) as Uint8Array;

/** A PDF of one empty page; `trailer` adds to its trailer, `objects` to its body. */
function pdf(trailer = '', objects = ''): Uint8Array {
  const bodies = ['1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n', '2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n', '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>\nendobj\n', objects].filter((o) => o !== '');
  let out = '%PDF-1.4\n';
  const offsets = bodies.map((body) => (out += body).length - body.length);
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(`${out}xref\n0 ${bodies.length + 1}\n0000000000 65535 f \n${rows}trailer\n<</Size ${bodies.length + 1}/Root 1 0 R${trailer}>>\nstartxref\n${out.length}\n%%EOF\n`, 'latin1');
}

/** Its password is nobody's: owner and user entries are arbitrary, so the empty password does not open it. */
const lockedPdf = (): Uint8Array => pdf(`/Encrypt 4 0 R/ID[<${'00'.repeat(16)}><${'00'.repeat(16)}>]`, `4 0 obj\n<</Filter/Standard/V 1/R 2/O<${'1f'.repeat(32)}>/U<${'2e'.repeat(32)}>/P -44>>\nendobj\n`);

function lockedWorkbook(): Uint8Array {
  const file = XLSX.CFB.utils.cfb_new();
  XLSX.CFB.utils.cfb_add(file, '/EncryptionInfo', Buffer.alloc(64, 4));
  XLSX.CFB.utils.cfb_add(file, '/EncryptedPackage', Buffer.alloc(5000, 7));
  return Buffer.from(XLSX.CFB.write(file, { type: 'buffer' }) as Uint8Array);
}

describe('identify - by content', () => {
  it.each<[string, string]>([
    ['json', '{"a": [1, 2]}'], ['json', '[{"a": 1}]'], ['html', '<!DOCTYPE html><p>x</p>'], ['html', '  <table><tr><td>1</td></tr></table>'], ['email', 'From: a@b.example\r\nSubject: x\r\n\r\nHello'],
    ['csv', 'a,b\n1,2\n3,4\n'], ['csv', 'a;b;c\n"x;y";2;3\n'], ['csv', 'a\tb\n1\t2\n'], ['text', 'A sentence, with a comma.\nAnother line without one.\n'], ['text', '{ not json at all'], ['text', 'Name: value\nOther: value'],
  ])('%s - %j', async (kind, content) => {
    expect(await kindOf(text(content))).toBe(kind);
  });

  it('PDF and XLSX - whatever they are called without an ending', async () => {
    expect([await kindOf(pdf()), await kindOf(workbook(), { filename: 'upload' })]).toEqual(['pdf', 'xlsx']);
  });

  it('a file with a copybook is a mainframe file, text or not', async () => {
    expect(await kindOf(encodeText('ABC 123', codePage('cp037')), { copybook: true })).toBe('mainframe');
    expect(await kindOf(text('ABC 123'), { copybook: true })).toBe('mainframe');
  });

  it('encodings - by their mark, by their zeros, by well-formedness', async () => {
    const utf16 = Buffer.from('\ufeffGrüße aus Köln\n', 'utf16le');
    const found = [Buffer.from('\ufeffä'), utf16, utf16.subarray(2), text('Grüße'), Buffer.from('Gr\u00fc\u00dfe', 'latin1')];
    expect(await Promise.all(found.map(async (bytes) => (await identify({ bytes, copybook: false })).encoding))).toEqual(['utf-8', 'utf-16le', 'utf-16le', 'utf-8', 'windows-1252']);
  });

  it('a single column called CSV, or words called HTML, are what their names say', async () => {
    expect(await kindOf(text('name\nAda\nGrace\n'), { filename: 'names.csv' })).toBe('csv');
    expect(await kindOf(text('no tags at all'), { media_type: 'text/html; charset=utf-8' })).toBe('html');
  });
});

describe('identify - bad files end with their code', () => {
  it.each<[string, string, string, () => Partial<IdentifyInput> & { bytes: Uint8Array }]>([
    ['no bytes', 'content.empty_file', 'The file has no bytes', () => ({ bytes: new Uint8Array() })],
    ['only blanks', 'content.empty_file', 'nothing but white space', () => ({ bytes: text(' \n\t\n') })],
    ['a PDF cut off', 'content.corrupt', 'truncated', () => ({ bytes: pdf().subarray(0, 150) })],
    ['a workbook cut off', 'content.corrupt', 'its directory is missing', () => ({ bytes: workbook().subarray(0, 900) })],
    ['NDJSON of which no line is a value', 'content.corrupt', 'the JSON does not parse', () => ({ bytes: text('{"a":1,\n{"a":2,\n'), filename: 'a.ndjson' })],
    ['a JSON array of lines that breaks off', 'content.corrupt', 'the JSON does not parse', () => ({ bytes: text('[\n{"a":1},\n{"a":2},\n{"a":3}\n'), filename: 'a.json' })],
    ['text in UTF-32', 'content.encoding', 'UTF-32', () => ({ bytes: Buffer.from('fffe00006900000064000000', 'hex') })],
    ['malformed JSON', 'content.corrupt', 'the JSON does not parse', () => ({ bytes: text('{"a": [1, 2'), filename: 'a.json' })],
    ['an encrypted workbook', 'content.password_protected', 'encrypted', () => ({ bytes: lockedWorkbook(), filename: 'a.xlsx' })],
    ['a workbook called PDF', 'content.type_mismatch', 'the name a.pdf says PDF, but the content is XLSX content', () => ({ bytes: workbook(), filename: 'a.pdf' })],
    ['a PDF sent as JSON', 'content.type_mismatch', 'the media type application/json says application/json, but the content is PDF content', () => ({ bytes: pdf(), media_type: 'application/json' })],
    ['a web page called CSV', 'content.type_mismatch', 'the content is HTML text', () => ({ bytes: text('<html><body>x</body></html>'), filename: 'a.csv' })],
    ['text called PDF', 'content.type_mismatch', 'the content is plain text', () => ({ bytes: text('Dear all,\nthe meeting is at noon.\n'), filename: 'a.pdf' })],
    ['a picture called DOCX', 'content.type_mismatch', 'IMAGE content', () => ({ bytes: Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'), filename: 'a.docx' })],
    ['a copybook with a PDF', 'content.type_mismatch', 'a copybook came with the file', () => ({ bytes: pdf(), copybook: true })],
    ['a sound', 'content.unrecognised', 'a FLAC file', () => ({ bytes: Buffer.from('664c614300000022100010000000000000000ac442f000000000', 'hex') })],
    ['a drawing', 'content.unrecognised', 'an Office package of another kind', () => ({ bytes: zipSync({ '[Content_Types].xml': text('<Types/>'), 'visio/document.xml': text('<a/>') }) })],
    ['noise', 'content.unrecognised', 'no kind that can be read', () => ({ bytes: Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)) })],
    ['EBCDIC without its copybook', 'content.unrecognised', 'looks like EBCDIC', () => ({ bytes: encodeText('P000000042ADAMS               000123400042'.repeat(9), codePage('cp037')) })],
    ['an encoding that does not fit', 'content.encoding', 'not utf-8 text', () => ({ bytes: Buffer.from('Gr\u00fc\u00dfe und mehr', 'latin1'), encoding: 'utf-8' })],
    ['an encoding nobody knows', 'content.encoding', 'is not known', () => ({ bytes: text('abc'), encoding: 'ebcdic-klingon' })],
  ])('%s - %s', async (_what, code, message, given) => {
    await expect(identify({ copybook: false, ...given() })).rejects.toMatchObject({ code, kind: 'domain', retry: { mode: 'terminal' }, message: expect.stringContaining(message) as string, field: expect.stringMatching(/^\/(source|copybook|options\/encoding)$/) as string });
  });
});

describe('parsing - what only the format’s own reader sees', () => {
  it('a PDF that asks for a password', async () => {
    expect(await kindOf(lockedPdf())).toBe('pdf');
    await expect(parsePdf(lockedPdf())).rejects.toMatchObject({ code: 'content.password_protected' });
  });

  it('a PDF whose inside is gone', async () => {
    await expect(parsePdf(Buffer.from('%PDF-1.4\nnothing here\n%%EOF\n'))).rejects.toMatchObject({ code: 'content.corrupt' });
  });

  it('a workbook whose sheet is damaged', async () => {
    const bytes = Buffer.from(workbook());
    bytes.fill(0x55, 30, bytes.length - 400);
    await expect(parseXlsx(bytes)).rejects.toMatchObject({ code: 'content.corrupt' });
  });
});
