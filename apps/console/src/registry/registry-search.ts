/** Finding in registries. Pure. */
export interface Found {
  readonly name: string;
  readonly description?: string;
}

/** Every word must be in the entry, wherever: in its name, description, realms, terms. Those whose name has the first word come first. */
export function findEntries<T extends Found>(entries: readonly T[], find: string): readonly T[] {
  const words = find.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const fits = entries.filter((entry) => {
    const text = JSON.stringify(entry).toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const first = words[0] ?? '';
  return fits.toSorted((a, b) => Number(b.name.toLowerCase().includes(first)) - Number(a.name.toLowerCase().includes(first)) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What a version says of the ones before it: another major number is how a break of a contract is declared. */
export function versionWords(version: string): string {
  const major = Number(version.split('.')[0]);
  return major <= 1 ? 'No break of its contracts was declared.' : `Its contracts broke ${major === 2 ? 'once' : `${major - 1} times`}, declared by version ${major}.0.0${major === 2 ? '' : ' and those before'}.`;
}

/** A JSON Schema's members as rows: name, type in words, whether it must be there. Nested members follow theirs. */
export interface SchemaRow {
  readonly path: string;
  readonly depth: number;
  readonly type: string;
  readonly required: boolean;
  readonly description?: string;
}

const DEEPEST = 6;

type Schema = { readonly [member: string]: unknown };

export function schemaRows(schema: unknown): readonly SchemaRow[] {
  return members(asSchema(schema), asSchema(schema), '', 0);
}

const asSchema = (value: unknown): Schema => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {});

function members(root: Schema, schema: Schema, path: string, depth: number): SchemaRow[] {
  if (depth > DEEPEST) return [];
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
  return Object.entries(asSchema(schema['properties'])).flatMap(([name, raw]) => {
    const member = resolved(root, asSchema(raw));
    const inner = member['type'] === 'array' ? resolved(root, asSchema(member['items'])) : member;
    const at = `${path}${name}`;
    const description = typeof member['description'] === 'string' ? { description: member['description'] } : {};
    return [{ path: at, depth, type: typeWords(root, member), required: required.includes(name), ...description }, ...members(root, inner, `${at}.`, depth + 1)];
  });
}

/** Local references only; anything else stays as it is. */
function resolved(root: Schema, schema: Schema): Schema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
  const found = reference.slice(2).split('/').reduce<unknown>((at, part) => asSchema(at)[part.replaceAll('~1', '/').replaceAll('~0', '~')], root);
  return asSchema(found);
}

function typeWords(root: Schema, schema: Schema): string {
  if (Array.isArray(schema['enum'])) return (schema['enum'] as unknown[]).map(String).join(' | ');
  if (schema['const'] !== undefined) return String(schema['const']);
  if (schema['type'] === 'array') return `list of ${typeWords(root, resolved(root, asSchema(schema['items'])))}`;
  const type = Array.isArray(schema['type']) ? (schema['type'] as unknown[]).join(' | ') : typeof schema['type'] === 'string' ? schema['type'] : schema['anyOf'] || schema['oneOf'] ? 'one of several' : 'anything';
  return typeof schema['format'] === 'string' ? `${type} (${schema['format']})` : type;
}
