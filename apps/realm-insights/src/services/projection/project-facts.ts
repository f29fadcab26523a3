import type { ContentFact, SemanticSchema } from '@symphainy/contracts';
import type { Instance, SemanticProjection } from '../../model/projection.schema.js';

const VERSION = 'projection-v1';
const LISTED_PREDICATES = 200;

type MappedFact = ContentFact & Required<Pick<ContentFact, 'canonical'>>;

/** Facts as instances of the Librarian's models: those of one subject that one model names are one instance. `only`: of this model, by its name. */
export function projectFacts(facts: readonly ContentFact[], schemas: readonly SemanticSchema[], only: string | undefined): SemanticProjection {
  const wanted = (fact: ContentFact): fact is MappedFact => fact.canonical !== undefined && (only === undefined || fact.canonical.schema.startsWith(`${only}@`));
  const groups = Map.groupBy(facts.filter(wanted), ({ canonical, subject }) => `${canonical.schema}\n${subject}`);
  const instances = [...groups.values()].map((group) => instanceOf(group, requiredOf(schemas, group[0]!.canonical.schema)));
  const own = facts.filter(({ canonical }) => canonical === undefined);
  const predicates = [...Map.groupBy(own, ({ predicate }) => predicate)].map(([predicate, { length }]) => ({ predicate, facts: length })).toSorted((a, b) => b.facts - a.facts || (a.predicate < b.predicate ? -1 : 1));
  return { version: VERSION, schemas: [...new Set(instances.map(({ schema }) => schema))].toSorted(), instances, unmapped: { facts: own.length, predicates: predicates.slice(0, LISTED_PREDICATES) } };
}

function requiredOf(schemas: readonly SemanticSchema[], id: string): string[] {
  const schema = schemas.find(({ name, version }) => `${name}@${version}` === id)?.schema['required'];
  return Array.isArray(schema) ? schema.filter((name) => typeof name === 'string') : [];
}

function instanceOf(facts: readonly MappedFact[], required: readonly string[]): Instance {
  const { canonical: { schema }, subject } = facts[0]!;
  const byName = [...Map.groupBy(facts, ({ canonical }) => canonical.name)];
  const members = Object.fromEntries(byName.map(([name, [first]]) => {
    const { id, value, value_type, unit, raw, predicate, source, canonical: { matched, how, confidence } } = first!;
    return [name, { value, value_type, ...(unit === undefined ? {} : { unit }), ...(raw === undefined ? {} : { raw }), fact: id, predicate, mapped: { matched, how, confidence }, source }];
  }));
  const conflicts = byName.flatMap(([member, stated]) => (new Set(stated.map(({ value }) => JSON.stringify(value))).size > 1 ? [{ member, facts: stated.map(({ id }) => id) }] : []));
  return { schema, subject, members, missing: required.filter((name) => !(name in members)), conflicts };
}
