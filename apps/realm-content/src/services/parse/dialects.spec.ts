import fc from 'fast-check';
import { identify } from '../identify/identify.js';
import { normalise } from '../normalise/normalise.js';
import { decimalOf } from './exact-json.js';
import { parseCsv } from './parse-csv.js';
import { parseJson } from './parse-json.js';
import { parseXml } from './parse-xml.js';

const csv = async (text: string, options: { delimiter?: string } = {}) => {
  const { blocks, tables } = await normalise(await parseCsv(Buffer.from(text), options));
  return { before: blocks.filter(({ type }) => type !== 'table').map(({ type, text: said }) => [type, said]), name: tables[0]!.name, columns: tables[0]!.columns.map(({ name, type }) => `${name}:${type}`), rows: tables[0]!.rows, places: tables[0]!.row_sources!.map(({ line }) => line), faults: tables[0]!.irregularities };
};
const json = async (text: string) => normalise(await parseJson(Buffer.from(text), {}));
const xml = async (text: string) => normalise(await parseXml(Buffer.from(text), {}));
const kindOf = async (text: string, filename?: string) => (await identify({ bytes: Buffer.from(text), copybook: false, filename })).kind;

describe('CSV as programs write it - read as who wrote it meant', () => {
  it('the line that tells Excel the delimiter - is no row, and is believed', async () => {
    expect(await csv('sep=^\r\nid^name\r\n1^A;B\r\n2^C\r\n')).toMatchObject({ columns: ['id:integer', 'name:string'], rows: [[1, 'A;B'], [2, 'C']], places: [3, 4], faults: undefined });
  });

  it('comments before the table - are text; a heading that begins with a number sign is one', async () => {
    expect(await csv('# exported 2026\n# by Ada, for Bo\nid,name\n1,A\n2,B\n')).toMatchObject({ before: [['paragraph', 'exported 2026'], ['paragraph', 'by Ada, for Bo']], columns: ['id:integer', 'name:string'], places: [4, 5] });
    expect(await csv('#id,name\n1,A\n2,B\n')).toMatchObject({ before: [], columns: ['#id:integer', 'name:string'] });
  });

  it('a title and a blank line - name the table; a short row without one is a row', async () => {
    expect(await csv('Sales 2026\n\nid,name,total\n1,A,5\n\n2,B,6\n')).toMatchObject({ before: [['heading', 'Sales 2026']], name: 'Sales 2026', columns: ['id:integer', 'name:string', 'total:integer'], places: [4, 6], faults: [{ kind: 'blank_row' }] });
    expect((await csv('id\n1,A\n2,B\n')).before).toEqual([]);
  });

  it('single quotes - where nothing else quotes and one of them holds a delimiter; an apostrophe is a character', async () => {
    expect((await csv("id,name\n1,'A, B'\n2,'it''s'\n")).rows).toEqual([[1, 'A, B'], [2, "it's"]]);
    expect((await csv("id,name\n1,'tis\n2,O'Neil\n3,'x'\n")).rows).toEqual([[1, "'tis"], [2, "O'Neil"], [3, "'x'"]]);
  });

  it('blanks behind every delimiter - a quote behind them opens a field', async () => {
    expect((await csv('id, name, total\n1, A, 5\n2, "B, C", 6\n')).rows).toEqual([[1, 'A', 5], [2, 'B, C', 6]]);
    expect((await csv('id,note,x\n1, "a,b\n')).rows).toEqual([[1, '"a', 'b']]);
  });

  it.each([
    ['continental decimals', ['1.234,50', '99,90', '-3'], ['decimal', ['1234.50', '99.90', '-3']]],
    ['with a sign of money behind', ['1.234,50 €', '5,00 €'], ['decimal', ['1234.50', '5.00']]],
    ['a comma that may part a list', ['1,2', '3,4'], ['string', ['1,2', '3,4']]],
    ['points alone', ['1.234.567', '2.000.000'], ['string', ['1.234.567', '2.000.000']]],
    ['English thousands', ['1,234', '5'], ['integer', [1234, 5]]],
  ])('%s - %j', async (_what, cells, [type, expected]) => {
    const { columns, rows } = await csv(`k;v\n${cells.map((cell, at) => `r${at};${cell}`).join('\n')}\n`, { delimiter: ';' });
    expect([columns[1], rows.map((row) => row[1])]).toEqual([`v:${String(type)}`, expected]);
  });
});

describe('JSON - no digit is lost', () => {
  it('numbers beyond a double - keep what they say, in tables, pairs and nested values', async () => {
    const { blocks, tables } = await json('{"n": 12345678901234567890, "huge": 1e400, "far": 1e-99999, "rows": [{"id": 9007199254740993, "v": 1.10, "in": {"x": 98765432109876543210}}, {"id": 2, "v": 0.1234567890123456789, "in": null}]}');
    expect(blocks.flatMap(({ key, value }) => (key === undefined ? [] : [[key, value]]))).toEqual([['n', '12345678901234567890'], ['huge', `1${'0'.repeat(400)}`], ['far', '1e-99999']]);
    expect(tables[0]!.columns.map(({ name, type }) => `${name}:${type}`)).toEqual(['id:decimal', 'v:decimal', 'in:string']);
    expect(tables[0]!.rows).toEqual([['9007199254740993', '1.1', '{"x":98765432109876543210}'], ['2', '0.1234567890123456789', null]]);
  });

  it('numbers that a double holds - stay numbers, however long they are written', async () => {
    expect((await json('[{"a": 0.30000000000000004, "b": 1.0000000000000000, "c": 1e3}]')).tables[0]).toMatchObject({ columns: [{ type: 'number' }, { type: 'integer' }, { type: 'integer' }], rows: [[0.30000000000000004, 1, 1000]] });
  });

  it('written out - the number that JSON reads, for any double and any exponent', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      for (const source of [JSON.stringify(value), value.toExponential()]) expect(Number(decimalOf(source))).toBe(value === 0 ? 0 : value);
    }));
    expect(['1e5', '-0.00', '12.50e-1', '0.000e7'].map(decimalOf)).toEqual(['100000', '0', '1.25', '0']);
  });

  it('two members of one name - the last counts, and it is told', async () => {
    const [doubled, plain] = [await json('{"a":1,"a":2,"rows":[{"x":":","x":2},{"x":"\\":{"}]}'), await json('{"a":{"b":[1,{"c":2}]},"d":[{"e":1}]}')];
    expect([doubled.metadata['doubled_members'], doubled.tables[0]!.rows, doubled.blocks[0]!.value, plain.metadata]).toEqual([2, [['2'], ['":{']], '2', { encoding: 'utf-8' }]);
  });

  it('lists of lists of one length - are a table', async () => {
    expect((await json('{"grid": [["a","b"],[1,2],[3,null]]}')).tables[0]).toMatchObject({ name: 'grid', columns: [{ name: 'a', type: 'integer' }, { name: 'b' }], rows: [[1, 2], [3, null]], row_sources: [{ row: 1, pointer: '/grid/1' }, { row: 2, pointer: '/grid/2' }] });
  });
});

describe('XML - without its declaration, and with text among its elements', () => {
  it.each<[string, string, string | undefined]>([
    ['xml', '<orders><order id="1"/></orders>\n', undefined], ['xml', '<!-- c -->\n<a:r xmlns:a="x"><b>1</b></a:r><!-- end -->', 'r.xml'], ['xml', '<r/>', undefined],
    ['html', '<ul><li>x</li></ul>', 'list.html'], ['html', '<x-card>x</x-card>', 'card.html'], ['text', '<ada> wrote: hello', undefined],
  ])('%s - %s', async (kind, text, name) => {
    expect(await kindOf(text, name)).toBe(kind);
  });

  it('cut off - is corrupt, not another kind of file', async () => {
    await expect(kindOf('<orders><order id="1"/><order', 'r.xml')).rejects.toMatchObject({ code: 'content.corrupt' });
  });

  it('a text with marked words - is one text; attributes of members, and texts of records, are columns', async () => {
    const { blocks, tables } = await xml('<r><p>Hello <b at="1">bold</b>\n world</p><item id="1"><price cur="EUR">5</price></item><item id="2"><price cur="USD">6</price></item><v k="a">x</v><v k="b">y</v></r>');
    expect(blocks.flatMap(({ key, value }) => (key === undefined ? [] : [[key, value]]))).toEqual([['p', 'Hello bold world'], ['b@at', '1']]);
    expect(tables.map(({ columns, rows }) => [columns.map(({ name }) => name), rows])).toEqual([[['@id', 'price', 'price@cur'], [[1, 5, 'EUR'], [2, 6, 'USD']]], [['@k', 'v'], [['a', 'x'], ['b', 'y']]]]);
  });
});
