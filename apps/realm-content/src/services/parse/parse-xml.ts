import type { Element } from '@xmldom/xmldom';
import type { Json } from '@symphainy/kernel';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { decodeTextFile } from '../../text/decoded-text.js';
import { columnNames } from './table-headings.js';
import { childElements, externalDtd, xmlRoot, type ExternalDtd } from './xml-tree.js';

/**
 * XML: siblings of one name whose members are plain are a table, other elements with text and attributes key-value blocks; an element of text and elements is one text. Places are the
 * lines of the elements.
 */
export async function parseXml(bytes: Uint8Array, options: { readonly encoding?: string | undefined }): Promise<DraftDocument> {
  const decoded = decodeTextFile(bytes, options.encoding ?? declaredEncoding(bytes));
  const builder = new DraftBuilder('xml');
  const root = xmlRoot(decoded.text);
  builder.metadata({ ...decoded.told, root: root.nodeName, external_dtd: told(externalDtd(decoded.text)) });
  await Promise.resolve(readElement(root, root.nodeName, builder));
  return builder.done();
}

/** That a DTD outside was named, and not read: values that it would give by default are missing. */
const told = (dtd: ExternalDtd | undefined): Json | undefined => dtd && { ...dtd, fetched: false };

function declaredEncoding(bytes: Uint8Array): string | undefined {
  const label = /^<\?xml[^>]+encoding\s*=\s*["']([\w-]+)["']/i.exec(Buffer.from(bytes.subarray(0, 256)).toString('latin1'))?.[1];
  return label === undefined || /^utf-?(8|16)$/i.test(label) ? undefined : label;
}

const placeOf = (element: Element): { line: number } => ({ line: Math.max(1, element.lineNumber ?? 1) });

function readElement(element: Element, name: string, builder: DraftBuilder): void {
  for (const { name: key, value } of attributesOf(element)) pair(builder, `${name}@${key}`, value, element);
  const children = childElements(element);
  if (children.length > 0 && isMixed(element)) return readMixed(element, name, builder);
  if (children.length === 0) return pair(builder, name, element.textContent ?? '', element);
  for (const group of groupsOf(children)) {
    if (group.length > 1 && group.every(isRecord)) addTable(group, builder);
    else for (const child of group) readElement(child, child.nodeName, builder);
  }
}

const attributesOf = (element: Element) => [...element.attributes].filter(({ name }) => !/^xmlns(:|$)/.test(name));

/** Text beside its elements: they mark parts of one text. */
const isMixed = (element: Element): boolean => [...element.childNodes].some((node) => (node.nodeType === TEXT || node.nodeType === CDATA) && (node.nodeValue ?? '').trim() !== '');
const [TEXT, CDATA] = [3, 4];

/** The whole text, and what its elements say besides. */
function readMixed(element: Element, name: string, builder: DraftBuilder): void {
  pair(builder, name, (element.textContent ?? '').replace(/\s+/g, ' '), element);
  const below = (inside: Element): void => {
    for (const { name: key, value } of attributesOf(inside)) pair(builder, `${inside.nodeName}@${key}`, value, inside);
    childElements(inside).forEach(below);
  };
  childElements(element).forEach(below);
}

function pair(builder: DraftBuilder, key: string, text: string, element: Element): void {
  const value = text.trim();
  if (value !== '') builder.block({ type: 'key_value', text: `${key}: ${value}`, key, value, source: placeOf(element) });
}

/** Runs of siblings of one name. */
function groupsOf(elements: readonly Element[]): Element[][] {
  const groups: Element[][] = [];
  for (const element of elements) {
    const last = groups.at(-1);
    if (last?.[0]!.nodeName === element.nodeName) last.push(element);
    else groups.push([element]);
  }
  return groups;
}

/** Members without members of their own, each name once, or attributes alone. */
function isRecord(element: Element): boolean {
  const children = childElements(element);
  const names = children.map((child) => child.nodeName);
  const isPlain = children.every((child) => childElements(child).length === 0) && (children.length === 0 || !isMixed(element));
  return isPlain && new Set(names).size === names.length && (names.length > 0 || attributesOf(element).length > 0);
}

/** Attributes, members with theirs, and the text of a record that has no members. */
function membersOf(record: Element): [string, string][] {
  const children = childElements(record);
  const own = children.length === 0 ? [[record.nodeName, (record.textContent ?? '').trim()] as [string, string]] : [];
  const within = children.flatMap((child): [string, string][] => [[child.nodeName, (child.textContent ?? '').trim()], ...attributesOf(child).map(({ name, value }): [string, string] => [`${child.nodeName}@${name}`, value])]);
  return [...attributesOf(record).map(({ name, value }): [string, string] => [`@${name}`, value]), ...own.filter(([, text]) => text !== ''), ...within];
}

function addTable(records: readonly Element[], builder: DraftBuilder): void {
  const rows = records.map((record) => new Map(membersOf(record)));
  const keys = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  withinTable(rows.length, keys.length);
  builder.table({
    name: records[0]!.nodeName,
    columns: columnNames(keys, keys.length).map((name) => ({ name })),
    rows: rows.map((row) => keys.map((key) => row.get(key) || null)),
    row_sources: records.map((record, at) => ({ row: at + 1, ...placeOf(record) })),
    source: placeOf(records[0]!),
  });
}
