import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import { failure } from '@symphainy/contracts';
import { breathe } from '../../model/breathing.js';
import { DraftBuilder, type DraftBlock, type DraftDocument } from '../../model/draft-document.js';
import { limits, withinLimit } from '../../model/limits.js';
import { TextRecogniser } from './ocr.js';
import { PdfBlocks } from './pdf/pdf-blocks.js';
import { beadsOf, byBead } from './pdf/pdf-beads.js';
import { round, type Box } from './pdf/pdf-lines.js';
import { pageItems, toFrame, type PageItem, type Turn, type TurnedText } from './pdf/pdf-order.js';
import { plainLetters, turnedTexts } from './pdf/pdf-right-to-left.js';
import { rulesOf } from './pdf/pdf-rules.js';
import { scannedBlocks } from './pdf/pdf-scans.js';

export interface PdfOptions {
  readonly password?: string | undefined;
  readonly progress?: (done: { [unit: string]: number }) => void;
}

/**
 * PDF: text in reading order as headings, lists, key-value lines and paragraphs, tables (ruled or aligned) cell by cell, each with page and
 * box; form fields as key-value blocks. Pages without text are listed in the metadata; where they are pictures their text is recognised. `content.password_protected` where a password
 * is asked for and none, or a wrong one, was given.
 */
export async function parsePdf(bytes: Uint8Array, options: PdfOptions = {}): Promise<DraftDocument> {
  const pdf = await openPdf(bytes, options.password);
  try {
    withinLimit('pages', pdf.numPages);
    const builder = new DraftBuilder('pdf');
    await addMetadata(pdf, builder);
    const beads = await beadsOf(bytes);
    const pages: PageItem[][] = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      pages.push(await readPage(pdf, number, builder, beads.get(number)));
      options.progress?.({ page: number, pages: pdf.numPages });
      await breathe();
    }
    const silent = pages.flatMap((items, at) => (items.length === 0 ? [at + 1] : []));
    builder.metadata({ pages: pdf.numPages, ...(silent.length > 0 ? { pages_without_text: silent } : {}) });
    const scans = await readScans(pdf, silent);
    const blocks = new PdfBlocks(builder, pages.flat());
    for (const [at, items] of pages.entries()) {
      blocks.page(items);
      for (const block of scans.get(at + 1) ?? []) builder.block(block);
      await breathe();
    }
    await embedAttachments(pdf, builder);
    return builder.done();
  } finally {
    await pdf.loadingTask.destroy();
  }
}

/** Files that the document carries: those of its catalogue. */
async function embedAttachments(pdf: PDFDocumentProxy, builder: DraftBuilder): Promise<void> {
  const attachments = await readable(pdf.getAttachments(), 'the files within the PDF cannot be listed', {});
  for (const [id, { filename }] of attachments ?? []) {
    const content = await readable(pdf.getAttachmentContent(id), 'a file within the PDF cannot be read', {});
    if (content !== null) builder.embed(filename || id, content);
  }
}

/** Pages without text are drawn and their text is recognised; what a page with neither shows is nothing. */
async function readScans(pdf: PDFDocumentProxy, numbers: readonly number[]): Promise<ReadonlyMap<number, DraftBlock[]>> {
  const found = new Map<number, DraftBlock[]>();
  const recogniser = new TextRecogniser();
  try {
    for (const number of numbers.slice(0, limits.scannedPages)) {
      const page = await pdf.getPage(number);
      const { OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs');
      const shown = (await page.getOperatorList()).fnArray;
      const pictures = [OPS.paintImageXObject, OPS.paintInlineImageXObject, OPS.paintImageMaskXObject];
      if (shown.some((operator) => pictures.includes(operator))) found.set(number, await readable(scannedBlocks(page, number, pdf.canvasFactory as never, recogniser), `page ${number} of the PDF cannot be drawn`, { page: number }));
      page.cleanup();
    }
    return found;
  } finally {
    await recogniser.end();
  }
}

async function openPdf(bytes: Uint8Array, password: string | undefined): Promise<PDFDocumentProxy> {
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  try {
    return await getDocument({ data: Uint8Array.from(bytes), ...(password === undefined ? {} : { password }), disableFontFace: true, useSystemFonts: false, useWorkerFetch: false, verbosity: VerbosityLevel.ERRORS }).promise;
  } catch (error) {
    if (nameOf(error) === 'PasswordException') throw failure('content.password_protected', { message: password === undefined ? 'the PDF asks for a password' : 'the password does not open the PDF', field: password === undefined ? '/source' : '/options/password', cause: error });
    throw corrupt(error, 'the PDF’s structure cannot be read');
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** The library’s own exceptions speak of the file; anything else is a fault of ours and stays what it is. */
const corrupt = (error: unknown, message: string, details: { [key: string]: number } = {}): unknown =>
  /Exception$|^FormatError$/.test(nameOf(error)) ? failure('content.corrupt', { message, field: '/source', details, cause: error }) : error;

async function addMetadata(pdf: PDFDocumentProxy, builder: DraftBuilder): Promise<void> {
  const { info } = await readable(pdf.getMetadata(), 'the PDF’s description cannot be read', {});
  const said = info as { Title?: string; Author?: string; Subject?: string; Creator?: string };
  const title = typeof said.Title === 'string' && !/^(untitled|microsoft word)/i.test(said.Title) ? said.Title : undefined;
  builder.title(title);
  builder.metadata({ author: text(said.Author), subject: text(said.Subject), creator: text(said.Creator) });
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

async function readPage(pdf: PDFDocumentProxy, number: number, builder: DraftBuilder, beads: readonly Box[] | undefined): Promise<PageItem[]> {
  const reading = async (): Promise<PageItem[]> => {
    const { OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs');
    const page = await pdf.getPage(number);
    const content = await page.getTextContent({ includeMarkedContent: false });
    const items = content.items.filter((item) => 'str' in item);
    const texts = await turnedTexts(page, items, OPS.showText);
    const pieces = items.flatMap((item, at) => placed({ ...item, str: plainLetters(texts[at]!) }, at));
    withinLimit('pieces', pieces.length);
    const rules = await rulesOf(page, OPS);
    await addFields(page, number, builder);
    page.cleanup();
    return beads === undefined ? pageItems(number, pieces, rules) : byBead(pieces, beads).flatMap((group) => pageItems(number, group, rules));
  };
  return readable(reading(), `page ${number} of the PDF cannot be read`, { page: number });
}

async function readable<T>(work: Promise<T>, message: string, details: { [key: string]: number }): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw corrupt(error, message, details);
  }
}

interface Item {
  readonly str: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** Text is placed in the frame in which it runs from left to right, to the nearest quarter turn. */
function placed(item: Item, at: number): TurnedText[] {
  const [a = 0, b = 0, c = 0, d = 0, x = 0, y = 0] = item.transform;
  if (item.str === '') return [];
  const height = Math.hypot(c, d) || item.height || Math.hypot(a, b);
  const turn = (((Math.round(Math.atan2(b, a) / (Math.PI / 2)) % 4) + 4) % 4) as Turn;
  const [along, up] = toFrame(turn, x, y);
  return [{ text: item.str, x0: along, x1: along + Math.abs(item.width), y: up, height, at, turn }];
}

/** Filled-in fields of an interactive form. */
async function addFields(page: PDFPageProxy, number: number, builder: DraftBuilder): Promise<void> {
  const annotations = (await page.getAnnotations()) as { fieldName?: string; fieldValue?: unknown; rect?: number[] }[];
  for (const { fieldName, fieldValue, rect } of annotations) {
    if (fieldName === undefined || typeof fieldValue !== 'string' || fieldValue.trim() === '' || fieldValue === 'Off') continue;
    builder.block({ type: 'key_value', text: `${fieldName}: ${fieldValue}`, key: fieldName, value: fieldValue, source: { page: number, ...(rect?.length === 4 ? { box: rect.map(round) } : {}) } });
  }
}
