import { strToU8, zipSync } from 'fflate';
import { normalise } from '../normalise/normalise.js';
import { parseJson } from './parse-json.js';
import { parsePptx } from './parse-pptx.js';
import { parseXml } from './parse-xml.js';

const slide = (body: string): Uint8Array => strToU8(`<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree>${body}</p:spTree></p:cSld></p:sld>`);
const shape = (kind: string, paragraphs: string): string => `<p:sp><p:nvSpPr><p:nvPr><p:ph type="${kind}"/></p:nvPr></p:nvSpPr><p:txBody>${paragraphs}</p:txBody></p:sp>`;
const cell = (text: string): string => `<a:tc><a:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></a:txBody></a:tc>`;

describe('markup - read as what it says, refused where it is a trap', () => {
  it('XML - records are a table, other members pairs, each with its line', async () => {
    const { blocks, tables } = await normalise(await parseXml(Buffer.from('<?xml version="1.0"?>\n<plan id="7">\n<owner>Ada &amp; Bo</owner>\n<step><n>1</n><days>12</days></step>\n<step><n>2</n></step>\n</plan>'), {}));
    expect(blocks.map((b) => [b.type, b.key, b.value, b.source.line])).toEqual([['key_value', 'plan@id', '7', 2], ['key_value', 'owner', 'Ada & Bo', 3], ['table', undefined, undefined, 4]]);
    expect([tables[0]!.name, tables[0]!.columns.map((c) => c.name), tables[0]!.rows, tables[0]!.row_sources!.map((s) => s.line)]).toEqual(['step', ['n', 'days'], [[1, 12], [2, null]], [4, 5]]);
  });

  it.each([
    ['entities that stand for each other', '<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><a>&y;</a>', 'content.unsafe'],
    ['an element that never ends', '<a><b></a>', 'content.corrupt'],
    ['no element at all', '<?xml version="1.0"?>', 'content.corrupt'],
    ['elements nested without end', `${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`, 'content.too_large'],
  ])('XML with %s - is refused', async (_what, text, code) => {
    await expect(parseXml(Buffer.from(text), {})).rejects.toMatchObject({ code });
  });

  it('XML that names a DTD outside - is read by what stands in it, and says that the DTD was not', async () => {
    const read = async (doctype: string) => (await parseXml(Buffer.from(`<?xml version="1.0"?>\n${doctype}<r>a &lt; b</r>`), {})).metadata['external_dtd'];
    expect(await read('<!DOCTYPE r SYSTEM "http://a.example/r.dtd">')).toEqual({ system_id: 'http://a.example/r.dtd', fetched: false });
    expect(await read('<!DOCTYPE r PUBLIC "-//A//R 1.0//EN" "file:///etc/passwd" [<!ELEMENT r ANY>]>')).toEqual({ public_id: '-//A//R 1.0//EN', system_id: 'file:///etc/passwd', fetched: false });
    expect(await read('<!DOCTYPE r [<!ELEMENT r ANY>]>')).toBeUndefined();
  });

  it.each([
    ['an entity of a file', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', 'external entities'],
    ['a parameter entity of an address', '<!DOCTYPE r [<!ENTITY % x PUBLIC "x" "http://a.example/x.dtd"> %x;]><r/>', 'external entities'],
    ['an entity that only its DTD defines', '<!DOCTYPE r SYSTEM "r.dtd"><r>&company;</r>', 'the entity &company;'],
  ])('XML with %s - is refused by name, and nothing is fetched', async (_what, text, said) => {
    await expect(parseXml(Buffer.from(text), {})).rejects.toMatchObject({ code: 'content.unsafe', message: expect.stringContaining(said) as string, fix: expect.stringContaining('entities') as string });
  });

  it('XML that speaks of entities in its text - is read', async () => {
    expect((await parseXml(Buffer.from('<r><![CDATA[<!ENTITY x "y">]]></r>'), {})).blocks[0]!.value).toBe('<!ENTITY x "y">');
  });

  it('PPTX - slides in the order of the presentation: titles, lists, tables', async () => {
    const file = zipSync({
      'ppt/presentation.xml': strToU8('<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="1" r:id="b"/><p:sldId id="2" r:id="a"/></p:sldIdLst></p:presentation>'),
      'ppt/_rels/presentation.xml.rels': strToU8('<Relationships><Relationship Id="a" Target="slides/slide1.xml"/><Relationship Id="b" Target="slides/slide2.xml"/></Relationships>'),
      'ppt/slides/slide1.xml': slide(`<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr>${cell('Phase')}${cell('Days')}</a:tr><a:tr>${cell('Ground')}${cell('12')}</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>`),
      'ppt/slides/slide2.xml': slide(shape('title', '<a:p><a:r><a:t>Plan</a:t></a:r></a:p>') + shape('body', '<a:p><a:r><a:t>First </a:t></a:r><a:r><a:t>words</a:t></a:r></a:p><a:p><a:pPr lvl="1"/><a:r><a:t>deeper</a:t></a:r></a:p>')),
    });
    const { title, blocks, tables } = await normalise(await parsePptx(file));
    expect([title, blocks.map((b) => [b.type, b.level, b.source.page])]).toEqual(['Plan', [['heading', 1, 1], ['paragraph', undefined, 1], ['list_item', 2, 1], ['table', undefined, 2]]]);
    expect([blocks[1]!.text, tables[0]!.columns.map((c) => c.name), tables[0]!.rows]).toEqual(['First words', ['Phase', 'Days'], [['Ground', 12]]]);
  });

  it('PPTX - the speaker’s notes follow their slide, and cells span rows and columns', async () => {
    const spanned = (attributes: string, text: string): string => `<a:tc ${attributes}><a:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></a:txBody></a:tc>`;
    const file = zipSync({
      'ppt/slides/slide1.xml': slide(`${shape('title', '<a:p><a:r><a:t>Plan</a:t></a:r></a:p>')}<p:graphicFrame><a:tbl><a:tr>${cell('Phase')}${spanned('gridSpan="2"', 'Days')}${spanned('hMerge="1"', '')}</a:tr><a:tr>${spanned('rowSpan="2"', 'Ground')}${cell('1')}${cell('2')}</a:tr><a:tr>${spanned('vMerge="1"', '')}${cell('3')}${cell('4')}</a:tr></a:tbl></p:graphicFrame>`),
      'ppt/slides/_rels/slide1.xml.rels': strToU8('<Relationships><Relationship Id="n" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/notesSlide" Target="../notesSlides/notesSlide7.xml"/></Relationships>'),
      'ppt/notesSlides/notesSlide7.xml': slide(shape('sldNum', '<a:p><a:r><a:t>1</a:t></a:r></a:p>') + shape('body', '<a:p><a:r><a:t>Say why it takes so long.</a:t></a:r></a:p>')),
    });
    const { blocks, tables } = await normalise(await parsePptx(file));
    expect(blocks.map((b) => [b.type, b.source.page, b.source.part])).toEqual([['heading', 1, 'ppt/slides/slide1.xml'], ['table', 1, 'ppt/slides/slide1.xml'], ['paragraph', 1, 'ppt/notesSlides/notesSlide7.xml']]);
    expect(blocks.at(-1)!.text).toBe('Say why it takes so long.');
    expect(tables[0]!.rows.map((row) => row[0])).toEqual(['Ground', 'Ground']);
    expect(tables[0]!.cells!.filter((c) => c.row_span !== undefined || c.column_span !== undefined).map((c) => [c.row, c.column, c.row_span, c.column_span, c.text])).toEqual([[1, 2, undefined, 2, 'Days'], [2, 1, 2, undefined, 'Ground']]);
  });

  it('NDJSON - its lines are the rows of one table', async () => {
    const { tables } = await normalise(await parseJson(Buffer.from('{"a":1}\n{"a":2,"b":"x"}\n'), {}));
    expect([tables.length, tables[0]!.rows]).toEqual([1, [[1, null], [2, 'x']]]);
  });
});
