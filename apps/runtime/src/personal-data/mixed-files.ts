import { parse } from 'csv-parse';
import { Readable } from 'node:stream';

/** A file's bytes without some of its records. */
export interface Rewriting {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many records were left out, once the bytes have been read. */
  removed(): number;
}

const DELIMITERS = [',', ';', '\t', '|'] as const;

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
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield first.value;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  const head = Buffer.from(first.value).toString('utf8').replace(/^\ufeff/, '');
  yield* head.trimStart().startsWith('{') ? jsonLines(whole(), column, drop) : delimited(whole(), head, column, drop);
}

async function* delimited(source: AsyncIterable<Uint8Array>, head: string, column: string, drop: (name: unknown) => boolean): AsyncGenerator<Uint8Array> {
  const header = head.split(/\r?\n/, 1)[0] ?? '';
  const delimiter = [...DELIMITERS].sort((a, b) => header.split(b).length - header.split(a).length)[0];
  const newline = head.includes('\r\n') ? '\r\n' : '\n';
  const records = Readable.from(source).pipe(parse({ raw: true, delimiter, record_delimiter: newline, relax_column_count: true, relax_quotes: true, bom: true })) as AsyncIterable<{ readonly record: readonly string[]; readonly raw: string }>;
  let at: number | undefined;
  for await (const { record, raw } of records) {
    if (at === undefined) at = record.findIndex((name) => name.trim() === column);
    else if (drop(record[at])) continue;
    // of a delimiter of two characters the parser's raw text has the first
    yield Buffer.from(newline === '\r\n' && raw.endsWith('\r') ? `${raw}\n` : raw, 'utf8');
  }
}

async function* jsonLines(source: AsyncIterable<Uint8Array>, column: string, drop: (name: unknown) => boolean): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  let rest = '';
  const kept = (line: string): boolean => !drop(memberOf(line, column));
  for await (const chunk of source) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (kept(line)) yield Buffer.from(`${line}\n`, 'utf8');
  }
  if (rest !== '' && kept(rest)) yield Buffer.from(rest, 'utf8');
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
