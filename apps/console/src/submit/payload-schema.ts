/**
 * A form from a capability's input contract (JSON Schema 2020-12), and the payload back from it. Pure.
 *
 * P1 Text, number, yes/no, choice and reference fields are read from the schema, one level of nested objects included; whatever else a
 *    schema holds becomes a field of raw JSON, so no contract is out of reach.
 * P2 A field left empty is left out of the payload: defaults are the platform's to apply.
 * P3 Checks here only spare a round trip; the platform's answer decides, and its `field` finds the form's field again.
 */
import type { Json } from '@symphainy/contracts';

type JsonObject = { readonly [key: string]: Json };
export type Payload = { [key: string]: Json };

export type FieldKind = 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'reference' | 'json';

export interface PayloadField {
  /** Property names from the payload's root, joined by `/`. */
  readonly path: string;
  readonly name: string;
  /** The object property it stands in, for fields one level down. */
  readonly group?: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly description?: string;
  readonly choices?: readonly Json[];
  /** What the platform will use when it is left empty, as text. */
  readonly fallback?: string;
}

/** What the form's inputs hold, by path: always text; `''` is empty, booleans are `'true'` and `'false'`. */
export type FieldValues = { readonly [path: string]: string };

export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** Required fields come first and nested objects last; registered contracts have lost any order of their own. */
export function fieldsOf(schema: JsonObject): readonly PayloadField[] {
  const fields = propertiesOf(schema).flatMap(([name, property, required]) => {
    const nested = property['type'] === 'object' ? propertiesOf(property) : [];
    if (nested.length === 0) return [fieldOf(name, property, required)];
    return nested.map(([inner, child, innerRequired]) => ({ ...fieldOf(inner, child, required && innerRequired), path: `${name}/${inner}`, group: name }));
  });
  return fields.toSorted((a, b) => rank(a) - rank(b));
}

const rank = (field: PayloadField): number => (field.group === undefined ? 0 : 2) + (field.required ? 0 : 1);

/** The payload these values stand for, and the fields that do not read as their kind or are missing. */
export function payloadOf(fields: readonly PayloadField[], values: FieldValues): { readonly payload: Payload; readonly problems: readonly FieldProblem[] } {
  const payload: Payload = {};
  const problems: FieldProblem[] = [];
  for (const field of fields) {
    const read = readField(field, values[field.path] ?? '');
    if ('problem' in read) problems.push({ path: field.path, message: read.problem });
    else if (read.value !== undefined) place(payload, field, read.value);
  }
  return { payload, problems };
}

/** The form's values for a payload edited as JSON. What no field stands for is given back in `rest`. */
export function valuesOf(fields: readonly PayloadField[], payload: JsonObject): { readonly values: FieldValues; readonly rest: readonly string[] } {
  const found = fields.map((field) => [field, at(payload, field.path)] as const).filter(([, value]) => value !== undefined);
  const values = Object.fromEntries(found.map(([field, value]) => [field.path, writeField(field, value as Json)]));
  const roots = new Set(fields.map((field) => field.path.split('/')[0]));
  return { values, rest: Object.keys(payload).filter((key) => !roots.has(key)) };
}

/** The form's field that a problem of the platform speaks of: its `field` is a JSON Pointer, with or without the payload in front. */
export function fieldFor(fields: readonly PayloadField[], pointer: string | undefined): PayloadField | undefined {
  const path = pointer?.replace(/^[/.]*/, '').replaceAll('.', '/').replace(/^payload\//, '');
  return fields.find((field) => field.path === path) ?? fields.find((field) => path?.startsWith(`${field.path}/`));
}

function propertiesOf(schema: JsonObject): readonly (readonly [string, JsonObject, boolean])[] {
  const { properties, required } = schema;
  if (!isObject(properties)) return [];
  const names = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([name, property]) => [name, isObject(property) ? property : {}, names.includes(name) && !(isObject(property) && 'default' in property)] as const);
}

function fieldOf(name: string, property: JsonObject, required: boolean): PayloadField {
  const choices = choicesOf(property);
  const { description, default: fallback } = property;
  return {
    path: name,
    name,
    kind: kindOf(property, choices),
    required,
    ...(typeof description === 'string' && { description }),
    ...(choices !== undefined && { choices }),
    ...(fallback !== undefined && { fallback: typeof fallback === 'string' ? fallback : JSON.stringify(fallback) }),
  };
}

function kindOf(property: JsonObject, choices: readonly Json[] | undefined): FieldKind {
  if (choices !== undefined) return 'choice';
  switch (property['type']) {
    case 'string': return property['format'] === 'data-reference' ? 'reference' : 'text';
    case 'number': return 'number';
    case 'integer': return 'integer';
    case 'boolean': return 'boolean';
    default: return 'json';
  }
}

function choicesOf(property: JsonObject): readonly Json[] | undefined {
  if (Array.isArray(property['enum'])) return property['enum'];
  return property['const'] === undefined ? undefined : [property['const']];
}

function readField(field: PayloadField, text: string): { value: Json | undefined } | { problem: string } {
  const trimmed = text.trim();
  if (trimmed === '') return field.required ? { problem: field.kind === 'reference' ? 'Choose an artifact or upload a file.' : 'This field is required.' } : { value: undefined };
  switch (field.kind) {
    case 'text': return { value: text };
    case 'reference': return { value: trimmed };
    case 'boolean': return { value: trimmed === 'true' };
    case 'choice': return { value: field.choices?.find((choice) => choiceText(choice) === text) ?? text };
    case 'number':
    case 'integer': return readNumber(trimmed, field.kind);
    case 'json': return readJson(trimmed);
  }
}

function readNumber(text: string, kind: 'number' | 'integer'): { value: Json } | { problem: string } {
  const value = Number(text);
  if (!Number.isFinite(value)) return { problem: 'This is not a number.' };
  return kind === 'integer' && !Number.isInteger(value) ? { problem: 'This must be a whole number.' } : { value };
}

function readJson(text: string): { value: Json } | { problem: string } {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (malformed) {
    if (!(malformed instanceof SyntaxError)) throw malformed;
    return { problem: `This is not JSON: ${malformed.message}. Text goes in double quotes.` };
  }
}

function writeField(field: PayloadField, value: Json): string {
  if (field.kind === 'choice') return choiceText(value);
  return field.kind !== 'json' && typeof value === 'string' ? value : JSON.stringify(value);
}

export const choiceText = (choice: Json): string => (typeof choice === 'string' ? choice : JSON.stringify(choice));

function place(payload: Payload, field: PayloadField, value: Json): void {
  if (field.group === undefined) payload[field.name] = value;
  else payload[field.group] = { ...(isObject(payload[field.group]) ? (payload[field.group] as Payload) : {}), [field.name]: value };
}

function at(payload: JsonObject, path: string): Json | undefined {
  return path.split('/').reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), payload as Json);
}

const isObject = (value: Json | undefined): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);
