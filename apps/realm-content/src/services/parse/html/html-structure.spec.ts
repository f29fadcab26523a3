import { normalise } from '../../normalise/normalise.js';
import { markdown } from '../../view/markdown.js';
import { parseHtml } from '../parse-html.js';

const read = async (html: string) => normalise(await parseHtml(Buffer.from(html), {}));

describe('HTML - read as a browser shows it', () => {
  it('definition lists - pairs with the depth of their term; terms without a word and sayings without a term are not lost', async () => {
    const document = await read('<dl><dt>Roof</dt><dd>flat</dd><dd>green</dd><dt>Soda</dt><dt>Parts</dt><dd><dl><dt>A</dt><dd>beam</dd></dl></dd><dd>end</dd></dl>');
    expect(document.blocks.map((b) => [b.type, b.level, b.key ?? b.text, b.value])).toEqual([['key_value', 1, 'Roof', 'flat'], ['key_value', 1, 'Roof', 'green'], ['list_item', 1, 'Soda', undefined], ['list_item', 1, 'Parts', undefined], ['key_value', 2, 'A', 'beam'], ['key_value', 1, 'Parts', 'end']]);
    expect(markdown(document)).toBe('- **Roof**\n    - flat\n    - green\n- Soda\n- Parts\n    - **A**\n        - beam\n    - end\n');
  });

  it('lists within items, however wrapped, are items of their own', async () => {
    const { blocks } = await read('<ul><li>Step <b>one</b><div><div><ul><li>inner</li></ul></div></div></li><li>two <p>more</p></li></ul>');
    expect(blocks.map((b) => [b.level, b.text])).toEqual([[1, 'Step one'], [2, 'inner'], [1, 'two more']]);
  });

  it('tables - a list in a cell keeps its marks, a picture stands for its words, a row without height is none, headings that repeat are kept as printed', async () => {
    const { tables } = await read('<table><tr><th>Act</th><th>Act</th></tr><tr><td rowspan=3>2025</td></tr><tr><td><ol><li>a</li><li>b</li></ol></td></tr><tr><td><img alt="a duck"></td></tr></table>');
    expect(tables[0]).toMatchObject({ columns: [{ name: 'Act' }, { name: 'Act_2' }], rows: [[2025, '1. a\n2. b'], [2025, 'a duck']] });
    expect(tables[0]!.cells!.map((c) => [c.row, c.column, c.row_span, c.text])).toEqual([[1, 1, undefined, 'Act'], [1, 2, undefined, 'Act'], [2, 1, 2, '2025'], [2, 2, undefined, '1. a\n2. b'], [3, 2, undefined, 'a duck']]);
  });

  it('headings of several rows name their columns together', async () => {
    const { tables } = await read('<table><thead><tr><th rowspan=2>Town</th><th colspan=2>Permits</th></tr><tr><th>new</th><th>old</th></tr></thead><tr><td>Bo</td><td>1</td><td>2</td></tr></table>');
    expect(tables[0]!.columns.map((c) => c.name)).toEqual(['Town', 'Permits new', 'Permits old']);
  });
});
