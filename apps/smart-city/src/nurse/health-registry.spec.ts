import { silentLogger } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import type { ServiceHost } from '@symphainy/service-host';
import { HealthRegistry } from './health-registry.js';

const registryAt = (clock: ManualClock) => {
  const gauges = new Map<string, () => number>();
  const host = { clock, logger: silentLogger, metrics: { gauge: (name: string, _: string, read: () => number) => void gauges.set(name, read) } } as unknown as ServiceHost;
  return { registry: new HealthRegistry(host), unwell: () => gauges.get('symphainy_service_instances_unwell')?.() };
};

describe('HealthRegistry', () => {
  it('HealthRegistry - keeps what each instance said last, and counts the unwell', () => {
    const { registry, unwell } = registryAt(new ManualClock());
    registry.heard({ service: 'runtime', instance: 'r1', status: 'ok' });
    registry.heard({ service: 'runtime', instance: 'r2', status: 'degraded' });
    registry.heard({ service: 'runtime', instance: 'r2', status: 'draining' });
    expect([registry.all().map((r) => `${r.instance} ${r.status}`), unwell()]).toEqual([['r1 ok', 'r2 draining'], 1]);
  });

  it('HealthRegistry - an instance that falls silent is forgotten', () => {
    const clock = new ManualClock();
    const { registry } = registryAt(clock);
    registry.heard({ service: 'runtime', instance: 'r1', status: 'ok' });
    clock.advance(59_000);
    registry.heard({ service: 'runtime', instance: 'r2', status: 'ok' });
    clock.advance(2_000);
    expect(registry.all().map((r) => r.instance)).toEqual(['r2']);
  });
});
