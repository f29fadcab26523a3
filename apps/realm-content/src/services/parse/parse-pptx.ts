import type { Element } from '@xmldom/xmldom';
import type { ContentSource } from '@symphainy/contracts';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { withinLimit } from '../../model/limits.js';
import { sharedHeadingRows } from './heading-rows.js';
import { coreProperties, PROPERTY_PARTS } from './office/core-properties.js';
import { addDrawings } from './office/drawings.js';
import { attributeOf, OfficePackage } from './office/office-package.js';
import { isHeading } from './table-headings.js';
import { printedTable } from './printed-table.js';
import { childElements, elementsNamed } from './xml-tree.js';

const PRESENTATION = 'ppt/presentation.xml';
const PARTS = new RegExp(`${PROPERTY_PARTS.source}|^ppt/((presentation|commentAuthors|authors)\\.xml$|_rels/|((slides|notesSlides|comments|charts)/|diagrams/data)[^.]*(\\.xml)?(\\.rels)?$)`);

/**
 * PPTX: slides in their order; titles first and as headings, paragraphs (bulleted ones, and those set in, as list items), tables with spans, charts as the numbers they draw, the texts of SmartArt as list items, and behind each slide its speaker’s notes and comments. A slide is a page, its
 * part named.
 */
export async function parsePptx(bytes: Uint8Array): Promise<DraftDocument> {
  const file = new OfficePackage(bytes, PARTS, 'PPTX');
  const builder = new DraftBuilder('pptx');
  const slides = slideParts(file);
  withinLimit('pages', slides.length);
  const { title, members } = coreProperties(file);
  builder.title(title);
  builder.metadata({ ...members, pages: slides.length });
  const authors = authorsOf(file);
  for (const [at, part] of slides.entries()) {
    readSlide(file.xml(part)!, { page: at + 1, part }, builder, file);
    for (const { type, target } of file.relations(part).values()) {
      const root = type === 'notesSlide' || type === 'comments' ? file.xml(target) : undefined;
      if (root) (type === 'comments' ? readComments : readNotes)(root, { page: at + 1, part: target }, builder, authors);
    }
  }
  return Promise.resolve(builder.done());
}

/** The slides as the presentation lists them, else by their numbers. */
function slideParts(file: OfficePackage): string[] {
  const byNumber = file.names.filter((name) => /^ppt\/slides\/slide\d+\.xml$/.test(name)).toSorted((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)));
  const presentation = file.xml(PRESENTATION);
  if (!presentation) return byNumber;
  const relations = file.relations(PRESENTATION);
  const listed = elementsNamed(presentation, 'sldId').map((slide) => relations.get(slide.getAttribute('r:id') ?? '')?.target ?? '').filter((name) => file.has(name));
  return listed.length > 0 ? listed : byNumber;
}

/** Who comments, by id: of comments as they were, and of threads. */
function authorsOf(file: OfficePackage): ReadonlyMap<string, string> {
  const roots = ['ppt/commentAuthors.xml', 'ppt/authors.xml'].map((part) => file.xml(part)).filter((root) => root !== undefined);
  return new Map(roots.flatMap((root) => childElements(root)).map((author) => [attributeOf(author, 'id') ?? '', attributeOf(author, 'name') ?? '']));
}

/** Comments and their answers, in the order of the file. */
function readComments(root: Element, source: ContentSource, builder: DraftBuilder, authors: ReadonlyMap<string, string>): void {
  let paragraph = 0;
  const visit = (element: Element): void => {
    const isComment = element.localName === 'cm' || element.localName === 'reply';
    const said = isComment ? childElements(element).filter((child) => child.localName === 'text' || child.localName === 'txBody') : [];
    const text = said.map((child) => (child.localName === 'text' ? (child.textContent ?? '') : elementsNamed(child, 'p').map(paragraphText).join('\n'))).join('\n').trim();
    const author = authors.get(attributeOf(element, 'authorId') ?? '');
    if (text !== '') builder.block({ type: 'paragraph', text: author ? `[author: ${author}]: ${text}` : text, source: { ...source, paragraph: ++paragraph } });
    childElements(element).filter((child) => !said.includes(child)).forEach(visit);
  };
  visit(root);
}

/** A notes page repeats the slide's picture, number and date; its words are in its body. */
function readNotes(root: Element, source: ContentSource, builder: DraftBuilder): void {
  let paragraph = 0;
  for (const shape of elementsNamed(root, 'sp')) {
    if (elementsNamed(shape, 'ph')[0]?.getAttribute('type') !== 'body') continue;
    for (const node of elementsNamed(shape, 'p')) addParagraph(node, false, { ...source, paragraph: ++paragraph }, builder);
  }
}

function readSlide(root: Element, source: ContentSource & { readonly part: string }, builder: DraftBuilder, file: OfficePackage): void {
  let paragraph = 0;
  const visit = (element: Element): void => {
    if (element.localName === 'tbl') return addTable(element, source, builder);
    if (element.localName === 'graphicData' && elementsNamed(element, 'tbl').length === 0) return addDrawings(element, source.part, builder, file, source);
    if (element.localName === 'sp') {
      const kind = elementsNamed(element, 'ph')[0]?.getAttribute('type') ?? '';
      for (const node of elementsNamed(element, 'p')) addParagraph(node, /title/i.test(kind), { ...source, paragraph: ++paragraph }, builder);
      return;
    }
    childElements(element).toSorted((a, b) => Number(isTitle(b)) - Number(isTitle(a))).forEach(visit);
  };
  visit(root);
}

/** A title is read first, wherever it was drawn. */
const isTitle = (shape: Element): boolean => shape.localName === 'sp' && /title/i.test(elementsNamed(shape, 'ph')[0]?.getAttribute('type') ?? '') && !/subtitle/i.test(elementsNamed(shape, 'ph')[0]?.getAttribute('type') ?? '');

function addParagraph(node: Element, title: boolean, source: ContentSource, builder: DraftBuilder): void {
  const text = paragraphText(node).trim();
  if (text === '') return;
  if (title) return (builder.title(text), builder.block({ type: 'heading', level: 1, text, source }));
  const properties = childElements(node).find((child) => child.localName === 'pPr');
  const level = Number(properties?.getAttribute('lvl') ?? 0) || 0;
  const marked = properties ? childElements(properties).some((child) => child.localName === 'buChar' || child.localName === 'buAutoNum') : false;
  builder.block(marked || level > 0 ? { type: 'list_item', level: level + 1, marker: '•', text, source } : { type: 'paragraph', text, source });
}

const paragraphText = (node: Element): string => childElements(node).map((child) => (child.localName === 'br' ? '\n' : elementsNamed(child, 't').map((t) => t.textContent ?? '').join(''))).join('');

function addTable(table: Element, source: ContentSource, builder: DraftBuilder): void {
  const rows = elementsNamed(table, 'tr').map((row) => elementsNamed(row, 'tc'));
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  if (width === 0) return;
  withinTable(rows.length, width);
  const cells = rows.flatMap((row, at) => row.flatMap((cell, column) => (isCovered(cell) ? [] : [{ row: at, column, high: spanOf(cell, 'rowSpan'), wide: spanOf(cell, 'gridSpan'), text: elementsNamed(cell, 'p').map(paragraphText).join('\n').trim(), source }])));
  const first = Array.from({ length: width }, (_, column) => cells.find((cell) => cell.row === 0 && cell.column <= column && column < cell.column + cell.wide)?.text ?? '');
  const body = rows.slice(1, 51).map((row) => row.map((cell) => elementsNamed(cell, 'p').map(paragraphText).join('\n').trim()));
  builder.table(printedTable({ name: 'table', cells, rows: rows.map(() => source), headings: sharedHeadingRows(cells, rows.length, width) || (isHeading(first, body) ? 1 : 0), source }));
}

/** Places that a spanning cell covers stand in the file as cells of their own, without a text. */
const isCovered = (cell: Element): boolean => /^(1|true)$/.test(cell.getAttribute('hMerge') ?? '') || /^(1|true)$/.test(cell.getAttribute('vMerge') ?? '');
const spanOf = (cell: Element, name: string): number => Math.min(1_000, Math.max(1, Number(cell.getAttribute(name) ?? 1) || 1));
