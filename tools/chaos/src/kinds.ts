/** What the realm of recorded histories offers, as the recorder and the realm both know it. */
export const KIND = {
  branches: 'kinds.branches',
  timer: 'kinds.timer',
  sleeper: 'kinds.sleeper',
  map: 'kinds.map',
  map_breaks: 'kinds.map_breaks',
  effect: 'kinds.effect',
  unsure: 'kinds.unsure',
  undone: 'kinds.undone',
  not_undone: 'kinds.not_undone',
  waits: 'kinds.waits',
  waits_later: 'kinds.waits_later',
  breaks: 'kinds.breaks',
  asked: 'kinds.asked',
  late: 'kinds.late',
  agent: 'kinds.agent',
  parent: 'kinds.parent',
} as const;
export type Kind = keyof typeof KIND;

/** The signal that its waiting steps wait for. */
export const WORD = 'word';
export const YEAR_MS = 365 * 86_400_000;

const identity = (tenant_id: string, user_id: string, roles: readonly string[], kind = 'person'): object => ({ tenant_id, user_id, kind, roles });

/** Two tenants: a missed deadline is observed in acme and enforced in globex. Bob operates on what alice asked for. */
export const KINDS_BOOTSTRAP: object = {
  tenants: [
    { tenant_id: 'acme', name: 'Acme', switches: { sla: 'observe' } },
    { tenant_id: 'globex', name: 'Globex', switches: { sla: 'enforce' } },
  ],
  identities: [
    identity('acme', 'alice', ['builder']),
    identity('acme', 'bob', ['builder', 'operator']),
    identity('acme', 'nightly', ['builder'], 'service'),
    identity('globex', 'gina', ['builder']),
    identity('platform', 'admin', ['governance_admin']),
  ],
  policies: [
    {
      id: 'builders',
      role: 'security_guard',
      text: 'permit(principal, action == Action::"submit", resource) when { principal.roles.contains("builder") && context.own_session && resource.realm != "governance" };',
    },
  ],
};
