import type { ContentKind } from '@symphainy/contracts';
import type { DraftDocument } from '../../model/draft-document.js';
import { parseArchive } from './parse-archive.js';
import { parseCsv } from './parse-csv.js';
import { parseDocx } from './parse-docx.js';
import { parseEmail } from './parse-email.js';
import { parseHtml } from './parse-html.js';
import { parseImage } from './parse-image.js';
import { parseJson } from './parse-json.js';
import { parseParquet } from './parse-parquet.js';
import { parsePdf } from './parse-pdf.js';
import { parsePptx } from './parse-pptx.js';
import { parseText } from './parse-text.js';
import { parseXlsx } from './parse-xlsx.js';
import { parseXml } from './parse-xml.js';

export interface ParseOptions {
  readonly encoding?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly password?: string | undefined;
  /** Told how far a long file is, in the format's own units. */
  readonly progress?: (done: { [unit: string]: number }) => void;
}

export type Parser = (bytes: Uint8Array, options: ParseOptions) => Promise<DraftDocument>;

/** One parser a kind; mainframe files have their own way in, because they need their copybook. */
export const parsers: Readonly<Record<Exclude<ContentKind, 'mainframe'>, Parser>> = {
  archive: parseArchive, parquet: parseParquet, pdf: parsePdf, docx: parseDocx, xlsx: parseXlsx, csv: parseCsv, json: parseJson, html: parseHtml, text: parseText, email: parseEmail, image: parseImage, pptx: parsePptx, xml: parseXml,
};
