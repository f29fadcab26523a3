import { areAccepted, checkPolicy } from './index.js';

const check = (text: string) => () => checkPolicy({ id: 'p', role: 'data_steward', text });

describe('checkPolicy', () => {
  it.each([
    'permit(principal, action, resource);',
    'permit(principal in Tenant::"acme", action == Action::"submit", resource in Realm::"content") when { principal.roles.contains("builder") && context.own_session };',
    '@reason("no") forbid(principal, action, resource) unless { context.classifications.isEmpty() };',
  ])('checkPolicy - accepts %s', (text) => {
    expect(check(text)).not.toThrow();
  });

  it.each([
    ['a misspelt attribute', 'permit(principal, action, resource) when { principal.rolse.contains("x") };', 'did you mean'],
    ['a type error', 'permit(principal, action, resource) when { principal.roles == "builder" };', 'policy p'],
    ['an unknown action', 'permit(principal, action == Action::"sumbit", resource);', 'policy p'],
    ['an unknown entity type', 'permit(principal in Group::"x", action, resource);', 'policy p'],
    ['no policy', '', 'policy p'],
    ['two policies', 'permit(principal, action, resource); forbid(principal, action, resource);', 'policy p'],
  ])('checkPolicy - refuses %s and says where to look', (_, text, words) => {
    expect(check(text)).toThrow(expect.objectContaining({ code: 'governance.invalid', field: '/text', message: expect.stringContaining(words) }));
  });
});

describe('areAccepted', () => {
  const policy = (id: string, text: string) => ({ id, role: 'security_guard' as const, text });
  const sound = [policy('a', 'permit(principal, action, resource);'), policy('a', 'permit(principal, action == Action::"delete", resource is Resource);')];

  it.each([
    ['does not parse', 'permit('],
    ['does not fit the schema', 'permit(principal, action, resource) when { principal.rolse.contains("x") };'],
    ['does not fit that of its own actions', 'permit(principal, action == Action::"delete", resource is Resource) when { context.action.getTag("soft") == "true" };'],
  ])('areAccepted - one among many that %s', (_, text) => {
    expect(areAccepted(sound)).toBe(true);
    expect(areAccepted([...sound, policy('b', text), ...sound])).toBe(false);
  });
});
