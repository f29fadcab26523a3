/** Reading JSON whose shape is another realm's business: every access says what it expects and copes with its absence. */
import type { Json } from '@symphainy/contracts';

export type JsonObject = { readonly [key: string]: Json };

export const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

export const has = (value: Json, ...keys: readonly string[]): value is JsonObject => isObject(value) && keys.every((key) => value[key] !== undefined);

export const listAt = (value: JsonObject, key: string): readonly Json[] => (Array.isArray(value[key]) ? value[key] : []);

export const objectsAt = (value: JsonObject, key: string): readonly JsonObject[] => listAt(value, key).filter(isObject);

/** The first of these members that is a text, number or boolean, as text. */
export function textAt(value: JsonObject, ...keys: readonly string[]): string | undefined {
  const found = keys.map((key) => value[key]).find((member) => typeof member === 'string' || typeof member === 'number' || typeof member === 'boolean');
  return found === undefined ? undefined : String(found);
}
