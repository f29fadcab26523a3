import type { ObjectRef } from '@symphainy/contracts';

/** Files that can be shown field by field: delimited text with a header, JSON lines, JSON. */
export type FileForm = 'table' | 'lines' | 'document';

/** Which fields are masked, as JSON Pointers into the file as a list of records (`*` for each), or into the document; undefined: every value. */
export interface MaskedView {
  readonly fields?: readonly string[] | undefined;
}

/** A document is held whole while it is masked. */
const MOST_DOCUMENT_BYTES = 16 * 1024 * 1024;

const FORMS: Readonly<Record<string, FileForm>> = {
  'text/csv': 'table', 'application/csv': 'table', 'text/tab-separated-values': 'table',
  'application/x-ndjson': 'lines', 'application/ndjson': 'lines', 'application/jsonl': 'lines', 'application/x-jsonlines': 'lines',
  'application/json': 'document',
};

/** Undefined: a masked view of such a file would have nothing in it. */
export function formOfFile({ media_type, size }: Pick<ObjectRef, 'media_type' | 'size'>): FileForm | undefined {
  const form = FORMS[media_type.split(';', 1)[0]!.trim().toLowerCase()];
  return form === 'document' && size > MOST_DOCUMENT_BYTES ? undefined : form;
}

/**
 * Places of a contract's fields in such a file. A contract may describe one record, or the list of them: where its path could be either, both places are meant.
 */
export function placesInFile(form: FileForm, paths: readonly string[]): string[] {
  if (form === 'document') return [...paths];
  return [...new Set(paths.flatMap((path) => [`/*${path}`, ...(path.startsWith('/*/') ? [path] : [])]))];
}
