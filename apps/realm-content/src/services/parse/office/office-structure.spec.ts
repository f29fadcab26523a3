import * as XLSX from '@e965/xlsx';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { normalise } from '../../normalise/normalise.js';
import { markdown } from '../../view/markdown.js';
import { parseDocx } from '../parse-docx.js';
import { parseXlsx } from '../parse-xlsx.js';

const W = 'xmlns:w="w" xmlns:mc="mc"';
const RELS = '<Relationships>' + ['styles', 'numbering', 'comments'].map((type) => `<Relationship Id="${type}" Type="http://x/${type}" Target="${type}.xml"/>`).join('') + '</Relationships>';
const STYLES = `<w:styles ${W}><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="H2"/><w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style></w:styles>`;
const level = (at: number, format: string, text: string): string => `<w:lvl w:ilvl="${at}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/></w:lvl>`;
const NUMBERING = `<w:numbering ${W}><w:abstractNum w:abstractNumId="7">${level(0, 'decimal', '%1.')}${level(1, 'decimal', '%1.%2.')}</w:abstractNum><w:abstractNum w:abstractNumId="8">${level(0, 'lowerLetter', '%1)')}${level(1, 'lowerRoman', '%2.')}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="8"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num></w:numbering>`;

const docx = (body: string, more: { [part: string]: string } = {}): Uint8Array =>
  zipSync({ 'word/document.xml': strToU8(`<w:document ${W}><w:body>${body}</w:body></w:document>`), 'word/_rels/document.xml.rels': strToU8(RELS), 'word/styles.xml': strToU8(STYLES), 'word/numbering.xml': strToU8(NUMBERING), ...Object.fromEntries(Object.entries(more).map(([name, text]) => [name, strToU8(text)])) });
const run = (text: string): string => `<w:r><w:t>${text}</w:t></w:r>`;
const styled = (style: string, text: string): string => `<w:p><w:pPr><w:pStyle w:val="${style}"/></w:pPr>${run(text)}</w:p>`;
const item = (list: number, at: number, text: string): string => `<w:p><w:pPr><w:numPr><w:ilvl w:val="${at}"/><w:numId w:val="${list}"/></w:numPr></w:pPr>${run(text)}</w:p>`;
const cell = (content: string, properties = ''): string => `<w:tc><w:tcPr>${properties}</w:tcPr>${content}</w:tc>`;
const read = async (file: Uint8Array) => normalise(await parseDocx(file));

describe('DOCX - what Word shows, and the file only implies', () => {
  it('numbers of headings come from their styles, one whose style turns numbering off has none', async () => {
    const { blocks } = await read(docx(styled('H1', 'Scope') + styled('H2', 'Limits') + styled('H2', 'Terms') + styled('Own', 'References') + styled('H1', 'Duties') + styled('H2', 'Fees')));
    expect(blocks.map((b) => [b.level, b.text])).toEqual([[1, '1 Scope'], [2, '1.1 Limits'], [2, '1.2 Terms'], [2, 'References'], [1, '2 Duties'], [2, '2.1 Fees']]);
  });

  it('a list goes on after a paragraph, begins its inner levels anew, and another list may start elsewhere', async () => {
    const { blocks } = await read(docx(item(2, 0, 'x') + item(2, 1, 'x') + `<w:p>${run('between')}</w:p>` + item(2, 1, 'x') + item(2, 0, 'x') + item(2, 1, 'x') + item(3, 0, 'x')));
    expect(blocks.map((b) => b.marker)).toEqual(['a)', 'i.', undefined, 'ii.', 'b)', 'i.', 'e)']);
  });

  it('merged cells stand in each place they cover, and once as printed; lists and boxes in a cell keep their marks', async () => {
    const merged = `<w:tbl><w:tr>${cell(`<w:p>${run('Area')}</w:p>`, '<w:gridSpan w:val="2"/>')}${cell(`<w:p>${run('Due')}</w:p>`)}</w:tr><w:tr>${cell(`<w:p>${run('North')}</w:p>`, '<w:vMerge w:val="restart"/>')}${cell(item(2, 0, 'roof') + `<w:p>${run('☒ wall')}</w:p>`)}${cell(`<w:p>${run('May')}</w:p>`)}</w:tr><w:tr>${cell('<w:p/>', '<w:vMerge/>')}${cell(`<w:p>${run('floor')}</w:p>`)}${cell(`<w:p>${run('June')}</w:p>`)}</w:tr></w:tbl>`;
    const { tables } = await read(docx(merged));
    expect(tables[0]!.rows).toEqual([['North', 'a) roof\n☒ wall', 'May'], ['North', 'floor', 'June']]);
    expect(tables[0]!.cells!.filter((one) => one.row_span || one.column_span).map((one) => [one.text, one.row_span, one.column_span])).toEqual([['Area', undefined, 2], ['North', 2, undefined]]);
  });

  it('deleted text is gone, inserted text, text boxes, boxes of forms and comments are there', async () => {
    const body = `<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:ins>${run('new')}</w:ins><w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent><w:p>${run('in a box')}</w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:txbxContent><w:p>${run('in a box')}</w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p><w:p><w:sdt><w:sdtContent>${run('☒ agreed')}</w:sdtContent></w:sdt></w:p>`;
    const document = await read(docx(body, { 'word/comments.xml': `<w:comments ${W}><w:comment w:author="Ada"><w:p>${run('why?')}</w:p></w:comment></w:comments>` }));
    expect(document.blocks.map((b) => [b.type, b.marker, b.text])).toEqual([['paragraph', undefined, 'new'], ['paragraph', undefined, 'in a box'], ['list_item', '☒', 'agreed'], ['paragraph', undefined, '[author: Ada]: why?']]);
    expect(markdown(document)).toContain('- [x] agreed');
  });

  it('headers and footers - are no part of the text, and are not lost', async () => {
    const part = (text: string): string => `<w:hdr ${W}><w:p>${run(text)}</w:p></w:hdr>`;
    const relations = '<Relationships>' + [['h1', 'header'], ['h2', 'header'], ['f1', 'footer']].map(([name, type]) => `<Relationship Id="${name}" Type="http://x/${type}" Target="${name}.xml"/>`).join('') + '</Relationships>';
    const document = await read(docx(`<w:p>${run('body')}</w:p>`, { 'word/_rels/document.xml.rels': relations, 'word/h1.xml': part('Policy 7'), 'word/h2.xml': part('Policy 7'), 'word/f1.xml': part('Confidential') }));
    expect([document.blocks.map(({ text }) => text), document.metadata]).toEqual([['body'], { headers: ['Policy 7'], footers: ['Confidential'] }]);
  });

  it('a document without its main part is refused', () => {
    expect(() => parseDocx(zipSync({ 'word/styles.xml': strToU8(STYLES) }))).toThrow(expect.objectContaining({ code: 'content.corrupt' }) as Error);
  });
});

describe('XLSX - what stands beside the cells', () => {
  it('a sheet that is hidden - is read, and named as that', async () => {
    const sheet = XLSX.utils.aoa_to_sheet([['n', 'v'], ['a', 1]]);
    const file = XLSX.write({ SheetNames: ['Shown', 'Kept back'], Sheets: { Shown: sheet, 'Kept back': sheet }, Workbook: { Sheets: [{ Hidden: 0 }, { Hidden: 2 }] } }, { type: 'buffer' }) as Uint8Array;
    const { metadata, tables } = await parseXlsx(file);
    expect([metadata['sheets'], metadata['hidden_sheets'], tables.map(({ name }) => name)]).toEqual([['Shown', 'Kept back'], ['Kept back'], ['Shown', 'Kept back']]);
  });

  it('cells that touch at a corner only are no table; a column of values is one', async () => {
    const sheet = XLSX.utils.aoa_to_sheet([['left'], [null, 'right'], [], [1], [2], [3]]);
    const { blocks, tables } = await parseXlsx(XLSX.write({ SheetNames: ['S'], Sheets: { S: sheet } }, { type: 'buffer' }) as Uint8Array);
    expect(blocks.map((b) => [b.type, b.text, b.source.cell])).toEqual([['paragraph', 'left', 'A1'], ['paragraph', 'right', 'B2'], ['table', '', 'A4:A6']]);
    expect(tables[0]!.rows).toEqual([[1], [2], [3]]);
  });

  it('comments name their cell and author; a chart is the numbers that it draws', async () => {
    const sheet = XLSX.utils.aoa_to_sheet([['n'], [1]]);
    XLSX.utils.cell_add_comment(sheet['A2'] as XLSX.CellObject, 'too low?', 'Bo');
    const parts = unzipSync(XLSX.write({ SheetNames: ['S'], Sheets: { S: sheet } }, { type: 'buffer' }) as Uint8Array);
    const points = (values: string[]): string => values.map((value, at) => `<c:pt idx="${at}"><c:v>${value}</c:v></c:pt>`).join('');
    const relation = (type: string, target: string): Uint8Array => strToU8(`<Relationships><Relationship Id="r1" Type="http://x/${type}" Target="${target}"/></Relationships>`);
    const chart = `<c:chartSpace xmlns:c="c" xmlns:a="a"><c:chart><c:title><a:p><a:r><a:t>Ducks</a:t></a:r></a:p></c:title><c:plotArea><c:lineChart><c:ser><c:tx><c:v>fresh</c:v></c:tx><c:cat>${points(['2019', '2020'])}</c:cat><c:val>${points(['12', '13'])}</c:val></c:ser></c:lineChart></c:plotArea></c:chart></c:chartSpace>`;
    const file = zipSync({ ...parts, 'xl/worksheets/_rels/sheet1.xml.rels': relation('drawing', '../drawings/d1.xml'), 'xl/drawings/_rels/d1.xml.rels': relation('chart', '/xl/charts/chart1.xml'), 'xl/charts/chart1.xml': strToU8(chart) });
    const withChart = await normalise(await parseXlsx(file));
    expect([withChart.tables[1]!.name, withChart.tables[1]!.columns.map((c) => c.name), withChart.tables[1]!.rows]).toEqual(['Ducks', ['column_1', 'fresh'], [[2019, 12], [2020, 13]]]);
    const { blocks } = await parseXlsx(zipSync(parts));
    expect(blocks.at(-1)).toMatchObject({ text: '[author: Bo]: too low?', source: { sheet: 'S', cell: 'A2' } });
  });

  it('formulas that nobody calculated - kept as their text and told, whatever the program writes in place of a value', async () => {
    const parts = unzipSync(XLSX.write({ SheetNames: ['S & T'], Sheets: { 'S & T': XLSX.utils.aoa_to_sheet([['x']]) } }, { type: 'buffer' }) as Uint8Array);
    const text = (value: string): string => `t="inlineStr"><is><t>${value}</t></is></c>`;
    const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
      <row r="1"><c r="A1" ${text('item')}<c r="B1" ${text('net')}<c r="C1" ${text('gross')}<c r="D1" ${text('mark')}</row>
      <row r="2"><c r="A2" ${text('roof')}<c r="B2"><v>10</v></c><c r="C2"><f t="shared" ref="C2:C4" si="0">B2*1.2</f></c><c r="D2" t="str"><f>A2&amp;&quot;!&quot;</f><v></v></c></row>
      <row><c ${text('wall')}<c><v>20</v></c><c><f t="shared" si="0"/><v/></c><c r="D3" t="n"><f>B3-20</f></c></row>
      <row r="4"><c r="A4" ${text('door')}<c r="B4"><v>0</v></c><c r="C4"><f t="shared" si="0"/><v>0</v></c><c r="D4" t="str"><f>A4</f><v>door</v></c></row>
      </sheetData></worksheet>`;
    const read = await normalise(await parseXlsx(zipSync({ ...parts, 'xl/worksheets/sheet1.xml': strToU8(sheet) })));
    expect(read.tables[0]!.rows).toEqual([['roof', 10, '=B2*1.2', '=A2&"!"'], ['wall', 20, '=B3*1.2', '=B3-20'], ['door', 0, '0', 'door']]);
    expect(read.tables[0]!.irregularities).toEqual(['C2', 'D2', 'C3', 'D3'].map((place) => ({ kind: 'uncalculated_formula', source: { sheet: 'S & T', cell: place, row: Number(place[1]) } })));
    expect(read.metadata['formulas_without_value']).toEqual({ count: 4, cells: ['C2', 'D2', 'C3', 'D3'].map((place) => ({ sheet: 'S & T', cell: place })) });
  });
});
