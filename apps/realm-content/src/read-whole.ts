import { PlatformError, sha256Hex, type Json } from '@symphainy/kernel';
import type { ContentKind, ContentSource } from '@symphainy/contracts';
import { DraftBuilder, type DraftDocument, type DraftTable, type EmbeddedFile } from './model/draft-document.js';
import { withinLimit } from './model/limits.js';
import { identify } from './services/identify/identify.js';
import { parsers, type ParseOptions } from './services/parse/parsers.js';

/** Bytes of all that stands within one file, at whatever depth. */
interface Budget {
  bytes: number;
}

/**
 * A file with what stands within it: entries of archives, attachments of mails, files in PDFs, and what stands within those. Each is read as the file it is,
 * its blocks and tables follow under a heading of its path, and each place names it (`entry`). One that cannot be read is listed in the metadata with its
 * code, and the others go on; more files, bytes or depth than the limits end the reading with `content.too_large`.
 */
export const readWhole = (kind: Exclude<ContentKind, 'mainframe'>, bytes: Uint8Array, options: ParseOptions): Promise<DraftDocument> => readNested(kind, bytes, options, 0, { bytes: 0 });

async function readNested(kind: Exclude<ContentKind, 'mainframe'>, bytes: Uint8Array, options: ParseOptions, depth: number, budget: Budget): Promise<DraftDocument> {
  const { embedded = [], ...draft } = await parsers[kind](bytes, options);
  if (embedded.length === 0) return draft;
  withinLimit('depth', depth + 1);
  const builder = DraftBuilder.onto(draft);
  const listed: Json[] = [];
  for (const file of embedded) {
    if (file.error !== undefined) {
      listed.push({ path: file.path, error: file.error });
      continue;
    }
    withinLimit('unpackedBytes', (budget.bytes += file.bytes.length));
    const entry = { path: file.path, size: file.bytes.length, hash: sha256Hex(file.bytes) };
    const read = await readFile(file, options, depth + 1, budget);
    listed.push({ ...entry, ...(typeof read === 'string' ? { error: read } : { kind: read.kind, ...(read.metadata['files'] === undefined ? {} : { files: read.metadata['files'] }) }) });
    if (typeof read !== 'string') append(builder, read, file.path);
  }
  builder.metadata({ files: listed });
  return builder.done();
}

/** What a file holds, or the code of why it cannot be read. */
async function readFile(file: EmbeddedFile, options: ParseOptions, depth: number, budget: Budget): Promise<DraftDocument | string> {
  try {
    const { kind } = await identify({ bytes: file.bytes, filename: file.path, media_type: undefined, copybook: false, encoding: undefined });
    if (kind === 'mainframe') throw new Error('records without a copybook are never identified as mainframe');
    return await readNested(kind, file.bytes, { password: options.password }, depth, budget);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code === 'content.too_large') throw error;
    return error.code;
  }
}

function append(builder: DraftBuilder, child: DraftDocument, path: string): void {
  const within = (source: ContentSource): ContentSource => ({ ...source, entry: source.entry === undefined ? path : `${path}!/${source.entry}` });
  builder.failures(child, within);
  builder.block({ type: 'heading', level: 1, text: path, source: { entry: path } });
  const before = builder.tables;
  for (const { table, ...block } of child.blocks) {
    if (table === undefined) builder.block({ ...block, source: within(block.source) });
    else builder.table(tableWithin(child.tables[table]!, within, before));
  }
}

/** `before`: tables that stand before those of its file. */
const tableWithin = (table: DraftTable, within: (source: ContentSource) => ContentSource, before: number): DraftTable => ({
  ...table,
  ...(table.within ? { within: { ...table.within, table: table.within.table + before } } : {}),
  row_sources: table.row_sources.map(within),
  ...(table.cell_sources ? { cell_sources: table.cell_sources.map((row) => row.map(within)) } : {}),
  ...(table.cells ? { cells: table.cells.map((cell) => ({ ...cell, source: within(cell.source) })) } : {}),
  ...(table.irregularities ? { irregularities: table.irregularities.map((one) => ({ ...one, source: within(one.source) })) } : {}),
  source: within(table.source),
});
