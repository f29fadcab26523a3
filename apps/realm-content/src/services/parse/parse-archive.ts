import { crc32, inflateRawSync } from 'node:zlib';
import { failure } from '@symphainy/contracts';
import { DraftBuilder, type DraftDocument } from '../../model/draft-document.js';
import { packedBytes, zipEntries, type ZipEntry } from '../../containers/container.js';

/** What packers add for themselves. */
const DRESSING = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$)/;

/**
 * ZIP: the files within, in the order of the archive's directory. One that cannot be had is told with its code, and the others go on: an encrypted one (`content.password_protected`), one packed in a way
 * that is not read (`content.unrecognised`), one that is damaged, or unpacks to more than the directory says (`content.corrupt`, which ends it at that size). Names are told as they stand and lead to no place on a
 * disk; of two files of one name the later is told as `name (2)`.
 */
export function parseArchive(bytes: Uint8Array): Promise<DraftDocument> {
  const builder = new DraftBuilder('archive');
  const used = new Map<string, number>();
  for (const entry of zipEntries(bytes)) {
    if (entry.name.endsWith('/') || DRESSING.test(entry.name)) continue;
    const times = (used.get(entry.name) ?? 0) + 1;
    used.set(entry.name, times);
    const content = contentOf(bytes, entry);
    const path = times === 1 ? entry.name : `${entry.name} (${times})`;
    if (typeof content === 'string') builder.embed(path, new Uint8Array(), content);
    else builder.embed(path, content);
  }
  const draft = builder.done();
  if (draft.embedded === undefined) throw failure('content.empty_file', { message: 'the archive holds no file', field: '/source' });
  if (draft.embedded.every(({ error }) => error === 'content.corrupt')) throw failure('content.corrupt', { message: 'the archive cannot be unpacked: all its entries are damaged', field: '/source' });
  return Promise.resolve(draft);
}

/** What an entry unpacks to, or the code of why it does not. */
function contentOf(bytes: Uint8Array, entry: ZipEntry): Uint8Array | string {
  if (entry.encrypted) return 'content.password_protected';
  if (!entry.deflated && !entry.stored) return 'content.unrecognised';
  const content = unpacked(packedBytes(bytes, entry), entry);
  return content !== undefined && content.length === entry.size && crc32(content) === entry.crc ? content : 'content.corrupt';
}

function unpacked(packed: Uint8Array, { deflated, size }: ZipEntry): Uint8Array | undefined {
  if (!deflated) return packed;
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    if (/^(Z_|ERR_BUFFER_TOO_LARGE$)/.test((error as { code?: string }).code ?? '')) return undefined;
    throw error;
  }
}
