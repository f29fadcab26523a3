import type { CedarPolicy } from '@symphainy/contracts';
import { compileBundle, explainPolicy, type PolicyRequest } from './index.js';
import { permissivePolicies, sampleBundle, sampleCapability } from './testing.js';

const guard = (id: string, text: string): CedarPolicy => ({ id, role: 'security_guard', text });
const request: PolicyRequest = { caller: { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' }, capability: sampleCapability('content.ingest'), action: 'submit', data: { classifications: ['restricted'], references: ['secret/ref'] }, session_user_id: 'alice' };
const bundle = (...policies: CedarPolicy[]) => compileBundle(sampleBundle({ policies: [...permissivePolicies.slice(1), ...policies] }), 'b'.repeat(64));

describe('explainPolicy', () => {
  const byRole = guard('by-role', 'permit(principal, action, resource) when { principal.roles.contains("builder") };');

  it('explainPolicy - who determined the verdict, and the attributes that were read with their values; none that nobody read', () => {
    const [security] = explainPolicy(bundle(byRole, guard('elsewhere', 'permit(principal in Tenant::"globex", action, resource);')), request).roles;
    expect(security).toMatchObject({ verdict: { decision: 'permit' }, considered: 1, determined_by: [{ id: 'by-role', effect: 'permit', reads: ['principal.roles'], text: byRole.text }] });
    expect(security?.attributes).toEqual({ 'principal.roles': ['builder'], 'principal.tenant.id': 'acme', 'principal.tenant.status': 'active', 'resource.determinism': 'deterministic', 'resource.name': 'content.ingest', 'resource.realm': 'content' });
  });

  it('explainPolicy - a default deny names no policy, and still what was looked at', () => {
    const [security] = explainPolicy(bundle(guard('auditors', 'permit(principal, action, resource) when { principal.roles.contains("auditor") };')), request).roles;
    expect(security).toMatchObject({ verdict: { decision: 'deny', policies: [] }, considered: 1, determined_by: [], attributes: { 'principal.roles': ['builder'] } });
  });

  it('explainPolicy - a grant that a policy demands is told as the attribute it is', () => {
    const fourEyes = guard('four-eyes', '@reason("needs a grant")\nforbid(principal, action, resource) unless { context.granted };');
    const of = (granted: boolean) => explainPolicy(bundle(byRole, fourEyes), { ...request, granted });
    expect(of(false).roles[0]).toMatchObject({ verdict: { decision: 'deny', reason: 'needs a grant' }, attributes: { 'context.granted': false } });
    expect(of(true)).toMatchObject({ decision: { decision: 'permit' }, roles: [{ attributes: { 'context.granted': true } }, {}, {}] });
  });
});
