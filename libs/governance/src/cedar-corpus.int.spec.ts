/**
 * The engine as we drive it (policies prepared by slice, called by name) against decisions known elsewhere: a few of our own, and, when
 * CORPUS_DIR names a folder of Cedar's test corpus, all of its requests.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policySetTextToParts, policyToJson, statefulIsAuthorized, type Context, type Entities, type PolicySet, type TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import { sha256Hex } from '@symphainy/kernel';
import { preparedPolicies } from './prepared-policies.js';

interface CorpusRequest {
  description: string;
  principal: TypeAndId;
  action: TypeAndId;
  resource: TypeAndId;
  context: Context;
  decision: 'allow' | 'deny';
  reason: string[];
  errors: string[];
}

type Answer = Pick<CorpusRequest, 'decision' | 'reason' | 'errors'>;

/** Cedar numbers the policies of one text in their order; so do we, to compare the determining ids. */
function numbered(text: string): Record<string, string> {
  const parts = policySetTextToParts(text);
  if (parts.type === 'failure') throw new Error(parts.errors.map((e) => e.message).join('; '));
  return Object.fromEntries(parts.policies.map((policy, i) => [idOf(policy) ?? `policy${i}`, policy]));
}

function idOf(policy: string): string | undefined {
  const parsed = policyToJson(policy);
  return parsed.type === 'success' ? parsed.json.annotations?.['id'] : undefined;
}

function ask(policies: PolicySet['staticPolicies'] & Record<string, string>, entities: Entities, r: Omit<CorpusRequest, keyof Answer>): Answer {
  const slice = { id: sha256Hex(JSON.stringify(policies)), texts: policies, reasons: new Map(), empty: false };
  const answer = statefulIsAuthorized({ principal: r.principal, action: r.action, resource: r.resource, context: r.context, entities, preparsedPolicySetId: preparedPolicies(slice) });
  if (answer.type === 'failure') throw new Error(answer.errors.map((e) => e.message).join('; '));
  const { decision, diagnostics } = answer.response;
  return { decision, reason: diagnostics.reason.sort(), errors: diagnostics.errors.map((e) => e.policyId).sort() };
}

describe('Cedar', () => {
  const own = numbered('permit(principal, action, resource); forbid(principal, action, resource) when { context.risk > 5 };');
  const request = { description: 'own', principal: { type: 'User', id: 'a' }, action: { type: 'Action', id: 'submit' }, resource: { type: 'Capability', id: 'c' } };

  it.each([
    [{ risk: 1 }, { decision: 'allow', reason: ['policy0'], errors: [] }],
    [{ risk: 9 }, { decision: 'deny', reason: ['policy1'], errors: [] }],
    [{}, { decision: 'allow', reason: ['policy0'], errors: ['policy1'] }],
  ])('Cedar - own case with context %j', (context, wanted) => {
    expect(ask(own, [], { ...request, context })).toEqual(wanted);
  });
});

const corpus = process.env['CORPUS_DIR'];
if (corpus !== undefined) {
  const folder = join(corpus, 'governance', 'cedar', 'corpus');
  const names = readdirSync(folder).filter((f) => f.endsWith('.json') && !f.endsWith('.entities.json')).map((f) => f.slice(0, -'.json'.length));

  describe('Cedar corpus', () => {
    it.each(names)('Cedar corpus - %s: every decision, determining policy and error is equal', (name) => {
      const { requests } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { requests: CorpusRequest[] };
      const entities = JSON.parse(readFileSync(join(folder, `${name}.entities.json`), 'utf8')) as Entities;
      const policies = numbered(readFileSync(join(folder, `${name}.cedar`), 'utf8'));
      for (const { decision, reason, errors, ...r } of requests) expect([r.description, ask(policies, entities, r)]).toEqual([r.description, { decision, reason: reason.sort(), errors: errors.sort() }]);
    });
  });
}
