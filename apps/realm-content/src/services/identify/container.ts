import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { failure } from '@symphainy/contracts';
import { withinLimit } from '../../model/limits.js';

export interface ZipEntry {
  readonly name: string;
  readonly encrypted: boolean;
  /** Unpacked, as the directory says. */
  readonly size: number;
  readonly packed: number;
  readonly deflated: boolean;
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
  const count = view.getUint16(end + 10, true);
  withinEntries(count);
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) throw corruptZip('its directory is cut');
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    entries.push({ name, encrypted: (view.getUint16(at + 8, true) & 1) === 1, size: view.getUint32(at + 24, true), packed: view.getUint32(at + 20, true), deflated: view.getUint16(at + 10, true) === 8, offset: view.getUint32(at + 42, true) });
    if (view.getUint32(at + 42, true) >= end) throw corruptZip(`its entry ${name} lies beyond its end`);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  withinLimit('unpackedBytes', entries.reduce((sum, entry) => sum + entry.size, 0));
  return entries;
}

/**
 * Unpacks each entry once, keeping nothing: an archive can say that it is small and unpack to gigabytes, and the readers of Office files
 * believe it. `content.corrupt` where an entry unpacks to more than the directory says, or not at all.
 */
export async function checkUnpacked(bytes: Uint8Array, entries: readonly ZipEntry[]): Promise<void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const entry of entries) {
    if (!entry.deflated || entry.offset + LOCAL_HEADER > bytes.length) continue;
    const start = entry.offset + LOCAL_HEADER + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
    if (!(await unpacksTo(bytes.subarray(start, start + entry.packed), entry.size))) throw corruptZip(`its entry ${entry.name} does not unpack to what the directory says`);
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
