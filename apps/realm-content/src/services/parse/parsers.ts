import type { ContentKind } from '@symphainy/contracts';
import type { DraftDocument } from '../../model/draft-document.js';
import { isTnef } from './tnef/tnef-attributes.js';

export interface ParseOptions {
  readonly encoding?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly password?: string | undefined;
  /** Told how far a long file is, in the format's own units. */
  readonly progress?: (done: { [unit: string]: number }) => void;
}

export type Parser = (bytes: Uint8Array, options: ParseOptions) => Promise<DraftDocument>;

/** One parser a kind, loaded with the first file that needs it: most processes read few kinds, and the libraries of all of them take seconds and megabytes. Mainframe files have their own way in, because they need their copybook. */
export const parsers: Readonly<Record<Exclude<ContentKind, 'mainframe'>, Parser>> = {
  archive: async (bytes) => (isTnef(bytes) ? (await import('./tnef/parse-tnef.js')).parseTnef(bytes) : (await import('./parse-archive.js')).parseArchive(bytes)),
  csv: async (bytes, options) => (await import('./parse-csv.js')).parseCsv(bytes, options),
  docx: async (bytes) => (await import('./parse-docx.js')).parseDocx(bytes),
  email: async (bytes) => (await import('./parse-email.js')).parseEmail(bytes),
  html: async (bytes, options) => (await import('./parse-html.js')).parseHtml(bytes, options),
  image: async (bytes, options) => (await import('./parse-image.js')).parseImage(bytes, options),
  json: async (bytes, options) => (await import('./parse-json.js')).parseJson(bytes, options),
  parquet: async (bytes) => (await import('./parse-parquet.js')).parseParquet(bytes),
  pdf: async (bytes, options) => (await import('./parse-pdf.js')).parsePdf(bytes, options),
  pptx: async (bytes) => (await import('./parse-pptx.js')).parsePptx(bytes),
  text: async (bytes, options) => (await import('./parse-text.js')).parseText(bytes, options),
  xlsx: async (bytes) => (await import('./parse-xlsx.js')).parseXlsx(bytes),
  xml: async (bytes, options) => (await import('./parse-xml.js')).parseXml(bytes, options),
};
