/** What a Markdown text holds, apart from how it is written. */
export interface MarkdownParts {
  /** All words, markup removed. */
  readonly text: string;
  readonly headings: string[];
  /** Depth and text. */
  readonly items: string[];
  readonly tables: string[][][];
}

export function markdownParts(markdown: string): MarkdownParts {
  const parts: MarkdownParts & { text: string } = { text: '', headings: [], items: [], tables: [] };
  const depths: number[] = [];
  let table: string[][] | undefined;
  let fenced = false;
  for (const raw of markdown.replace(/<!--[\s\S]*?-->/g, '').split(/\r?\n/)) {
    if (/^```/.test(raw.trim())) fenced = !fenced;
    const line = fenced ? raw : plainInline(raw);
    if (/^```/.test(raw.trim())) continue;
    const row = fenced ? undefined : tableRow(raw);
    if (row) {
      if (row.every((cell) => /^:?-+:?$/.test(cell))) continue;
      if (!table) parts.tables.push((table = []));
      table.push(row);
      parts.text += `${row.join(' ')}\n`;
      continue;
    }
    table = undefined;
    const item = /^(\s*)(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line);
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    if (heading) parts.headings.push(squeeze(heading[1]!));
    if (item && !heading) parts.items.push(`${depthOf(item[1]!.length, depths)} ${squeeze(withoutMark(item[2]!))}`);
    else if (line.trim() !== '') depths.length = 0;
    parts.text += `${heading?.[1] ?? (item ? withoutMark(item[2]!) : line)}\n`;
  }
  return parts;
}

/** How deep an item is: by how far it is set in against the items above. */
function depthOf(indent: number, depths: number[]): number {
  while (depths.length > 0 && indent < depths.at(-1)!) depths.pop();
  if (depths.length === 0 || indent > depths.at(-1)!) depths.push(indent);
  return depths.length;
}

function tableRow(line: string): string[] | undefined {
  const inside = /^\s*\|(.*)\|\s*$/.exec(line)?.[1];
  return inside === undefined ? undefined : inside.split(/(?<!\\)\|/).map((cell) => squeeze(plainInline(cell)));
}

const withoutMark = (text: string): string => text.replace(/^(?:\d+(?:\.\d+)*\.|\d+(?:\.\d+)+|[a-zA-Z][.)])\s+(?=\S)/, '').replace(/^\[[ xX]\]\s+/, '').replace(/^[☐☒]\s*/, '');

/** Days without the midnight that some tools write behind them; emphasis, links, code marks and escapes gone, their text kept. */
const plainInline = (text: string): string =>
  text.replace(/(?<=\b\d{4}-\d\d-\d\d)[ T]00:00:00\b/g, '').replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/(?<=^|\W)\[[ xX]\](?=\s)/g, ' ').replace(/[☐☒]/g, ' ').replace(/(\*\*|__|~~)/g, '').replace(/(?<=^|[^\w*])[*_](?=\S)|(?<=\S)[*_](?=[^\w*]|$)/g, '').replace(/`/g, '').replace(/\\([\\`*_{}[\]()#+\-.!|>~])/g, '$1').replace(/&#(\d{2,5});/g, (_, code: string) => String.fromCodePoint(Number(code))).replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&').replace(/<\/?[a-z][^>]*>/gi, ' ');

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();
