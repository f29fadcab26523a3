import { isUtf8 } from 'node:buffer';
import PostalMime, { type Address, type Email } from 'postal-mime';
import { sha256Hex, type Json } from '@symphainy/kernel';
import { failure } from '@symphainy/contracts';
import { DraftBuilder, type DraftDocument } from '../../model/draft-document.js';
import { DecodedText } from '../../text/decoded-text.js';
import { readHtml } from './parse-html.js';
import { readTextBlocks } from './parse-text.js';

/**
 * E-mail (RFC 5322, MIME). Headers are key-value blocks that name their line; the plain body is read as text, or the HTML body where there is no
 * plain one, lines counted within the decoded part. Attachments are listed in the metadata with size and hash, and are files within.
 */
export async function parseEmail(bytes: Uint8Array): Promise<DraftDocument> {
  const builder = new DraftBuilder('email');
  const mail = await readMail(bytes);
  builder.title(mail.subject);
  builder.metadata({ message_id: mail.messageId, in_reply_to: mail.inReplyTo, attachments: attachmentsOf(mail) });
  addHeaders(mail, rawHeaders(bytes), builder);
  if (mail.text !== undefined && mail.text.trim() !== '') await readPart(mail.text, 'text/plain', builder, (decoded, inner) => readTextBlocks(decoded, inner));
  else if (mail.html !== undefined) await readPart(mail.html, 'text/html', builder, (decoded, inner) => readHtml(decoded, inner, (at) => ({ line: at.startLine })));
  for (const [at, attachment] of mail.attachments.entries()) builder.embed(nameOf(attachment, at), contentOf(attachment));
  return builder.done();
}

async function readMail(bytes: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(withPlainHeaders(bytes), { attachmentEncoding: 'arraybuffer', forceRfc822Attachments: true });
  } catch (error) {
    throw failure('content.corrupt', { message: 'the e-mail’s structure cannot be read', field: '/source', cause: error });
  }
}

/** Headers that are in no form a mail may have them in, and no UTF-8, are Windows-1252: the library would lose their letters. */
function withPlainHeaders(bytes: Uint8Array): Uint8Array {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = /\r?\n\r?\n/.exec(whole.subarray(0, 256 * 1024).toString('latin1'))?.index ?? 0;
  const head = whole.subarray(0, end);
  return isUtf8(head) ? bytes : Buffer.concat([Buffer.from(new TextDecoder('windows-1252').decode(head)), whole.subarray(end)]);
}

/** Reads a part apart, then places its blocks: positions count within the decoded part. */
async function readPart(text: string, part: string, builder: DraftBuilder, read: (decoded: DecodedText, inner: DraftBuilder) => Promise<void> | void): Promise<void> {
  const inner = new DraftBuilder('email');
  await read(new DecodedText(text, 'part', 0), inner);
  const { blocks, tables } = inner.done();
  for (const block of blocks) {
    if (block.table === undefined) builder.block({ ...block, source: { ...block.source, part } });
    else builder.table({ ...tables[block.table]!, row_sources: tables[block.table]!.row_sources.map((s) => ({ ...s, part })), source: { ...block.source, part } });
  }
}

interface RawHeader {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** Where each header stands, folded lines included; the first of a name counts. */
function rawHeaders(bytes: Uint8Array): Map<string, RawHeader> {
  const text = Buffer.from(bytes.subarray(0, 256 * 1024)).toString('latin1');
  const head = text.slice(0, /\r?\n\r?\n/.exec(text)?.index ?? text.length);
  const found = new Map<string, RawHeader>();
  for (const match of head.matchAll(/^([!-9;-~]+):.*(?:\r?\n[ \t].*)*/gm)) {
    const name = match[1]!.toLowerCase();
    if (!found.has(name)) found.set(name, { line: head.slice(0, match.index).split('\n').length, start: match.index, end: match.index + match[0].trimEnd().length });
  }
  return found;
}

function addHeaders(mail: Email, places: ReadonlyMap<string, RawHeader>, builder: DraftBuilder): void {
  const values: [string, string, string | undefined][] = [
    ['from', 'From', shownAddresses(mail.from ? [mail.from] : [])],
    ['to', 'To', shownAddresses(mail.to)],
    ['cc', 'Cc', shownAddresses(mail.cc)],
    ['bcc', 'Bcc', shownAddresses(mail.bcc)],
    ['reply-to', 'Reply-To', shownAddresses(mail.replyTo)],
    ['subject', 'Subject', mail.subject],
    ['date', 'Date', mail.date],
  ];
  for (const [name, key, value] of values) {
    if (value === undefined || value === '') continue;
    const place = places.get(name);
    builder.block({ type: 'key_value', text: `${key}: ${value}`, key, value, source: { part: 'header', ...(place ? { line: place.line, byte_start: place.start, byte_end: place.end } : {}) } });
  }
}

const shownAddresses = (addresses: readonly Address[] | undefined): string => (addresses ?? []).flatMap((a) => a.group ?? [a]).map((a) => (a.name ? `${a.name} <${a.address}>` : (a.address ?? ''))).join(', ');

/** A forwarded message has no name of its own but its kind. */
const nameOf = ({ filename, mimeType }: Email['attachments'][number], at: number): string => filename || `attachment-${at + 1}${mimeType === 'message/rfc822' ? '.eml' : ''}`;

const contentOf = ({ content }: Email['attachments'][number]): Uint8Array => (typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content as ArrayBuffer));

const attachmentsOf = (mail: Email): Json[] =>
  mail.attachments.map((attachment) => {
    const content = contentOf(attachment);
    return { filename: attachment.filename ?? '', media_type: attachment.mimeType, size: content.length, hash: sha256Hex(content) };
  });
