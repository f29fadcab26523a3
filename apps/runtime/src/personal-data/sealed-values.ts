import { canonicalJson, seal, unseal, verify, type Json } from '@symphainy/kernel';

/**
 * A sealed value in place of a plain one: `sealed:1:<key ids, joined by +>:<base64url>`, AES-256-GCM of the value's canonical JSON. Bound to tenant, execution and keys, so that
 * copied elsewhere it opens nothing; the same value of an execution under the same keys is the same text, so that recomputed results can be compared.
 */
const PREFIX = 'sealed:1:';
const FORM = /^sealed:1:([0-9a-f-]{36}(?:\+[0-9a-f-]{36})*):([\w-]+)$/;

/** What reads as this once its key is gone. */
export const ERASED = '[erased]';

export interface Place {
  readonly tenantId: string;
  readonly executionId: string;
}

/** Gives the key for these key ids; undefined: destroyed. */
export type KeyOf = (keyIds: readonly string[]) => Uint8Array | undefined;

const contextOf = ({ tenantId, executionId }: Place, keyIds: string): string => `value\n${tenantId}\n${executionId}\n${keyIds}`;

/** Key ids in the order that names their joint key. */
export const joint = (keyIds: Iterable<string>): string[] => [...new Set(keyIds)].sort();

export function sealValue(place: Place, keyIds: readonly string[], keyOf: KeyOf, value: Json): Json {
  const key = keyOf(keyIds);
  verify(key !== undefined, 'nothing is sealed under a key that was destroyed');
  const ids = keyIds.join('+');
  return `${PREFIX}${ids}:${Buffer.from(seal(key, contextOf(place, ids), canonicalJson(value))).toString('base64url')}`;
}

/** Seals a whole result: each member, or element, by itself, so that what is not personal in its form (how many, which names) still reads. Nothing is hidden of what is empty. */
export function sealWhole(value: Json, sealOne: (value: Json) => Json): Json {
  if (value === null) return value;
  if (Array.isArray(value)) return value.map((element) => (element === null ? element : sealOne(element)));
  if (typeof value !== 'object') return sealOne(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, member === null || isSealed(member) ? member : sealOne(member)]));
}

export const isSealed = (value: Json): value is string => typeof value === 'string' && value.startsWith(PREFIX);

/** The ids of all keys that a value's sealed parts need. */
export function keysIn(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof value === 'string') {
    if (value.startsWith(PREFIX)) for (const id of FORM.exec(value)?.[1]?.split('+') ?? []) found.add(id);
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) keysIn(member, found);
  }
  return found;
}

/** The value with its sealed parts in plain; the same value when it has none. A part whose key is gone reads `[erased]`, and `onErased` is told; one that was sealed elsewhere stays. */
export function openValue<T>(place: Place, keyOf: KeyOf, value: T, onErased?: (keyIds: readonly string[]) => void): T {
  const open = (part: unknown): unknown => {
    if (typeof part === 'string') return part.startsWith(PREFIX) ? openText(place, keyOf, part, onErased) : part;
    if (typeof part !== 'object' || part === null) return part;
    if (Array.isArray(part)) return mapped(part, open);
    let changed: Record<string, unknown> | undefined;
    for (const [name, member] of Object.entries(part)) {
      const opened = open(member);
      if (opened !== member) (changed ??= { ...part })[name] = opened;
    }
    return changed ?? part;
  };
  return open(value) as T;
}

function mapped(list: readonly unknown[], open: (part: unknown) => unknown): readonly unknown[] {
  let same = true;
  const opened = list.map((element) => {
    const after = open(element);
    same &&= after === element;
    return after;
  });
  return same ? list : opened;
}

function openText(place: Place, keyOf: KeyOf, text: string, onErased?: (keyIds: readonly string[]) => void): Json {
  const [, ids, bytes] = FORM.exec(text) ?? [];
  if (ids === undefined || bytes === undefined) return text;
  const keyIds = ids.split('+');
  const key = keyOf(keyIds);
  if (key === undefined) {
    onErased?.(keyIds);
    return ERASED;
  }
  const plain = unseal(key, contextOf(place, ids), Buffer.from(bytes, 'base64url'));
  return plain === undefined ? text : (JSON.parse(Buffer.from(plain).toString('utf8')) as Json);
}
