import type { CedarPolicy } from '@symphainy/contracts';
import { canonicalJson } from '@symphainy/kernel';
import { compileBundle, compileCandidate, discloseToTenant, evaluatePolicy, readSigningKey, redecide, signBundle, type PolicyRequest } from './index.js';
import { permissivePolicies, sampleBundle, sampleCapability } from './testing.js';

const base = sampleBundle();
const compiled = compileBundle(base, 'f'.repeat(64));
const requestOf = (more: Partial<PolicyRequest> = {}): PolicyRequest => ({
  caller: { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' },
  capability: sampleCapability('content.ingest'),
  action: 'submit',
  data: { classifications: [], references: [] },
  session_user_id: 'alice',
  ...more,
});
const noSecrets: CedarPolicy = { id: 'no-secrets', role: 'data_steward', text: '@reason("secrets stay")\nforbid(principal, action, resource) when { context.classifications.contains("secret") };' };

describe('policy time machine', () => {
  it('the same policies - decide everything as it was decided', () => {
    const same = compileCandidate(base, { put: [], remove: [] });
    for (const request of [requestOf(), requestOf({ data: { classifications: ['secret'], references: ['a'] } })]) expect(redecide(same, request, evaluatePolicy(compiled, request))).toEqual({ outcome: 'equal' });
  });

  it('a new rule - flips what it forbids, names the role and the policy, and nothing else', () => {
    const candidate = compileCandidate(base, { put: [noSecrets], remove: [] });
    const [plain, secret] = [requestOf(), requestOf({ data: { classifications: ['secret'], references: ['a'] } })];
    expect(redecide(candidate, plain, evaluatePolicy(compiled, plain))).toEqual({ outcome: 'equal' });
    expect(redecide(candidate, secret, evaluatePolicy(compiled, secret))).toEqual({
      outcome: 'flip',
      flip: { recorded: 'permit', candidate: 'deny', verdicts: [{ role: 'data_steward', recorded: { role: 'data_steward', decision: 'permit', policies: ['sample.data'] }, candidate: { role: 'data_steward', decision: 'deny', policies: ['no-secrets'], reason: 'secrets stay' } }] },
    });
  });

  it('the same decision by another policy - is no flip, and not equal either', () => {
    const renamed = compileCandidate(base, { put: [{ ...permissivePolicies[0]!, id: 'callers.v2' }], remove: ['sample.callers'] });
    expect(redecide(renamed, requestOf(), evaluatePolicy(compiled, requestOf()))).toEqual({ outcome: 'shifted' });
  });

  it('a candidate that is no policy - is refused before anything is decided', () => {
    expect(() => compileCandidate(base, { put: [{ ...noSecrets, text: 'permit(' }], remove: [] })).toThrow(expect.objectContaining({ code: 'governance.invalid' }) as Error);
  });
});

describe('a bundle shown to a tenant', () => {
  const policies = [
    ...permissivePolicies,
    { id: 'globex-only', role: 'security_guard' as const, text: 'permit(principal in Tenant::"globex", action, resource);' },
    { id: 'mentions-globex', role: 'security_guard' as const, text: 'permit(principal, action, resource) when { principal.tenant.id == "globex" };' },
  ];
  const signed = signBundle(sampleBundle({ policies, capabilities: [sampleCapability('content.ingest'), sampleCapability('content.other')] }), readSigningKey(Buffer.alloc(32, 1).toString('base64url')));
  const shown = (determined: string[]): string => canonicalJson(discloseToTenant(signed, { tenantId: 'acme', capabilities: new Set(['content.ingest']), policies: new Set(determined) }));

  it('another tenant - is named nowhere, neither by its entry nor by a policy about it', () => {
    const text = shown([]);
    expect(text).not.toContain('globex');
    for (const own of ['"acme"', 'sample.callers', 'content.ingest', '"alice"']) expect(text).toContain(own);
    expect(text).not.toContain('content.other');
  });

  it('a policy that determined the decision - is shown to whom it decided on', () => {
    expect(shown(['mentions-globex'])).toContain('"id":"mentions-globex"');
  });
});
