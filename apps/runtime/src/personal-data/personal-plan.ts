import type { Json } from '@symphainy/kernel';

/** A field's place: property names, and `*` for every element or every other property. */
export type FieldPath = readonly string[];

/** What a contract says of the personal data in a document. */
export interface PersonalPlan {
  /**
   * Fields that are recorded as ciphertext. `subject`: a JSON Pointer from the document's root, or a relative one from the field; absent: whoever the execution is about.
   * `?` before the pointer: nobody's, where it names nobody; `?` alone: where the execution is about nobody.
   */
  readonly sealed: readonly { readonly path: FieldPath; readonly subject: string | undefined }[];
  /** Fields that name a data subject, and are recorded as a pseudonym. */
  readonly subjects: readonly FieldPath[];
}

type Schema = { readonly [key: string]: Json };

const plans = new WeakMap<object, PersonalPlan | false>();
const DEPTH_MAX = 12;

/** Undefined for a contract that declares nothing personal. Kept by the schema's identity: one look-up for the rest of them. */
export function personalPlanOf(schema: Schema): PersonalPlan | undefined {
  const known = plans.get(schema);
  if (known !== undefined) return known === false ? undefined : known;
  const sealed: PersonalPlan['sealed'][number][] = [];
  const subjects: FieldPath[] = [];
  walk(schema, schema, [], { sealed, subjects });
  const plan = sealed.length + subjects.length === 0 ? undefined : { sealed, subjects };
  plans.set(schema, plan ?? false);
  return plan;
}

function walk(node: Json | undefined, root: Schema, path: FieldPath, found: { sealed: PersonalPlan['sealed'][number][]; subjects: FieldPath[] }): void {
  if (!isSchema(node) || path.length > DEPTH_MAX) return;
  const personal = node['x-personal'];
  if (personal !== undefined && personal !== false) {
    const subject = isSchema(personal) ? personal['subject'] : undefined;
    found.sealed.push({ path, subject: typeof subject === 'string' ? subject : undefined });
    return;
  }
  if (node['format'] === 'data-subject') found.subjects.push(path);
  const reference = node['$ref'];
  if (typeof reference === 'string' && reference.startsWith('#/')) walk(valueAt(root, reference.slice(1)), root, path, found);
  for (const [name, member] of Object.entries(isSchema(node['properties']) ? node['properties'] : {})) walk(member, root, [...path, name], found);
  for (const key of ['items', 'additionalProperties']) walk(node[key], root, [...path, '*'], found);
  for (const key of ['allOf', 'anyOf', 'oneOf']) for (const branch of Array.isArray(node[key]) ? node[key] : []) walk(branch, root, path, found);
}

const isSchema = (value: Json | undefined): value is { [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 6901. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  let at: Json | undefined = value;
  for (const token of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as { [key: string]: Json })[key];
  }
  return at;
}

/** What a field's subject pointer names. A relative pointer (`1/id`: one level up, then `id`) is as the Relative JSON Pointer draft has it. */
export function subjectAt(document: Json, field: FieldPath, pointer: string): string | undefined {
  const relative = /^(\d+)(\/.*|)$/.exec(pointer);
  const base = relative === null ? pointer : `${field.slice(0, Math.max(0, field.length - Number(relative[1]))).map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}${relative[2] ?? ''}`;
  const named = valueAt(document, base);
  return typeof named === 'string' && named !== '' ? named : typeof named === 'number' ? String(named) : undefined;
}

/** The document with `change` applied to every field that the path names; the same document when there is none. */
export function changedAt(document: Json, path: FieldPath, change: (value: Json, field: FieldPath) => Json, above: FieldPath = []): Json {
  const [head, ...rest] = path;
  if (head === undefined) return change(document, above);
  if (typeof document !== 'object' || document === null) return document;
  const keys = head === '*' ? Object.keys(document) : Object.hasOwn(document, head) ? [head] : [];
  let changed: Json = document;
  for (const key of keys) {
    const before = (document as { [key: string]: Json })[key]!;
    const after = changedAt(before, rest, change, [...above, key]);
    if (after === before) continue;
    if (changed === document) changed = Array.isArray(document) ? [...document] : { ...document };
    (changed as { [key: string]: Json })[key] = after;
  }
  return changed;
}
