import { tokenizeXml } from './xml-tokens.js';

const joined = (xml: string): string => tokenizeXml(xml).map((token) => token.text).join('');

describe('xml - coloured, never changed', () => {
  it.each(['<a b="1" c=\'x>y\'/>', '<?xml version="1.0"?>\n<!-- c <d> -->\n<a:b>t &amp; t</a:b>', '<unclosed', 'a < b > c', '', '<a b="unclosed>text</a>', '<![CDATA[ x ]]>'])('loses nothing of %j', (xml) => {
    expect(joined(xml)).toBe(xml);
  });

  it('names, values and comments are told apart', () => {
    expect(tokenizeXml('<a b="1"><!--c--></a>').map((token) => token.kind)).toEqual(['tag', 'text', 'name', 'tag', 'value', 'tag', 'comment', 'tag', 'tag']);
  });
});
