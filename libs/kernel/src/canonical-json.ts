import { KeyOrders, type OrderedKey } from './key-orders.js';

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Why a value has no canonical form, and where it stands (JSON Pointer). */
export class CanonicalJsonError extends Error {
  override readonly name = 'CanonicalJsonError';
  constructor(
    readonly pointer: string,
    reason: string,
  ) {
    super(`${reason} at ${pointer || '/'}`);
  }
}

/**
 * Canonical JSON as of RFC 8785 (JCS): object keys sorted by UTF-16 code units, no white space, numbers as ECMAScript prints
 * them. `undefined` members are left out, as JSON.stringify does. Refused, because two parties could read them differently:
 * NaN, infinities, lone surrogates (I-JSON, RFC 7493), functions, symbols, bigints and cycles.
 */
export const canonicalJson = (value: unknown): string => located(value, undefined);

/** The same, where the canonical texts of some objects inside are at hand already (`known`, by identity) and are taken as they are. */
export const canonicalJsonOf = (value: unknown, known: ReadonlyMap<object, string>): string => located(value, known);

/** As UTF-8, written piece by piece: a text of megabytes does not stand beside its bytes, and its parts die young. The same bytes as of `canonicalJson`. */
export function canonicalBytes(value: unknown): Uint8Array {
  const pieces: Uint8Array[] = [];
  let text = '';
  const flush = (): void => {
    pieces.push(Buffer.from(text, 'utf8'));
    text = '';
  };
  const emit = (part: string): void => {
    text += part;
    if (text.length >= PIECE) flush();
  };
  try {
    pour(value, 0, emit);
  } catch (error) {
    throw error instanceof Unwritable ? new CanonicalJsonError(pointerOf(value, ''), error.message) : error;
  }
  flush();
  return Buffer.concat(pieces);
}

const PIECE = 64 * 1024;
/** Levels of a large value that are written member by member. */
const POURED = 4;

function pour(value: unknown, depth: number, emit: (part: string) => void): void {
  if (depth >= POURED || typeof value !== 'object' || value === null) return emit(write(value, depth, undefined));
  if (Array.isArray(value)) {
    if (isFlat(value)) return emit(JSON.stringify(value));
    emit('[');
    for (let at = 0; at < value.length; at++) {
      if (at > 0) emit(',');
      pour(value[at] ?? null, depth + 1, emit);
    }
    return emit(']');
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return emit(write(value, depth, undefined));
  let next = '{';
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    emit(`${next}${writeString(key)}:`);
    pour(member, depth + 1, emit);
    next = ',';
  }
  emit(next === '{' ? '{}' : '}');
}

type Known = ReadonlyMap<object, string> | undefined;

const MAX_DEPTH = 512;

const orders = new KeyOrders();
const orderOf = (keys: readonly string[]): readonly OrderedKey[] | undefined => orders.of(keys);

/** Thrown while writing; where it stands is found out afterwards, so that the usual case builds no pointers. */
class Unwritable extends Error {}

function located(value: unknown, known: Known): string {
  try {
    return write(value, 0, known);
  } catch (error) {
    if (error instanceof Unwritable) throw new CanonicalJsonError(pointerOf(value, ''), error.message);
    throw error;
  }
}

/** Texts that stand between their quotes as they are; almost all short ones do. */
const PLAIN = /^[ !#-[\]-~]*$/;
const SHORT = 80;

function write(value: unknown, depth: number, known: Known): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new Unwritable('a number that JSON cannot hold');
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (depth > MAX_DEPTH) throw new Unwritable('nesting deeper than 512 levels (or a cycle)');
      return known?.get(value) ?? (Array.isArray(value) ? writeArray(value, depth, known) : writeObject(value as Record<string, unknown>, depth, known));
    default:
      throw new Unwritable(`a ${typeof value} has no JSON form`);
  }
}

function writeString(value: string): string {
  if (value.length <= SHORT && PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new Unwritable('a string with a lone surrogate');
  return JSON.stringify(value);
}

/** Fewer items are written sooner one by one. */
const MANY = 8;

/** Only values that `JSON.stringify` writes in their canonical form. */
function isFlat(items: readonly unknown[]): boolean {
  for (const item of items) {
    if (typeof item === 'number' ? !Number.isFinite(item) : typeof item === 'string' ? !item.isWellFormed() : typeof item !== 'boolean' && item !== null && item !== undefined) return false;
  }
  return true;
}

function writeArray(items: unknown[], depth: number, known: Known): string {
  if (items.length >= MANY && isFlat(items)) return JSON.stringify(items);
  let text = '[';
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ',';
    text += write(items[i] ?? null, depth + 1, known);
  }
  return text + ']';
}

function writeObject(object: Record<string, unknown>, depth: number, known: Known): string {
  const order = Object.getPrototypeOf(object) === Object.prototype ? orderOf(Object.keys(object)) : undefined;
  if (order === undefined) return writeAnyObject(object, depth, known);
  let text = '{';
  let next = '';
  for (const { key, label } of order) {
    const member = object[key];
    if (member === undefined) continue;
    text += next + label + write(member, depth + 1, known);
    next = ',';
  }
  return text + '}';
}

function writeAnyObject(object: Record<string, unknown>, depth: number, known: Known): string {
  const source = typeof object['toJSON'] === 'function' ? (object as { toJSON(): unknown }).toJSON() : object;
  if (source !== object) return write(source, depth + 1, known);
  let text = '{';
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += writeString(key) + ':' + write(member, depth + 1, known);
  }
  return text + '}';
}

/** JSON Pointer of the innermost place that cannot be written; a member whose key is the trouble counts as that place. */
function pointerOf(value: unknown, pointer: string, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return pointer;
  for (const [key, member] of Object.entries(value)) {
    const inside = `${pointer}/${key}`;
    if (!isWritable(key)) return inside;
    if (member !== undefined && !isWritable(member)) return pointerOf(member, inside, depth + 1);
  }
  return pointer;
}

function isWritable(value: unknown): boolean {
  try {
    write(value, 0, undefined);
    return true;
  } catch (error) {
    if (error instanceof Unwritable) return false;
    throw error;
  }
}
