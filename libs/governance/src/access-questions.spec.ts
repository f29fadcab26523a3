import type { AccessQuestion, AccessSearch, CedarPolicy } from '@symphainy/contracts';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerAccess, checkPolicy, compileBundle, searchAccess, type CompiledBundle } from './index.js';
import { permissivePolicies, sampleBundle, sampleCapability, todoBundle } from './testing.js';

const HASH = 'a'.repeat(64);
const guard = (id: string, text: string): CedarPolicy => ({ id, role: 'security_guard', text });
const compiled = (policies: readonly CedarPolicy[]): CompiledBundle =>
  compileBundle(sampleBundle({ policies: [...permissivePolicies.slice(1), ...policies], capabilities: ['content.ingest', 'content.index', 'insights.profile'].map((name) => sampleCapability(name)) }), HASH);

const question = (over: Partial<AccessQuestion> = {}): AccessQuestion => ({ subject: { type: 'user', id: 'alice' }, action: { name: 'submit' }, resource: { type: 'capability', id: 'content.ingest' }, ...over });

describe('AuthZEN questions', () => {
  const builders = compiled([guard('b', 'permit(principal, action == Action::"submit", resource) when { principal.roles.contains("builder") };')]);

  it('answerAccess - a subject, resource or action that is not known here is answered with no, and told why', () => {
    for (const over of [{ subject: { type: 'robot', id: 'alice' } }, { resource: { type: 'capability', id: 'nothing.here' } }, { action: { name: 'destroy' } }]) {
      expect(answerAccess(builders, 'acme', question(over))).toMatchObject({ decision: false, context: { reason: expect.any(String) } });
    }
    expect(answerAccess(builders, 'acme', question())).toMatchObject({ decision: true, context: { policies: expect.arrayContaining(['b']) } });
  });

  it('answerAccess - roles that the asker claims raise nobody whom the bundle knows', () => {
    const claiming = (id: string): AccessQuestion => question({ subject: { type: 'user', id, properties: { roles: ['builder'] } } });
    expect([answerAccess(builders, 'acme', claiming('bob')).decision, answerAccess(builders, 'acme', claiming('stranger')).decision]).toEqual([false, true]);
  });

  it('answerAccess - who asks about themselves is judged as they were authenticated, others as holders of a token', () => {
    const keys = compiled([guard('k', 'permit(principal, action == Action::"submit", resource) when { principal.auth == "api_key" };')]);
    const alice = { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' as const };
    expect([answerAccess(keys, 'acme', question(), alice).decision, answerAccess(keys, 'acme', question()).decision]).toEqual([true, false]);
  });

  it('answerAccess - a user of another tenant is nobody in this one', () => {
    expect(answerAccess(builders, 'globex', question()).decision).toBe(false);
  });

  it('answerAccess - an application’s resource is never permitted by a policy on capabilities, nor by none', () => {
    const asked = question({ action: { name: 'can_read' }, resource: { type: 'invoice', id: '7' } });
    expect(answerAccess(builders, 'acme', asked).decision).toBe(false);
    const readers = compiled([guard('r', 'permit(principal, action == Action::"can_read", resource is Resource) when { resource.type == "invoice" && resource.hasTag("open") && resource.getTag("open") == "true" };')]);
    expect([answerAccess(readers, 'acme', asked).decision, answerAccess(readers, 'acme', { ...asked, resource: { type: 'invoice', id: '7', properties: { open: true } } }).decision]).toEqual([false, true]);
  });

  it('answerAccess - properties of subject and action count on an application’s resource, but raise nobody above what the bundle says of it', () => {
    const of = (policy: string): CompiledBundle => compiled([guard('w', policy)]);
    const asked = (over: Partial<AccessQuestion>): AccessQuestion => question({ action: { name: 'delete' }, resource: { type: 'record', id: '1' }, ...over });
    const soft = of('permit(principal, action == Action::"delete", resource is Resource) when { context.action.hasTag("soft") && context.action.getTag("soft") == "true" };');
    expect([true, false].map((value) => answerAccess(soft, 'acme', asked({ action: { name: 'delete', properties: { soft: value } } })).decision)).toEqual([true, false]);
    const admins = 'permit(principal, action == Action::"delete", resource is Resource) when { principal.hasTag("role") && principal.getTag("role") == "admin" };';
    const claimed = asked({ subject: { type: 'user', id: 'alice', properties: { role: 'admin' } } });
    const bundle = sampleBundle({ policies: [...permissivePolicies.slice(1), guard('w', admins)], identities: [{ ...sampleBundle().identities[0]!, attributes: { role: 'guest' } }] });
    expect([answerAccess(of(admins), 'acme', claimed).decision, answerAccess(of(admins), 'acme', asked({})).decision, answerAccess(compileBundle(bundle, HASH), 'acme', claimed).decision]).toEqual([true, false, false]);
    expect(() => checkPolicy(guard('w', 'permit(principal, action == Action::"delete", resource is Resource) when { context.action.getTag("soft") == "true" };'))).toThrow(/tag/);
    expect(() => checkPolicy(guard('w', 'permit(principal, action == Action::"submit", resource) when { context.action.hasTag("soft") };'))).toThrow(/action/);
  });

  it('checkPolicy - an action of an application’s own is known in a policy on resources alone; a mistyped one of ours is refused', () => {
    const check = (text: string) => () => checkPolicy(guard('p', text));
    expect(check('permit(principal, action == Action::"can_read", resource is Resource) when { resource.type == "todo" };')).not.toThrow();
    expect(check('permit(principal, action == Action::"submitt", resource);')).toThrow(/submitt/);
    expect(check('permit(principal, action == Action::"can_read", resource is Resource) when { resource.owner == principal.id };')).toThrow(/owner/);
  });
});

const oneOf = (...choices: string[]) => fc.constantFrom(...choices);
const actions = ['submit', 'replay', 'hydrate', 'can_read', 'can_write'];
const pool = fc
  .array(
    fc.tuple(
      oneOf('permit', 'permit', 'forbid'),
      oneOf('action', ...actions.map((name) => `action == Action::"${name}"`), 'action in [Action::"replay", Action::"can_read"]'),
      oneOf('resource', 'resource is Capability', 'resource is Resource', 'resource == Capability::"content.index"', 'resource in Realm::"content"', 'resource == Resource::"todo/1"', 'resource == Resource::"todo/2"'),
      oneOf('true', 'principal.roles.contains("builder")', 'principal.id == "bob"', 'context.granted', 'principal in Tenant::"acme"', 'context.own_session', 'principal.kind == "person"'),
    ),
    { maxLength: 8 },
  )
  .map((all) => all.map(([effect, action, resource, condition], i) => guard(`p${i}`, `${effect}(principal, ${action}, ${resource}) when { ${condition} };`)));

const subject = oneOf('alice', 'bob', 'nobody').map((id) => ({ type: 'user', id }));
const resource = fc.oneof(oneOf('content.ingest', 'content.index', 'insights.profile', 'gone.away').map((id) => ({ type: 'capability', id })), oneOf('1', '2').map((id) => ({ type: 'todo', id })));
const context = fc.record({ granted: fc.boolean() });
const search: fc.Arbitrary<AccessSearch> = fc.oneof(
  fc.record({ open: fc.constant('subject' as const), subject: fc.constant({ type: 'user' }), action: fc.constantFrom(...actions).map((name) => ({ name })), resource, context }),
  fc.record({ open: fc.constant('resource' as const), subject, action: fc.constantFrom(...actions).map((name) => ({ name })), resource: oneOf('capability', 'todo', 'tod').map((type) => ({ type })), context }),
  fc.record({ open: fc.constant('action' as const), subject, resource, context }),
);

describe('AuthZEN search', () => {
  it('searchAccess - finds exactly the candidates that evaluation permits, whatever the policies (property)', () => {
    fc.assert(
      fc.property(pool, search, (policies, asked) => {
        const bundle = compiled(policies);
        const holds = (over: Partial<AccessQuestion>): boolean => answerAccess(bundle, 'acme', { ...question(), ...(asked as object), ...over }).decision;
        const found = searchAccess(bundle, 'acme', asked);
        const wanted =
          asked.open === 'subject' ? ['alice', 'bob'].filter((id) => holds({ subject: { type: 'user', id } })).map((id) => ({ type: 'user', id }))
          : asked.open === 'resource' ? knownOf(policies, asked.resource.type).filter((id) => holds({ resource: { type: asked.resource.type, id } })).map((id) => ({ type: asked.resource.type, id }))
          : named(policies, asked.resource.type).filter((name) => holds({ action: { name } })).map((name) => ({ name }));
        expect(found).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });
});

/** Of an application's resources those are known that a policy names in its scope. */
function knownOf(policies: readonly CedarPolicy[], type: string): string[] {
  if (type === 'capability') return ['content.index', 'content.ingest', 'insights.profile'];
  return ['1', '2', 'o/1'].filter((id) => policies.some(({ text }) => text.includes(`resource == Resource::"${type}/${id}"`)));
}

/** Of a capability the platform's actions; of an application's resource those that some policy names. */
function named(policies: readonly CedarPolicy[], type: string): string[] {
  const ours = ['hydrate', 'replay', 'submit'];
  return type === 'capability' ? ours : actions.filter((name) => !ours.includes(name) && policies.some(({ text }) => text.includes(`Action::"${name}"`))).sort();
}

interface Vectors {
  readonly evaluation: readonly { readonly request: AccessQuestion; readonly expected: boolean }[];
  readonly evaluations: readonly { readonly request: AccessQuestion & { readonly evaluations: readonly Partial<AccessQuestion>[] }; readonly expected: readonly { readonly decision: boolean }[] }[];
}

const corpus = process.env['CORPUS_DIR'];
if (corpus !== undefined) {
  describe('AuthZEN interop vectors (CORPUS_DIR)', () => {
    const bundle = compileBundle(todoBundle(), HASH);

    it('todo scenario - one of the 40 single or 3 batched decisions that is not equal', () => {
      const vectors = JSON.parse(readFileSync(join(corpus, 'governance', 'authzen', 'todo-decisions-1_0-02.json'), 'utf8')) as Vectors;
      const single = vectors.evaluation.map(({ request }) => answerAccess(bundle, 'acme', request).decision);
      expect(single).toEqual(vectors.evaluation.map(({ expected }) => expected));
      const batched = vectors.evaluations.map(({ request }) => request.evaluations.map((one) => ({ decision: answerAccess(bundle, 'acme', { ...request, ...one }).decision })));
      expect(batched).toEqual(vectors.evaluations.map(({ expected }) => expected));
      expect([single.length, batched.length]).toEqual([40, 3]);
    });

    it('todo scenario - its policies are such as Smart City accepts', () => {
      for (const policy of todoBundle().policies) expect(() => checkPolicy(policy)).not.toThrow();
    });
  });
}
