import { unzipSync } from 'fflate';
import type { Element } from '@xmldom/xmldom';
import { failure, type ContentSource } from '@symphainy/contracts';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { withinLimit } from '../../model/limits.js';
import { sharedHeadingRows } from './heading-rows.js';
import { coreProperties, PROPERTY_PARTS } from './office/core-properties.js';
import { OfficePackage } from './office/office-package.js';
import { isHeading } from './table-headings.js';
import { printedTable } from './printed-table.js';
import { childElements, elementsNamed, xmlRoot } from './xml-tree.js';

/** PPTX: slides in their order; titles first and as headings, paragraphs (bulleted ones, and those set in, as list items), tables with spans, and behind each slide its speaker’s notes. A slide is a page, its part named. */
export async function parsePptx(bytes: Uint8Array): Promise<DraftDocument> {
  const parts = unpacked(bytes);
  const builder = new DraftBuilder('pptx');
  const slides = slideParts(parts);
  withinLimit('pages', slides.length);
  const { title, members } = coreProperties(new OfficePackage(bytes, PROPERTY_PARTS, 'PPTX'));
  builder.title(title);
  builder.metadata({ ...members, pages: slides.length });
  for (const [at, part] of slides.entries()) {
    readSlide(xmlRoot(textOf(parts[part]!), `the part ${part}`), { page: at + 1, part }, builder);
    const notes = notesOf(parts, part);
    if (notes !== undefined) readNotes(xmlRoot(textOf(parts[notes]!), `the part ${notes}`), { page: at + 1, part: notes }, builder);
  }
  return Promise.resolve(builder.done());
}

type Parts = Readonly<Record<string, Uint8Array>>;

function unpacked(bytes: Uint8Array): Parts {
  try {
    return unzipSync(bytes, { filter: ({ name }) => /^ppt\/(slides\/|notesSlides\/|presentation\.xml|_rels\/)/.test(name) && /\.(xml|rels)$/.test(name) });
  } catch (error) {
    throw failure('content.corrupt', { message: 'the PPTX cannot be unpacked', field: '/source', cause: error });
  }
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The slides as the presentation lists them, else by their numbers. */
function slideParts(parts: Parts): string[] {
  const byNumber = Object.keys(parts).filter((name) => /^ppt\/slides\/slide\d+\.xml$/.test(name)).toSorted((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)));
  const [presentation, relations] = [parts['ppt/presentation.xml'], parts['ppt/_rels/presentation.xml.rels']];
  if (!presentation || !relations) return byNumber;
  const targets = new Map(elementsNamed(xmlRoot(textOf(relations)), 'Relationship').map((relation) => [relation.getAttribute('Id'), `ppt/${(relation.getAttribute('Target') ?? '').replace(/^\/?(ppt\/)?/, '')}`]));
  const listed = elementsNamed(xmlRoot(textOf(presentation)), 'sldId').map((slide) => targets.get(slide.getAttribute('r:id')) ?? '').filter((name) => name in parts);
  return listed.length > 0 ? listed : byNumber;
}

/** The part with what the speaker wrote for a slide. */
function notesOf(parts: Parts, slide: string): string | undefined {
  const relations = parts[slide.replace(/slides\/([^/]+)$/, 'slides/_rels/$1.rels')];
  const relation = relations && elementsNamed(xmlRoot(textOf(relations)), 'Relationship').find((one) => /\/notesSlide$/.test(one.getAttribute('Type') ?? ''));
  const name = relation && `ppt/${(relation.getAttribute('Target') ?? '').replace(/^(\.\.\/|\/ppt\/)/, '')}`;
  return name !== undefined && name in parts ? name : undefined;
}

/** A notes page repeats the slide's picture, number and date; its words are in its body. */
function readNotes(root: Element, source: ContentSource, builder: DraftBuilder): void {
  let paragraph = 0;
  for (const shape of elementsNamed(root, 'sp')) {
    if (elementsNamed(shape, 'ph')[0]?.getAttribute('type') !== 'body') continue;
    for (const node of elementsNamed(shape, 'p')) addParagraph(node, false, { ...source, paragraph: ++paragraph }, builder);
  }
}

function readSlide(root: Element, source: ContentSource, builder: DraftBuilder): void {
  let paragraph = 0;
  const visit = (element: Element): void => {
    if (element.localName === 'tbl') return addTable(element, source, builder);
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
