import type { AccessSearch, Caller, CedarPolicy, Grant } from '@symphainy/contracts';
import type { RecordOf } from '@symphainy/execution';
import { compileBundle, type CompiledBundle } from '@symphainy/governance';
import { permissivePolicies, sampleBundle, sampleCapability } from '@symphainy/governance/testing';
import fc from 'fast-check';
import { PolicyQuestions } from './policy-questions.js';
import { isRecordedType, RecordedQuestions, type Found, type Listed, type RecordedType } from './recorded-questions.js';

const NOW = '2026-03-01T00:00:00.000Z';
const asker: Caller = { tenant_id: 'acme', user_id: 'carol', roles: [], auth: 'api_key' };
const guard = (id: string, text: string): CedarPolicy => ({ id, role: 'security_guard', text });
const oneOf = (...choices: string[]) => fc.constantFrom(...choices);

interface Thing {
  readonly user: string;
  readonly intentType: string;
  readonly classification: string | undefined;
}

/** The n-th execution, and the one artifact that it made. */
const executionId = (n: number): string => `019b0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const idOf = (type: RecordedType, n: number): string => (type === 'execution' ? executionId(n) : `${executionId(n)}/one/note`);

/** Questions to a bundle about a log that holds these, the oldest first. */
function questionsOn(bundle: CompiledBundle, things: readonly Thing[]): PolicyQuestions {
  const find = (_tenant: string, type: RecordedType, id: string): Promise<Found | undefined> => {
    const n = things.findIndex((_, i) => idOf(type, i) === id);
    if (n < 0) return Promise.resolve(undefined);
    const { user, intentType, classification } = things[n]!;
    const intent = { intent_id: executionId(n), intent_type: intentType, realm: intentType.split('.')[0], session_id: 's', metadata: {} };
    const received = { intent, caller: { tenant_id: 'acme', user_id: user, roles: [], auth: 'api_key' } } as unknown as RecordOf<'intent_received'>;
    return Promise.resolve({ received, ...(type === 'artifact' ? { artifact: { artifact_id: id, classification } } : {}) });
  };
  const list = (_tenant: string, type: RecordedType, behind: readonly (string | number)[], limit: number): Promise<readonly Listed[]> =>
    Promise.resolve(things.map((_, n) => ({ id: idOf(type, n), place: [n] })).reverse().filter(({ place: [n] }) => behind[0] === undefined || n! < Number(behind[0])).slice(0, limit));
  const refuse = (): never => { throw new Error('asking was refused'); };
  return new PolicyQuestions({ reader: undefined as never, bundles: undefined as never, current: () => bundle, refuse, recorded: new RecordedQuestions({ things: { find, list }, now: () => NOW }) });
}

const policies = fc.array(
  fc.tuple(
    oneOf('permit', 'permit', 'forbid'),
    oneOf('action == Action::"hydrate"', 'action == Action::"replay"', 'action in [Action::"hydrate", Action::"replay"]'),
    oneOf('resource', 'resource == Capability::"content.index"', 'resource in Realm::"insights"'),
    oneOf('true', 'context.own_targets', 'context.second_person', 'context.granted', 'principal.id == "bob"', 'context.classifications.contains("secret")', 'context.session_user_id == "alice"', 'principal.roles.contains("builder")'),
  ),
  { maxLength: 6 },
);
const things = fc.array(fc.record({ user: oneOf('alice', 'bob', 'nobody'), intentType: oneOf('content.index', 'insights.profile', 'gone.away'), classification: fc.constantFrom(undefined, 'secret', 'public') }), { maxLength: 12 });
const subject = oneOf('alice', 'bob', 'nobody').map((id) => ({ type: 'user', id }));
const type = oneOf('execution', 'artifact') as fc.Arbitrary<RecordedType>;
const action = oneOf('hydrate', 'replay', 'submit').map((name) => ({ name }));
const search: fc.Arbitrary<AccessSearch> = fc.oneof(
  fc.record({ open: fc.constant('resource' as const), subject, action, resource: fc.record({ type }) }),
  fc.record({ open: fc.constant('subject' as const), subject: fc.constant({ type: 'user' }), action, resource: fc.tuple(type, fc.nat(12)).map(([of, n]) => ({ type: of as string, id: idOf(of, n) })) }),
  fc.record({ open: fc.constant('action' as const), subject, resource: fc.tuple(type, fc.nat(12)).map(([of, n]) => ({ type: of as string, id: idOf(of, n) })) }),
);
/** Alice's holds at the time, Bob's is over. */
const grantOf = (user_id: string, n: number, expires_at: string): Grant => ({ grant_id: executionId(n), tenant_id: 'acme', user_id, actions: ['hydrate', 'replay'], scope: { intent_type: 'content.index' }, reason: 'r', duration_s: 3600, status: 'approved', requested_at: '2026-02-01T00:00:00.000Z', decided_by: 'dora', decided_at: '2026-02-01T00:00:00.000Z', expires_at });
const grants = [grantOf('alice', 90, '2026-03-01T00:59:00.000Z'), grantOf('bob', 91, '2026-02-01T01:00:00.000Z')];

describe('AuthZEN questions about what was recorded', () => {
  it('a search, page by page - finds exactly those that evaluation permits, in the order of the list, whatever the policies and the pages (property)', async () => {
    const leave = guard('leave', 'permit(principal == User::"acme/carol", action == Action::"submit", resource == Capability::"runtime.evaluate_access");');
    await fc.assert(
      fc.asyncProperty(policies, things, search, fc.integer({ min: 1, max: 5 }), async (drawn, log, asked, limit) => {
        const texts = drawn.map(([effect, on, resource, when], i) => guard(`p${i}`, `${effect}(principal, ${on}, ${resource}) when { ${when} };`));
        const others = permissivePolicies.filter(({ role }) => role !== 'security_guard');
        const bundle = compileBundle(sampleBundle({ policies: [...others, leave, ...texts], capabilities: ['content.index', 'insights.profile'].map((name) => sampleCapability(name)), grants }), 'a'.repeat(64));
        const questions = questionsOn(bundle, log);
        const permits = async (over: object): Promise<boolean> => (await questions.evaluate({ caller: asker, questions: [{ ...(asked as object), ...over } as never], semantic: 'execute_all' })).answers[0]!.decision;
        const found: Record<string, string>[] = [];
        for (let token = ''; ; ) {
          const { results, page } = await questions.search({ caller: asker, search: { ...asked, page: { limit, token } } });
          expect([results.length <= limit, page.count]).toEqual([true, results.length]);
          found.push(...results);
          if (page.next_token === '') break;
          token = page.next_token;
        }
        const candidates: object[] =
          asked.open === 'subject' ? ['alice', 'bob'].map((id) => ({ type: 'user', id }))
          : asked.open === 'action' ? ['hydrate', 'replay', 'submit'].map((name) => ({ name }))
          : log.map((_, n) => ({ type: asked.resource.type, id: isRecordedType(asked.resource.type) ? idOf(asked.resource.type, n) : '' })).reverse();
        const wanted = await Promise.all(candidates.map(async (one) => ((await permits({ [asked.open]: one })) ? [one] : [])));
        expect(found).toEqual(wanted.flat());
      }),
      { numRuns: 150 },
    );
  });

  it('a question - counts a grant that holds now and none that is over, as the access itself does', async () => {
    const others = permissivePolicies.filter(({ role }) => role !== 'security_guard');
    const bundle = compileBundle(sampleBundle({ policies: [...others, guard('g', 'permit(principal, action == Action::"hydrate", resource) when { context.granted };'), guard('l', 'permit(principal == User::"acme/carol", action == Action::"submit", resource);')], capabilities: [sampleCapability('content.index')], grants }), 'b'.repeat(64));
    const questions = questionsOn(bundle, [{ user: 'nobody', intentType: 'content.index', classification: undefined }]);
    const ask = async (id: string): Promise<boolean> => (await questions.evaluate({ caller: asker, questions: [{ subject: { type: 'user', id }, action: { name: 'hydrate' }, resource: { type: 'execution', id: executionId(0) } }], semantic: 'execute_all' })).answers[0]!.decision;
    expect([await ask('alice'), await ask('bob')]).toEqual([true, false]);
  });
});
