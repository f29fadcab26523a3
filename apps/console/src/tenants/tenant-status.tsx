import type { Tenant } from '@symphainy/contracts';

const tones = { active: 'tone-completed', suspended: 'tone-paused', closed: 'tone-cancelled' } as const;
const names = { active: 'Active', suspended: 'Suspended', closed: 'Closed' } as const;

export function TenantStatus({ status }: { status: Tenant['status'] }) {
  return <span className={`status-pill status-pill-plain ${tones[status]}`}>{names[status]}</span>;
}
