import { crc32 } from 'node:zlib';

/** Midnight of 1 January 1980, the first moment a ZIP entry can carry. */
const DOS_DATE = 0x0021;

/** A ZIP archive whose entries are stored as they are: no compression, no clock, so the same parts always give the same bytes (PKWARE APPNOTE 4.3). */
export function zipArchive(parts: readonly (readonly [name: string, text: string])[]): Uint8Array {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of parts) {
    const content = Buffer.from(text, 'utf8');
    const fields = entryFields(content);
    const local = Buffer.concat([u32(0x04034b50), u16(20), fields, u16(name.length), u16(0), Buffer.from(name), content]);
    directory.push(Buffer.concat([u32(0x02014b50), u16(20), u16(20), fields, u16(name.length), u16(0), u16(0), u16(0), u16(0), u32(0), u32(offset), Buffer.from(name)]));
    bodies.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  return Buffer.concat([...bodies, index, u32(0x06054b50), u16(0), u16(0), u16(parts.length), u16(parts.length), u32(index.length), u32(offset), u16(0)]);
}

/** Flags, method (0: stored), time, date, checksum and both sizes. */
const entryFields = (content: Buffer): Buffer => Buffer.concat([u16(0), u16(0), u16(0), u16(DOS_DATE), u32(crc32(content)), u32(content.length), u32(content.length)]);

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export const xmlText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
