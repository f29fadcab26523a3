import { parse, type DefaultTreeAdapterTypes, type Token } from 'parse5';
import { failure, type ContentSource } from '@symphainy/contracts';
import { DraftBuilder, type DraftDocument } from '../../model/draft-document.js';
import { DecodedText, decodeTextFile } from '../../text/decoded-text.js';
import { keyValue } from '../../text/line-structure.js';
import { BLOCKS, attribute, descend, findElement, hasBlock, holdsItems, isElement, SKIPPED, squeeze, textOf, type HtmlElement, type HtmlNode } from './html/html-nodes.js';
import { cellsOf, cellText, headingRows, isLayout, printedCells, shownRows, tablesIn } from './html/html-tables.js';
import { printedTable } from './printed-table.js';

type Node = HtmlNode;
type Element = HtmlElement;

const MAX_DEPTH = 400;

/** HTML: headings, paragraphs, list items (with the number or bullet a browser shows), definition lists, code, tables. Each names its line and bytes. */
export async function parseHtml(bytes: Uint8Array, options: { readonly encoding?: string | undefined }): Promise<DraftDocument> {
  const decoded = decodeTextFile(bytes, options.encoding ?? declaredEncoding(bytes));
  const builder = new DraftBuilder('html');
  builder.metadata({ ...decoded.told });
  readHtml(decoded, builder, (location) => decoded.sourceOf(location.startOffset, location.endOffset));
  return builder.done();
}

/** Adds the blocks of an HTML text; `place` says where a span of it stands in the file. */
export function readHtml(decoded: DecodedText, builder: DraftBuilder, place: (location: Token.Location) => ContentSource): void {
  const document = parse(decoded.text, { sourceCodeLocationInfo: true });
  checkDepth(document);
  const title = findElement(document, 'title');
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
  /** How many definition lists one stands in. */
  readonly terms?: number;
}

/** How deep a list item stands among lists and definition lists. */
const depthOf = (at: Place): number => Math.max(1, at.lists.length + (at.terms ?? 0));

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

  /** An item is its own text; lists and tables within it, however wrapped, stand on their own below it. */
  private listItem(element: Element, at: Place): void {
    const list = at.lists.at(-1);
    const marker = list?.ordered ? `${list.next++}.` : '•';
    const own = element.childNodes.filter((child) => !(isElement(child) && holdsItems(child)));
    const text = squeeze(own.map(textOf).join(''));
    if (text !== '') this.builder.block({ type: 'list_item', text, marker, level: depthOf(at), source: this.sourceOf(element) });
    for (const child of element.childNodes) if (isElement(child) && !own.includes(child)) this.element(child, at);
  }

  /** Terms and what is said of them: pairs, whose level is that of the term. A term with nothing said, and a saying without its term, are items. */
  private definitions(element: Element, outer: Place): void {
    const at = { ...outer, terms: (outer.terms ?? 0) + 1 };
    const level = depthOf(at);
    let term: Element | undefined;
    let said = true;
    const lonely = (): void => {
      if (term && !said && squeeze(textOf(term)) !== '') this.builder.block({ type: 'list_item', text: squeeze(textOf(term)), marker: '•', level, source: this.sourceOf(term) });
      said = true;
    };
    for (const child of descend(element, ['dt', 'dd'])) {
      if (child.tagName === 'dt') {
        lonely();
        [term, said] = [child, false];
        continue;
      }
      const text = squeeze(textOf(child));
      if (holdsItems(child)) (lonely(), this.children(child, at));
      else if (text !== '') (this.definition(term, text, level, child), (said = true));
    }
    lonely();
  }

  private definition(term: Element | undefined, text: string, level: number, element: Element): void {
    const key = term === undefined ? '' : squeeze(textOf(term));
    if (key === '') this.builder.block({ type: 'list_item', text, marker: '•', level, source: this.sourceOf(element) });
    else this.builder.block({ type: 'key_value', text: `${key}: ${text}`, key, value: text, level, source: this.sourceOf(element) });
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

  /** Spanned cells repeat in the places they cover. A table of one column, or one that only sets its content, is read through. A table in a cell is part of its text, and, where it has more than two columns, stands behind the one that holds it. */
  private table(element: Element, at: Place): void {
    const { rows, grid } = shownRows(descend(element, ['tr']));
    const width = grid.reduce((most, row) => Math.max(most, row.length), 0);
    if (grid.length === 0 || width < 2 || isLayout(element, rows.flatMap(cellsOf))) return this.children({ ...element, childNodes: [...descend(element, ['caption']), ...rows.flatMap(cellsOf)] }, at);
    const caption = descend(element, ['caption'])[0];
    const cells = printedCells(grid).map(({ cell, ...place }) => ({ ...place, text: cellText(cell), source: this.sourceOf(cell) }));
    this.builder.table(printedTable({
      name: (caption && squeeze(textOf(caption))) || 'table',
      cells,
      rows: rows.map((row) => this.sourceOf(row)),
      headings: headingRows(rows, cells),
      source: this.sourceOf(element),
    }));
    for (const inner of rows.flatMap(cellsOf).flatMap(tablesIn)) if (hasColumns(inner)) this.table(inner, at);
  }

  private sourceOf(element: Element): ContentSource {
    return element.sourceCodeLocation ? this.place(element.sourceCodeLocation) : {};
  }
}

/** A table of two columns reads well as lines of its cell; one of more is wanted as a table. */
const INNER_COLUMNS = 3;

function hasColumns(table: Element): boolean {
  const rows = descend(table, ['tr']);
  return rows.length > 1 && rows.some((row) => cellsOf(row).length >= INNER_COLUMNS);
}
