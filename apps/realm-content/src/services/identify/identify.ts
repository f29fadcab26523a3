import { fileTypeFromBuffer } from 'file-type';
import { failure, type ContentKind } from '@symphainy/contracts';
import { withinLimit } from '../../model/limits.js';
import { decodeTextFile, utf16WithoutMark } from '../../text/decoded-text.js';
import { agrees, claimsOf, type Claim } from './claims.js';
import { checkUnpacked, compoundFileHas, zipEntries } from '../../containers/container.js';
import { isJsonLines, textKind } from './text-kind.js';

export interface IdentifyInput {
  readonly bytes: Uint8Array;
  readonly filename?: string | undefined;
  readonly media_type?: string | undefined;
  /** A copybook comes with the file: it is then a mainframe file unless its bytes say otherwise. */
  readonly copybook: boolean;
  readonly encoding?: string | undefined;
}

export interface Identified {
  readonly kind: ContentKind;
  readonly media_type: string;
  readonly size: number;
  /** Text formats only. */
  readonly encoding?: string;
}

/** Media type of each kind, as results name it. */
const MEDIA: Readonly<Record<ContentKind, string>> = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv', json: 'application/json', html: 'text/html', text: 'text/plain', email: 'message/rfc822', image: 'image/*',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation', xml: 'application/xml',
  parquet: 'application/vnd.apache.parquet', archive: 'application/zip', mainframe: 'application/octet-stream',
};

/**
 * Says what a file is, by its content. Name and media type only confirm: where they claim another kind the file is refused with
 * `content.type_mismatch`, which names both. Other errors: `content.empty_file`, `content.corrupt`, `content.password_protected`,
 * `content.unrecognised`, `content.encoding`, `content.too_large`.
 */
export async function identify(input: IdentifyInput): Promise<Identified> {
  const { bytes } = input;
  if (bytes.length === 0) throw failure('content.empty_file', { field: '/source' });
  withinLimit('fileBytes', bytes.length);
  const claims = claimsOf(input.filename, input.media_type);
  const container = containerKind(bytes);
  if (container !== undefined) {
    const result = binaryResult(container, input, claims);
    // of an archive each entry is unpacked by itself, and told where it does not
    if (!['pdf', 'image', 'parquet', 'archive'].includes(result.kind)) await checkUnpacked(bytes, zipEntries(bytes));
    return result;
  }
  if (input.copybook) return { kind: 'mainframe', media_type: MEDIA.mainframe, size: bytes.length };
  if (!looksBinary(bytes)) return textResult(input, claims);
  const known = await fileTypeFromBuffer(bytes.subarray(0, 64 * 1024));
  if (known !== undefined) return binaryResult({ other: `a ${known.ext.toUpperCase()} file (${known.mime})` }, input, claims);
  throw claims[0] ? mismatch(claims[0], 'of no known kind') : unrecognised(bytes);
}

/** A kind we read, or the name of one that we do not. */
type Binary = { readonly kind: ContentKind; readonly media_type?: string } | { readonly other: string };

/** Kinds with a signature that nothing else has. What else there is in the world is asked only of files that are neither text nor records. */
function containerKind(bytes: Uint8Array): Binary | undefined {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  if (isPicture(head)) return { kind: 'image' };
  if (head.startsWith('\u0078\u009f\u003e\u0022')) return { kind: 'archive', media_type: 'application/ms-tnef' };
  if (head.startsWith('PAR1') && Buffer.from(bytes.subarray(-4)).toString('latin1') === 'PAR1') return { kind: 'parquet' };
  if (head.includes('%PDF-')) return (checkPdfEnd(bytes), { kind: 'pdf' });
  if (head.startsWith('PK\u0003\u0004') || head.startsWith('PK\u0005\u0006')) return archiveKind(bytes);
  return head.startsWith('\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1') ? compoundKind(bytes) : undefined;
}

/** Signatures of PNG, JPEG, GIF, WebP, TIFF and BMP. */
const isPicture = (head: string): boolean => /^(II\*\0|MM\0\*|\u0089PNG\r\n\u001a\n|\u00ff\u00d8\u00ff|GIF8[79]a|RIFF[^]{4}WEBP|BM[^]{4}\0\0\0\0)/.test(head);

/** A PDF ends with %%EOF; some writers add bytes after it, so the last two kilobytes are searched. */
function checkPdfEnd(bytes: Uint8Array): void {
  const tail = Buffer.from(bytes.subarray(-2048)).toString('latin1');
  if (!tail.includes('%%EOF') && !tail.includes('startxref')) throw failure('content.corrupt', { message: 'the PDF ends before its cross-reference table: it is truncated', field: '/source' });
}

function archiveKind(bytes: Uint8Array): Binary {
  const entries = zipEntries(bytes);
  const has = (prefix: string): boolean => entries.some((entry) => entry.name.startsWith(prefix));
  const isOffice = has('[Content_Types].xml');
  const files = entries.filter(({ name }) => !name.endsWith('/'));
  if (files.length > 0 && (isOffice ? files.some((entry) => entry.encrypted) : files.every((entry) => entry.encrypted))) throw failure('content.password_protected', { message: 'the archive’s entries are encrypted', field: '/source' });
  if (!isOffice) return { kind: 'archive' };
  if (has('word/')) return { kind: 'docx' };
  if (has('xl/')) return { kind: 'xlsx' };
  return has('ppt/') ? { kind: 'pptx' } : { other: 'an Office package of another kind' };
}

function compoundKind(bytes: Uint8Array): Binary {
  if (compoundFileHas(bytes, 'EncryptedPackage')) throw failure('content.password_protected', { message: 'the Office file is encrypted with a password', field: '/source' });
  if (compoundFileHas(bytes, 'WordDocument')) return { other: 'a Word document of before 2007 (save it as DOCX)' };
  return { other: compoundFileHas(bytes, 'Workbook') ? 'an Excel workbook of before 2007 (save it as XLSX)' : 'a compound file' };
}

function binaryResult(binary: Binary, input: IdentifyInput, claims: readonly Claim[]): Identified {
  const found = 'kind' in binary ? `${binary.kind.toUpperCase()} content` : binary.other;
  if (input.copybook) throw failure('content.type_mismatch', { message: `a copybook came with the file, but its content is ${found}`, field: '/copybook', fix: 'leave the copybook out, or send the mainframe file' });
  if ('other' in binary) {
    const broken = claims.find((claim) => claim.kind !== 'other');
    if (broken) throw mismatch(broken, found);
    throw failure('content.unrecognised', { message: `the file is ${found}, which is not read`, field: '/source' });
  }
  const broken = claims.find((claim) => claim.kind !== binary.kind);
  if (broken) throw mismatch(broken, found);
  return { kind: binary.kind, media_type: binary.media_type ?? MEDIA[binary.kind], size: input.bytes.length };
}

const mismatch = (claim: Claim, found: string): Error =>
  failure('content.type_mismatch', { message: `${claim.by} says ${claim.label}, but the content is ${found}`, field: '/source', details: { claimed: claim.label, found } });

function textResult(input: IdentifyInput, claims: readonly Claim[]): Identified {
  const { bytes } = input;
  const { text, encoding } = decodeTextFile(bytes, input.encoding);
  if (text.trim() === '') throw failure('content.empty_file', { message: 'the file holds nothing but white space', field: '/source' });
  const saysLines = claims.some(({ label }) => /^(NDJSON|JSONL|application\/(x-ndjson|jsonl))$/.test(label));
  const found = saysLines && isJsonLines(text, true) ? 'json' : textKind(text);
  if (claims.some((claim) => claim.kind === 'json') && found !== 'json' && /^\s*[{[]/.test(text)) throw failure('content.corrupt', { message: `the JSON does not parse: ${jsonProblem(text)}`, field: '/source' });
  if (claims.some((claim) => claim.kind === 'xml') && found === 'text' && /^\s*</.test(text)) throw failure('content.corrupt', { message: 'the XML does not parse: its first element does not end where the file ends', field: '/source' });
  const broken = claims.find((claim) => !agrees(claim.kind, found));
  if (broken) throw mismatch(broken, `${found === 'text' ? 'plain' : found.toUpperCase()} text`);
  const claimed = claims.find((claim) => claim.kind === 'csv' || claim.kind === 'html')?.kind as ContentKind | undefined;
  const kind = claimed !== undefined && agrees(claimed, found) ? claimed : found;
  return { kind, media_type: MEDIA[kind], size: bytes.length, encoding };
}

/** Zero bytes outside UTF-16, or more than a few control characters, are not text. */
function looksBinary(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 8192);
  const marked = (sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff);
  if (marked) return false;
  let zeros = 0;
  let controls = 0;
  for (const byte of sample) {
    if (byte === 0) zeros++;
    else if (byte === 0x01 || byte === 0x1f) continue;
    else if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b) controls++;
  }
  if (zeros > sample.length * 0.25 && zeros < sample.length * 0.55 && controls <= sample.length * 0.02) return utf16WithoutMark(sample) === undefined;
  return zeros > 0 || controls > sample.length * 0.02 || isEbcdic(sample);
}

/** EBCDIC text: blanks are 0x40, letters and digits above 0x80, and hardly an ASCII letter, digit, delimiter or line end. */
function isEbcdic(sample: Uint8Array): boolean {
  let ebcdic = 0;
  let ascii = 0;
  for (const byte of sample) {
    if (byte === 0x40 || (byte >= 0xc1 && byte <= 0xe9) || byte >= 0xf0) ebcdic++;
    else if ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || [0x09, 0x0a, 0x20, 0x2c, 0x3b].includes(byte)) ascii++;
  }
  return ebcdic > sample.length * 0.6 && ascii < sample.length * 0.1;
}

const unrecognised = (bytes: Uint8Array): Error =>
  failure('content.unrecognised', isEbcdic(bytes.subarray(0, 8192)) ? { message: 'the file looks like EBCDIC records, which cannot be read without their copybook', field: '/copybook', fix: 'upload the copybook and name it in the payload’s copybook' } : { field: '/source' });

function jsonProblem(text: string): string {
  try {
    JSON.parse(text.replace(/^\ufeff/, ''));
    return 'it does';
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
  }
}
