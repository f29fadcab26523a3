import * as XLSX from '@e965/xlsx';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { strToU8, zipSync } from 'fflate';
import { PlatformError } from '@symphainy/kernel';
import { damages } from './damages.js';
import { identify } from './services/identify/identify.js';
import { openMainframe } from './services/mainframe/records/read-records.js';
import { normalise } from './services/normalise/normalise.js';
import { readWhole } from './read-whole.js';

const samples = join(__dirname, '..', '..', '..', 'samples');
const sample = (name: string): Buffer => readFileSync(join(samples, name));
const slide = '<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>Words of a slide</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>';

/** One of each kind that is read without recognition; small, because each is read 13 times. */
const FILES: Readonly<Record<string, () => Uint8Array>> = {
  'permit.pdf': () => sample('permit.pdf'),
  'after-action.docx': () => sample('after-action.docx'),
  'notice.eml': () => sample('bypass-test-notice.eml'),
  'book.xlsx': () => XLSX.write({ SheetNames: ['S'], Sheets: { S: XLSX.utils.aoa_to_sheet([['tag', 'kW', 'due'], ['P-1', 30.5, new Date(Date.UTC(2026, 1, 3))], ['P-2', 45, 'soon']]) } }, { type: 'buffer', compression: true }) as Uint8Array,
  'talk.pptx': () => zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'ppt/presentation.xml': strToU8('<p:presentation xmlns:p="p"/>'), 'ppt/slides/slide1.xml': strToU8(slide) }),
  'table.csv': () => strToU8('name;amount\n"Ada; Bo";12,50\n"two\nlines";7\n'.repeat(10)),
  'records.json': () => strToU8(JSON.stringify([{ a: 1, b: { c: ['x', 'y'] } }, { a: 2 }])),
  'records.ndjson': () => strToU8('{"a":1}\n{"a":2,"b":"x"}\n'.repeat(10)),
  'plan.xml': () => strToU8('<?xml version="1.0" encoding="utf-8"?><plan><step n="1"><days>12</days></step><step n="2"/></plan>'),
  'page.html': () => strToU8('<!DOCTYPE html><h1>Fees</h1><table><tr><th>a<th>b<tr><td rowspan=2>1<td>2<tr><td>3</table><ul><li>x<li>y</ul>'),
  'notes.md': () => strToU8('# Notes\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n'),
  'rows.parquet': () => new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'id', data: [1, 2, 3] }, { name: 'name', data: ['a', 'b', 'c'] }] })),
  'bundle.zip': () => zipSync({ 'a.csv': strToU8('x,y\n1,2\n3,4\n'), 'inner.zip': zipSync({ 'b.json': strToU8('{"k":"v"}') }) }),
};

/** In processes of their own, files may take minutes; damaged small ones are done at once. */
const SOON_MS = 5_000;

async function read(bytes: Uint8Array, filename: string): Promise<void> {
  const { kind } = await identify({ bytes, filename, media_type: undefined, copybook: false, encoding: undefined });
  await normalise(await readWhole(kind as Exclude<typeof kind, 'mainframe'>, bytes, {}));
}

/** `read`, the code of a refusal, or what nobody may see: anything else. */
async function outcomeOf(work: () => Promise<void> | void): Promise<string> {
  const started = performance.now();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PlatformError) || !/^(content|copybook)\./.test(error.code)) return `fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  return performance.now() - started > SOON_MS ? 'too late' : 'well';
}

describe('damaged files - are read, or refused with a code, and soon', () => {
  it.each(Object.keys(FILES))('%s', async (name) => {
    const whole = FILES[name]!();
    await expect(read(whole, name)).resolves.toBeUndefined();
    for (const { damage, bytes } of damages(whole)) expect(`${damage}: ${await outcomeOf(() => read(bytes, name))}`).toBe(`${damage}: well`);
  }, 20_000);

  it('policy-master.ebcdic', async () => {
    const copybook = sample('policy-master.cpy').toString('latin1');
    for (const { damage, bytes } of damages(sample('policy-master.ebcdic'))) expect(`${damage}: ${await outcomeOf(() => void [...openMainframe(copybook, bytes).rows()])}`).toBe(`${damage}: well`);
  });

  it('policy-master.cpy - damaged, it lays out other records or is refused by its line', async () => {
    const bytes = sample('policy-master.ebcdic');
    for (const { damage, bytes: copybook } of damages(sample('policy-master.cpy'))) expect(`${damage}: ${await outcomeOf(() => void [...openMainframe(Buffer.from(copybook).toString('latin1'), bytes).rows()])}`).toBe(`${damage}: well`);
  });
});

/** A PDF whose pages are all the same one. */
function pdfOfPages(count: number): Uint8Array {
  const bodies = ['1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n', `2 0 obj\n<</Type/Pages/Kids[${'3 0 R '.repeat(count)}]/Count ${count}>>\nendobj\n`, '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>\nendobj\n'];
  let out = '%PDF-1.4\n';
  const offsets = bodies.map((body) => (out += body).length - body.length);
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(`${out}xref\n0 4\n0000000000 65535 f \n${rows}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n${out.length}\n%%EOF\n`, 'latin1');
}

/** An archive whose directory says that its last entry unpacks to so much. */
function bomb(entries: Parameters<typeof zipSync>[0], megabytes: number): Uint8Array {
  const bytes = Buffer.from(zipSync(entries));
  const entry = bytes.lastIndexOf(Buffer.from('504b0102', 'hex'));
  bytes.writeUInt32LE(megabytes * 1024 * 1024, entry + 24);
  return bytes;
}

const wide = (columns: number): Uint8Array => XLSX.write({ SheetNames: ['S'], Sheets: { S: XLSX.utils.aoa_to_sheet([Array.from({ length: columns }, (_, at) => `c${at}`), Array.from({ length: columns }, (_, at) => at)]) } }, { type: 'buffer', compression: true }) as Uint8Array;

describe('giants and bombs - end at a limit that the refusal names', () => {
  it.each<[string, () => Uint8Array, string, string, string]>([
    ['a PDF of 10,000 pages', () => pdfOfPages(10_000), 'long.pdf', 'content.too_large', '2000'],
    ['an archive that unpacks to 300 MiB', () => bomb({ 'zeros.txt': new Uint8Array(1000) }, 300), 'bomb.zip', 'content.too_large', String(256 * 1024 * 1024)],
    ['a workbook that unpacks to 300 MiB', () => bomb({ '[Content_Types].xml': strToU8('<Types/>'), 'xl/workbook.xml': new Uint8Array(1000) }, 300), 'bomb.xlsx', 'content.too_large', String(256 * 1024 * 1024)],
    ['XML whose entities stand for each other', () => strToU8('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><a>&y;</a>'), 'laughs.xml', 'content.unsafe', 'entities'],
    ['no bytes', () => new Uint8Array(), 'empty.pdf', 'content.empty_file', 'no bytes'],
    ['a PDF with the name of a workbook', () => sample('permit.pdf'), 'permit.xlsx', 'content.type_mismatch', 'permit.xlsx'],
  ])('%s', async (_what, bytes, name, code, told) => {
    await expect(read(bytes(), name)).rejects.toMatchObject({ code, message: expect.stringContaining(told) as string });
  }, 30_000);

  it('a sheet of 16,384 columns is the widest there is: it is read, to its last column', async () => {
    const bytes = wide(16_384);
    const { tables } = await normalise(await readWhole('xlsx', bytes, {}));
    expect([tables[0]!.columns.length, tables[0]!.columns.at(-1)!.name, tables[0]!.rows[0]!.at(-1)]).toEqual([16_384, 'c16383', 16_383]);
  }, 30_000);

  it('records that are no text in any code page, and a copybook that does not fit them', () => {
    const copybook = '       01 R.\n          05 A PIC X(7).\n';
    expect(() => [...openMainframe(copybook, Buffer.alloc(20)).rows()]).toThrow(expect.objectContaining({ code: 'copybook.mismatch', details: { file_bytes: 20, record_bytes: 7, left_over: 6 } }));
    expect(() => openMainframe(copybook, Buffer.alloc(7), { code_page: 'cp31337' })).toThrow(expect.objectContaining({ code: 'copybook.code_page', field: '/options/code_page' }));
  });
});
