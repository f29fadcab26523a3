import type { CanonicalName, SemanticSchema, Vocabulary } from '@symphainy/contracts';

/** A canonical model's members, with the words for them. */
export interface CanonicalModel {
  /** `<name>@<version>`. */
  readonly schema: string;
  readonly members: readonly CanonicalMember[];
}

export interface CanonicalMember {
  readonly name: string;
  readonly synonyms: readonly string[];
  readonly required: boolean;
  /** Its JSON Schema's `format`, where it has one. */
  readonly format?: string | undefined;
}

/** The newest version of each model, with the vocabulary whose terms name its members. */
export function canonicalModels(schemas: readonly SemanticSchema[], vocabularies: readonly Vocabulary[]): CanonicalModel[] {
  const newest = [...Map.groupBy(schemas, ({ name }) => name).values()].map((versions) => versions.toSorted((a, b) => compareVersions(b.version, a.version))[0]!);
  return newest.toSorted((a, b) => (a.name < b.name ? -1 : 1)).flatMap(({ name, version, schema }) => {
    const terms = new Map<string, { synonyms: string[]; path: string | undefined }>();
    for (const vocabulary of vocabularies.toSorted((a, b) => compareVersions(a.version, b.version))) {
      for (const term of vocabulary.terms) if (term.schema === name) terms.set(term.term, { synonyms: term.synonyms, path: term.path });
    }
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const properties = (schema['properties'] ?? {}) as Readonly<Record<string, { readonly format?: string } | undefined>>;
    const members = [...terms].map(([term, { synonyms, path }]): CanonicalMember => {
      const member = path?.replace(/^\//, '') ?? term;
      return { name: member, synonyms: [...new Set([term, ...synonyms])], required: required.has(member), format: properties[member]?.format };
    });
    return members.length === 0 ? [] : [{ schema: `${name}@${version}`, members }];
  });
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  return left[0]! - right[0]! || left[1]! - right[1]! || left[2]! - right[2]!;
}

/** Least members that a group of names must share with a model, and the least share of its names, before it is taken for one. */
const LEAST_MEMBERS = 3;
const LEAST_WITH_IDENTITY = 2;
const LEAST_SHARE = 0.25;

export interface Mapped extends CanonicalName {
  readonly format?: string | undefined;
  /** The model's things are known by it. */
  readonly identifies: boolean;
}

/**
 * The names of one thing (a form's keys, a table's columns) as members of the model that fits them best: the one with most confidence in all, if at least three names are its members, or two with the one that
 * identifies it, and a quarter of all. Each member is given once, to the surest name. Names that no word is like are left out, and so are all where no model fits.
 */
export function canonicalNames(names: readonly string[], models: readonly CanonicalModel[]): ReadonlyMap<string, Mapped> {
  const distinct = [...new Set(names)];
  const maps = models.map((model) => ({ model, map: assigned(distinct, model) }));
  const fitting = maps.filter(({ model, map }) => {
    const identified = [...map.values()].some(({ name }) => model.members.some((member) => member.name === name && member.required));
    return map.size >= (identified ? LEAST_WITH_IDENTITY : LEAST_MEMBERS) && map.size >= distinct.length * LEAST_SHARE;
  });
  const confidence = ({ map }: (typeof maps)[number]): number => [...map.values()].reduce((sum, one) => sum + one.confidence, 0);
  return fitting.toSorted((a, b) => confidence(b) - confidence(a))[0]?.map ?? new Map<string, Mapped>();
}

function assigned(names: readonly string[], { schema, members }: CanonicalModel): Map<string, Mapped> {
  const offers = names.flatMap((name, at) => members.flatMap((member) => {
    const like = likeness(name, member);
    return like === undefined ? [] : [{ name, at, mapped: { schema, name: member.name, ...like, format: member.format, identifies: member.required } }];
  }));
  const map = new Map<string, Mapped>();
  const taken = new Set<string>();
  for (const { name, mapped } of offers.toSorted((a, b) => b.mapped.confidence - a.mapped.confidence || a.at - b.at)) {
    if (map.has(name) || taken.has(mapped.name)) continue;
    map.set(name, mapped);
    taken.add(mapped.name);
  }
  return map;
}

type Likeness = Pick<CanonicalName, 'matched' | 'how' | 'confidence'>;

const CONFIDENCE = { name: 1, synonym: 0.98, words: 0.9, spelling: 0.8 } as const;

/** How a source's name is like a member, by the surest of its words; undefined: it is not. */
function likeness(name: string, { name: own, synonyms }: CanonicalMember): Likeness | undefined {
  const words = wordsOf(name);
  if (words.length === 0) return undefined;
  const [exact, sorted] = [words.join(' '), words.toSorted().join(' ')];
  let best: Likeness | undefined;
  for (const word of synonyms) {
    const others = wordsOf(word);
    const how = exact === others.join(' ') ? (word === own ? 'name' : 'synonym') : sorted === others.toSorted().join(' ') ? 'words' : isSlip(words, others) ? 'spelling' : undefined;
    if (how !== undefined && CONFIDENCE[how] > (best?.confidence ?? 0)) best = { matched: word, how, confidence: CONFIDENCE[how] };
  }
  return best;
}

/** Short forms that forms and files use for the same word. */
const SHORT: Readonly<Record<string, string>> = {
  no: 'number', nr: 'number', num: 'number', nbr: 'number', nmbr: 'number', dt: 'date', dte: 'date', amt: 'amount', addr: 'address', desc: 'description', descr: 'description', dist: 'district', cd: 'code', typ: 'type', stat: 'status', eff: 'effective',
  exp: 'expiration', prem: 'premium', pol: 'policy', st: 'state', const: 'construction', ins: 'insured', curr: 'currency', freq: 'frequency', bene: 'beneficiary', agt: 'agent', iss: 'issue', val: 'value', est: 'estimated', appl: 'application',
};

/** `PermitTypeDesc` → permit, type, description: lower case, camel case parted, accents and marks left out, short forms written out, plurals without their s. */
function wordsOf(name: string): string[] {
  const parted = name.replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return (parted.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => (Object.hasOwn(SHORT, word) ? SHORT[word]! : word.length > 3 ? word.replace(/([^s])s$/, '$1') : word));
}

const LEAST_LETTERS = 5;

/** The same words but for one letter in one long word. */
function isSlip(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const different = a.flatMap((word, at) => (word === b[at] ? [] : [[word, b[at]!] as const]));
  return different.length === 1 && different[0]![0].length >= LEAST_LETTERS && oneApart(...different[0]!);
}

/** One letter put in, left out or changed, or two neighbours swapped. */
function oneApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const rest = (text: string, skip: number): string => text.slice(start + skip);
  if (a.length !== b.length) return a.length > b.length ? rest(a, 1) === rest(b, 0) : rest(a, 0) === rest(b, 1);
  return rest(a, 1) === rest(b, 1) || (a[start] === b[start + 1] && a[start + 1] === b[start] && rest(a, 2) === rest(b, 2));
}
