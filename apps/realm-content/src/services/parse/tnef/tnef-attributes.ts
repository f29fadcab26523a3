/** The stream that Outlook and Exchange wrap a mail in (MS-OXTNEF): attributes of the message, then of each attachment, some of which hold MAPI properties. */
import { failure } from '@symphainy/contracts';

export const isTnef = (bytes: Uint8Array): boolean => [0x78, 0x9f, 0x3e, 0x22].every((byte, at) => bytes[at] === byte);

export interface TnefAttribute {
  /** Of an attachment; else of the message. */
  readonly isOfAttachment: boolean;
  readonly id: number;
  readonly data: Buffer;
}

const cut = (what: string): Error => failure('content.corrupt', { message: `the TNEF stream ends within ${what}`, field: '/source' });

/** Signature and key, then the attributes with the sum of their bytes. */
export function* tnefAttributes(bytes: Uint8Array): Generator<TnefAttribute> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 6; at < file.length; ) {
    if (at + 9 > file.length) throw cut('an attribute');
    const start = at + 9;
    const end = start + file.readUInt32LE(at + 5);
    if (end + 2 > file.length) throw cut('an attribute');
    const data = file.subarray(start, end);
    if (data.reduce((sum, byte) => (sum + byte) & 0xffff, 0) !== file.readUInt16LE(end)) throw failure('content.corrupt', { message: `the TNEF stream is damaged: the attribute at byte ${at} does not have the sum that it states`, field: '/source', details: { byte: at } });
    yield { isOfAttachment: file[at] === 2, id: file.readUInt16LE(at + 1), data };
    at = end + 2;
  }
}

const [STRING8, UNICODE, BINARY, OBJECT, CLSID] = [0x1e, 0x1f, 0x102, 0x0d, 0x48];
const MANY = 0x1000;
/** Bytes of values of one length, filled up to four. */
const FIXED: Readonly<Record<number, number>> = { 0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0a: 4, 0x0b: 4, 0x14: 8, 0x40: 8, [CLSID]: 16 };

/** Properties by their number that hold text or bytes, the first value of each; those that are named have no number of their own and are left out. */
export function mapiProperties(data: Buffer, codePage: string): ReadonlyMap<number, string | Buffer> {
  const found = new Map<number, string | Buffer>();
  const cursor = new Cursor(data);
  const count = cursor.number();
  for (let n = 0; n < count; n++) {
    const tag = cursor.number();
    const [type, id] = [tag & 0xffff, tag >>> 16];
    if (id >= 0x8000) skipName(cursor);
    for (const value of valuesOf(cursor, type)) {
      if (found.has(id) || id >= 0x8000 || value === undefined) continue;
      found.set(id, type % MANY === UNICODE ? value.toString('utf16le').replace(/\0+$/, '') : type % MANY === STRING8 ? textOf(value, codePage) : value);
    }
  }
  return found;
}

export function textOf(bytes: Uint8Array, codePage: string): string {
  return new TextDecoder(codePage).decode(bytes).replace(/\0+$/, '');
}

function skipName(cursor: Cursor): void {
  cursor.take(16);
  if (cursor.number() === 0) cursor.take(4);
  else cursor.padded(cursor.number());
}

/** Values of no length of their own are read past. */
function* valuesOf(cursor: Cursor, type: number): Generator<Buffer | undefined> {
  const kind = type % MANY;
  const isLong = [STRING8, UNICODE, BINARY, OBJECT].includes(kind);
  const many = isLong || type >= MANY ? cursor.number() : 1;
  for (let n = 0; n < many; n++) {
    if (isLong) yield cursor.padded(cursor.number());
    else if (FIXED[kind] === undefined) throw failure('content.corrupt', { message: `the TNEF stream is damaged: a property has the type ${type}, which there is not`, field: '/source' });
    else yield (cursor.take(FIXED[kind]), undefined);
  }
}

class Cursor {
  private at = 0;

  constructor(private readonly data: Buffer) {}

  take(length: number): Buffer {
    if (this.at + length > this.data.length) throw cut('its properties');
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  number(): number {
    return this.take(4).readUInt32LE();
  }

  /** Filled up to a multiple of four; the last may not be. */
  padded(length: number): Buffer {
    const taken = this.take(length);
    this.at = Math.min(this.data.length, this.at + ((4 - (length % 4)) % 4));
    return taken;
  }
}
