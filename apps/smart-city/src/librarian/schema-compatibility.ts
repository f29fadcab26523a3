import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { hashOf, type Json } from '@symphainy/kernel';

/** A JSON Schema (2020-12): `true`, `false`, or an object. */
export type Schema = boolean | { readonly [keyword: string]: Json };

/** Something that the narrower schema lets through and the wider one may not. */
export interface Incompatibility {
  /** JSON Pointer into the narrower schema's values, from the root: `/items/*` for elements. */
  readonly at: string;
  readonly message: string;
}

/**
 * Whether every value that `narrow` accepts is accepted by `wide`: empty when that is certain, else where it is not. What cannot be shown counts as
 * incompatible, so an empty answer is a proof and a finding is a reason to look. Reads the structure of both (types, required, properties, bounds, items,
 * alternatives, local `$ref`s); other keywords count only when both say the same. Descriptions, titles, defaults, examples and unknown annotations count for nothing.
 *
 * An input contract is compatible when `incompatibilities(before, after)` is empty (what callers send is still taken); an output contract when
 * `incompatibilities(after, before)` is (what readers get is what they knew).
 */
export function incompatibilities(narrow: Schema, wide: Schema): Incompatibility[] {
  return new Comparison(narrow, wide).compare(narrow, wide, '');
}

type Members = { readonly [name: string]: Schema };

/** Keywords that say nothing about which values are accepted. */
const ANNOTATIONS = new Set(['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly', '$comment', '$id', '$schema', '$defs', 'definitions', '$anchor', 'contentMediaType', 'contentEncoding']);
/** Keywords that `Comparison` reads; of every other keyword of the wider schema the narrower one must say the same. */
const READ = new Set([
  'type', 'enum', 'const', '$ref', 'anyOf', 'oneOf', 'allOf', 'required', 'properties', 'additionalProperties', 'items', 'prefixItems',
  'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'multipleOf',
]);
const LOWER = ['minLength', 'minItems', 'minProperties'] as const;
const UPPER = ['maxLength', 'maxItems', 'maxProperties'] as const;
const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];
const DEEPEST = 64;

class Comparison {
  /** Pairs under way: a recursion that meets one again has nothing new to say. */
  private readonly open = new Set<string>();
  private readonly ajv = addFormats(new Ajv2020({ strict: false, logger: false, formats: { 'data-reference': true } }));

  constructor(
    private readonly narrowRoot: Schema,
    private readonly wideRoot: Schema,
  ) {}

  compare(narrow: Schema, wide: Schema, at: string): Incompatibility[] {
    if (wide === true || narrow === false || (typeof wide === 'object' && saysNothing(wide))) return [];
    if (wide === false) return [{ at, message: 'nothing is accepted here any more' }];
    const pair = `${hashOf(narrow)} ${hashOf(wide)}`;
    if (this.open.has(pair)) return [];
    if (this.open.size > DEEPEST) return [{ at, message: 'the schemas are nested too deeply to be compared' }];
    this.open.add(pair);
    const found = this.alternatives(narrow === true ? {} : narrow, wide, at);
    this.open.delete(pair);
    return found;
  }

  /** Takes references and alternatives apart until two plain schemas stand beside each other. */
  private alternatives(narrow: { readonly [keyword: string]: Json }, wide: { readonly [keyword: string]: Json }, at: string): Incompatibility[] {
    const a = resolved(narrow, this.narrowRoot);
    const b = resolved(wide, this.wideRoot);
    if (typeof a === 'boolean' || typeof b === 'boolean') return this.compare(a, b, at);
    if (a.anyOf ?? a.oneOf) return branches(a).flatMap((branch) => this.compare(branch, b, at));
    if (a.allOf) return this.compare(merged(a), b, at);
    if (b.allOf) return [without(b, 'allOf'), ...(b.allOf as Schema[])].flatMap((part) => this.compare(a, part, at));
    if (b.anyOf ?? b.oneOf) return this.intoOne(a, b, at);
    return this.plain(a, b, at);
  }

  /** One branch must take all; of the rest the wider schema's own keywords. `oneOf` is read as `anyOf`. */
  private intoOne(a: { readonly [keyword: string]: Json }, b: { readonly [keyword: string]: Json }, at: string): Incompatibility[] {
    const byType = splitByType(a);
    if (byType.length > 1) return byType.flatMap((one) => this.compare(one, b, at));
    const tries = branches(b).map((branch) => this.compare(a, branch, at));
    const best = tries.toSorted((x, y) => x.length - y.length)[0];
    return best === undefined || best.length === 0 ? [] : [{ at, message: `none of the alternatives takes it: ${best[0]!.message}` }];
  }

  private plain(a: { readonly [keyword: string]: Json }, b: { readonly [keyword: string]: Json }, at: string): Incompatibility[] {
    const listed = listedValues(a);
    if (listed !== undefined) return this.values(listed, b, at);
    const listedByWide = listedValues(b);
    if (listedByWide !== undefined) return [{ at, message: `only ${JSON.stringify(listedByWide)} is accepted` }];
    const types = typesOf(a).filter((type) => !typesOf(b).some((other) => other === type || (other === 'number' && type === 'integer')));
    if (types.length > 0) return [{ at, message: `${types.join(', ')} is not accepted` }];
    const possible = new Set(typesOf(a));
    return [
      ...this.bounds(a, b, possible, at),
      ...(possible.has('object') ? this.objects(a, b, at) : []),
      ...(possible.has('array') ? this.arrays(a, b, at) : []),
      ...Object.keys(b).filter((keyword) => !READ.has(keyword) && !isAnnotation(keyword) && !same(a[keyword], b[keyword])).map((keyword) => ({ at, message: `"${keyword}" differs` })),
    ];
  }

  private values(listed: readonly Json[], b: { readonly [keyword: string]: Json }, at: string): Incompatibility[] {
    const root = typeof this.wideRoot === 'object' ? { $defs: this.wideRoot['$defs'] ?? {}, definitions: this.wideRoot['definitions'] ?? {} } : {};
    const accepts = this.ajv.compile({ ...root, ...b });
    return listed.filter((value) => !accepts(value)).map((value) => ({ at, message: `the value ${JSON.stringify(value)} is not accepted` }));
  }

  private bounds(a: { readonly [keyword: string]: Json }, b: { readonly [keyword: string]: Json }, possible: ReadonlySet<string>, at: string): Incompatibility[] {
    const found: Incompatibility[] = [];
    const say = (message: string): void => void found.push({ at, message });
    for (const keyword of LOWER) if (applies(keyword, possible) && number(b[keyword], 0) > number(a[keyword], 0)) say(`${keyword} rises to ${String(b[keyword])}`);
    for (const keyword of UPPER) if (applies(keyword, possible) && number(b[keyword], Infinity) < number(a[keyword], Infinity)) say(`${keyword} falls to ${String(b[keyword])}`);
    if (!possible.has('number') && !possible.has('integer')) return found;
    if (!isAbove(lowest(a), lowest(b))) say(`values below ${lowest(b).value} are not accepted`);
    if (!isAbove(negated(highest(a)), negated(highest(b)))) say(`values above ${highest(b).value} are not accepted`);
    if (b['multipleOf'] !== undefined && !isMultiple(a['multipleOf'], number(b['multipleOf'], 1))) say(`only multiples of ${String(b['multipleOf'])} are accepted`);
    return found;
  }

  private objects(a: { readonly [keyword: string]: Json }, b: { readonly [keyword: string]: Json }, at: string): Incompatibility[] {
    const [mine, theirs] = [membersOf(a), membersOf(b)];
    const missing = strings(b['required']).filter((name) => !strings(a['required']).includes(name)).map((name) => ({ at: `${at}/${name}`, message: 'is required' }));
    const rest = (a['additionalProperties'] ?? true) as Schema;
    const members = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])].flatMap((name) => {
      const [from, to] = [mine[name] ?? rest, theirs[name] ?? ((b['additionalProperties'] ?? true) as Schema)];
      return to === false && from !== false ? [{ at: `${at}/${name}`, message: 'is not accepted' }] : this.compare(from, to, `${at}/${name}`);
    });
    return [...missing, ...members, ...this.compare(rest, (b['additionalProperties'] ?? true) as Schema, `${at}/*`)];
  }

  private arrays(a: { readonly [keyword: string]: Json }, b: { readonly [keyword: string]: Json }, at: string): Incompatibility[] {
    const [mine, theirs] = [(a['prefixItems'] ?? []) as Schema[], (b['prefixItems'] ?? []) as Schema[]];
    const [restA, restB] = [(a['items'] ?? true) as Schema, (b['items'] ?? true) as Schema];
    const placed = Array.from({ length: Math.max(mine.length, theirs.length) }, (_, i) => this.compare(mine[i] ?? restA, theirs[i] ?? restB, `${at}/${i}`));
    return [...placed.flat(), ...this.compare(restA, restB, `${at}/*`)];
  }
}

const isAnnotation = (keyword: string): boolean => ANNOTATIONS.has(keyword) || keyword.startsWith('x-');
const saysNothing = (schema: object): boolean => Object.keys(schema).every(isAnnotation);
const same = (a: Json | undefined, b: Json | undefined): boolean => a !== undefined && b !== undefined && hashOf(a) === hashOf(b);
const number = (value: Json | undefined, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
const strings = (value: Json | undefined): readonly string[] => (Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : []);
const membersOf = (schema: { readonly [keyword: string]: Json }): Members => (schema['properties'] ?? {}) as Members;

function without(schema: { readonly [keyword: string]: Json }, ...keywords: string[]): { readonly [keyword: string]: Json } {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));
}

/** Follows local references (`#`, `#/…`); one that leads nowhere accepts anything on the narrow side's behalf, so nothing is proven by it. */
function resolved(schema: { readonly [keyword: string]: Json }, root: Schema, depth = 0): Schema {
  const ref = schema['$ref'];
  if (typeof ref !== 'string' || depth > DEEPEST) return schema;
  const target = ref === '#' ? root : pointed(root, ref);
  if (target === undefined) return schema;
  const others = without(schema, '$ref');
  const found = typeof target === 'object' ? resolved(target, root, depth + 1) : target;
  return saysNothing(others) ? found : { allOf: [found as Json, others as Json] };
}

function pointed(root: Schema, ref: string): Schema | undefined {
  if (!ref.startsWith('#/')) return undefined;
  const path = ref.slice(2).split('/').map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  return path.reduce<Json | undefined>((value, key) => (typeof value === 'object' && value !== null ? (value as { [key: string]: Json })[key] : undefined), root as Json) as Schema | undefined;
}

/** Each alternative with the keywords beside it. */
function branches(schema: { readonly [keyword: string]: Json }): Schema[] {
  const beside = without(schema, 'anyOf', 'oneOf');
  const list = (schema['anyOf'] ?? schema['oneOf']) as Schema[];
  return list.map((branch) => (saysNothing(beside) ? branch : { allOf: [branch as Json, beside as Json] }));
}

/** The parts of an `allOf` in one, where they do not speak of the same keyword; otherwise the first that says it counts, and the result accepts more, so nothing false is proven. */
function merged(schema: { readonly [keyword: string]: Json }): Schema {
  const parts = [without(schema, 'allOf'), ...(schema['allOf'] as Schema[])];
  if (parts.includes(false)) return false;
  const objects = parts.filter((part): part is { readonly [keyword: string]: Json } => typeof part === 'object');
  const required = [...new Set(objects.flatMap((part) => strings(part['required'])))];
  const properties = Object.assign({}, ...objects.toReversed().map((part) => membersOf(part))) as { [name: string]: Json };
  return { ...(Object.assign({}, ...objects.toReversed()) as object), ...(required.length > 0 ? { required } : {}), ...(Object.keys(properties).length > 0 ? { properties } : {}), ...additional(objects) };
}

/** What of members that no part names: closed if any part that knows all of them is. */
function additional(parts: readonly { readonly [keyword: string]: Json }[]): { additionalProperties?: Json } {
  const names = new Set(parts.flatMap((part) => Object.keys(membersOf(part))));
  const whole = parts.find((part) => part['additionalProperties'] !== undefined && [...names].every((name) => name in membersOf(part)));
  return whole === undefined ? { additionalProperties: true } : { additionalProperties: whole['additionalProperties']! };
}

function splitByType(schema: { readonly [keyword: string]: Json }): { readonly [keyword: string]: Json }[] {
  return Array.isArray(schema['type']) ? schema['type'].map((type) => ({ ...schema, type })) : [schema];
}

function listedValues(schema: { readonly [keyword: string]: Json }): readonly Json[] | undefined {
  if (schema['const'] !== undefined) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

function typesOf(schema: { readonly [keyword: string]: Json }): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? strings(type) : TYPES;
}

function applies(keyword: string, possible: ReadonlySet<string>): boolean {
  if (keyword.endsWith('Length')) return possible.has('string');
  return possible.has(keyword.endsWith('Items') ? 'array' : 'object');
}

/** A bound of numbers; `open`: the value itself is outside. */
interface Bound {
  readonly value: number;
  readonly open: boolean;
}

function lowest(schema: { readonly [keyword: string]: Json }): Bound {
  const [closed, open] = [number(schema['minimum'], -Infinity), number(schema['exclusiveMinimum'], -Infinity)];
  return open >= closed && open > -Infinity ? { value: open, open: true } : { value: closed, open: false };
}

function highest(schema: { readonly [keyword: string]: Json }): Bound {
  const [closed, open] = [number(schema['maximum'], Infinity), number(schema['exclusiveMaximum'], Infinity)];
  return open <= closed && open < Infinity ? { value: open, open: true } : { value: closed, open: false };
}

const negated = ({ value, open }: Bound): Bound => ({ value: -value, open });
const isAbove = (a: Bound, b: Bound): boolean => a.value > b.value || (a.value === b.value && (a.open || !b.open));
const isMultiple = (a: Json | undefined, of: number): boolean => typeof a === 'number' && Number.isInteger(a / of);
