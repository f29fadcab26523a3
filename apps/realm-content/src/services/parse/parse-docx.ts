import type { Element } from '@xmldom/xmldom';
import { failure, type ContentSource } from '@symphainy/contracts';
import { DraftBuilder, type DraftDocument, type TableWithin } from '../../model/draft-document.js';
import { keyValue, markedItem } from '../../text/line-structure.js';
import { coreProperties } from './office/core-properties.js';
import { DocxNumbering } from './office/docx-numbering.js';
import { childNamed, DocxStyles, type ParagraphLook } from './office/docx-styles.js';
import { headingRowsOf, through, wordCells, type WordCell } from './office/docx-tables.js';
import { docxText, textBoxes } from './office/docx-text.js';
import { addDrawings } from './office/drawings.js';
import { attributeOf, OfficePackage } from './office/office-package.js';
import { sharedHeadingRows } from './heading-rows.js';
import { isHeading } from './table-headings.js';
import { printedTable, widthOf, type PrintedCell, type PrintedRows } from './printed-table.js';
import { elementsNamed } from './xml-tree.js';

/**
 * DOCX, Transitional and Strict: headings by style or outline level, with the number that Word shows (without its last point); lists with their numbers, bullets or boxes; tables with
 * spans, and those in their cells as tables of their own; paragraphs, those of text boxes behind the paragraph that anchors them, charts (as the numbers they draw) and SmartArt (as list items) likewise; notes and comments at the end, headers, footers and the properties of the file in the metadata. Deleted text is left out. Places are the
 * ordinal of the paragraph (`w:p`) in its part, counted through tables; a table names its first.
 */
export function parseDocx(bytes: Uint8Array): Promise<DraftDocument> {
  const file = new OfficePackage(bytes, /^(_rels\/|docProps\/|word\/[^/]+\.xml$|word\/_rels\/|word\/(charts\/chart|diagrams\/data)[^/]*\.xml$|[^/]+\.xml$)/, 'DOCX');
  const main = [...file.relations('').values()].find((relation) => relation.type === 'officeDocument')?.target ?? 'word/document.xml';
  const body = childNamed(file.xml(main), 'body');
  if (!body) throw failure('content.corrupt', { message: `the DOCX cannot be read: its part ${main} is missing or has no body`, field: '/source' });
  const builder = new DraftBuilder('docx');
  const { title, members } = coreProperties(file);
  builder.title(title);
  const related = (type: string): string | undefined => [...file.relations(main).values()].find((relation) => relation.type === type)?.target;
  const part = (type: string): Element | undefined => file.xml(related(type) ?? '');
  const [styles, numbering] = [new DocxStyles(part('styles')), new DocxNumbering(part('numbering'))];
  new DocxReader(builder, styles, numbering, file, main).blocks(body);
  for (const [type, name] of [['footnotes', 'footnote'], ['endnotes', 'endnote'], ['comments', 'comment']] as const) {
    const root = part(type);
    if (root) new DocxReader(builder, styles, numbering, file, related(type)!).notes(elementsNamed(root, name));
  }
  const runningTexts = (type: string): string[] | undefined => textsOf(file, [...file.relations(main).values()].filter((relation) => relation.type === type).map(({ target }) => target));
  builder.metadata({ ...members, headers: runningTexts('header'), footers: runningTexts('footer') });
  return Promise.resolve(builder.done());
}

/** What stands at the top or foot of pages: each text once; undefined: none does. */
function textsOf(file: OfficePackage, parts: readonly string[]): string[] | undefined {
  const texts = parts.map((part) => file.xml(part)).map((root) => (root === undefined ? '' : elementsNamed(root, 'p').map(docxText).filter((text) => text.trim() !== '').join('\n')));
  const found = [...new Set(texts.filter((text) => text !== ''))];
  return found.length === 0 ? undefined : found;
}

class DocxReader {
  private paragraphs = 0;

  constructor(
    private readonly builder: DraftBuilder,
    private readonly styles: DocxStyles,
    private readonly numbering: DocxNumbering,
    private readonly file: OfficePackage,
    private readonly part: string,
  ) {}

  blocks(element: Element): void {
    for (const child of through(element, ['p', 'tbl'])) {
      if (child.localName === 'p') this.paragraph(child);
      else this.table(child);
    }
  }

  /** Notes are paragraphs of their own parts; a comment names who made it. Separators are no notes. */
  notes(notes: readonly Element[]): void {
    for (const note of notes.filter((one) => attributeOf(one, 'type') === undefined || attributeOf(one, 'type') === 'normal')) {
      const source = this.place();
      const text = this.lines(note);
      const author = note.localName === 'comment' ? attributeOf(note, 'author') : undefined;
      if (text !== '') this.builder.block({ type: 'paragraph', text: author ? `[author: ${author}]: ${text}` : text, source });
    }
  }

  private place = (): ContentSource => ({ part: this.part, paragraph: this.paragraphs + 1 });

  private paragraph(element: Element): void {
    const source = this.place();
    this.paragraphs++;
    const text = docxText(element).trim();
    if (text !== '') this.textBlock(text, element, source);
    for (const box of textBoxes(element)) this.blocks(box);
    addDrawings(element, this.part, this.builder, this.file, source);
  }

  private textBlock(text: string, element: Element, source: ContentSource): void {
    const look = this.styles.look(childNamed(element, 'pPr'));
    const mark = this.mark(look);
    if (look.heading !== undefined) return this.heading(text, look.heading, mark, source);
    if (mark !== undefined) return this.builder.block({ type: 'list_item', text, ...(mark === '' ? {} : { marker: mark }), level: this.levelOf(look) + 1, source });
    const item = markedItem(text);
    if (item) return this.builder.block({ type: 'list_item', text: item.text, marker: item.marker, level: 1, source });
    const pair = keyValue(text);
    this.builder.block(pair ? { type: 'key_value', text, key: pair.key, value: pair.value, source } : { type: 'paragraph', text, source });
  }

  private heading(text: string, level: number, mark: string | undefined, source: ContentSource): void {
    if (level === 0) this.builder.title(text);
    this.builder.block({ type: 'heading', level: Math.max(1, level), text: mark === undefined || mark === '' || mark === '•' ? text : `${mark.replace(/\.$/, '')} ${text}`, source });
  }

  private levelOf({ place, style }: ParagraphLook): number {
    return place === undefined ? 0 : (place.level ?? this.numbering.levelOfStyle(place.list, style) ?? 0);
  }

  private mark(look: ParagraphLook): string | undefined {
    return look.place && this.numbering.next(look.place.list, this.levelOf(look));
  }

  /** A table of one cell is a frame: its content is read through. */
  private table(element: Element): void {
    const rows = through(element, ['tr']);
    const cells = wordCells(rows);
    if (rows.length === 1 && cells.length === 1) return this.blocks(cells[0]!.element);
    if (cells.length > 0) this.add(this.read(rows, cells));
  }

  private read(rows: readonly Element[], cells: readonly WordCell[]): ReadTable {
    const source = this.place();
    const starts: ContentSource[] = rows.map(() => source);
    const nested: ReadTable['nested'][number][] = [];
    const printed = cells.map(({ element: cell, ...place }): PrintedCell => {
      const at = this.place();
      if (starts[place.row] === source) starts[place.row] = at;
      const inside: ReadTable[] = [];
      const text = this.lines(cell, inside);
      nested.push(...inside.map((table) => ({ row: place.row + 1, column: place.column + 1, table })));
      return { ...place, text, source: at };
    });
    const headings = Math.max(headingRowsOf(rows), sharedHeadingRows(printed, rows.length, widthOf(printed))) || guessedHeading(printed, rows.length);
    return { rows: { name: 'table', cells: printed, rows: starts, headings, holdsTables: nested.length > 0, source }, nested };
  }

  /** Each table before those in its cells. */
  private add({ rows, nested }: ReadTable, within?: TableWithin): void {
    const table = this.builder.tables;
    this.builder.table({ ...printedTable(rows), ...(within ? { within } : {}) });
    for (const { table: inner, row, column } of nested) this.add(inner, { table, row, column });
  }

  /** The paragraphs of a cell or note, one a line, with their list marks. A nested table is part of its cell's text, its rows one a line, their cells parted by ` | `, and one of its own in `nested`, unless it is a frame. */
  private lines(element: Element, nested: ReadTable[] = []): string {
    return through(element, ['p', 'tbl']).flatMap((child) => {
      if (child.localName === 'tbl') return this.nestedLines(child, nested);
      this.paragraphs++;
      const text = docxText(child).trim();
      const mark = text === '' ? undefined : this.mark(this.styles.look(childNamed(child, 'pPr')));
      return [mark === undefined || mark === '' ? text : `${mark} ${text}`, ...textBoxes(child).map((box) => this.lines(box, nested))];
    }).filter((line) => line !== '').join('\n');
  }

  private nestedLines(element: Element, nested: ReadTable[]): string[] {
    const rows = through(element, ['tr']);
    const cells = wordCells(rows);
    if (cells.length < 2) return cells.map((cell) => this.lines(cell.element, nested));
    const table = this.read(rows, cells);
    nested.push(table);
    return rows.map((_, row) => table.rows.cells.filter((cell) => cell.row <= row && row < cell.row + cell.high).toSorted((a, b) => a.column - b.column).map((cell) => (cell.row === row ? cell.text.replaceAll('\n', ' ') : '')).join(' | '));
  }
}

/** A table as it was read, with those in its cells (places from 1). */
interface ReadTable {
  readonly rows: PrintedRows;
  readonly nested: readonly { readonly row: number; readonly column: number; readonly table: ReadTable }[];
}

/** Where the file does not say so, the first row is the heading when it looks like one; a label that spans counts once. */
function guessedHeading(cells: readonly PrintedCell[], height: number): number {
  const texts = (row: number): string[] => cells.filter((cell) => cell.row <= row && row < cell.row + cell.high).toSorted((a, b) => a.column - b.column).flatMap((cell) => [cell.text, ...Array.from({ length: cell.wide - 1 }, () => '')]);
  return isHeading(texts(0), Array.from({ length: Math.min(height - 1, 50) }, (_, at) => texts(at + 1))) ? 1 : 0;
}
