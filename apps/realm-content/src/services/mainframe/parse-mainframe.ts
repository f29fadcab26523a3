import { DraftBuilder, type DraftDocument, type DraftTable } from '../../model/draft-document.js';
import { breather } from '../../model/breathing.js';
import { withinLimit } from '../../model/limits.js';
import { decodeTextFile } from '../../text/decoded-text.js';
import type { Json } from '@symphainy/kernel';
import { toldPage } from './codecs/code-pages.js';
import { isVariable, layoutTable } from './copybook/copybook-layout.js';
import { openMainframe, type DecodedRow, type MainframeFile, type MainframeOptions } from './records/read-records.js';

export interface MainframeParse {
  readonly document: DraftDocument;
  /** Artifact type `content.copybook_layout`. */
  readonly layout: { [key: string]: Json };
}

/** Records of a mainframe file as one table: a row a record, which names its bytes; a column's offset gives each cell's. */
export async function parseMainframe(bytes: Uint8Array, copybook: Uint8Array, options: MainframeOptions): Promise<MainframeParse> {
  const file = openMainframe(decodeTextFile(copybook).text, bytes, options);
  const builder = new DraftBuilder('mainframe');
  builder.metadata({ record: file.record.name, record_length: file.recordLength, code_page: options.code_page ?? 'cp037', record_format: options.record_format ?? 'fixed' });
  const table = emptyTable(file, options, bytes.length);
  const pause = breather(500);
  for (const row of file.rows()) {
    withinLimit('cells', row.record * file.columns.length);
    addRow(table, row, bytes, builder);
    await pause();
  }
  builder.table(table);
  return { document: builder.done(), layout: { ...layoutTable(file.record), code_page: toldPage(file.reading.form.page) } };
}

function emptyTable(file: MainframeFile, options: MainframeOptions, size: number): DraftTable {
  const placed = !isVariable(file.record) || file.reading.rules.tables === 'maximum';
  const columns = file.columns.map(({ name, type, offset, length }) => ({ name, type, ...(placed ? { offset, length } : {}) }));
  return { name: file.record.name, columns, rows: [], row_sources: [], source: { byte_start: 0, byte_end: size } };
}

function addRow(table: DraftTable, { record, range, row, failures }: DecodedRow, bytes: Uint8Array, builder: DraftBuilder): void {
  table.rows.push(row);
  table.row_sources.push({ row: record, byte_start: range.start, byte_end: range.end });
  for (const { field, offset, length, reason } of failures) {
    const at = range.start + offset;
    builder.failure({ field, record, offset, bytes_hex: Buffer.from(bytes.subarray(at, at + length)).toString('hex'), reason });
  }
}
