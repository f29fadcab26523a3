import fc from 'fast-check';
import { CloudEvent } from 'cloudevents';
import { passes, selects, wantedRecords, type PlatformEvent } from './event-matching.js';
import { selection, subscription, type EventFilter, type Selection } from './subscription.schema.js';

const event = new CloudEvent({ id: '1', type: 'symphainy.record.execution_failed', source: '/tenants/acme/executions/1', intenttype: 'content.ingest', realm: 'content' }, false) as unknown as PlatformEvent;
const select = (of: object): Selection => selection.parse(of);

describe('what a subscription selects', () => {
  it.each([
    ['nothing named, so everything', {}, true],
    ['its type', { types: ['symphainy.record.execution_failed'] }, true],
    ['another type', { types: ['symphainy.record.execution_completed'] }, false],
    ['its intent, another realm', { intent_types: ['content.ingest'], realms: ['insights'] }, false],
    ['a prefix', { filters: [{ prefix: { type: 'symphainy.record.' } }] }, true],
    ['a suffix and an exact value that differs', { filters: [{ suffix: { type: '_failed' } }, { exact: { realm: 'insights' } }] }, false],
    ['any of two', { filters: [{ any: [{ exact: { realm: 'insights' } }, { exact: { realm: 'content' } }] }] }, true],
    ['an attribute that the event lacks', { filters: [{ exact: { userid: 'alice' } }] }, false],
    ['not an attribute that the event lacks', { filters: [{ not: { exact: { userid: 'alice' } } }] }, true],
  ])('%s', (_, wanted, expected) => {
    expect(selects(select(wanted), event)).toBe(expected);
  });

  it('filters - "all" and "any" are each other’s negations, whatever is nested in them', () => {
    const leaf = fc.record({ of: fc.constantFrom('exact', 'prefix', 'suffix'), name: fc.constantFrom('type', 'realm', 'absent'), value: fc.constantFrom('content', 'sym', 'failed') }).map(({ of, name, value }) => ({ [of]: { [name]: value } }) as unknown as EventFilter);
    fc.assert(fc.property(fc.array(leaf, { minLength: 1, maxLength: 5 }), (filters) => passes({ all: filters }, event) === !passes({ any: filters.map((not) => ({ not })) }, event)));
  });

  it('a filter that names nothing, or is nested too deep to be read - is refused', () => {
    const deep = (n: number): object => (n === 0 ? { exact: { type: 'a' } } : { not: deep(n - 1) });
    expect([selection.safeParse({ filters: [{ exact: {} }] }).success, selection.safeParse({ filters: [deep(2)] }).success, selection.safeParse({ filters: [deep(3)] }).success]).toEqual([false, true, false]);
  });
});

describe('what the Runtime is asked for', () => {
  const of = (tenant_id: string, types: string[]) => subscription.parse({ tenant_id, subscription_id: `s${types.length}`, description: '', status: 'active', select: { types }, target: { kind: 'subject' }, secret_version: 1 });

  it('types of one tenant’s subscriptions - add up; one that wants everything wants everything, in either order', () => {
    const some = of('acme', ['symphainy.record.execution_failed', 'symphainy.event.claim_paid']);
    const all = of('acme', []);
    expect(wantedRecords([some]).get('acme')).toEqual(new Set(['execution_failed', 'step_completed']));
    expect([wantedRecords([some, all]), wantedRecords([all, some])].map((w) => [w.has('acme'), w.get('acme')])).toEqual([[true, undefined], [true, undefined]]);
    expect(wantedRecords([of('acme', ['symphainy.attention.stuck'])]).get('acme')).toEqual(new Set());
  });

  it('whatever is selected - is in a frame that was asked for', () => {
    const types = fc.array(fc.constantFrom('execution_failed', 'step_completed', 'intent_received'), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(types, { minLength: 1, maxLength: 4 }), fc.constantFrom('execution_failed', 'step_completed', 'intent_received'), (lists, type) => {
        const subscriptions = lists.map((list) => of('acme', list.map((t) => `symphainy.record.${t}`)));
        const made = new CloudEvent({ id: '1', type: `symphainy.record.${type}`, source: '/' }, false) as unknown as PlatformEvent;
        const wanted = wantedRecords(subscriptions).get('acme');
        return !subscriptions.some((s) => selects(s.select, made)) || wanted === undefined || wanted.has(type);
      }),
    );
  });
});
