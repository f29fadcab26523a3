import { failure } from '@symphainy/contracts';

/** What one document may hold. Beyond, reading stops with `content.too_large`, so that one file never takes the memory of the others. */
export const limits = {
  /** The file as uploaded. */
  fileBytes: 64 * 1024 * 1024,
  /** All entries of an Office file together, unpacked. */
  unpackedBytes: 256 * 1024 * 1024,
  /** Files within one container, and how deep containers may stand in each other. */
  embeddedFiles: 1_000,
  depth: 4,
  /** Header and trailer of a mainframe file, where they are kept. */
  edgeBytes: 1024 * 1024,
  /** Rows of mainframe records that belong together and are assembled. */
  treeBytes: 64 * 1024 * 1024,
  pages: 2_000,
  /** Pages of a PDF whose text is recognised; further ones stay without text. */
  scannedPages: 50,
  /** Pieces of text on one page of a PDF. */
  pieces: 50_000,
  blocks: 200_000,
  cells: 2_000_000,
  columns: 16_384,
  /** Decode failures listed; all are counted. */
  failures: 10_000,
  facts: 20_000,
  chunks: 4_000,
  /** Of the process that reads a file: its heap. */
  readingMemoryMib: 1_536,
  /** Of the process that reads a file: how long one piece of work may take. */
  readingMs: 480_000,
} as const;

/** Throws when `actual` is above the limit. */
export function withinLimit(what: keyof typeof limits, actual: number): void {
  const limit = limits[what];
  if (actual > limit) throw failure('content.too_large', { message: `the file has ${actual} ${LABELS[what]}; at most ${limit} are read`, field: '/source', details: { limit, actual, of: what } });
}

const LABELS: Record<keyof typeof limits, string> = {
  fileBytes: 'bytes', unpackedBytes: 'bytes when unpacked', embeddedFiles: 'files within it', depth: 'containers in each other', edgeBytes: 'bytes of header and trailer', treeBytes: 'bytes of rows that belong together', pages: 'pages', scannedPages: 'scanned pages', pieces: 'pieces of text on a page', blocks: 'blocks', cells: 'table cells', columns: 'columns', failures: 'failures', facts: 'facts', chunks: 'chunks', readingMemoryMib: 'MiB of memory', readingMs: 'milliseconds',
};
