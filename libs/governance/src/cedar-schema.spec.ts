import { checkPolicy } from './index.js';

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
