import { failure, type ContentCell, type ContentColumn, type ContentSource } from '@symphainy/contracts';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { decodeTextFile } from '../../text/decoded-text.js';
import { lineFailure } from '../../text/line-failure.js';
import { JsonLines, jsonLines, placeOf } from './json-lines.js';
import { decimalOf, exactJson, ExactNumber, type ExactJson } from './exact-json.js';
import { columnNames, isHeading } from './table-headings.js';

const MAX_DEPTH = 64;
const MAX_CELL_TEXT = 10_000;

/**
 * JSON, and NDJSON as the array of its lines (those that are no value are failures, each with its line and bytes): every array of objects, or of arrays of one length, is a table (nested values as JSON text), other members are key-value blocks; each names its JSON Pointer. A number that
 * a double does not hold keeps its digits: as exact decimal text. Of members of one name in one object the last counts, and the metadata (`doubled_members`) tells how many others there were.
 */
export async function parseJson(bytes: Uint8Array, options: { readonly encoding?: string | undefined }): Promise<DraftDocument> {
  const decoded = decodeTextFile(bytes, options.encoding);
  const builder = new DraftBuilder('json');
  const structure = structureOf(decoded.text);
  if (structure.depth > MAX_DEPTH) throw tooDeep();
  const read = parseStrictly(decoded.text);
  const lines = read instanceof JsonLines ? read : undefined;
  const value = lines ? lines.values.map(({ value: one }) => one) : (read as ExactJson);
  for (const broken of lines?.broken ?? []) builder.failure(lineFailure(broken, bytes, decoded));
  const doubled = lines && lines.broken.length > 0 ? 0 : structure.members - membersOf(value);
  builder.metadata({ ...decoded.told, doubled_members: doubled > 0 ? doubled : undefined });
  if (lines && lines.values.every(({ value: one }) => isObject(one))) addTable(value as JsonObject[], '', 'table', builder, lines.values.map((line) => placeOf(line, decoded)));
  else readValue(value, '', 'table', builder);
  return builder.done();
}

function parseStrictly(text: string): ExactJson | JsonLines {
  try {
    return exactJson(text.replace(/^\ufeff/, ''));
  } catch (error) {
    const lines = jsonLines(text);
    if (lines.values.length > 0 && lines.values.length + lines.broken.length > 1) return lines;
    throw failure('content.corrupt', { message: `the JSON does not parse: ${error instanceof Error ? error.message.slice(0, 200) : ''}`, field: '/source', cause: error });
  }
}

const tooDeep = (): Error => failure('content.too_large', { message: `the JSON nests deeper than ${MAX_DEPTH} levels`, field: '/source', details: { limit: MAX_DEPTH } });

/** Depth of brackets outside strings, and members of all objects, told before anything recurses into them. No pattern reads the strings: over megabytes of text it would overflow its stack. */
function structureOf(text: string): { readonly depth: number; readonly members: number } {
  let depth = 0;
  let deepest = 0;
  let members = 0;
  for (const mark = /["[\]{}:]/g; ; ) {
    const at = mark.exec(text);
    if (at === null) return { depth: deepest, members };
    if (at[0] === '"') mark.lastIndex = stringEnd(text, at.index);
    else if (at[0] === ':') members++;
    else if (at[0] === '[' || at[0] === '{') deepest = Math.max(deepest, ++depth);
    else depth--;
  }
}

/** Members that are left: of two with one name in one object, the last. */
function membersOf(value: ExactJson): number {
  if (isList(value)) return value.reduce<number>((sum, item) => sum + membersOf(item), 0);
  if (!isObject(value)) return 0;
  const members = Object.values(value);
  return members.reduce((sum: number, member) => sum + membersOf(member), members.length);
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

type JsonObject = { readonly [key: string]: ExactJson };
const isScalar = (value: ExactJson): boolean => typeof value !== 'object' || value === null || value instanceof ExactNumber;
const isObject = (value: ExactJson): value is JsonObject => !isScalar(value) && !Array.isArray(value);

/** `Array.isArray` makes of lists that are not to be written lists of anything. */
const isList = (value: ExactJson): value is readonly ExactJson[] => Array.isArray(value);

function readValue(value: ExactJson, pointer: string, name: string, builder: DraftBuilder): void {
  if (Array.isArray(value) && value.length > 0 && value.every(isObject)) return addTable(value, pointer, name, builder);
  if (isGrid(value)) return addGrid(value, pointer, name, builder);
  if (isList(value) && !value.every(isScalar)) return value.forEach((item, at) => readValue(item, `${pointer}/${at}`, `${name}[${at}]`, builder));
  if (isObject(value)) return Object.entries(value).forEach(([key, member]) => readValue(member, `${pointer}/${escapePointer(key)}`, key, builder));
  const text = Array.isArray(value) ? value.map(cellText).join(', ') : cellText(value);
  builder.block({ type: 'key_value', text: `${name}: ${text}`, key: name, value: text, source: { pointer } });
}

/** Two or more lists of plain values, most of one length above one. */
const isGrid = (value: ExactJson): value is ExactJson[][] =>
  Array.isArray(value) && value.length > 1 && value.every((item) => Array.isArray(item) && item.length > 1 && item.every(isScalar)) && value.every((item) => (item as ExactJson[]).length === (value[0] as ExactJson[]).length);

function addGrid(items: ExactJson[][], pointer: string, name: string, builder: DraftBuilder): void {
  const texts = (row: readonly ExactJson[]): string[] => row.map((cell) => (cell === null ? '' : cellText(cell)));
  const headed = items[0]!.every((cell) => typeof cell === 'string') && isHeading(texts(items[0]!), items.slice(1, 51).map(texts));
  const body = headed ? items.slice(1) : items;
  withinTable(body.length, items[0]!.length);
  builder.table({ name, ...columnsOf(columnNames(headed ? texts(items[0]!) : [], items[0]!.length), body), row_sources: body.map((_, at): ContentSource => ({ row: at + 1, pointer: `${pointer}/${at + (headed ? 1 : 0)}` })), source: { pointer } });
}

/** A column of numbers of which one is more than a double holds is one of exact decimal texts. */
function columnsOf(names: readonly string[], rows: readonly (readonly ExactJson[])[]): { columns: ContentColumn[]; rows: ContentCell[][] } {
  const exact = names.map((_, at) => rows.some((row) => row[at] instanceof ExactNumber) && rows.every((row) => row[at] === null || typeof row[at] === 'number' || (row[at] instanceof ExactNumber && row[at].isDecimal)));
  return {
    columns: names.map((name, at) => ({ name, ...(exact[at] ? { type: 'decimal' as const } : {}) })),
    rows: rows.map((row) => row.map((cell, at) => (exact[at] && typeof cell === 'number' ? decimalOf(String(cell))! : asCell(cell)))),
  };
}

/** `places`: where each item stands in the file, where that is told. */
function addTable(items: readonly JsonObject[], pointer: string, name: string, builder: DraftBuilder, places: readonly ContentSource[] = []): void {
  const keys = [...new Set(items.flatMap((item) => Object.keys(item)))];
  withinTable(items.length, keys.length);
  builder.table({
    name,
    ...columnsOf(columnNames(keys, keys.length), items.map((item) => keys.map((key) => (Object.hasOwn(item, key) ? item[key]! : null)))),
    row_sources: items.map((_, at): ContentSource => ({ row: at + 1, pointer: `${pointer}/${at}`, ...places[at] })),
    source: { pointer },
  });
}

function asCell(value: ExactJson): ContentCell {
  if (value === null) return null;
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'object' ? JSON.stringify(value).slice(0, MAX_CELL_TEXT) : value;
}

const cellText = (value: ExactJson): string => (typeof value === 'string' ? value : value instanceof ExactNumber ? value.text : JSON.stringify(value));

/** RFC 6901. */
const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
