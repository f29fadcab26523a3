import { policyActions } from './cedar-schema.js';
import { readPolicy } from './policy-reading.js';
import { policyProblems } from './policy-problems.js';
import fc from 'fast-check';

const words = (text: string): string => readPolicy({ id: 'p', role: 'security_guard', text }).words;

describe('policies in words', () => {
  it.each([
    ['permit(principal, action, resource);', 'Permits anybody to submit any intent, replay any intent and read what any intent made.'],
    ['permit(principal in Tenant::"acme", action == Action::"submit", resource) when { principal.roles.contains("builder") && context.own_session && resource.realm != "governance" };', 'Permits anybody of acme to submit any intent, when the caller has the role builder and the session is the caller’s own and the realm is not governance.'],
    ['@reason("no")\nforbid(principal, action in [Action::"replay", Action::"hydrate"], resource in Realm::"content") unless { context.own_targets || context.granted };', 'Forbids anybody to replay anything of the realm content and to read what anything of the realm content made, unless every execution named is the caller’s own or a grant covers it.'],
    ['permit(principal == User::"acme/nightly", action == Action::"submit", resource == Capability::"content.ingest") when { !(principal.kind == "person" || context.classifications.containsAny(["pii", "secret"])) };', 'Permits nightly of acme to submit content.ingest, when the caller’s kind is not person and the data is not classified any of pii, secret.'],
    ['permit(principal, action == Action::"can_update_todo", resource is Resource) when { principal.hasTag("email") && resource.getTag("ownerID") == principal.getTag("email") };', 'Permits anybody to do “can_update_todo” to things of applications, when the caller has the attribute email and the intent’s ownerID is the caller’s email.'],
    ['permit(principal, action, resource) when { if context.granted then true else false };', 'Permits anybody to submit any intent, replay any intent and read what any intent made, when what its text says holds.'],
  ])('%s', (text, sentence) => {
    expect(words(text)).toBe(sentence);
  });

  it('mixed ands and ors - are bracketed, so that the sentence has one meaning', () => {
    expect(words('permit(principal, action == Action::"submit", resource) when { (context.granted || context.own_session) && principal.kind == "person" };')).toContain('when (a grant covers it or the session is the caller’s own) and the caller’s kind is person');
  });

  it('a condition of any shape - becomes a sentence that keeps every role it names, and says the opposite when it is negated', () => {
    const role = fc.stringMatching(/^[a-z]{3,8}$/);
    const atom = role.map((name) => `principal.roles.contains("${name}")`);
    const { condition } = fc.letrec<{ condition: string }>((tie) => ({
      condition: fc.oneof({ maxDepth: 4 }, atom, fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map(([a, op, b]) => `(${a} ${op} ${b})`), tie('condition').map((inner) => `!${inner.startsWith('(') || inner.startsWith('!') ? inner : `(${inner})`}`)),
    }));
    fc.assert(
      fc.property(condition, fc.constantFrom(...policyActions), (text, action) => {
        const said = (when: string): string => words(`permit(principal, action == Action::"${action}", resource) when { ${when} };`);
        for (const [, name] of text.matchAll(/"([a-z]+)"/g)) expect(said(text)).toContain(`the role ${name}`);
        expect(said(`!(${text})`)).not.toBe(said(text));
        expect(said(`!(!(${text}))`)).toBe(said(text));
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is wrong with a policy', () => {
  it('an attribute that there is not - is shown where it stands, whatever letters stand before it', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('// plain', '// umläute ’’', '// 🏛 city', ''), { maxLength: 6 }), (before) => {
        const lines = [...before, 'permit(principal, action == Action::"submit", resource)', 'when { "’" == "’" && principal.rank == "high" };'];
        const [problem, ...others] = policyProblems({ id: 'p', role: 'security_guard', text: lines.join('\n') });
        expect(others).toEqual([]);
        expect(problem).toMatchObject({ line: lines.length, column: 22, end_column: 36, message: 'attribute `rank` on entity type `User` not found' });
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['permit(principal, action, resource)\nwhen { principal.roles.contains("a") }', 2],
    ['permit(principal, action, resource);\npermit(principal, action, resource);', 2],
    ['', 1],
  ])('%j is refused at line %d', (text, line) => {
    expect(policyProblems({ id: 'p', role: 'security_guard', text })[0]).toMatchObject({ policy: 'p', line });
  });

  it('a policy that is well - has no problem', () => {
    expect(policyProblems({ id: 'p', role: 'security_guard', text: 'permit(principal, action, resource);' })).toEqual([]);
  });
});
