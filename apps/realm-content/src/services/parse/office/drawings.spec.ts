import * as XLSX from '@e965/xlsx';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { normalise } from '../../normalise/normalise.js';
import { parseDocx } from '../parse-docx.js';
import { parsePptx } from '../parse-pptx.js';
import { parseXlsx } from '../parse-xlsx.js';

const zip = (parts: { readonly [name: string]: string }): Uint8Array => zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])));
const relations = (...targets: readonly (readonly [string, string])[]): string => `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${targets.map(([type, target], at) => `<Relationship Id="r${at}" Type="http://schemas.openxmlformats.org/x/${type}" Target="${target}"/>`).join('')}</Relationships>`;
const points = (...values: readonly (string | number | null)[]): string => values.map((value, at) => (value === null ? '' : `<c:pt idx="${at}"><c:v>${value}</c:v></c:pt>`)).join('');
const series = (name: string, categories: string, values: string, [x, y] = ['cat', 'val']): string => `<c:ser><c:tx><c:strRef><c:f>S!$B$1</c:f><c:strCache>${points(name)}</c:strCache></c:strRef></c:tx><c:${x}>${categories}</c:${x}><c:${y}><c:numRef><c:numCache><c:formatCode>General</c:formatCode>${values}</c:numCache></c:numRef></c:${y}></c:ser>`;
const chart = (inner: string, title = ''): string => `<c:chartSpace xmlns:c="c" xmlns:a="a"><c:chart>${title && `<c:title><c:tx><c:rich><a:p><a:r><a:t>${title}</a:t></a:r></a:p></c:rich></c:tx></c:title>`}<c:plotArea><c:layout/>${inner}</c:plotArea></c:chart></c:chartSpace>`;
const words = (...values: readonly (string | number | null)[]): string => `<c:strRef><c:strCache>${points(...values)}</c:strCache></c:strRef>`;
const bars = chart(`<c:barChart>${series('2025', words('North', 'South'), points(5, '6.5'))}${series('2026', words('North', 'South'), points(7, null))}</c:barChart>`, 'Sales');

const frame = (data: string): string => `<p:graphicFrame><a:graphic><a:graphicData>${data}</a:graphicData></a:graphic></p:graphicFrame>`;
const deck = (body: string, parts: { readonly [name: string]: string }, rels: string): Uint8Array => zip({ 'ppt/slides/slide1.xml': `<p:sld xmlns:p="p" xmlns:a="a" xmlns:c="c" xmlns:dgm="d" xmlns:r="r"><p:cSld><p:spTree>${body}</p:spTree></p:cSld></p:sld>`, 'ppt/slides/_rels/slide1.xml.rels': rels, ...parts });
const charted = async (part: string) => {
  const { blocks, tables } = await normalise(await parsePptx(deck(frame('<c:chart r:id="r0"/>'), { 'ppt/charts/chart1.xml': part }, relations(['chart', '../charts/chart1.xml']))));
  return { said: blocks.map(({ type, text }) => (type === 'table' ? '#' : text)), columns: tables[0]?.columns.map(({ name }) => name), rows: tables[0]?.rows, source: tables[0]?.source };
};

const point = (id: string, text: string, type = 'node'): string => `<dgm:pt modelId="${id}" type="${type}"><dgm:prSet/><dgm:t><a:bodyPr/><a:p><a:r><a:t>${text}</a:t></a:r></a:p></dgm:t></dgm:pt>`;
const join = (from: string, to: string, order: number, type = 'parOf'): string => `<dgm:cxn modelId="c${from}${to}" type="${type}" srcId="${from}" destId="${to}" srcOrd="${order}" destOrd="0"/>`;
const diagram = (...joins: string[]): string => `<dgm:dataModel xmlns:dgm="d" xmlns:a="a"><dgm:ptLst>${point('0', '', 'doc')}${point('b', 'Build')}${point('a', 'Ask &amp; plan')}${point('a1', 'people')}${point('p', 'never', 'pres')}${point('x', 'alone')}</dgm:ptLst><dgm:cxnLst>${joins.join('')}</dgm:cxnLst></dgm:dataModel>`;

describe('charts - the numbers that they draw are a table, in every Office format', () => {
  it('PPTX - categories and series; a point without a value is none', async () => {
    expect(await charted(bars)).toEqual({ said: ['Sales', 'Bar chart', '#'], columns: ['column_1', '2025', '2026'], rows: [['North', '5', 7], ['South', '6.5', null]], source: { page: 1, part: 'ppt/charts/chart1.xml' } });
  });

  it('DOCX - behind the paragraph that anchors it, that of the older form left out', async () => {
    const body = '<w:p><w:r><w:t>Before</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="mc"><mc:Choice><w:drawing><a:graphic xmlns:a="a"><a:graphicData><c:chart xmlns:c="c" xmlns:r="r" r:id="r0"/></a:graphicData></a:graphic></w:drawing></mc:Choice><mc:Fallback><c:chart xmlns:c="c" xmlns:r="r" r:id="r0"/></mc:Fallback></mc:AlternateContent></w:r></w:p><w:p><w:r><w:t>After</w:t></w:r></w:p>';
    const { blocks, tables } = await normalise(await parseDocx(zip({ '_rels/.rels': relations(['officeDocument', 'word/document.xml']), 'word/document.xml': `<w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`, 'word/_rels/document.xml.rels': relations(['chart', 'charts/chart1.xml']), 'word/charts/chart1.xml': bars })));
    expect([blocks.map(({ type, text }) => (type === 'table' ? '#' : text)), tables.map(({ name, rows }) => [name, rows.length])]).toEqual([['Before', 'Sales', 'Bar chart', '#', 'After'], [['Sales', 2]]]);
  });

  it('XLSX - on its sheet', async () => {
    const parts = unzipSync(XLSX.write({ SheetNames: ['S'], Sheets: { S: XLSX.utils.aoa_to_sheet([['a', 'b'], ['x', 1]]) } }, { type: 'buffer' }) as Uint8Array);
    const added = { 'xl/worksheets/_rels/sheet1.xml.rels': relations(['drawing', '../drawings/drawing1.xml']), 'xl/drawings/_rels/drawing1.xml.rels': relations(['chart', '../charts/chart1.xml']), 'xl/charts/chart1.xml': bars };
    const { tables } = await normalise(await parseXlsx(zipSync({ ...parts, ...Object.fromEntries(Object.entries(added).map(([name, text]) => [name, strToU8(text)])) })));
    expect(tables.map(({ name, source }) => [name, source.part])).toEqual([['a', undefined], ['Sales', 'xl/charts/chart1.xml']].map(([, part], at) => [tables[at]!.name, part]));
    expect(tables[1]!.rows).toEqual([['North', '5', 7], ['South', '6.5', null]]);
  });

  it('scattered points - each series with its own x', async () => {
    const part = chart(`<c:scatterChart>${series('one', words('1', '2'), points(5, 6), ['xVal', 'yVal'])}${series('two', words('3', '4'), points(7, 8), ['xVal', 'yVal'])}</c:scatterChart>`);
    expect(await charted(part)).toMatchObject({ columns: ['one x', 'one', 'two x', 'two'], rows: [[1, 5, 3, 7], [2, 6, 4, 8]] });
  });

  it('labels of several levels, and dates', async () => {
    const levels = `<c:multiLvlStrRef><c:multiLvlStrCache><c:lvl>${points('Q1', 'Q2', 'Q1', 'Q2')}</c:lvl><c:lvl>${points('2025', null, '2026', null)}</c:lvl></c:multiLvlStrCache></c:multiLvlStrRef>`;
    expect((await charted(chart(`<c:lineChart>${series('n', levels, points(1, 2, 3, 4))}</c:lineChart>`))).rows!.map((row) => row[0])).toEqual(['2025 / Q1', '2025 / Q2', '2026 / Q1', '2026 / Q2']);
    const dates = `<c:numRef><c:numCache><c:formatCode>m/d/yyyy</c:formatCode>${points(46023, 46054)}</c:numCache></c:numRef>`;
    expect((await charted(chart(`<c:lineChart>${series('n', dates, points(1, 2))}</c:lineChart>`))).rows).toEqual([['2026-01-01', 1], ['2026-02-01', 2]]);
  });

  it('a waterfall - whose numbers stand apart from it', async () => {
    const part = '<cx:chartSpace xmlns:cx="cx" xmlns:a="a"><cx:chartData><cx:data id="0"><cx:strDim type="cat"><cx:f>A</cx:f><cx:lvl ptCount="2"><cx:pt idx="0">Start</cx:pt><cx:pt idx="1">Tax</cx:pt></cx:lvl></cx:strDim><cx:numDim type="val"><cx:lvl ptCount="2" formatCode="General"><cx:pt idx="0">100</cx:pt><cx:pt idx="1">-20</cx:pt></cx:lvl></cx:numDim></cx:data></cx:chartData><cx:chart><cx:plotArea><cx:plotAreaRegion><cx:series layoutId="waterfall"><cx:tx><cx:txData><cx:v>Money</cx:v></cx:txData></cx:tx><cx:dataId val="0"/></cx:series></cx:plotAreaRegion></cx:plotArea></cx:chart></cx:chartSpace>';
    expect(await charted(part)).toMatchObject({ said: ['Waterfall chart', '#'], columns: ['column_1', 'Money'], rows: [['Start', 100], ['Tax', -20]] });
  });
});

describe('SmartArt - its texts in their order and depth', () => {
  const read = async (data: string) => (await normalise(await parsePptx(deck(frame('<dgm:relIds r:dm="r0" r:lo="r9"/>'), { 'ppt/diagrams/data1.xml': data }, relations(['diagramData', '../diagrams/data1.xml']))))).blocks.map(({ type, level, text, source }) => [type, level, text, source.part]);

  it('by its joins, not by the order of the file; points of its layout are none', async () => {
    expect(await read(diagram(join('0', 'b', 1), join('0', 'a', 0), join('a', 'a1', 0), join('b', 'p', 0, 'presOf')))).toEqual([['Ask & plan', 1], ['people', 2], ['Build', 1], ['alone', 1]].map(([text, level]) => ['list_item', level, text, 'ppt/diagrams/data1.xml']));
  });

  it('joins that go round - end', async () => {
    expect((await read(diagram(join('0', 'a', 0), join('a', 'b', 0), join('b', 'a', 0)))).map(([, , text]) => text)).toEqual(['Ask & plan', 'Build', 'people', 'alone']);
  });
});

describe('PPTX - comments', () => {
  it('with who made them, and their answers, behind their slide', async () => {
    const said = '<p:cmLst xmlns:p="p" xmlns:a="a"><p:cm authorId="0"><p:pos x="1" y="2"/><p:text>Check this</p:text></p:cm><p:cm authorId="{7}"><p:replyLst><p:reply authorId="0"><p:txBody><a:p><a:r><a:t>Done</a:t></a:r></a:p></p:txBody></p:reply></p:replyLst><p:txBody><a:p><a:r><a:t>Really?</a:t></a:r></a:p></p:txBody></p:cm></p:cmLst>';
    const file = deck('', { 'ppt/comments/comment1.xml': said, 'ppt/commentAuthors.xml': '<p:cmAuthorLst xmlns:p="p"><p:cmAuthor id="0" name="Ada"/></p:cmAuthorLst>', 'ppt/authors.xml': '<p:authorLst xmlns:p="p"><p:author id="{7}" name="Bo"/></p:authorLst>' }, relations(['comments', '../comments/comment1.xml']));
    expect((await normalise(await parsePptx(file))).blocks.map(({ text, source }) => [text, source.page])).toEqual([['[author: Ada]: Check this', 1], ['[author: Bo]: Really?', 1], ['[author: Ada]: Done', 1]]);
  });
});
