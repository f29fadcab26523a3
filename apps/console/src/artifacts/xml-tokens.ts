export interface XmlToken {
  readonly kind: 'text' | 'tag' | 'name' | 'value' | 'comment';
  readonly text: string;
}

/** Splits XML for colouring. It loses nothing: the tokens' texts put together are the input, well-formed or not. */
export function tokenizeXml(xml: string): readonly XmlToken[] {
  const tokens: XmlToken[] = [];
  let from = 0;
  for (const match of xml.matchAll(/<!--[\s\S]*?-->|<[^<>]*>/g)) {
    if (match.index > from) tokens.push({ kind: 'text', text: xml.slice(from, match.index) });
    tokens.push(...(match[0].startsWith('<!--') ? [{ kind: 'comment' as const, text: match[0] }] : tagTokens(match[0])));
    from = match.index + match[0].length;
  }
  if (from < xml.length) tokens.push({ kind: 'text', text: xml.slice(from) });
  return tokens;
}

/** `<a b="c">` → `<a`, ` `, `b`, `=`, `"c"`, `>`. */
function tagTokens(tag: string): readonly XmlToken[] {
  const head = /^<[/?!]?[^\s/>?]*/.exec(tag)?.[0] ?? '';
  const rest = [...tag.slice(head.length).matchAll(/"[^"]*"|'[^']*'|[^\s=<>"'/?]+|[\s\S]/g)].map(([text]) => attributeToken(text));
  return [{ kind: 'tag', text: head }, ...rest];
}

function attributeToken(text: string): XmlToken {
  if (/^["']/.test(text)) return { kind: 'value', text };
  if (/^\s+$/.test(text)) return { kind: 'text', text };
  return { kind: /^[=/?>]$/.test(text) ? 'tag' : 'name', text };
}
