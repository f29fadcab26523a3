import * as XLSX from '@e965/xlsx';
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { cellPlace, type ContentSource } from '@symphainy/contracts';
import { normalise } from '../normalise/normalise.js';
import { parseCsv } from './parse-csv.js';
import { parseEmail } from './parse-email.js';
import { parseHtml } from './parse-html.js';
import { parseJson } from './parse-json.js';
import { parsePdf } from './parse-pdf.js';
import { parseText } from './parse-text.js';
import { parseXlsx } from './parse-xlsx.js';

const slice = (bytes: Uint8Array, source: ContentSource, encoding = 'utf-8'): string => new TextDecoder(encoding).decode(bytes.subarray(source.byte_start, source.byte_end));

describe('places - the source, cut out there, says what was read', () => {
  it.each(['utf-8', 'utf-16le', 'windows-1252'])('text in %s - each block’s bytes and line', async (encoding) => {
    const lines = ['Prüfbericht', '===========', '', 'Ort: Köln', '', '1. Ventil öffnen', '2. Druck ablesen – 3 €', '', 'Ende der Übung.'];
    const bytes = encoding === 'utf-16le' ? Buffer.from(`\ufeff${lines.join('\r\n')}`, 'utf16le') : encoding === 'utf-8' ? Buffer.from(lines.join('\r\n')) : Buffer.from(lines.join('\r\n').replace('–', '\u0096').replace('€', '\u0080'), 'latin1');
    const { blocks } = await normalise(await parseText(bytes, {}));
    expect(blocks.map((b) => [b.type, b.marker, b.source.line])).toEqual([['heading', undefined, 1], ['key_value', undefined, 4], ['list_item', '1.', 6], ['list_item', '2.', 7], ['paragraph', undefined, 9]]);
    for (const block of blocks) expect(slice(bytes, block.source, encoding)).toContain(block.text);
  });

  it('long text with characters of every width - offsets hold beyond the first pages', async () => {
    const bytes = Buffer.from(Array.from({ length: 900 }, (_, i) => `Absatz ${i} 🙂 ${'äöü€'.repeat(i % 7)} Ende`).join('\n\n'));
    const { blocks } = await parseText(bytes, {});
    expect(blocks).toHaveLength(900);
    for (const block of blocks) expect(slice(bytes, block.source)).toBe(block.text);
  });

  it('CSV - each row’s bytes, quotes and line ends within them', async () => {
    const bytes = Buffer.from('id;text\r\n1;"two\r\nlines; and ""quotes"""\r\n2;größer\r\n');
    const [table] = (await parseCsv(bytes, {})).tables;
    expect(table!.rows).toEqual([['1', 'two\r\nlines; and "quotes"'], ['2', 'größer']]);
    expect(table!.row_sources.map((s) => [s.row, s.line, slice(bytes, s)])).toEqual([[2, 2, '1;"two\r\nlines; and ""quotes"""'], [3, 4, '2;größer']]);
  });

  it('HTML - each block and cell by its bytes', async () => {
    const bytes = Buffer.from('<h1>Höhe</h1><ol start="3"><li>öffnen</li><li>schließen</li></ol><table><tr><th>a</th><th>b</th></tr><tr><td rowspan=2>x</td><td>1</td></tr><tr><td>2</td></tr></table>');
    const { blocks, tables } = await parseHtml(bytes, {});
    expect(blocks.map((b) => [b.type, b.marker, b.text])).toEqual([['heading', undefined, 'Höhe'], ['list_item', '3.', 'öffnen'], ['list_item', '4.', 'schließen'], ['table', undefined, '']]);
    expect(slice(bytes, blocks[2]!.source)).toBe('<li>schließen</li>');
    expect(tables[0]!.rows).toEqual([['x', '1'], ['x', '2']]);
    expect(slice(bytes, tables[0]!.cell_sources![1]![1]!)).toBe('<td>2</td>');
  });

  it('JSON - each table row by its pointer', async () => {
    const value = { 'a/b': [{ id: 1, n: { deep: true } }, { id: 2, extra: 'x' }], note: 'hi' };
    const { tables, blocks } = await parseJson(Buffer.from(JSON.stringify(value)), {});
    expect(tables[0]).toMatchObject({ name: 'a/b', rows: [[1, '{"deep":true}', null], [2, null, 'x']], row_sources: [{ pointer: '/a~1b/0' }, { pointer: '/a~1b/1' }] });
    expect(blocks[1]).toMatchObject({ type: 'key_value', key: 'note', value: 'hi', source: { pointer: '/note' } });
  });

  it('e-mail - headers by their bytes, folded ones whole; attachments by their hash', async () => {
    const bytes = Buffer.from('To: x@y.example\r\nFrom: a@b.example\r\nSubject: A long\r\n subject\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nSee the list:\r\n\r\n1. first\r\n--B\r\nContent-Disposition: attachment; filename=a.txt\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--B--\r\n');
    const { blocks, metadata, title } = await parseEmail(bytes);
    expect(title).toBe('A long subject');
    expect(slice(bytes, blocks.find((b) => b.key === 'Subject')!.source)).toBe('Subject: A long\r\n subject');
    expect(blocks.at(-1)).toMatchObject({ type: 'list_item', marker: '1.', text: 'first', source: { part: 'text/plain', line: 3 } });
    expect(metadata['attachments']).toEqual([expect.objectContaining({ filename: 'a.txt', size: 3 })]);
  });

  it('XLSX - several tables on a sheet, and each cell’s row and address', async () => {
    const rows = [[null, 'Pumps 2026'], [null, 'tag', 'kW'], [null, 'P-1', 30.5], [null, 'P-2', 45], [], [null, null, null, null, 'fee', 'due'], [null, null, null, null, 120, '2026-03-01']];
    const sheet = XLSX.utils.aoa_to_sheet(rows);
    const bytes = XLSX.write({ SheetNames: ['Data'], Sheets: { Data: sheet } }, { type: 'buffer' }) as Uint8Array;
    const { tables } = await normalise(await parseXlsx(bytes));
    expect(tables.map((t) => [t.name, t.columns.map((c) => c.name), t.rows, t.source.cell])).toEqual([
      ['Pumps 2026', ['tag', 'kW'], [['P-1', 30.5], ['P-2', 45]], 'B2:C4'],
      ['Data', ['fee', 'due'], [[120, '2026-03-01']], 'E6:F7'],
    ]);
    const place = cellPlace(tables[0]!, 1, 1);
    expect([place.sheet, place.cell, (sheet[place.cell!] as XLSX.CellObject).v]).toEqual(['Data', 'C4', 45]);
  });

  it('XLSX dates - free of time zone and in both epochs', async () => {
    const dates = { t: 'n', v: 46_112, z: 'yyyy-mm-dd' } as const;
    const read = async (date1904: boolean): Promise<unknown> => {
      const sheet = { '!ref': 'A1:B2', A1: { t: 's', v: 'day' }, B1: { t: 's', v: 'at' }, A2: dates, B2: { t: 'n', v: 46_112.75, z: 'yyyy-mm-dd hh:mm' } } as unknown as XLSX.WorkSheet;
      const bytes = XLSX.write({ SheetNames: ['S'], Sheets: { S: sheet }, Workbook: { WBProps: { date1904 } } }, { type: 'buffer' }) as Uint8Array;
      return (await parseXlsx(bytes)).tables[0]!.rows[0];
    };
    expect(await read(false)).toEqual(['2026-03-31', '2026-03-31T18:00:00']);
    expect(await read(true)).toEqual(['2030-04-01', '2030-04-01T18:00:00']);
  });

  it('PDF - text stands in the box that names it, on its page', async () => {
    const file = await PDFDocument.create();
    const font = await file.embedFont(StandardFonts.Helvetica);
    file.addPage([300, 300]).drawText('Body text of the first page goes here.', { x: 40, y: 200, size: 10, font });
    const page = file.addPage([300, 300]);
    page.drawText('Valve readings', { x: 40, y: 250, size: 18, font });
    for (const [at, cells] of [['Valve', 'Bar'], ['V-1', '4.5'], ['V-2', '6.25']].entries()) cells.forEach((cell, column) => page.drawText(cell, { x: 40 + column * 120, y: 200 - at * 16, size: 10, font }));
    const { blocks, tables } = await parsePdf(await file.save());
    expect(blocks.map((b) => [b.type, b.source.page])).toEqual([['paragraph', 1], ['heading', 2], ['table', 2]]);
    expect(tables[0]!.rows).toEqual([['V-1', '4.5'], ['V-2', '6.25']]);
    const [x0, y0, x1, y1] = tables[0]!.cell_sources![1]![1]!.box!;
    expect([x0, x1! > 160 && x1! < 200, y0! < 168 && y1! > 174]).toEqual([160, true, true]);
  }, 20_000);
});

describe('structure - read as people see it', () => {
  it('Markdown - headings, nested lists, fenced code, pipe tables', async () => {
    const document = await normalise(await parseText(Buffer.from('# Review\n\n## Actions\n\n- one\n  - inner\n- two\n\n```\nx = 1. y\n```\n\n| a | b |\n|---|---|\n| 1 | **2** |\n'), {}));
    expect(document.title).toBe('Review');
    expect(document.blocks.map((b) => [b.type, b.level, b.text])).toEqual([['heading', 1, 'Review'], ['heading', 2, 'Actions'], ['list_item', 1, 'one'], ['list_item', 2, 'inner'], ['list_item', 1, 'two'], ['code', undefined, 'x = 1. y'], ['table', undefined, 'a\tb\n1\t2']]);
    expect(document.tables[0]).toMatchObject({ name: 'Actions', columns: [{ name: 'a', type: 'integer' }, { name: 'b', type: 'integer' }] });
  });

  it.each([['a|b\n1|2\n3|4', '|', true], ['1,2\n3,4', ',', false], ['name,name\nx,1\ny,2', ',', true], ['"a,b";c\n1;2', ';', true]])('CSV %j - delimiter %j, heading %s', async (content, delimiter, heading) => {
    expect((await parseCsv(Buffer.from(content), {})).metadata).toMatchObject({ delimiter, heading });
  });

  it('a word divided at a line’s end is one word, a name with an initial no list', async () => {
    const { blocks } = await parseText(Buffer.from('M. Delacroix\nBuilding Official\n\nA. Check the pump\n'), {});
    expect(blocks.map((b) => [b.type, b.marker])).toEqual([['paragraph', undefined], ['list_item', 'A.']]);
  });
});
