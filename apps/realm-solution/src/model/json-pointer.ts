import type { Json } from '@symphainy/kernel';

/** The value at a JSON Pointer (RFC 6901), or undefined when nothing stands there. */
export function resolvePointer(content: Json, pointer: string): Json | undefined {
  if (pointer === '') return content;
  if (!pointer.startsWith('/')) return undefined;
  let value: Json | undefined = content;
  for (const raw of pointer.slice(1).split('/')) value = member(value, raw.replace(/~1/g, '/').replace(/~0/g, '~'));
  return value;
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined;
  if (value === null || typeof value !== 'object') return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** A member's name as a pointer's part. */
export const pointerPart = (key: string): string => key.replace(/~/g, '~0').replace(/\//g, '~1');

/** What a citation says of its place: the value there, or the length of the list there. Undefined when there is no such thing. */
export function measureAt(content: Json, pointer: string, measure: 'value' | 'length'): Json | undefined {
  const value = resolvePointer(content, pointer);
  return measure === 'value' ? value : Array.isArray(value) ? value.length : undefined;
}
