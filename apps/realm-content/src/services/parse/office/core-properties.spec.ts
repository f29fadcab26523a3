import * as XLSX from '@e965/xlsx';
import { strToU8, zipSync } from 'fflate';
import { readWhole } from '../../../read-whole.js';
import { normalise } from '../../normalise/normalise.js';
import { parseDocx } from '../parse-docx.js';
import { parsePptx } from '../parse-pptx.js';
import { parseXlsx } from '../parse-xlsx.js';

const relations = (...targets: readonly (readonly [string, string])[]): string => `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${targets.map(([type, target], at) => `<Relationship Id="r${at}" Type="http://schemas.openxmlformats.org/x/${type}" Target="${target}"/>`).join('')}</Relationships>`;
const core = (title: string): string => `<cp:coreProperties xmlns:cp="cp" xmlns:dc="dc" xmlns:dcterms="dt"><dc:title>${title}</dc:title><dc:creator>Ada</dc:creator><cp:lastModifiedBy>Bo</cp:lastModifiedBy><dcterms:created>2026-01-02T03:04:05Z</dcterms:created><cp:keywords>roof, fee</cp:keywords></cp:coreProperties>`;

function office(title: string, main: string, parts: { readonly [name: string]: string }): Uint8Array {
  const all = { '_rels/.rels': relations(['officeDocument', main], ['core-properties', 'docProps/core.xml'], ['extended-properties', 'docProps/app.xml'], ['custom-properties', 'docProps/custom.xml']), 'docProps/core.xml': core(title), 'docProps/app.xml': '<Properties><Application>Writer</Application><Company>Port Alden</Company></Properties>', 'docProps/custom.xml': '<Properties xmlns:vt="vt"><property name="Case"><vt:lpwstr>P-7</vt:lpwstr></property></Properties>', ...parts };
  return zipSync(Object.fromEntries(Object.entries(all).map(([name, text]) => [name, strToU8(text)])));
}

const docx = (title: string) => parseDocx(office(title, 'word/document.xml', { 'word/document.xml': '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Words</w:t></w:r></w:p></w:body></w:document>' }));
const SAID = { author: 'Ada', last_modified_by: 'Bo', created: '2026-01-02T03:04:05Z', keywords: 'roof, fee', application: 'Writer', company: 'Port Alden', custom: { Case: 'P-7' } };

describe('Office files - what they say of themselves', () => {
  it('DOCX', async () => {
    expect(await docx('The plan')).toMatchObject({ title: 'The plan', metadata: SAID });
  });

  it('PPTX', async () => {
    const slide = '<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>Words</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>';
    expect(await parsePptx(office('The talk', 'ppt/presentation.xml', { 'ppt/presentation.xml': '<p:presentation xmlns:p="p"/>', 'ppt/slides/slide1.xml': slide }))).toMatchObject({ title: 'The talk', metadata: { ...SAID, pages: 1 } });
  });

  it('XLSX - and where its cells lead to; a length of time stays one', async () => {
    const sheet = XLSX.utils.aoa_to_sheet([['task', 'took'], ['pump', 1.25], ['valve', 0.5]]);
    sheet['A2'].l = { Target: 'https://pumps.example/7' };
    for (const cell of ['B2', 'B3']) sheet[cell].z = '[h]:mm:ss';
    const { title, metadata, tables } = await parseXlsx(XLSX.write({ SheetNames: ['S'], Sheets: { S: sheet }, Props: { Title: 'Works', Author: 'Ada' } }, { type: 'buffer' }) as Uint8Array);
    expect([title, metadata['author'], metadata['links']]).toEqual(['Works', 'Ada', [{ sheet: 'S', cell: 'A2', target: 'https://pumps.example/7' }]]);
    expect(tables[0]!.rows).toEqual([['pump', '30:00:00'], ['valve', '12:00:00']]);
  });

  it('a title that a program gave - is none', async () => {
    expect((await docx('Microsoft Word - Document1')).title).toBeUndefined();
  });

  it('a table in a cell of a DOCX - is one of its own, which names the cell, and lines of the cell', async () => {
    const cell = (inner: string): string => `<w:tc>${inner}</w:tc>`;
    const text = (value: string): string => `<w:p><w:r><w:t>${value}</w:t></w:r></w:p>`;
    const row = (...cells: string[]): string => `<w:tr>${cells.join('')}</w:tr>`;
    const deepest = `<w:tbl>${row(cell(text('x')), cell(text('y')))}${row(cell(text('5')), cell(text('6')))}</w:tbl>`;
    const inner = `<w:tbl>${row(cell(text('a')), cell(text('b')))}${row(cell(text('1')), cell(text('2') + deepest))}</w:tbl>`;
    const frame = `<w:tbl>${row(cell(text('framed')))}</w:tbl>`;
    const file = office('x', 'word/document.xml', { '[Content_Types].xml': '<Types/>', 'word/document.xml': `<w:document xmlns:w="w"><w:body>${text('before')}<w:tbl>${row(cell(text('k')), cell(text('v')))}${row(cell(text('one') + frame), cell(inner + text('')))}</w:tbl></w:body></w:document>` });
    const archive = zipSync({ 'a.csv': strToU8('p,q\n1,2\n'), 'b.docx': file });
    for (const [tables, entry] of [[(await normalise(await parseDocx(file))).tables, undefined], [(await normalise(await readWhole('archive', archive, {}))).tables.slice(1), 'b.docx']] as const) {
      const id = (at: number): string => `t${(entry === undefined ? 1 : 2) + at}`;
      expect(tables.map(({ rows }) => rows)).toEqual([[['one\nframed', 'a | b\n1 | 2 x | y 5 | 6']], [[1, '2\nx | y\n5 | 6']], [[5, 6]]]);
      expect(tables.map(({ id: own, within }) => [own, within])).toEqual([[id(0), undefined], [id(1), { table_id: id(0), row: 2, column: 2 }], [id(2), { table_id: id(1), row: 2, column: 2 }]]);
      expect(tables.map(({ cells = [] }) => cells.filter(({ table_ids }) => table_ids !== undefined).map((one) => [one.row, one.column, one.table_ids]))).toEqual([[[2, 2, [id(1)]]], [[2, 2, [id(2)]]], []]);
      expect(tables.map(({ source }) => [source.paragraph, source.entry])).toEqual([[2, entry], [6, entry], [10, entry]]);
    }
  });
});
