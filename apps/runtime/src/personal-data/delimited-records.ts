import { parse } from 'csv-parse';
import { pipeline, Readable } from 'node:stream';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** A record of a table is held whole while it is looked at. */
const MOST_RECORD_BYTES = 16 * 1024 * 1024;

/** A record: its cells, and the text that it was read from. */
export interface DelimitedRecord {
  readonly record: readonly string[];
  readonly raw: string;
}

/** How a table is written, as its first bytes show. */
export interface TableForm {
  readonly delimiter: (typeof DELIMITERS)[number];
  readonly newline: '\n' | '\r\n';
}

export interface Table {
  /** The text that it begins with. */
  readonly head: string;
  /** All of it. */
  readonly source: AsyncIterable<Uint8Array>;
}

/** Looks at the beginning of a file in UTF-8; undefined: it has none. */
export async function tableOf(source: AsyncIterable<Uint8Array>): Promise<Table | undefined> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return undefined;
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield first.value;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  return { head: Buffer.from(first.value).toString('utf8').replace(/^\ufeff/, ''), source: whole() };
}

export function formOf(head: string): TableForm {
  const header = head.split(/\r?\n/, 1)[0] ?? '';
  const delimiter = [...DELIMITERS].sort((a, b) => header.split(b).length - header.split(a).length)[0]!;
  return { delimiter, newline: head.includes('\r\n') ? '\r\n' : '\n' };
}

/** Records of delimited text (RFC 4180), the header first. A source that fails fails the reading. */
export function delimitedRecords(source: AsyncIterable<Uint8Array>, { delimiter, newline }: TableForm): AsyncIterable<DelimitedRecord> {
  const parser = parse({ raw: true, delimiter, record_delimiter: newline, relax_column_count: true, relax_quotes: true, bom: true, max_record_size: MOST_RECORD_BYTES });
  // what goes wrong on either side reaches whoever reads the parser
  return pipeline(Readable.from(source), parser, () => undefined) as AsyncIterable<DelimitedRecord>;
}

/** Lines of text as they come, each without its newline; of the last one it is told whether it had one. */
export async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<{ readonly line: string; readonly ended: boolean }> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield { line, ended: true };
  }
  if (rest !== '') yield { line: rest, ended: false };
}
