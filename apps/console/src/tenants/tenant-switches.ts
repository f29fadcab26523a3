/** What can be switched for a tenant, and what each position means, as docs/operations/tenants.md tells it. */
import type { Tenant } from '@symphainy/contracts';
import { formatDuration } from '../ui/format.js';

export type SwitchName = 'idempotency' | 'sla' | 'retention' | 'auto_healing' | 'auto_replay';
export type Position = 'off' | 'observe' | 'enforce';
export const positions: readonly Position[] = ['off', 'observe', 'enforce'];

export const switches: readonly { readonly name: SwitchName; readonly title: string; readonly says: Readonly<Record<Position, string>> }[] = [
  { name: 'idempotency', title: 'Idempotency', says: { off: 'Keys say nothing.', observe: 'A second request runs; its record names the first.', enforce: 'A second request is the first’s execution.' } },
  { name: 'sla', title: 'Deadlines', says: { off: 'Deadlines say nothing.', observe: 'A missed deadline is recorded.', enforce: 'An execution that misses its deadline ends.' } },
  { name: 'retention', title: 'Retention', says: { off: 'Everything stays in the log.', observe: 'What would go to the archive is told.', enforce: 'Ended executions go to the archive when their time is over.' } },
  { name: 'auto_healing', title: 'Healing', says: { off: 'Nurse recommends nothing.', observe: 'Nurse records what it recommends.', enforce: 'Nurse has the Runtime carry out what it recommends.' } },
  { name: 'auto_replay', title: 'Replay after a recovery', says: { off: 'What changed hands is not replayed.', observe: 'What a dead runtime left is folded and validated, and that is recorded.', enforce: 'A drift is recorded in the execution too, and Nurse tells it.' } },
];

/** Settings as a form holds them: numbers as typed, empty for unset. */
export interface SettingsDraft {
  readonly name: string;
  readonly switches: Readonly<Record<SwitchName, Position>>;
  readonly numbers: Readonly<Record<NumberName, string>>;
}

export type NumberName = 'max_running_executions' | 'max_queued_submissions' | 'max_submissions_per_s' | 'max_upload_bytes' | 'upload_quota_bytes' | 'retention_days';
const LIMITS: readonly NumberName[] = ['max_running_executions', 'max_queued_submissions', 'max_submissions_per_s'];

export const numbers: readonly { readonly name: NumberName; readonly title: string; readonly note: string }[] = [
  { name: 'max_running_executions', title: 'Running at once', note: 'executions; beyond it submissions wait' },
  { name: 'max_queued_submissions', title: 'Waiting at once', note: 'submissions; beyond it tenant.overloaded' },
  { name: 'max_submissions_per_s', title: 'Submissions per second', note: 'beyond it request.rate_limited' },
  { name: 'max_upload_bytes', title: 'Largest upload', note: 'bytes' },
  { name: 'upload_quota_bytes', title: 'All uploads', note: 'bytes in total' },
  { name: 'retention_days', title: 'Keep in the log for', note: 'days; then the archive, where retention says so' },
];

export const draftOf = (tenant: Tenant): SettingsDraft => ({
  name: tenant.name,
  switches: { idempotency: tenant.switches.idempotency, sla: tenant.switches.sla, retention: tenant.switches.retention, auto_healing: tenant.switches.auto_healing, auto_replay: tenant.switches.auto_replay },
  numbers: Object.fromEntries(numbers.map(({ name }) => [name, textOf(valueOf(tenant, name))])) as Record<NumberName, string>,
});

const valueOf = (tenant: Tenant, name: NumberName): number | undefined => (LIMITS.includes(name) ? tenant.limits?.[name as 'max_running_executions'] : tenant[name as 'retention_days']);
const textOf = (value: number | undefined): string => (value === undefined ? '' : String(value));

type Change = { [member: string]: string | number | { [name: string]: string | number } };

/** What `update_tenant` takes to make the tenant as drafted: only what differs. A number that was set cannot be unset by it. */
export function changeOf(tenant: Tenant, draft: SettingsDraft): { readonly change: Change } | { readonly wrong: NumberName; readonly message: string } {
  const before = draftOf(tenant);
  const change: Change = {};
  if (draft.name.trim() !== before.name) change['name'] = draft.name.trim();
  const moved = switches.filter(({ name }) => draft.switches[name] !== before.switches[name]);
  if (moved.length > 0) change['switches'] = Object.fromEntries(moved.map(({ name }) => [name, draft.switches[name]]));
  const limits: Record<string, number> = {};
  for (const { name, title } of numbers) {
    const [typed, was] = [draft.numbers[name].trim(), before.numbers[name]];
    if (typed === was) continue;
    const value = Number(typed);
    if (typed === '') return { wrong: name, message: `${title} cannot be unset once it is set: name a number` };
    if (!Number.isFinite(value) || value < 0) return { wrong: name, message: `${title} is no number` };
    if (LIMITS.includes(name)) limits[name] = value;
    else change[name] = value;
  }
  if (Object.keys(limits).length > 0) change['limits'] = limits;
  return { change };
}

/** A tenant's traffic rules as a sentence; they are set by `set_traffic`. */
export function trafficInWords({ sessions, capabilities = [], daily }: NonNullable<Tenant['traffic']>): string {
  const rules = [
    sessions?.max_age_s !== undefined && `sessions end after ${formatDuration(sessions.max_age_s * 1000)}`,
    sessions?.idle_s !== undefined && `sessions end after ${formatDuration(sessions.idle_s * 1000)} without an intent`,
    daily !== undefined && `at most ${daily.executions.toLocaleString('en')} executions begin in a day (midnight of ${daily.time_zone})`,
    ...capabilities.map(({ capability, max_running, max_submissions_per_s }) => `${capability}: ${[max_running !== undefined && `${max_running} at once`, max_submissions_per_s !== undefined && `${max_submissions_per_s} a second`].filter(Boolean).join(', ')}`),
  ].filter((rule) => rule !== false);
  return rules.length === 0 ? 'Traffic is not bounded otherwise.' : `Traffic rules: ${rules.join('; ')}.`;
}
