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
export const canonicalJson = (value: unknown): string => write(value, '', 0);

const MAX_DEPTH = 512;

function write(value: unknown, pointer: string, depth: number): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return writeString(value, pointer);
    case 'number':
      if (!Number.isFinite(value)) throw new CanonicalJsonError(pointer, 'a number that JSON cannot hold');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (depth > MAX_DEPTH) throw new CanonicalJsonError(pointer, 'nesting deeper than 512 levels (or a cycle)');
      return Array.isArray(value) ? writeArray(value, pointer, depth) : writeObject(value as Record<string, unknown>, pointer, depth);
    default:
      throw new CanonicalJsonError(pointer, `a ${typeof value} has no JSON form`);
  }
}

function writeString(value: string, pointer: string): string {
  if (!value.isWellFormed()) throw new CanonicalJsonError(pointer, 'a string with a lone surrogate');
  return JSON.stringify(value);
}

function writeArray(items: unknown[], pointer: string, depth: number): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ',';
    text += write(items[i] ?? null, `${pointer}/${i}`, depth + 1);
  }
  return text + ']';
}

function writeObject(object: Record<string, unknown>, pointer: string, depth: number): string {
  const source = typeof object['toJSON'] === 'function' ? (object as { toJSON(): unknown }).toJSON() : object;
  if (source !== object) return write(source, pointer, depth + 1);
  const keys = Object.keys(object).sort();
  let text = '{';
  for (const key of keys) {
    const member = object[key];
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += writeString(key, pointer) + ':' + write(member, `${pointer}/${key}`, depth + 1);
  }
  return text + '}';
}
