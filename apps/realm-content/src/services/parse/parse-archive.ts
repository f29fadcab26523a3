import { unzipSync } from 'fflate';
import { failure } from '@symphainy/contracts';
import { DraftBuilder, type DraftDocument } from '../../model/draft-document.js';

/** What packers add for themselves. */
const DRESSING = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$)/;

/** ZIP: the files within, in the order of the archive. That it unpacks to what it says, within the limits, was checked when it was identified. */
export function parseArchive(bytes: Uint8Array): Promise<DraftDocument> {
  const builder = new DraftBuilder('archive');
  try {
    for (const [path, content] of Object.entries(unzipSync(bytes, { filter: ({ name }) => !name.endsWith('/') && !DRESSING.test(name) }))) builder.embed(path, content);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'content.too_large') throw error;
    throw failure('content.corrupt', { message: 'the archive cannot be unpacked: an entry is damaged, or packed in a way that is not read', field: '/source', cause: error });
  }
  const draft = builder.done();
  if (draft.embedded === undefined) throw failure('content.empty_file', { message: 'the archive holds no file', field: '/source' });
  return Promise.resolve(draft);
}
