import mammoth from 'mammoth';
import { failure, type ContentSource } from '@symphainy/contracts';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { withinLimit } from '../../model/limits.js';
import { keyValue, markedItem } from '../../text/line-structure.js';
import { columnNames, isHeading } from './parse-csv.js';

/** What mammoth's reader makes of a document, as far as it is used here; its own declaration leaves the tree untyped. */
interface WordNode {
  readonly type: string;
  readonly children?: readonly WordNode[];
  readonly value?: string;
  readonly checked?: boolean;
  readonly styleName?: string | null;
  readonly numbering?: WordLevel | null;
  readonly colSpan?: number;
  readonly rowSpan?: number;
  readonly isHeader?: boolean;
}

/** One object for each level of each list definition: its identity tells lists apart. */
interface WordLevel {
  readonly level: string;
  readonly isOrdered: boolean;
}

const PART = 'word/document.xml';

/**
 * DOCX: headings by style, lists with the number or bullet that Word shows, tables, paragraphs. Places are the ordinal of the paragraph
 * (`w:p`) in the document part, counted through tables; a table names its first.
 */
export async function parseDocx(bytes: Uint8Array): Promise<DraftDocument> {
  const builder = new DraftBuilder('docx');
  new DocxReader(builder).read(await readTree(bytes));
  return builder.done();
}

async function readTree(bytes: Uint8Array): Promise<WordNode> {
  let tree: WordNode | undefined;
  const take = (document: WordNode): WordNode => ((tree = document), { ...document, children: [] });
  try {
    await mammoth.convertToHtml({ buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) }, { transformDocument: take, externalFileAccess: false });
  } catch (error) {
    throw failure('content.corrupt', { message: 'the DOCX cannot be read: one of its parts is missing or damaged', field: '/source', cause: error });
  }
  return tree!;
}

class DocxReader {
  private paragraphs = 0;
  private readonly counters = new Map<WordLevel, number>();

  constructor(private readonly builder: DraftBuilder) {}

  read(document: WordNode): void {
    for (const node of document.children ?? []) this.node(node);
  }

  private node(node: WordNode): void {
    if (node.type === 'paragraph') this.paragraph(node);
    else if (node.type === 'table') this.table(node);
    else for (const child of node.children ?? []) this.node(child);
  }

  private paragraph(node: WordNode): void {
    const source: ContentSource = { part: PART, paragraph: ++this.paragraphs };
    const text = textOf(node).trim();
    if (text === '') return;
    const level = headingLevel(node);
    if (level === 0) this.builder.title(text);
    if (level !== undefined) return this.builder.block({ type: 'heading', level: Math.max(1, level), text, source });
    if (node.numbering) return this.builder.block({ type: 'list_item', text, marker: this.marker(node.numbering), level: Number(node.numbering.level) + 1, source });
    const item = markedItem(text);
    if (item) return this.builder.block({ type: 'list_item', text: item.text, marker: item.marker, level: 1, source });
    const pair = keyValue(text);
    this.builder.block(pair ? { type: 'key_value', text, key: pair.key, value: pair.value, source } : { type: 'paragraph', text, source });
  }

  /** A list counts on wherever it appears again; an item begins the levels under it anew. */
  private marker(level: WordLevel): string {
    if (!level.isOrdered) return '•';
    const count = (this.counters.get(level) ?? 0) + 1;
    this.counters.set(level, count);
    for (const other of this.counters.keys()) if (Number(other.level) > Number(level.level)) this.counters.delete(other);
    return `${count}.`;
  }

  /** A table of one cell is a frame: its content is read through. */
  private table(node: WordNode): void {
    const only = onlyCell(node);
    if (only) return this.read(only);
    const first = this.paragraphs + 1;
    const rows = (node.children ?? []).filter((row) => row.type === 'tableRow');
    const rowStarts: number[] = [];
    const grid = this.grid(rows, rowStarts);
    const width = grid.reduce((most, row) => Math.max(most, row.length), 0);
    if (width === 0) return;
    withinTable(grid.length, width);
    const texts = grid.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? ''));
    const headed = rows[0]!.isHeader === true || isHeading(texts[0]!, texts.slice(1, 51));
    const skip = headed ? 1 : 0;
    this.builder.table({
      name: 'table',
      columns: columnNames(headed ? texts[0]! : [], width).map((name) => ({ name })),
      rows: texts.slice(skip).map((row) => row.map((cell) => cell || null)),
      row_sources: texts.slice(skip).map((_, at) => ({ part: PART, paragraph: rowStarts[at + skip]!, row: at + skip + 1 })),
      source: { part: PART, paragraph: first },
    });
  }

  /** Texts of cells, spanned ones repeated. Nested tables are part of their cell's text. */
  private grid(rows: readonly WordNode[], rowStarts: number[]): string[][] {
    const grid: string[][] = rows.map(() => []);
    let places = 0;
    rows.forEach((row, y) => {
      rowStarts.push(this.paragraphs + 1);
      let x = 0;
      for (const cell of (row.children ?? []).filter((child) => child.type === 'tableCell')) {
        while (grid[y]![x] !== undefined) x++;
        const text = this.cellText(cell);
        const wide = cell.colSpan ?? 1;
        const high = Math.min(cell.rowSpan ?? 1, rows.length - y);
        withinLimit('cells', (places += wide * high));
        for (let dy = 0; dy < high; dy++) for (let dx = 0; dx < wide; dx++) grid[y + dy]![x + dx] = text;
        x += wide;
      }
    });
    return grid;
  }

  private cellText(node: WordNode): string {
    if (node.type === 'paragraph') this.paragraphs++;
    if (node.type === 'paragraph') return textOf(node).trim();
    return (node.children ?? []).map((child) => this.cellText(child)).filter((text) => text !== '').join('\n');
  }
}

function onlyCell(table: WordNode): WordNode | undefined {
  const rows = (table.children ?? []).filter((row) => row.type === 'tableRow');
  const cells = rows.flatMap((row) => (row.children ?? []).filter((cell) => cell.type === 'tableCell'));
  return rows.length === 1 && cells.length === 1 ? cells[0] : undefined;
}

/** 0 for the document's title, 1 to 9 for headings. */
function headingLevel(node: WordNode): number | undefined {
  const style = node.styleName?.toLowerCase() ?? '';
  if (style === 'title') return 0;
  const level = /^heading (\d)$/.exec(style)?.[1];
  return level === undefined ? undefined : Number(level);
}

function textOf(node: WordNode): string {
  if (node.type === 'text') return node.value ?? '';
  if (node.type === 'tab') return '\t';
  if (node.type === 'break') return '\n';
  if (node.type === 'checkbox') return node.checked ? '☒' : '☐';
  if (node.type === 'noteReference' || node.type === 'commentReference') return '';
  return (node.children ?? []).map(textOf).join('');
}
