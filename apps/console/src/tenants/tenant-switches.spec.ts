import { tenant as tenantSchema } from '@symphainy/contracts';
import fc from 'fast-check';
import { changeOf, draftOf, numbers, positions, switches, trafficInWords } from './tenant-switches.js';

const tenant = tenantSchema.parse({ tenant_id: 'acme', name: 'Acme', status: 'active', limits: { max_running_executions: 5 }, retention_days: 30 });

describe('settings of a tenant', () => {
  it('an untouched form - asks for nothing', () => {
    expect(changeOf(tenant, draftOf(tenant))).toEqual({ change: {} });
  });

  it('a changed form - asks for what differs and nothing else, and the tenant reads as drafted afterwards', () => {
    const position = fc.constantFrom(...positions);
    const draft = fc.record({
      name: fc.stringMatching(/^[A-Z][a-z]{2,8}$/),
      switches: fc.record(Object.fromEntries(switches.map(({ name }) => [name, position])) as never) as fc.Arbitrary<ReturnType<typeof draftOf>['switches']>,
      numbers: fc.record(Object.fromEntries(numbers.map(({ name }) => [name, fc.integer({ min: 1, max: 1000 }).map(String)])) as never) as fc.Arbitrary<ReturnType<typeof draftOf>['numbers']>,
    });
    fc.assert(
      fc.property(draft, (wanted) => {
        const asked = changeOf(tenant, wanted);
        if ('wrong' in asked) throw new Error(asked.message);
        const { switches: moved = {}, limits = {}, ...rest } = asked.change as Record<string, object>;
        const after = tenantSchema.parse({ ...tenant, ...rest, switches: { ...tenant.switches, ...moved }, limits: { ...tenant.limits, ...limits } });
        expect(draftOf(after)).toEqual(wanted);
        expect(changeOf(after, wanted)).toEqual({ change: {} });
      }),
      { numRuns: 60 },
    );
  });

  it.each([['', 'cannot be unset'], ['many', 'is no number'], ['-1', 'is no number']])('%j as a limit - is told at its field', (typed, message) => {
    const draft = draftOf(tenant);
    expect(changeOf(tenant, { ...draft, numbers: { ...draft.numbers, max_running_executions: typed } })).toEqual({ wrong: 'max_running_executions', message: expect.stringContaining(message) });
  });

  it('traffic rules - are told as a sentence, none as none', () => {
    const traffic = tenantSchema.shape.traffic.unwrap().parse({ sessions: { idle_s: 3600 }, daily: { executions: 5000, time_zone: 'Europe/Berlin' }, capabilities: [{ capability: 'content.ingest', max_running: 3 }] });
    expect([trafficInWords(traffic), trafficInWords({})]).toEqual(['Traffic rules: sessions end after 1 h 00 m without an intent; at most 5,000 executions begin in a day (midnight of Europe/Berlin); content.ingest: 3 at once.', 'Traffic is not bounded otherwise.']);
  });
});
