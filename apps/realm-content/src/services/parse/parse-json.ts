import { failure, type ContentCell, type ContentSource } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { decodeTextFile } from '../../text/decoded-text.js';
import { columnNames } from './parse-csv.js';

const MAX_DEPTH = 64;
const MAX_CELL_TEXT = 10_000;

/**
 * JSON, and NDJSON as the array of its lines: every array of objects is a table (nested values as JSON text), other members are key-value blocks; each names its JSON Pointer.
 */
export async function parseJson(bytes: Uint8Array, options: { readonly encoding?: string | undefined }): Promise<DraftDocument> {
  const decoded = decodeTextFile(bytes, options.encoding);
  const builder = new DraftBuilder('json');
  builder.metadata({ encoding: decoded.encoding });
  readValue(parseStrictly(decoded.text), '', 'table', builder);
  return builder.done();
}

function parseStrictly(text: string): Json {
  if (nesting(text) > MAX_DEPTH) throw tooDeep();
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as Json;
  } catch (error) {
    const lines = jsonLines(text);
    if (lines) return lines;
    throw failure('content.corrupt', { message: `the JSON does not parse: ${error instanceof Error ? error.message.slice(0, 200) : ''}`, field: '/source', cause: error });
  }
}

/** The values of NDJSON, one a line; undefined where the text is none. */
function jsonLines(text: string): Json[] | undefined {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length < 2) return undefined;
  try {
    return lines.map((line) => JSON.parse(line) as Json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const tooDeep = (): Error => failure('content.too_large', { message: `the JSON nests deeper than ${MAX_DEPTH} levels`, field: '/source', details: { limit: MAX_DEPTH } });

/** Depth of brackets outside strings, told before anything recurses into them. No pattern reads the strings: over megabytes of text it would overflow its stack. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const bracket = /["[\]{}]/g; ; ) {
    const at = bracket.exec(text);
    if (at === null) return deepest;
    if (at[0] === '"') bracket.lastIndex = stringEnd(text, at.index);
    else if (at[0] === '[' || at[0] === '{') deepest = Math.max(deepest, ++depth);
    else depth--;
  }
}

/** Just after the quote that ends the string begun at `start`: the first one with an even number of backslashes before it. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text[before - 1] === '\\') before--;
    if ((end - before) % 2 === 0) return end + 1;
  }
  return text.length;
}

type JsonObject = { [key: string]: Json };
const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function readValue(value: Json, pointer: string, name: string, builder: DraftBuilder): void {
  if (Array.isArray(value) && value.length > 0 && value.every(isObject)) return addTable(value, pointer, name, builder);
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null)) return value.forEach((item, at) => readValue(item, `${pointer}/${at}`, `${name}[${at}]`, builder));
  if (isObject(value)) return Object.entries(value).forEach(([key, member]) => readValue(member, `${pointer}/${escapePointer(key)}`, key, builder));
  const text = Array.isArray(value) ? value.map(cellText).join(', ') : cellText(value);
  builder.block({ type: 'key_value', text: `${name}: ${text}`, key: name, value: text, source: { pointer } });
}

function addTable(items: JsonObject[], pointer: string, name: string, builder: DraftBuilder): void {
  const keys = [...new Set(items.flatMap((item) => Object.keys(item)))];
  withinTable(items.length, keys.length);
  builder.table({
    name,
    columns: columnNames(keys, keys.length).map((column) => ({ name: column })),
    rows: items.map((item) => keys.map((key) => asCell(Object.hasOwn(item, key) ? item[key] : null))),
    row_sources: items.map((_, at): ContentSource => ({ row: at + 1, pointer: `${pointer}/${at}` })),
    source: { pointer },
  });
}

function asCell(value: Json | undefined): ContentCell {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value).slice(0, MAX_CELL_TEXT) : value;
}

const cellText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** RFC 6901. */
const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
