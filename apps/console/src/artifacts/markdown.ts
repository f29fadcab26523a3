/** The part of Markdown that reports are written in: headings, paragraphs, lists, tables, quotes, fenced code, rules, footnotes; strong, emphasis, code, links. Pure. */
export type MarkdownBlock =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph' | 'quote' | 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly { readonly depth: number; readonly marker: string; readonly text: string }[] }
  | { readonly kind: 'notes'; readonly items: readonly { readonly label: string; readonly text: string }[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'rule' };

export type MarkdownSpan = { readonly kind: 'text' | 'strong' | 'emphasis' | 'code' | 'note'; readonly text: string } | { readonly kind: 'link'; readonly text: string; readonly target: string };

const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const NOTE = /^\[\^([^\]\s]+)\]:\s*(.*)$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const FENCE = /^\s*(```|~~~)/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

export function parseMarkdown(text: string): readonly MarkdownBlock[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: MarkdownBlock[] = [];
  for (let at = 0; at < lines.length; ) {
    const [block, next] = readBlock(lines, at);
    if (block !== undefined) blocks.push(block);
    at = next;
  }
  return blocks;
}

export function parseSpans(text: string): readonly MarkdownSpan[] {
  const spans: MarkdownSpan[] = [];
  let from = 0;
  for (const match of text.matchAll(/`([^`]+)`|\[\^([^\]\s]+)\]|\*\*([^*]+)\*\*|\[([^\]]*)\]\(([^)\s]*)\)|\*([^*\s][^*]*)\*|(?<!\w)_([^_\s][^_]*)_(?!\w)/g)) {
    if (match.index > from) spans.push({ kind: 'text', text: text.slice(from, match.index) });
    spans.push(spanOf(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) spans.push({ kind: 'text', text: text.slice(from) });
  return spans.map((span) => (span.kind === 'code' ? span : { ...span, text: span.text.replace(/\\([\\`*_{}[\]()#+.!|<>~-])/g, '$1') }));
}

type Read = readonly [MarkdownBlock | undefined, number];

function readBlock(lines: readonly string[], at: number): Read {
  const line = lines[at] ?? '';
  if (line.trim() === '') return [undefined, at + 1];
  if (FENCE.test(line)) return readFence(lines, at);
  const heading = HEADING.exec(line);
  if (heading) return [{ kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' }, at + 1];
  if (RULE.test(line)) return [{ kind: 'rule' }, at + 1];
  if (line.includes('|') && DIVIDER.test(lines[at + 1] ?? '')) return readTable(lines, at);
  if (NOTE.test(line)) return readNotes(lines, at);
  if (ITEM.test(line)) return readList(lines, at);
  if (/^\s*>/.test(line)) return readQuote(lines, at);
  return readParagraph(lines, at);
}

function readFence(lines: readonly string[], at: number): Read {
  const end = lines.findIndex((line, index) => index > at && FENCE.test(line));
  const last = end === -1 ? lines.length : end;
  return [{ kind: 'code', text: lines.slice(at + 1, last).join('\n') }, last + 1];
}

function readTable(lines: readonly string[], at: number): Read {
  const end = lines.findIndex((line, index) => index > at + 1 && !line.includes('|'));
  const last = end === -1 ? lines.length : end;
  return [{ kind: 'table', head: cells(lines[at] ?? ''), rows: lines.slice(at + 2, last).map(cells) }, last];
}

function readList(lines: readonly string[], at: number): Read {
  const items: { depth: number; marker: string; text: string }[] = [];
  let index = at;
  for (let item = ITEM.exec(lines[index] ?? ''); item !== null; item = ITEM.exec(lines[index] ?? '')) {
    items.push({ depth: 1 + Math.floor((item[1] ?? '').length / 2), marker: /\d/.test(item[2] ?? '') ? (item[2] ?? '') : '•', text: item[3] ?? '' });
    index += 1;
    for (; /^\s{2,}\S/.test(lines[index] ?? '') && !ITEM.test(lines[index] ?? ''); index += 1) continueItem(items, lines[index] ?? '');
  }
  return [{ kind: 'list', items }, index];
}

function continueItem(items: { text: string }[], line: string): void {
  const last = items.at(-1);
  if (last !== undefined) last.text += ` ${line.trim()}`;
}

function readNotes(lines: readonly string[], at: number): Read {
  const end = lines.findIndex((line, index) => index > at && !NOTE.test(line) && line.trim() !== '');
  const last = end === -1 ? lines.length : end;
  const found = lines.slice(at, last).map((line) => NOTE.exec(line)).filter((note) => note !== null);
  return [{ kind: 'notes', items: found.map((note) => ({ label: note[1] ?? '', text: note[2] ?? '' })) }, last];
}

function readQuote(lines: readonly string[], at: number): Read {
  const end = lines.findIndex((line, index) => index > at && !/^\s*>/.test(line));
  const last = end === -1 ? lines.length : end;
  return [{ kind: 'quote', text: lines.slice(at, last).map((line) => line.replace(/^\s*>\s?/, '')).join(' ') }, last];
}

function readParagraph(lines: readonly string[], at: number): Read {
  const end = lines.findIndex((line, index) => index > at && (line.trim() === '' || HEADING.test(line) || FENCE.test(line) || ITEM.test(line) || /^\s*>/.test(line)));
  const last = end === -1 ? lines.length : end;
  return [{ kind: 'paragraph', text: lines.slice(at, last).join(' ').trim() }, last];
}

const cells = (line: string): readonly string[] => line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim());

function spanOf([, code, note, strong, linkText, target, starred, underscored]: RegExpMatchArray): MarkdownSpan {
  if (code !== undefined) return { kind: 'code', text: code };
  if (note !== undefined) return { kind: 'note', text: note };
  if (strong !== undefined) return { kind: 'strong', text: strong };
  if (linkText !== undefined) return { kind: 'link', text: linkText, target: target ?? '' };
  return { kind: 'emphasis', text: starred ?? underscored ?? '' };
}
