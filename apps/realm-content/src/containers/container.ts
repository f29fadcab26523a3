import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { failure } from '@symphainy/contracts';
import { withinLimit } from '../model/limits.js';

export interface ZipEntry {
  readonly name: string;
  readonly encrypted: boolean;
  /** Unpacked, as the directory says. */
  readonly size: number;
  readonly packed: number;
  readonly deflated: boolean;
  /** Not packed at all. */
  readonly stored: boolean;
  /** CRC-32 of what it unpacks to. */
  readonly crc: number;
  /** Of its local header. */
  readonly offset: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_LENGTH = 22;
const MAX_COMMENT = 0xffff;
const MAX_ENTRIES = 20_000;

/**
 * Entries of a ZIP archive by its central directory (PKWARE APPNOTE, 4.3.12). `content.corrupt` where the directory is missing or cut,
 * which is what a truncated archive looks like; `content.too_large` where it says to unpack to more than the limit.
 */
export function zipEntries(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOfDirectory(view);
  if (end === undefined) throw corruptZip('its directory is missing');
  const { count, start } = directoryAt(view, end);
  withinEntries(count);
  const entries: ZipEntry[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) throw corruptZip('its directory is cut');
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const extra = view.getUint16(at + 30, true);
    const places = placesOf(view, at, { from: at + 46 + nameLength, to: Math.min(at + 46 + nameLength + extra, end) });
    const method = view.getUint16(at + 10, true);
    entries.push({ name, encrypted: (view.getUint16(at + 8, true) & 1) === 1, ...places, deflated: method === 8, stored: method === 0, crc: view.getUint32(at + 16, true) });
    if (places.offset >= end) throw corruptZip(`its entry ${name} lies beyond its end`);
    at += 46 + nameLength + extra + view.getUint16(at + 32, true);
  }
  withinLimit('unpackedBytes', entries.reduce((sum, entry) => sum + entry.size, 0));
  return entries;
}

const [ZIP64_END, ZIP64_LOCATOR, ZIP64_FIELD] = [0x06064b50, 0x07064b50, 1];
const UNTOLD = 0xffffffff;

/** How many entries there are and where their directory begins; what is too large for that place stands in the record of ZIP64 (4.3.14), where a locator leads. */
function directoryAt(view: DataView, end: number): { count: number; start: number } {
  const locator = end - 20;
  if (locator >= 0 && view.getUint32(locator, true) === ZIP64_LOCATOR) {
    const at = Number(view.getBigUint64(locator + 8, true));
    if (at + 56 > end || view.getUint32(at, true) !== ZIP64_END) throw corruptZip('its directory is missing');
    return { count: Number(view.getBigUint64(at + 32, true)), start: Number(view.getBigUint64(at + 48, true)) };
  }
  return { count: view.getUint16(end + 10, true), start: view.getUint32(end + 16, true) };
}

/** Sizes and place of an entry, those of ZIP64 in its extra field (4.5.3): in this order, each only where its own place does not tell it. */
function placesOf(view: DataView, entry: number, extra: { from: number; to: number }): Pick<ZipEntry, 'size' | 'packed' | 'offset'> {
  let large = extra.from;
  let room = 0;
  for (let at = extra.from; at + 4 <= extra.to; at += 4 + view.getUint16(at + 2, true)) if (view.getUint16(at, true) === ZIP64_FIELD) [large, room] = [at + 4, Math.min(view.getUint16(at + 2, true), extra.to - at - 4)];
  const told = (at: number): number => {
    const value = view.getUint32(at, true);
    if (value !== UNTOLD || room < 8) return value;
    room -= 8;
    return Number(view.getBigUint64((large += 8) - 8, true));
  };
  const size = told(entry + 24);
  const packed = told(entry + 20);
  return { size, packed, offset: told(entry + 42) };
}

/** The packed bytes of an entry: behind its local header, whose length its own fields tell. */
export function packedBytes(bytes: Uint8Array, { offset, packed }: ZipEntry): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset + LOCAL_HEADER > bytes.length) return new Uint8Array();
  const start = offset + LOCAL_HEADER + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  return bytes.subarray(start, start + packed);
}

/**
 * Unpacks each entry once, keeping nothing: an archive can say that it is small and unpack to gigabytes, and the readers of Office files
 * believe it. `content.corrupt` where an entry unpacks to more than the directory says, or not at all.
 */
export async function checkUnpacked(bytes: Uint8Array, entries: readonly ZipEntry[]): Promise<void> {
  for (const entry of entries) {
    if (!entry.deflated || entry.offset + LOCAL_HEADER > bytes.length) continue;
    if (!(await unpacksTo(packedBytes(bytes, entry), entry.size))) throw corruptZip(`its entry ${entry.name} does not unpack to what the directory says`);
  }
}

const LOCAL_HEADER = 30;

async function unpacksTo(packed: Uint8Array, size: number): Promise<boolean> {
  let unpacked = 0;
  try {
    for await (const chunk of Readable.from([packed]).pipe(createInflateRaw())) {
      unpacked += (chunk as Uint8Array).length;
      if (unpacked > size) return false;
    }
    return true;
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('Z_')) return false;
    throw error;
  }
}

function withinEntries(count: number): void {
  if (count > MAX_ENTRIES) throw failure('content.too_large', { message: `the archive has ${count} entries; at most ${MAX_ENTRIES} are read`, field: '/source', details: { limit: MAX_ENTRIES, actual: count } });
}

function endOfDirectory(view: DataView): number | undefined {
  for (let at = view.byteLength - END_LENGTH; at >= Math.max(0, view.byteLength - END_LENGTH - MAX_COMMENT); at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  return undefined;
}

const corruptZip = (why: string): Error => failure('content.corrupt', { message: `the file begins as an Office file or archive, but ${why}: it is truncated or damaged`, field: '/source' });

/** Whether a compound file (MS-CFB) names a stream so; names are UTF-16LE in its directory. */
export const compoundFileHas = (bytes: Uint8Array, stream: string): boolean => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(Buffer.from(stream, 'utf16le'));
