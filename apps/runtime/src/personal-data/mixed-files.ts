import { delimitedRecords, formOf, linesOf, tableOf, type Table } from './delimited-records.js';

/** A file's bytes without some of its records. */
export interface Rewriting {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many records were left out, once the bytes have been read. */
  removed(): number;
}

/**
 * A table's bytes without the records whose `column` names the subject: delimited text with a header (RFC 4180; comma, semicolon, tab or bar), or JSON lines. Every other record
 * stays byte for byte. Text is UTF-8.
 */
export function withoutRecords(source: AsyncIterable<Uint8Array>, column: string, isSubjects: (name: string) => boolean): Rewriting {
  let removed = 0;
  const drop = (name: unknown): boolean => {
    const gone = (typeof name === 'string' || typeof name === 'number') && isSubjects(String(name).trim());
    if (gone) removed++;
    return gone;
  };
  return { bytes: rewritten(source, column, drop), removed: () => removed };
}

async function* rewritten(source: AsyncIterable<Uint8Array>, column: string, drop: (name: unknown) => boolean): AsyncGenerator<Uint8Array> {
  const table = await tableOf(source);
  if (table === undefined) return;
  yield* table.head.trimStart().startsWith('{') ? jsonLines(table.source, column, drop) : delimited(table, column, drop);
}

async function* delimited({ source, head }: Table, column: string, drop: (name: unknown) => boolean): AsyncGenerator<Uint8Array> {
  const form = formOf(head);
  let at: number | undefined;
  for await (const { record, raw } of delimitedRecords(source, form)) {
    if (at === undefined) at = record.findIndex((name) => name.trim() === column);
    else if (drop(record[at])) continue;
    // of a delimiter of two characters the parser's raw text has the first
    yield Buffer.from(form.newline === '\r\n' && raw.endsWith('\r') ? `${raw}\n` : raw, 'utf8');
  }
}

async function* jsonLines(source: AsyncIterable<Uint8Array>, column: string, drop: (name: unknown) => boolean): AsyncGenerator<Uint8Array> {
  for await (const { line, ended } of linesOf(source)) if (!drop(memberOf(line, column))) yield Buffer.from(ended ? `${line}\n` : line, 'utf8');
}

function memberOf(line: string, name: string): unknown {
  try {
    return (JSON.parse(line) as { readonly [key: string]: unknown } | null)?.[name];
  } catch {
    return undefined;
  }
}

/** A file of several subjects has a key of its own, under this name. */
export const mixedFileSubject = (reference: string): string => `file ${reference}`;
