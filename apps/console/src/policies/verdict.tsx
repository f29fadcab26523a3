import type { Verdict } from '@symphainy/contracts';

export const roleNames: Readonly<Record<Verdict['role'], string>> = { security_guard: 'Security Guard', city_manager: 'City Manager', data_steward: 'Data Steward' };
export const roleQuestions: Readonly<Record<Verdict['role'], string>> = { security_guard: 'may this caller', city_manager: 'may this tenant', data_steward: 'may this data' };

export function DecisionBadge({ decision }: { decision: 'permit' | 'deny' }) {
  return <span className={decision === 'permit' ? 'verdict verdict-permit' : 'verdict verdict-deny'}>{decision === 'permit' ? 'Permit' : 'Deny'}</span>;
}

export function EffectBadge({ effect }: { effect: 'permit' | 'forbid' }) {
  return <span className={effect === 'permit' ? 'verdict verdict-permit' : 'verdict verdict-deny'}>{effect === 'permit' ? 'Permit' : 'Forbid'}</span>;
}
