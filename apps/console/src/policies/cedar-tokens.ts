export interface CodeToken {
  readonly kind: 'text' | 'keyword' | 'variable' | 'string' | 'comment' | 'annotation' | 'number';
  readonly text: string;
}

const CEDAR = /(?<comment>\/\/[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"?)|(?<annotation>@\w+)|(?<keyword>\b(?:permit|forbid|when|unless|if|then|else|in|is|like|has|true|false)\b)|(?<variable>\b(?:principal|action|resource|context)\b)|(?<number>\b\d+\b)/g;
const YAML = /(?<comment>(?:^|(?<=\s))#[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\n]|'')*'?)|(?<annotation>[\w.-]+(?=:(?:\s|$)))|(?<keyword>\b(?:permit|deny|true|false|null)\b)|(?<number>\b\d+\b)/gm;

/** Splits a text for colouring. It loses nothing: the tokens' texts put together are the text, well-formed or not. */
export function tokenize(text: string, language: 'cedar' | 'yaml'): readonly CodeToken[] {
  const tokens: CodeToken[] = [];
  let from = 0;
  for (const match of text.matchAll(language === 'cedar' ? CEDAR : YAML)) {
    if (match.index > from) tokens.push({ kind: 'text', text: text.slice(from, match.index) });
    const kind = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined)?.[0] as CodeToken['kind'] | undefined;
    tokens.push({ kind: kind ?? 'text', text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) tokens.push({ kind: 'text', text: text.slice(from) });
  return tokens;
}
