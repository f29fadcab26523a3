import type { PDFDocumentProxy } from 'pdfjs-dist';
import { failure } from '@symphainy/contracts';
import { breathe } from '../../model/breathing.js';
import { DraftBuilder, type DraftBlock, type DraftDocument } from '../../model/draft-document.js';
import { limits, withinLimit } from '../../model/limits.js';
import { TextRecogniser } from './ocr.js';
import { annotationBlocks, type Annotation } from './pdf/pdf-annotations.js';
import { PdfBlocks } from './pdf/pdf-blocks.js';
import { beadsOf, byBead } from './pdf/pdf-beads.js';
import { bookmarksOf, describe } from './pdf/pdf-description.js';
import type { Box } from './pdf/pdf-lines.js';
import { pageItems, toFrame, type PageItem, type Turn, type TurnedText } from './pdf/pdf-order.js';
import { plainLetters, turnedTexts } from './pdf/pdf-right-to-left.js';
import { rulesOf } from './pdf/pdf-rules.js';
import { scannedBlocks } from './pdf/pdf-scans.js';
import { signaturesOf, type StatedSignature } from './pdf/pdf-signatures.js';
import { xfaOf } from './pdf/pdf-xfa.js';

export interface PdfOptions {
  readonly password?: string | undefined;
  readonly progress?: (done: { [unit: string]: number }) => void;
}

/**
 * PDF: text in reading order as headings, lists, key-value lines and paragraphs, tables (ruled or aligned) cell by cell, each with page and
 * box; behind the text of a page the fields of its form and the notes on it. Pages without text are listed in the metadata; where they are pictures their text is recognised. What the file
 * says of itself, its bookmarks and its signatures (stated, not verified) are metadata. `content.password_protected` where a password is asked for and none, or a wrong one, was given.
 */
export async function parsePdf(bytes: Uint8Array, options: PdfOptions = {}): Promise<DraftDocument> {
  const pdf = await openPdf(bytes, options.password);
  try {
    withinLimit('pages', pdf.numPages);
    const builder = new DraftBuilder('pdf');
    const signatures = await signaturesOf(bytes);
    await addMetadata(pdf, builder, signatures);
    const beads = await beadsOf(bytes);
    const signed = new Map(signatures.map(({ field, name, date }) => [field, [name ?? 'signed', date].filter((part) => part !== undefined).join(', ')]));
    const pages: ReadPage[] = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      pages.push(await readPage(pdf, number, beads.get(number)));
      options.progress?.({ page: number, pages: pdf.numPages });
      await breathe();
    }
    const silent = pages.flatMap(({ items }, at) => (items.length === 0 ? [at + 1] : []));
    builder.metadata({ pages: pdf.numPages, ...(silent.length > 0 ? { pages_without_text: silent } : {}) });
    const scans = await readScans(pdf, silent);
    const blocks = new PdfBlocks(builder, pages.flatMap(({ items }) => items));
    for (const [at, { items, annotations }] of pages.entries()) {
      blocks.page(items);
      for (const block of [...(scans.get(at + 1) ?? []), ...annotationBlocks(annotations, at + 1, signed)]) builder.block(block);
      await breathe();
    }
    await addXfa(pdf, bytes, builder, pages.some(({ annotations }) => annotations.some(({ fieldType }) => typeof fieldType === 'string')));
    await embedAttachments(pdf, builder, pages.flatMap(({ annotations }) => annotations));
    return builder.done();
  } finally {
    await pdf.loadingTask.destroy();
  }
}

/** A form that a program draws: its data, where no page has fields that tell them; and that there is one, and whether pages are drawn from it only when it is opened. */
async function addXfa(pdf: PDFDocumentProxy, bytes: Uint8Array, builder: DraftBuilder, hasFields: boolean): Promise<void> {
  const { info } = await readable(pdf.getMetadata(), 'the PDF’s description cannot be read', {});
  if ((info as { IsXFAPresent?: boolean }).IsXFAPresent !== true) return;
  const { isDynamic, fields } = await xfaOf(bytes);
  builder.metadata({ xfa: { form: isDynamic ? 'dynamic' : 'static', ...(fields === undefined ? {} : { fields: fields.length }) } });
  if (!hasFields) fields?.forEach((block) => builder.block(block));
}

/** Files that the document carries: those of its catalogue, and those that hang on a page. */
async function embedAttachments(pdf: PDFDocumentProxy, builder: DraftBuilder, annotations: readonly Annotation[]): Promise<void> {
  const listed = await readable(pdf.getAttachments(), 'the files within the PDF cannot be listed', {});
  const hanging = annotations.flatMap(({ fileId, file }) => (fileId === undefined || listed?.has(fileId) === true ? [] : [[fileId, file?.filename ?? ''] as const]));
  for (const [id, filename] of [...[...(listed ?? [])].map(([key, { filename }]) => [key, filename] as const), ...hanging]) {
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

/** A password that was given and is not asked for is no reason to refuse: where it does not open the file, none may. */
async function openPdf(bytes: Uint8Array, password: string | undefined): Promise<PDFDocumentProxy> {
  try {
    return await openWith(bytes, password).catch((error: unknown) => (password !== undefined && nameOf(error) === 'PasswordException' ? openWith(bytes, undefined) : Promise.reject(error as Error)));
  } catch (error) {
    if (nameOf(error) === 'PasswordException') throw failure('content.password_protected', { message: password === undefined ? 'the PDF asks for a password' : 'the password does not open the PDF', field: password === undefined ? '/source' : '/options/password', cause: error });
    throw corrupt(error, 'the PDF’s structure cannot be read');
  }
}

async function openWith(bytes: Uint8Array, password: string | undefined): Promise<PDFDocumentProxy> {
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  return getDocument({ data: Uint8Array.from(bytes), ...(password === undefined ? {} : { password }), disableFontFace: true, useSystemFonts: false, useWorkerFetch: false, verbosity: VerbosityLevel.ERRORS }).promise;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** The library’s own exceptions speak of the file; anything else is a fault of ours and stays what it is. */
const corrupt = (error: unknown, message: string, details: { [key: string]: number } = {}): unknown =>
  /Exception$|^FormatError$/.test(nameOf(error)) ? failure('content.corrupt', { message, field: '/source', details, cause: error }) : error;

async function addMetadata(pdf: PDFDocumentProxy, builder: DraftBuilder, signatures: readonly StatedSignature[]): Promise<void> {
  const { title, members } = await readable(describe(pdf), 'the PDF’s description cannot be read', {});
  builder.title(title);
  builder.metadata({ ...members, bookmarks: await readable(bookmarksOf(pdf), 'the PDF’s bookmarks cannot be read', {}), signatures: signatures.length === 0 ? undefined : signatures.map((signature) => ({ ...signature })) });
}

/** What is drawn on a page, and what hangs on it. */
interface ReadPage {
  readonly items: readonly PageItem[];
  readonly annotations: readonly Annotation[];
}

async function readPage(pdf: PDFDocumentProxy, number: number, beads: readonly Box[] | undefined): Promise<ReadPage> {
  const reading = async (): Promise<ReadPage> => {
    const { OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs');
    const page = await pdf.getPage(number);
    const content = await page.getTextContent({ includeMarkedContent: false });
    const items = content.items.filter((item) => 'str' in item);
    const texts = await turnedTexts(page, items, OPS.showText);
    const pieces = items.flatMap((item, at) => placed({ ...item, str: plainLetters(texts[at]!) }, at));
    withinLimit('pieces', pieces.length);
    const rules = await rulesOf(page, OPS);
    const annotations = (await page.getAnnotations()) as Annotation[];
    page.cleanup();
    return { items: beads === undefined ? pageItems(number, pieces, rules) : byBead(pieces, beads).flatMap((group) => pageItems(number, group, rules)), annotations: annotations.filter(({ subtype }) => subtype !== 'Link') };
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
