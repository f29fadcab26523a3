/** Masked views of files that are tables, lists of records or documents: made on the way to whoever may see no more. The bytes that are stored stay as they are. */
import { failure, type Json, type ObjectRef } from '@symphainy/contracts';
import { delimitedRecords, formOf, linesOf, tableOf, type TableForm } from '../personal-data/delimited-records.js';
import { formOfFile, type MaskedView } from './file-forms.js';
import { MASKED, masked, partsOf, withoutFields } from './masking.js';

const OUT_BYTES = 64 * 1024;

/** The file as it may be seen. Throws `data.withheld` for one that is not what its media type says. */
export function maskedFile(source: AsyncIterable<Uint8Array>, object: Pick<ObjectRef, 'media_type' | 'size'>, { fields }: MaskedView): AsyncIterable<Uint8Array> {
  switch (formOfFile(object)) {
    case 'table':
      return inBlocks(maskedTable(source, fields));
    case 'lines':
      return inBlocks(maskedLines(source, fields));
    case 'document':
      return inBlocks(maskedDocument(source, fields));
    case undefined:
      throw failure('data.withheld', { message: 'of this file nothing could be shown masked' });
  }
}

/** Cells that are empty stay so, as `null` does in JSON. Of a table of which all is hidden not even the header is shown: it may be none, but somebody's data. */
async function* maskedTable(source: AsyncIterable<Uint8Array>, fields: readonly string[] | undefined): AsyncGenerator<string> {
  const table = await tableOf(source);
  if (table === undefined) return;
  const form = formOf(table.head);
  let hides: ((at: number) => boolean) | undefined;
  for await (const { record } of delimitedRecords(table.source, form)) {
    const begins = hides === undefined;
    hides ??= hidingOf(record, fields);
    const hidden = hides;
    if (begins) yield written(hidden === all ? record.map((_, at) => `column_${at + 1}`) : record, form);
    else yield written(record.map((cell, at) => (cell === '' || !hidden(at) ? cell : MASKED)), form);
  }
}

const all = (): boolean => true;

/** A column that is to be hidden and is not in the header may be any. What stands beyond the header is of no column. */
function hidingOf(header: readonly string[], fields: readonly string[] = []): (at: number) => boolean {
  const names = header.map((name) => name.trim());
  // a place below a member of any name is in no cell
  const columns = fields.map(partsOf).filter((parts) => parts.length < 3 || parts[1] !== '*').map((parts) => parts[1]);
  if (columns.length === 0 || columns.some((column) => column === undefined || !names.includes(column))) return all;
  return (at) => at >= names.length || columns.includes(names[at]);
}

function written(cells: readonly string[], { delimiter, newline }: TableForm): string {
  const quoted = (cell: string): string => (cell.includes('"') || cell.includes(delimiter) || /[\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return `${cells.map(quoted).join(delimiter)}${newline}`;
}

/** A line that is no record is shown as nothing but that it is there. */
async function* maskedLines(source: AsyncIterable<Uint8Array>, fields: readonly string[] | undefined): AsyncGenerator<string> {
  for await (const { line, ended } of linesOf(source)) {
    const end = ended ? '\n' : '';
    yield line.trim() === '' ? end : `${JSON.stringify(seenLine(line, fields))}${end}`;
  }
}

function seenLine(line: string, fields: readonly string[] | undefined): Json {
  const value = parsed(line);
  if (fields === undefined || typeof value !== 'object' || value === null) return masked(value ?? '');
  return (withoutFields([value], fields) as Json[])[0]!;
}

async function* maskedDocument(source: AsyncIterable<Uint8Array>, fields: readonly string[] | undefined): AsyncGenerator<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  const value = parsed(Buffer.concat(chunks).toString('utf8'));
  if (value === undefined) throw failure('data.withheld', { message: 'the file is no JSON, whatever its media type says' });
  yield JSON.stringify(fields === undefined ? masked(value) : withoutFields(value, fields));
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

async function* inBlocks(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let gathered = '';
  for await (const text of texts) {
    gathered += text;
    if (gathered.length < OUT_BYTES) continue;
    yield Buffer.from(gathered, 'utf8');
    gathered = '';
  }
  if (gathered !== '') yield Buffer.from(gathered, 'utf8');
}
