/**
 * The engine as we drive it (policies prepared by slice, called by name) against decisions known elsewhere: a few of our own, and, when
 * CORPUS_DIR names a folder of test material, all 54 requests of Cedar's hand-written cases and all 320 of its generated ones.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policySetTextToParts, policyToJson, preparseSchema, statefulIsAuthorized, type Context, type Entities, type PolicySet, type TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
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

/** `schema`: without one, entities that are written the short way cannot be read. */
function ask(policies: PolicySet['staticPolicies'] & Record<string, string>, entities: Entities, r: Omit<CorpusRequest, keyof Answer>, schema?: string): Answer {
  const slice = { id: sha256Hex(JSON.stringify(policies)), policies };
  const answer = statefulIsAuthorized({ principal: r.principal, action: r.action, resource: r.resource, context: r.context, entities, preparsedPolicySetId: preparedPolicies(slice), ...(schema === undefined ? {} : { preparsedSchemaName: prepared(schema), validateRequest: false }) });
  if (answer.type === 'failure') throw new Error(answer.errors.map((e) => e.message).join('; '));
  const { decision, diagnostics } = answer.response;
  return { decision, reason: diagnostics.reason.sort(), errors: diagnostics.errors.map((e) => e.policyId).sort() };
}

function prepared(schema: string): string {
  const name = sha256Hex(schema);
  const answer = preparseSchema(name, schema);
  if (answer.type === 'failure') throw new Error(answer.errors.map((e) => e.message).join('; '));
  return name;
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

/** One case of the corpus: policies, entities and the requests with what Cedar itself decides. */
interface CorpusCase {
  readonly name: string;
  readonly policies: Record<string, string>;
  readonly entities: Entities;
  readonly schema?: string;
  readonly requests: CorpusRequest[];
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** Written by hand: each case names its files. */
function handWritten(root: string): CorpusCase[] {
  const files = readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json')).sort();
  return files.map((name) => {
    const { policies, entities, schema, requests } = readJson<{ policies: string; entities: string; schema: string; requests: CorpusRequest[] }>(join(root, 'tests', name));
    return { name, policies: numbered(readFileSync(join(root, policies), 'utf8')), entities: readJson<Entities>(join(root, entities)), schema: readFileSync(join(root, schema), 'utf8'), requests };
  });
}

/** Generated: four files of one name. */
function generated(root: string): CorpusCase[] {
  const folder = join(root, 'corpus');
  const names = readdirSync(folder).flatMap((file) => (/^[0-9a-f]+\.json$/.test(file) ? [file.slice(0, -'.json'.length)] : []));
  return names.map((name) => ({
    name,
    policies: numbered(readFileSync(join(folder, `${name}.cedar`), 'utf8')),
    entities: readJson<Entities>(join(folder, `${name}.entities.json`)),
    requests: readJson<{ requests: CorpusRequest[] }>(join(folder, `${name}.json`)).requests,
  }));
}

const corpus = process.env['CORPUS_DIR'];
if (corpus !== undefined) {
  describe('Cedar corpus (CORPUS_DIR)', () => {
    it.each([
      ['written by hand', handWritten, 54],
      ['generated', generated, 320],
    ] as const)('Cedar corpus - %s: a decision, determining policy or error that is not equal', (_kind, read, wanted) => {
      let compared = 0;
      for (const { name, policies, entities, schema, requests } of read(join(corpus, 'governance', 'cedar'))) {
        for (const { decision, reason, errors, ...r } of requests) {
          expect([name, r.description, ask(policies, entities, r, schema)]).toEqual([name, r.description, { decision, reason: reason.sort(), errors: errors.sort() }]);
          compared++;
        }
      }
      expect(compared).toBe(wanted);
    });
  });
}
