/**
 * agents: what follows from facts. An agent reasons over the facts it is given and returns claims that cite them; it reads nothing, writes nothing and asks nobody. Whether a claim rests on its facts is checked
 * outside of it. `rulesReader` needs no model: it knows how the members of the platform's canonical models hang together.
 */
import type { Claim, Instance, ProjectedMember } from '../model/projection.schema.js';

export interface ExpertReader {
  readonly model: string;
  /** The same facts give the same claims. */
  readonly deterministic: boolean;
  reason(instances: readonly Instance[], signal: AbortSignal): Promise<Claim[]>;
}

const MOST_CLAIMS = 1_000;

/** What must not come before what, where a thing states both. */
const ORDER = [['applied_date', 'issued_date'], ['issued_date', 'expiry_date'], ['issue_date', 'expiry_date'], ['effective_date', 'expiry_date'], ['insured_birth_date', 'issue_date']] as const;
/** What is less than what, where a thing states both in one currency. */
const LESS = [['fee', 'estimated_cost'], ['premium_amount', 'sum_insured']] as const;

export const rulesReader: ExpertReader = {
  model: 'rules-v1',
  deterministic: true,
  reason: (instances) => Promise.resolve([...instances.flatMap(claimsOf), ...sharedIdentities(instances)].slice(0, MOST_CLAIMS)),
};

function claimsOf(instance: Instance): Claim[] {
  const { members, subject } = instance;
  const out: Claim[] = [];
  for (const [earlier, later] of ORDER) {
    const [a, b] = [members[earlier], members[later]];
    if (isDate(a) && isDate(b) && String(a.value) > String(b.value)) out.push({ text: `${subject}: ${words(later)} ${shown(b)} comes before ${words(earlier)} ${shown(a)}.`, because: `${earlier} is not after ${later}`, cites: [a.fact, b.fact] });
  }
  for (const [less, more] of LESS) {
    const [a, b] = [members[less], members[more]];
    if (isNumber(a) && isNumber(b) && a.unit === b.unit && Number(b.value) > 0 && Number(a.value) > Number(b.value)) out.push({ text: `${subject}: ${words(less)} ${shown(a)} is more than ${words(more)} ${shown(b)}.`, because: `${less} is less than ${more}`, cites: [a.fact, b.fact] });
  }
  for (const [name, member] of Object.entries(members)) {
    if (isNumber(member) && Number(member.value) < 0) out.push({ text: `${subject}: ${words(name)} ${shown(member)} is below zero.`, because: 'amounts and counts are not negative', cites: [member.fact] });
  }
  for (const { member, facts } of instance.conflicts) out.push({ text: `${subject}: the source states ${words(member)} in more than one way.`, because: 'a member has one value', cites: facts.slice(0, 50) });
  const [any] = Object.values(members);
  if (any !== undefined) for (const name of instance.missing) out.push({ text: `${subject}: nothing states ${words(name)}.`, because: `the model ${instance.schema} requires ${name}`, cites: [any.fact] });
  return out;
}

/** Two things of one model that are known by the same identifier. */
function sharedIdentities(instances: readonly Instance[]): Claim[] {
  const identified = instances.flatMap(({ schema, members }) => Object.entries(members).flatMap(([name, member]) => (/_(number|id)$/.test(name) ? [{ key: `${schema}\n${name}\n${String(member.value)}`, name, member }] : [])));
  return [...Map.groupBy(identified, ({ key }) => key).values()].filter((same) => same.length > 1).map((same) => ({ text: `More than one record has the ${words(same[0]!.name)} ${shown(same[0]!.member)}.`, because: 'an identifier names one thing', cites: same.slice(0, 50).map(({ member }) => member.fact) }));
}

const words = (name: string): string => name.replaceAll('_', ' ');
const shown = ({ value, unit }: ProjectedMember): string => `${String(value)}${unit === undefined || /\d/.test(unit) ? '' : ` ${unit}`}`;
const isDate = (member: ProjectedMember | undefined): member is ProjectedMember => member?.value_type === 'date';
const isNumber = (member: ProjectedMember | undefined): member is ProjectedMember => member?.value_type === 'number' && Number.isFinite(Number(member.value));
