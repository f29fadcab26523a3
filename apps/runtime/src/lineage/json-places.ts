import type { Json } from '@symphainy/kernel';

/** The parts of a JSON Pointer (RFC 6901). */
export const partsOf = (pointer: string): string[] => (pointer === '' ? [] : pointer.slice(1).split('/').map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~')));
export const pointerTo = (parts: readonly (string | number)[]): string => parts.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');

/** What stands there; undefined: nothing does. */
export function valueAt(content: Json, parts: readonly string[]): Json | undefined {
  let value: Json | undefined = content;
  for (const part of parts) value = memberOf(value, part);
  return value;
}

function memberOf(value: Json | undefined, part: string): Json | undefined {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(part) ? value[Number(part)] : undefined;
  if (value === null || typeof value !== 'object') return undefined;
  return Object.hasOwn(value, part) ? value[part] : undefined;
}

const keysOf = (value: Json | undefined): Iterable<string | number> => (Array.isArray(value) ? value.keys() : value === null || typeof value !== 'object' ? [] : Object.keys(value));

/**
 * The places that a path with `*` for any member leads to, in the order of the content, as far as they touch `target`: below it, above it, or it itself. Of a long list that a
 * target names one member of, only that one is looked at.
 */
export function* placesOf(content: Json, path: readonly string[], target: readonly string[] = []): Generator<{ readonly parts: readonly string[]; readonly value: Json }> {
  yield* placesBelow(content, path, target, []);
}

function* placesBelow(value: Json | undefined, path: readonly string[], target: readonly string[], parts: readonly string[]): Generator<{ readonly parts: readonly string[]; readonly value: Json }> {
  if (value === undefined) return;
  const at = parts.length;
  if (at === path.length) {
    yield { parts, value };
    return;
  }
  const part = path[at]!;
  const wanted = target[at];
  if (part !== '*') {
    if (wanted === undefined || wanted === part) yield* placesBelow(memberOf(value, part), path, target, [...parts, part]);
  } else if (wanted !== undefined) yield* placesBelow(memberOf(value, wanted), path, target, [...parts, wanted]);
  else for (const key of keysOf(value)) yield* placesBelow(memberOf(value, String(key)), path, target, [...parts, String(key)]);
}

/** One is above the other, or they are the same. */
export const touches = (a: readonly string[], b: readonly string[]): boolean => {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return false;
  return true;
};
