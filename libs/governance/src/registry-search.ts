import type { GovernanceBundle, RegistryFound, RegistryHealth, RegistryQuery } from '@symphainy/contracts';

/** How a realm is now; `unknown` where nobody says. */
export type RealmHealth = (realm: string) => RegistryHealth;

const WORST_FIRST: readonly RegistryHealth[] = ['away', 'unwell', 'unknown', 'well'];

/** The entries that fit, those with the first word in their name before others, then by name and kind. */
export function searchRegistry(bundle: GovernanceBundle, query: RegistryQuery, healthOf: RealmHealth): RegistryFound[] {
  const words = wordsOf(query.text);
  const first = words[0] ?? '';
  const isNamed = ({ name }: RegistryFound): boolean => name.toLowerCase().includes(first);
  return registryEntries(bundle, healthOf)
    .filter((entry) => fits(entry, query, words))
    .sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)) || compare(a.name, b.name) || compare(a.kind, b.kind));
}

const wordsOf = (text = ''): string[] => text.toLowerCase().split(/\s+/).filter((word) => word !== '');
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function fits(entry: RegistryFound, { kind, owner, determinism, health, deprecated }: RegistryQuery, words: readonly string[]): boolean {
  const text = [entry.name, entry.description, entry.owner ?? '', ...entry.realms].join('\n').toLowerCase();
  return (
    words.every((word) => text.includes(word)) &&
    (kind === undefined || entry.kind === kind) &&
    (owner === undefined || (entry.owner ?? '').toLowerCase().includes(owner.toLowerCase())) &&
    (determinism === undefined || entry.determinism === determinism) &&
    (health === undefined || entry.health === health) &&
    (deprecated === undefined || (entry.notice !== undefined) === (deprecated === 'true'))
  );
}

function registryEntries({ capabilities, notices = [], agents = [], domains = [], solutions = [] }: GovernanceBundle, healthOf: RealmHealth): RegistryFound[] {
  const noticeOf = new Map(notices.map((notice) => [notice.capability, notice]));
  const worst = (realms: readonly string[]): RegistryHealth => WORST_FIRST.find((health) => realms.some((realm) => healthOf(realm) === health)) ?? 'unknown';
  const described = ({ name, version, description, owner }: { name: string; version: string; description: string; owner?: string | undefined }, realms: readonly string[]) =>
    ({ name, version, description, ...(owner === undefined ? {} : { owner }), realms: [...realms], health: worst(realms) });
  return [
    ...capabilities.map((one) => ({ kind: 'capability' as const, ...described(one, [one.realm]), determinism: one.determinism, ...(noticeOf.has(one.name) ? { notice: noticeOf.get(one.name)! } : {}) })),
    ...agents.map((one) => ({ kind: 'agent' as const, ...described(one, [one.realm]), determinism: one.determinism })),
    ...domains.map((one) => ({ kind: 'domain' as const, ...described(one, one.realms) })),
    ...solutions.map((one) => ({ kind: 'solution' as const, ...described(one, one.realms) })),
  ];
}
