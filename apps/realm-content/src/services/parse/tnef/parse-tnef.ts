import { DraftBuilder, type DraftDocument } from '../../../model/draft-document.js';
import { isTnef, mapiProperties, textOf, tnefAttributes } from './tnef-attributes.js';

const ATTRIBUTES = { subject: 0x8004, body: 0x800c, attachmentData: 0x800f, attachmentTitle: 0x8010, attachmentBegins: 0x9002, messageProperties: 0x9003, attachmentProperties: 0x9005, codePage: 0x9007 } as const;
const PROPERTIES = { subject: 0x37, body: 0x1000, rtf: 0x1009, html: 0x1013, attachmentData: 0x3701, attachmentName: 0x3704, attachmentLongName: 0x3707 } as const;
/** What stands before a message within an attachment: the interface that it is asked by. */
const INTERFACE_BYTES = 16;

interface Attachment {
  title?: string;
  name?: string;
  data?: Buffer;
}

type Property = string | Buffer | undefined;

/** `winmail.dat` (TNEF): the body of the mail as a file `body.txt`, else `body.html`, and its attachments as files, messages among them; a body that is only in rich text is told as not read. */
export function parseTnef(bytes: Uint8Array): Promise<DraftDocument> {
  const builder = new DraftBuilder('archive');
  const stream = readStream(bytes);
  builder.title(stream.subject);
  addBody(builder, stream);
  const used = new Map<string, number>();
  for (const [at, attachment] of stream.attachments.entries()) {
    const name = attachment.name || attachment.title || `attachment-${at + 1}`;
    const times = (used.get(name) ?? 0) + 1;
    used.set(name, times);
    builder.embed(times === 1 ? name : `${name} (${times})`, attachment.data ?? new Uint8Array());
  }
  return Promise.resolve(builder.done());
}

interface Stream {
  subject?: string;
  body?: string;
  properties: ReadonlyMap<number, string | Buffer>;
  codePage: string;
  readonly attachments: Attachment[];
}

function readStream(bytes: Uint8Array): Stream {
  const stream: Stream = { properties: new Map(), codePage: 'windows-1252', attachments: [] };
  for (const { isOfAttachment, id, data } of tnefAttributes(bytes)) {
    if (!isOfAttachment) readMessage(stream, id, data);
    else if (id === ATTRIBUTES.attachmentBegins) stream.attachments.push({});
    else if (stream.attachments.length > 0) readAttachment(stream.attachments.at(-1)!, id, data, stream.codePage);
  }
  return stream;
}

function readMessage(stream: Stream, id: number, data: Buffer): void {
  if (id === ATTRIBUTES.codePage && data.length >= 4) stream.codePage = codePageOf(data.readUInt32LE());
  else if (id === ATTRIBUTES.subject) stream.subject = textOf(data, stream.codePage);
  else if (id === ATTRIBUTES.body) stream.body = textOf(data, stream.codePage);
  else if (id === ATTRIBUTES.messageProperties) {
    stream.properties = mapiProperties(data, stream.codePage);
    const subject = stream.properties.get(PROPERTIES.subject);
    if (typeof subject === 'string') stream.subject = subject;
  }
}

function readAttachment(attachment: Attachment, id: number, data: Buffer, codePage: string): void {
  if (id === ATTRIBUTES.attachmentTitle) attachment.title = textOf(data, codePage);
  else if (id === ATTRIBUTES.attachmentData) attachment.data = data;
  else if (id === ATTRIBUTES.attachmentProperties) {
    const properties = mapiProperties(data, codePage);
    const name: Property = properties.get(PROPERTIES.attachmentLongName) ?? properties.get(PROPERTIES.attachmentName);
    const content = properties.get(PROPERTIES.attachmentData);
    if (typeof name === 'string') attachment.name = name;
    if (Buffer.isBuffer(content)) attachment.data ??= isTnef(content.subarray(INTERFACE_BYTES)) ? content.subarray(INTERFACE_BYTES) : content;
  }
}

/** Windows’ numbers of the encodings that Node decodes. */
const CODE_PAGES: Readonly<Record<number, string>> = { 874: 'windows-874', 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5', 20866: 'koi8-r', 65001: 'utf-8' };
const codePageOf = (page: number): string => CODE_PAGES[page] ?? (page >= 1250 && page <= 1258 ? `windows-${page}` : 'windows-1252');

function addBody(builder: DraftBuilder, { body, properties, codePage }: Stream): void {
  const text: Property = properties.get(PROPERTIES.body) ?? body;
  const html = properties.get(PROPERTIES.html);
  if (typeof text === 'string' && text.trim() !== '') builder.embed('body.txt', Buffer.from(text));
  else if (html !== undefined) builder.embed('body.html', Buffer.from(typeof html === 'string' ? html : textOf(html, codePage)));
  else if (properties.has(PROPERTIES.rtf)) builder.embed('body.rtf', new Uint8Array(), 'content.unrecognised');
}
