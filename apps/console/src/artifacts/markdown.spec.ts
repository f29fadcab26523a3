import { parseMarkdown, parseSpans } from './markdown.js';

describe('markdown - blocks', () => {
  it('reads what reports are made of', () => {
    const blocks = parseMarkdown('# Report\n\nOne\nparagraph.\n\n1. first\n2. second\n   goes on\n   - inner\n\n| A | B |\n|---|--:|\n| 1 | 2 |\n\n> said\n\n---\n```\ncode | here\n```\n');
    expect(blocks).toEqual([
      { kind: 'heading', level: 1, text: 'Report' },
      { kind: 'paragraph', text: 'One paragraph.' },
      { kind: 'list', items: [{ depth: 1, marker: '1.', text: 'first' }, { depth: 1, marker: '2.', text: 'second goes on' }, { depth: 2, marker: '•', text: 'inner' }] },
      { kind: 'table', head: ['A', 'B'], rows: [['1', '2']] },
      { kind: 'quote', text: 'said' },
      { kind: 'rule' },
      { kind: 'code', text: 'code | here' },
    ]);
  });

  it('footnotes are read at both ends', () => {
    expect(parseMarkdown('Said.[^1]\n\n[^1]: where\n\n[^two]: there\n\nafter')).toEqual([
      { kind: 'paragraph', text: 'Said.[^1]' },
      { kind: 'notes', items: [{ label: '1', text: 'where' }, { label: 'two', text: 'there' }] },
      { kind: 'paragraph', text: 'after' },
    ]);
    expect(parseSpans('Said.[^1]')).toEqual([{ kind: 'text', text: 'Said.' }, { kind: 'note', text: '1' }]);
  });

  it.each(['```\nnever closed', '| a |\n|---|', '- ', '#', '>', '1.', '\n\n\n', '|', '---|---'])('a fragment is read to its end: %j', (text) => {
    expect(() => parseMarkdown(text)).not.toThrow();
  });
});

describe('markdown - spans', () => {
  it('marks are read, snake_case names are left alone', () => {
    expect(parseSpans('a **b** `c_d` _e_ snake_case_name *f*')).toEqual([
      { kind: 'text', text: 'a ' }, { kind: 'strong', text: 'b' }, { kind: 'text', text: ' ' }, { kind: 'code', text: 'c_d' }, { kind: 'text', text: ' ' }, { kind: 'emphasis', text: 'e' },
      { kind: 'text', text: ' snake_case_name ' }, { kind: 'emphasis', text: 'f' },
    ]);
  });

  it('HTML stays text, and a link keeps its address to itself', () => {
    expect(parseSpans('<b>x</b> [here](javascript:alert(1))')[0]).toEqual({ kind: 'text', text: '<b>x</b> ' });
    expect(parseSpans('[here](https://example.org)')).toEqual([{ kind: 'link', text: 'here', target: 'https://example.org' }]);
  });
});
