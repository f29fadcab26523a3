import { verifyReporter, verifySender } from './sender.js';

const registration = { service: 'realm-content', plane: 'realm' as const, instance: 'i', build: 'b', realm: 'content', capabilities: [] };
const gateway = { service: 'experience-gateway', plane: 'gateway' as const, instance: 'i', build: 'b', capabilities: [] };

describe('who registers', () => {
  it('itself - is taken', () => {
    expect(verifySender(registration, 'smart-city.register.realm-content.content')).toBe(registration);
    expect(verifySender(gateway, 'smart-city.register.experience-gateway.-')).toBe(gateway);
  });

  it.each([
    ['another service', { ...registration, service: 'realm-insights' }, '/service'],
    ['another realm', { ...registration, realm: 'insights' }, '/realm'],
    ['the gateway, to be given the keys', { ...registration, plane: 'gateway' as const }, '/plane'],
  ])('a realm that says it is %s - is refused', (_, request, field) => {
    expect(() => verifySender(request, 'smart-city.register.realm-content.content')).toThrow(expect.objectContaining({ code: 'registration.invalid', field }) as Error);
  });

  it('a realm that reports on the runtime - is refused', () => {
    const report = { service: 'runtime', instance: 'i', status: 'ok' as const, at: '2026-01-01T00:00:00.000Z', detail: { bundle_version: 99 } };
    expect(() => verifyReporter(report, 'smart-city.health.realm-content')).toThrow(/its own health/);
  });
});
