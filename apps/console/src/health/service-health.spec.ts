import { byService, standingOf, type Service } from './service-health.js';

const service: Service = { service: 'runtime', instance: 'r1', status: 'ok', build: 'abc', since: '2026-01-01T00:00:00.000Z', heard_ms_ago: 900, bundle_version: 7 };

describe('how a service stands', () => {
  it.each([
    [{}, 'Well'],
    [{ bundle_version: undefined }, 'Well'],
    [{ bundle_version: 6 }, 'Old bundle'],
    [{ heard_ms_ago: 25_000 }, 'Late'],
    [{ status: 'degraded', heard_ms_ago: 25_000, bundle_version: 6 }, 'Degraded'],
    [{ status: 'draining', bundle_version: 1 }, 'Draining'],
  ])('%j is told as %s, the worst first', (over, text) => {
    expect(standingOf({ ...service, ...over }, 7).text).toBe(text);
  });

  it('instances - stand beside those of their service', () => {
    expect(byService([service, { ...service, service: 'gateway' }, { ...service, instance: 'r2' }]).map(([name, all]) => [name, all.length])).toEqual([['gateway', 1], ['runtime', 2]]);
  });
});
