/** Decoded records as nested objects, and what differs from those that are expected. */
import type { DecodedRow, LayoutField, MainframeFile } from '@symphainy/realm-content';

export type Nested = { [key: string]: unknown };

/** Names with underscores, FILLER groups left out, the record itself as the root. */
export function nestedRow(file: MainframeFile, { row }: DecodedRow, nameOf: (name: string) => string = underscored): Nested {
  const record: Nested = {};
  file.columns.forEach((column, at) => {
    if (row[at] !== null && !column.path.some((part) => part.name === 'FILLER')) assign(record, column.path.slice(1), row[at], nameOf);
  });
  return record;
}

export const underscored = (name: string): string => name.replaceAll('-', '_');

function assign(target: Nested, path: readonly { readonly name: string; readonly index?: number }[], value: unknown, nameOf: (name: string) => string): void {
  const [part, ...rest] = path;
  if (part === undefined) return;
  const key = nameOf(part.name);
  const list = part.index === undefined ? undefined : ((target[key] ??= []) as unknown[]);
  if (rest.length === 0) {
    if (list) list[part.index!] = value;
    else target[key] = value;
    return;
  }
  assign((list ? (list[part.index!] ??= {}) : (target[key] ??= {})) as Nested, rest, value, nameOf);
}

/** Columns that the tool which stated the results adds of its own: running numbers, the record's length, ids of segments, groups as one text. */
export function addStatedColumns(rows: readonly { readonly row: DecodedRow; readonly nested: Nested }[], words: string, segmentField: string | undefined): void {
  const prefix = /prefix ([A-Z])\b/.exec(words)?.[1] ?? 'A';
  const rootValue = segmentField === undefined ? undefined : rows[0]?.nested[segmentField];
  let root = 0;
  let below = 0;
  rows.forEach(({ row, nested }, at) => {
    const isRoot = segmentField !== undefined && nested[segmentField] === rootValue;
    if (isRoot) [root, below] = [at, 0];
    else below++;
    Object.assign(nested, { File_Id: 0, Record_Id: at, Record_Byte_Length: row.range.end - row.range.start, Seg_Id0: `${prefix}_0_${root}`, ...(isRoot ? {} : { Seg_Id1: `${prefix}_0_${root}_L1_${below}` }) });
  });
}

/** JSON with its numbers kept as written, so that 38 digits compare exactly. */
const exactJson = (text: string): unknown => JSON.parse(text, (_, value: unknown, context?: { source?: string }) => (typeof value === 'number' ? { number: context!.source! } : value));

/** One document a line, a list, or documents one behind the other. */
export function jsonDocuments(text: string): unknown[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) return exactJson(trimmed) as unknown[];
  if (/^\{.*\}$/m.test(trimmed.split('\n')[0]!)) return trimmed.split('\n').filter((line) => line.trim() !== '').map(exactJson);
  return exactJson(`[${trimmed.replace(/^\}\s*\{/gm, '},{')}]`) as unknown[];
}

const plain = (text: string): string => (/^-?\d+\.\d+$/.test(text) ? text.replace(/0+$/, '').replace(/\.$/, '') : text).replace(/^-0$/, '0');

/** A number that is stated as 0 may be one that is missing. */
export function sameNumber(expected: string, actual: unknown): boolean {
  if (actual === undefined || actual === null) return Number(expected) === 0;
  if (plain(expected) === plain(String(actual))) return true;
  return Math.fround(Number(expected)) === Math.fround(Number(actual)) && typeof actual === 'number';
}

/** The origin's tables swap CR and LF and write 273's overline as a macron; control characters compare as blanks, at the ends as none. */
const shown = (value: unknown): unknown => (typeof value === 'string' ? value.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').replaceAll('\u203e', '\u00af').trim() : (value ?? ''));

/** What differs, as `path: expected / actual`. Members that are not expected are not looked at; texts left out or empty are one. */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (expected !== null && typeof expected === 'object' && 'number' in expected) return sameNumber(String(expected.number), actual) ? [] : [`${path}: ${String(expected.number)} / ${String(actual)}`];
  if (Array.isArray(expected)) {
    const list = (actual ?? []) as unknown[];
    return [...expected.flatMap((item, at) => differences(item, list[at], `${path}[${at}]`)), ...(list.length > expected.length ? [`${path}: ${list.length} items, not ${expected.length}`] : [])];
  }
  if (expected !== null && typeof expected === 'object') return Object.entries(expected).flatMap(([key, value]) => differences(value, (actual as Nested | undefined)?.[key], `${path}/${key}`));
  const [left, right] = [shown(expected), shown(actual)];
  return left === right || (typeof left === 'string' && typeof right === 'number' && sameNumber(left, right)) ? [] : [`${path}: ${JSON.stringify(expected)} / ${JSON.stringify(actual)}`];
}

/** Groups as one text, where the expected record asks for them by `<name>_NT`. */
export function addGroupTexts(nested: Nested, expected: unknown, record: LayoutField, textOf: (field: LayoutField) => string): void {
  for (const field of record.children) {
    const name = underscored(field.name);
    if (expected !== null && typeof expected === 'object' && `${name}_NT` in expected) nested[`${name}_NT`] = textOf(field);
    if (expected !== null && typeof expected === 'object' && name in expected && nested[name] !== undefined) addGroupTexts(nested[name] as Nested, (expected as Nested)[name], field, textOf);
  }
}
