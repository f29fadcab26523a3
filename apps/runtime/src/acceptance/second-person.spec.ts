import type { Caller, CedarPolicy } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { permissivePolicies } from '@symphainy/governance/testing';
import { alice, RuntimeBed } from '../testing/runtime-bed.js';

const fourEyes: CedarPolicy = { id: 'four-eyes', role: 'security_guard', text: '@reason("somebody else decides")\nforbid(principal, action, resource == Capability::"sample.decide") unless { context.second_person };' };
const ask = sampleCapability(sampleSaga('one'), { name: 'sample.ask', input_contract: { type: 'object' } });
const decide = sampleCapability(sampleSaga('one'), { name: 'sample.decide', input_contract: { type: 'object', properties: { of: { type: 'string', format: 'execution-reference' } }, required: ['of'] } });
const of = (user_id: string, ...key_issuers: string[]): Caller => ({ ...alice, user_id, ...(key_issuers.length === 0 ? {} : { key_issuers }) });

/** What comes of deciding what somebody asked, by the log. */
async function decided(asker: Caller, decider: Caller): Promise<{ decision: string; second_person?: boolean | undefined }> {
  const bed = new RuntimeBed();
  await bed.govern([ask, decide], 1, {}, { policies: [...permissivePolicies, fourEyes] });
  await bed.runtime();
  bed.realm('sample', () => ({ output: 1 }));
  const asked = await bed.submit(await bed.session(asker), { intent_type: 'sample.ask' }, { caller: asker });
  const intent_id = '019b0000-0000-7000-8000-0000000000aa';
  await bed.submit(await bed.session(decider), { intent_type: 'sample.decide', intent_id, payload: { of: asked.execution_id } }, { caller: decider }).catch(() => undefined);
  const record = (await bed.records(intent_id)).find((r) => r.type === 'policy_evaluated');
  return { decision: record!.decision.decision, second_person: record!.second_person };
}

describe('four eyes', () => {
  it.each<[string, Caller, Caller]>([
    ['by who asked', of('dora'), of('dora')],
    ['with a key that who asked has issued', of('dora'), of('bob', 'dora')],
    ['by who issued the key that it was asked with', of('bob', 'dora'), of('dora')],
    ['where a third has issued the keys of both', of('bob', 'dora'), of('carol', 'dora')],
    ['with a key issued with a key that who asked has issued', of('dora'), of('carol', 'bob', 'dora')],
  ])('a decision %s - is none of a second person, is refused, and is recorded as that', async (_what, asker, decider) => {
    const { decision, second_person } = await decided(asker, decider);
    expect([decision, second_person ?? 'own']).toEqual(['deny', asker.user_id === decider.user_id ? 'own' : false]);
  });

  it('a decision of somebody who is certainly another - stands, whoever issued the keys', async () => {
    expect(await decided(of('dora'), of('bob', 'ada'))).toEqual({ decision: 'permit', second_person: undefined });
    expect(await decided(of('dora', 'ada'), of('bob', 'eve'))).toEqual({ decision: 'permit', second_person: undefined });
  });
});
