import { html as htmlNames, parse, type DefaultTreeAdapterTypes, type Token } from 'parse5';
import { failure, type ContentSource } from '@symphainy/contracts';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { DecodedText, decodeTextFile } from '../../text/decoded-text.js';
import { withinLimit } from '../../model/limits.js';
import { keyValue } from '../../text/line-structure.js';
import { columnNames } from './parse-csv.js';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const SKIPPED = new Set(['script', 'style', 'noscript', 'template', 'head', 'svg', 'iframe', 'object', 'select', 'textarea']);
const BLOCKS = new Set(['address', 'article', 'aside', 'blockquote', 'body', 'center', 'dd', 'details', 'dialog', 'div', 'dl', 'dt', 'fieldset', 'figcaption', 'figure', 'footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hr', 'html', 'li', 'main', 'nav', 'ol', 'p', 'pre', 'section', 'summary', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'ul', 'caption']);
const MAX_DEPTH = 400;

/** HTML: headings, paragraphs, list items (with the number or bullet a browser shows), definition lists, code, tables. Each names its line and bytes. */
export async function parseHtml(bytes: Uint8Array, options: { readonly encoding?: string | undefined }): Promise<DraftDocument> {
  const decoded = decodeTextFile(bytes, options.encoding ?? declaredEncoding(bytes));
  const builder = new DraftBuilder('html');
  builder.metadata({ encoding: decoded.encoding });
  readHtml(decoded, builder, (location) => decoded.sourceOf(location.startOffset, location.endOffset));
  return builder.done();
}

/** Adds the blocks of an HTML text; `place` says where a span of it stands in the file. */
export function readHtml(decoded: DecodedText, builder: DraftBuilder, place: (location: Token.Location) => ContentSource): void {
  const document = parse(decoded.text, { sourceCodeLocationInfo: true });
  checkDepth(document);
  const title = find(document, 'title');
  if (title) builder.title(textOf(title));
  new HtmlReader(builder, place).children(document, { lists: [] });
}

/** A `meta charset` in the first kilobyte; unknown names are left to the sniffing of text. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const label = /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(Buffer.from(bytes.subarray(0, 1024)).toString('latin1'))?.[1];
  return label !== undefined && /^(windows-125\d|iso-8859-\d{1,2}|shift_jis|euc-(jp|kr)|gb(k|2312|18030)|big5|koi8-r)$/i.test(label) ? label : undefined;
}

/** Walked without recursion, because everything after it recurses. */
function checkDepth(document: Node): void {
  let level: Node[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw failure('content.too_large', { message: `the HTML nests deeper than ${MAX_DEPTH} elements`, field: '/source', details: { limit: MAX_DEPTH } });
    level = level.flatMap((node) => ('childNodes' in node ? node.childNodes : []));
  }
}

interface ListPlace {
  readonly ordered: boolean;
  next: number;
}

interface Place {
  readonly lists: readonly ListPlace[];
}

class HtmlReader {
  constructor(
    private readonly builder: DraftBuilder,
    private readonly place: (location: Token.Location) => ContentSource,
  ) {}

  /** Block children one by one; runs of inline children between them as one paragraph each. */
  children(node: DefaultTreeAdapterTypes.ParentNode, at: Place): void {
    let inline: Node[] = [];
    const flush = (): void => (this.paragraph(inline), void (inline = []));
    for (const child of node.childNodes) {
      if (isElement(child) && SKIPPED.has(child.tagName)) continue;
      if (isElement(child) && (BLOCKS.has(child.tagName) || hasBlock(child))) (flush(), this.element(child, at));
      else inline.push(child);
    }
    flush();
  }

  private element(element: Element, at: Place): void {
    const { tagName } = element;
    if (/^h[1-6]$/.test(tagName)) return this.block(element, 'heading', { level: Number(tagName[1]) });
    if (tagName === 'pre') return this.block(element, 'code', {});
    if (tagName === 'table') return this.table(element, at);
    if (tagName === 'ol' || tagName === 'ul') return this.children(element, { ...at, lists: [...at.lists, { ordered: tagName === 'ol', next: Number(attribute(element, 'start') ?? 1) || 1 }] });
    if (tagName === 'li') return this.listItem(element, at);
    if (tagName === 'dl') return this.definitions(element, at);
    this.children(element, at);
  }

  private listItem(element: Element, at: Place): void {
    const list = at.lists.at(-1);
    const marker = list?.ordered ? `${list.next++}.` : '•';
    const own = element.childNodes.filter((child) => !(isElement(child) && (child.tagName === 'ol' || child.tagName === 'ul' || child.tagName === 'table')));
    const text = squeeze(own.map(textOf).join(''));
    if (text !== '') this.builder.block({ type: 'list_item', text, marker, level: Math.max(1, at.lists.length), source: this.sourceOf(element) });
    for (const child of element.childNodes) if (isElement(child) && !own.includes(child)) this.element(child, at);
  }

  private definitions(element: Element, at: Place): void {
    let key: string | undefined;
    for (const child of descend(element, ['dt', 'dd'])) {
      const text = squeeze(textOf(child));
      if (child.tagName === 'dt') key = text;
      else if (key !== undefined && text !== '' && !hasTable(child)) this.builder.block({ type: 'key_value', text: `${key}: ${text}`, key, value: text, source: this.sourceOf(child) });
      else this.children(child, at);
    }
  }

  private paragraph(nodes: readonly Node[]): void {
    const text = squeeze(nodes.map(textOf).join(''));
    const first = nodes.find((node) => textOf(node).trim() !== '');
    const last = nodes.findLast((node) => textOf(node).trim() !== '');
    if (text === '' || !first || !last) return;
    const start = first.sourceCodeLocation;
    const end = last.sourceCodeLocation;
    const source = start && end ? this.place({ ...start, endOffset: end.endOffset }) : {};
    const pair = keyValue(text);
    this.builder.block(pair ? { type: 'key_value', text, key: pair.key, value: pair.value, source } : { type: 'paragraph', text, source });
  }

  private block(element: Element, type: 'heading' | 'code', members: { level?: number }): void {
    const text = type === 'code' ? textOf(element).replace(/^\n/, '').trimEnd() : squeeze(textOf(element));
    if (text === '') return;
    if (members.level === 1) this.builder.title(text);
    this.builder.block({ type, text, ...members, source: this.sourceOf(element) });
  }

  /** Spanned cells repeat in the places they cover. A table without a heading row and with one cell is layout: its content is read through. */
  private table(element: Element, at: Place): void {
    const rows = descend(element, ['tr']);
    const grid = spanGrid(rows);
    const width = grid.reduce((most, row) => Math.max(most, row.length), 0);
    if (grid.length === 0 || width < 2) return this.children({ ...element, childNodes: rows.flatMap((row) => cellsOf(row)) }, at);
    withinTable(grid.length, width);
    const headed = cellsOf(rows[0]!).every((cell) => cell.tagName === 'th') || rows[0]!.parentNode?.nodeName === 'thead';
    const caption = descend(element, ['caption'])[0];
    const body = headed ? grid.slice(1) : grid;
    const first = headed ? 1 : 0;
    this.builder.table({
      name: (caption && squeeze(textOf(caption))) || 'table',
      columns: columnNames(headed ? grid[0]!.map((cell) => squeeze(cell ? textOf(cell) : '')) : [], width).map((name) => ({ name })),
      rows: body.map((row) => Array.from({ length: width }, (_, column) => squeeze(row[column] ? textOf(row[column]) : '') || null)),
      row_sources: body.map((_, row) => ({ row: row + first + 1, ...this.sourceOf(rows[row + first]!) })),
      cell_sources: body.map((cells, row) => Array.from({ length: width }, (_, column) => ({ row: row + first + 1, column: column + 1, ...(cells[column] ? this.sourceOf(cells[column]) : {}) }))),
      source: this.sourceOf(element),
    });
  }

  private sourceOf(element: Element): ContentSource {
    return element.sourceCodeLocation ? this.place(element.sourceCodeLocation) : {};
  }
}

function spanGrid(rows: readonly Element[]): (Element | undefined)[][] {
  const grid: (Element | undefined)[][] = rows.map(() => []);
  let places = 0;
  rows.forEach((row, y) => {
    let x = 0;
    for (const cell of cellsOf(row)) {
      while (grid[y]![x] !== undefined) x++;
      const wide = spanOf(cell, 'colspan');
      const high = Math.min(spanOf(cell, 'rowspan'), rows.length - y);
      withinLimit('cells', (places += wide * high));
      for (let dy = 0; dy < high; dy++) for (let dx = 0; dx < wide; dx++) grid[y + dy]![x + dx] = cell;
      x += wide;
    }
  });
  return grid;
}

const MAX_SPAN = 200;
const spanOf = (cell: Element, name: string): number => Math.min(Math.max(1, Number(attribute(cell, name)) || 1), MAX_SPAN);
const cellsOf = (row: Element): Element[] => row.childNodes.filter((node): node is Element => isElement(node) && (node.tagName === 'td' || node.tagName === 'th'));

/** Elements of these names under `element`, not looking inside nested tables or inside what was found. */
function descend(element: Element, names: readonly string[]): Element[] {
  return element.childNodes.flatMap((child) => {
    if (!isElement(child) || child.tagName === 'table') return [];
    return names.includes(child.tagName) ? [child] : descend(child, names);
  });
}

const isElement = (node: Node): node is Element => 'tagName' in node && node.namespaceURI === htmlNames.NS.HTML;
const attribute = (element: Element, name: string): string | undefined => element.attrs.find((a) => a.name === name)?.value;
const hasBlock = (element: Element): boolean => element.childNodes.some((child) => isElement(child) && (BLOCKS.has(child.tagName) || hasBlock(child)));
const hasTable = (element: Element): boolean => find(element, 'table') !== undefined;

function find(node: Node, name: string): Element | undefined {
  if (isElement(node) && node.tagName === name) return node;
  for (const child of 'childNodes' in node ? node.childNodes : []) {
    const found = find(child, name);
    if (found) return found;
  }
  return undefined;
}

function textOf(node: Node): string {
  if ('value' in node && node.nodeName === '#text') return node.value;
  if (!('childNodes' in node) || (isElement(node) && SKIPPED.has(node.tagName))) return '';
  if (isElement(node) && node.tagName === 'br') return '\n';
  const text = node.childNodes.map(textOf).join('');
  return isElement(node) && BLOCKS.has(node.tagName) ? ` ${text} ` : text;
}

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();
