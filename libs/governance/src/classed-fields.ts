import type { Json } from '@symphainy/contracts';

/** A field that its data contract says the class of. `path`: property names, `*` for every element or every other property, joined as a JSON Pointer. */
export interface ClassedField {
  readonly path: string;
  readonly classification: string;
}

const DEPTH_MAX = 12;

/** The fields that a JSON Schema gives a class of their own: `"x-class": "<class>"` at a property, at `items` or at `additionalProperties`. What stands below one is of its class. */
export function classedFields(schema: { readonly [key: string]: Json }): ClassedField[] {
  const found: ClassedField[] = [];
  walk(schema, schema, [], found);
  return found;
}

function walk(node: Json | undefined, root: Json, path: readonly string[], found: ClassedField[]): void {
  if (!isObject(node) || path.length > DEPTH_MAX) return;
  const classification = node['x-class'];
  if (typeof classification === 'string') {
    found.push({ path: path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''), classification });
    return;
  }
  const reference = node['$ref'];
  if (typeof reference === 'string' && /^#(\/|$)/.test(reference)) walk(reference.split('/').slice(1).reduce<Json | undefined>((at, part) => (isObject(at) ? at[part] : undefined), root), root, path, found);
  for (const [name, member] of Object.entries(isObject(node['properties']) ? node['properties'] : {})) walk(member, root, [...path, name], found);
  for (const [index, member] of (Array.isArray(node['prefixItems']) ? node['prefixItems'] : []).entries()) walk(member, root, [...path, String(index)], found);
  for (const key of ['items', 'additionalProperties']) walk(node[key], root, [...path, '*'], found);
  for (const key of ['allOf', 'anyOf', 'oneOf']) for (const branch of Array.isArray(node[key]) ? node[key] : []) walk(branch, root, path, found);
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value);
