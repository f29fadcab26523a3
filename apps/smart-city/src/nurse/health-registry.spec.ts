import { silentLogger } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import type { ServiceHost } from '@symphainy/service-host';
import { HealthRegistry } from './health-registry.js';

const registryAt = (clock: ManualClock) => {
  const gauges = new Map<string, () => number>();
  const host = { clock, logger: silentLogger, metrics: { gauge: (name: string, _: string, read: () => number) => void gauges.set(name, read) } } as unknown as ServiceHost;
  return { registry: new HealthRegistry(host, 30_000), unwell: () => gauges.get('symphainy_service_instances_unwell')?.() };
};

const report = (service: string, instance: string, status: 'ok' | 'degraded' | 'draining', detail = {}) => ({ service, instance, status, at: '2026-01-01T00:00:00.000Z', detail });

describe('HealthRegistry', () => {
  it('HealthRegistry - keeps what each instance said last, and counts the unwell', () => {
    const { registry, unwell } = registryAt(new ManualClock());
    registry.heard(report('runtime', 'r1', 'ok'));
    registry.heard(report('runtime', 'r2', 'degraded'));
    registry.heard(report('runtime', 'r2', 'draining'));
    expect([registry.all().map((r) => `${r.instance} ${r.status}`), unwell()]).toEqual([['r1 ok', 'r2 draining'], 1]);
  });

  it('HealthRegistry - an instance that falls silent is forgotten', () => {
    const clock = new ManualClock();
    const { registry } = registryAt(clock);
    registry.heard(report('runtime', 'r1', 'ok'));
    clock.advance(29_000);
    registry.heard(report('runtime', 'r2', 'ok'));
    clock.advance(2_000);
    expect(registry.all().map((r) => r.instance)).toEqual(['r2']);
  });

  it('HealthRegistry - a runtime that registers is behind until it says which bundle it holds; others never are', () => {
    const { registry } = registryAt(new ManualClock());
    expect([registry.registered('runtime', 'runtime', 'r1'), registry.registered('runtime', 'runtime', 'r1'), registry.registered('realm-content', 'realm', 'c1')]).toEqual([true, false, true]);
    expect(registry.runtimesBehind(2)).toEqual(['r1']);
    registry.heard(report('runtime', 'r1', 'ok', { bundle_version: 1 }));
    expect([registry.runtimesBehind(1), registry.runtimesBehind(2)]).toEqual([[], ['r1']]);
    registry.heard(report('runtime', 'r1', 'ok', { bundle_version: 2 }));
    registry.registered('runtime', 'runtime', 'r1');
    expect(registry.runtimesBehind(2)).toEqual([]);
  });

  it('HealthRegistry - a gateway is behind until it says which keys it holds, and does not go back to older ones', () => {
    const { registry } = registryAt(new ManualClock());
    registry.registered('experience-gateway', 'gateway', 'g1');
    expect([registry.gatewaysBehind(1), registry.runtimesBehind(1)]).toEqual([['g1'], []]);
    for (const keys_version of [2, 1]) registry.heard(report('experience-gateway', 'g1', 'ok', { keys_version }));
    expect([registry.gatewaysBehind(2), registry.gatewaysBehind(3)]).toEqual([[], ['g1']]);
    expect(registry.all()).toMatchObject([{ instance: 'g1', keys_version: 2 }]);
  });

  it('HealthRegistry - a runtime that drains is not waited for', () => {
    const { registry } = registryAt(new ManualClock());
    registry.heard(report('runtime', 'r1', 'draining', { bundle_version: 1 }));
    expect(registry.runtimesBehind(2)).toEqual([]);
  });
});
