import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { breather } from '../../model/breathing.js';
import { decodeTextFile, type DecodedText } from '../../text/decoded-text.js';
import { columnNames } from './table-headings.js';
import { IndentLevels, isCapitalHeading, keyValue, markedItem } from '../../text/line-structure.js';

interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Plain text, and the Markdown that people write into it: headings, lists, fenced code, pipe tables. Each block names its line and bytes. */
export async function parseText(bytes: Uint8Array, options: { readonly encoding?: string | undefined }): Promise<DraftDocument> {
  const decoded = decodeTextFile(bytes, options.encoding);
  const builder = new DraftBuilder('text');
  builder.metadata({ ...decoded.told });
  await readTextBlocks(decoded, builder);
  return builder.done();
}

/** Adds the blocks of a text to a document; the first heading of level 1 is its title. */
export async function readTextBlocks(decoded: DecodedText, builder: DraftBuilder): Promise<void> {
  const reader = new TextReader(decoded, builder);
  const pause = breather(2_000);
  for (const line of linesOf(decoded.text)) {
    reader.line(line);
    await pause();
  }
  reader.flush();
}

function* linesOf(text: string): Generator<Line> {
  let start = 0;
  for (const match of text.matchAll(/\r\n|\r|\n/g)) {
    yield { text: text.slice(start, match.index), start, end: match.index };
    start = match.index + match[0].length;
  }
  if (start < text.length) yield { text: text.slice(start), start, end: text.length };
}

class TextReader {
  private open: Line[] = [];
  private fence: string | undefined;
  private readonly indents = new IndentLevels(2);

  constructor(
    private readonly decoded: DecodedText,
    private readonly builder: DraftBuilder,
  ) {}

  line(line: Line): void {
    if (this.fence !== undefined) return this.codeLine(line);
    const fence = /^\s*(```|~~~)/.exec(line.text)?.[1];
    if (fence !== undefined) return (this.flush(), void (this.fence = fence));
    if (line.text.trim() === '') return this.flush();
    if (/^(={3,}|-{3,})\s*$/.test(line.text) && this.open.length === 1 && !markedItem(this.open[0]!.text)) return this.heading(this.open.splice(0), line.text.startsWith('=') ? 1 : 2);
    if (/^\s*([-*_])\s*(\1\s*){2,}$/.test(line.text)) return this.flush();
    const hash = /^(#{1,6})\s+(\S.*)$/.exec(line.text);
    if (hash) return (this.flush(), this.heading([line], hash[1]!.length, withoutClosing(hash[2]!)));
    if (this.startsBlock(line)) this.flush();
    this.open.push(line);
  }

  flush(): void {
    const lines = this.open.splice(0);
    if (lines.length === 0) return;
    if (this.fence !== undefined) return this.add(lines, { type: 'code', text: lines.map((l) => l.text).join('\n') });
    if (lines.length >= 2 && lines.every((l) => l.text.trim().startsWith('|')) && /^\|?\s*:?-/.test(lines[1]!.text.trim())) return this.pipeTable(lines);
    const text = lines.map((l) => l.text.trim()).join(' ');
    const item = markedItem(text);
    if (item) return this.add(lines, { type: 'list_item', text: item.text, marker: item.marker, level: this.indents.level(indentOf(lines[0]!.text)) });
    this.indents.reset();
    const pair = lines.length === 1 ? keyValue(text) : undefined;
    if (pair) return this.add(lines, { type: 'key_value', text, key: plainInline(pair.key), value: plainInline(pair.value) });
    if (lines.length === 1 && isCapitalHeading(text)) return this.heading(lines, 2);
    this.add(lines, { type: 'paragraph', text: plainInline(text) });
  }

  private startsBlock(line: Line): boolean {
    if (this.open.length === 0) return false;
    const first = this.open[0]!.text;
    if (line.text.trim().startsWith('|') !== first.trim().startsWith('|')) return true;
    if (markedItem(line.text)) return true;
    return keyValue(line.text) !== undefined && this.open.length === 1 && keyValue(first) !== undefined;
  }

  private codeLine(line: Line): void {
    if (!line.text.trim().startsWith(this.fence!)) return void this.open.push(line);
    this.flush();
    this.fence = undefined;
  }

  private heading(lines: readonly Line[], level: number, text = lines[0]!.text.trim()): void {
    this.indents.reset();
    if (level === 1) this.builder.title(plainInline(text));
    this.add(lines, { type: 'heading', level, text: plainInline(text) });
  }

  private pipeTable(lines: readonly Line[]): void {
    const cells = (line: Line): string[] => line.text.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => plainInline(cell.trim()));
    const [head, , ...body] = lines;
    const columns = columnNames(cells(head!), cells(head!).length).map((name) => ({ name }));
    withinTable(body.length, columns.length);
    this.builder.table({
      name: 'table',
      columns,
      rows: body.map((line) => cells(line)).map((row) => columns.map((_, at) => row[at] ?? null)),
      row_sources: body.map((line) => this.decoded.sourceOf(line.start, line.end)),
      source: this.decoded.sourceOf(lines[0]!.start, lines.at(-1)!.end),
    });
  }

  private add(lines: readonly Line[], block: { type: 'heading' | 'paragraph' | 'list_item' | 'key_value' | 'code'; text: string; level?: number; marker?: string; key?: string; value?: string }): void {
    this.builder.block({ ...block, text: block.type === 'list_item' ? plainInline(block.text) : block.text, source: this.decoded.sourceOf(lines[0]!.start, lines.at(-1)!.end) });
  }
}

/** `# Title ##` is closed by its own marks. */
function withoutClosing(text: string): string {
  const end = text.trimEnd();
  let at = end.length;
  while (at > 0 && end[at - 1] === '#') at--;
  return end.slice(0, at).trimEnd() || end;
}

const indentOf = (line: string): number => line.replaceAll('\t', '    ').search(/\S/);

/** Emphasis, code and link marks of Markdown are dressing: the words stay. */
const plainInline = (text: string): string => text.replace(/!?\[([^\]]{0,500})\]\([^)\s]{0,2000}\)/g, '$1').replace(/(\*\*|__|`)(.{1,2000}?)\1/g, '$2');
