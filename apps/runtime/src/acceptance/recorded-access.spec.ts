import { failure, grant, operations, type Caller, type CedarPolicy, type Grant, type OperationName, type WalRecord } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import { sampleCapability as capabilityOf, sampleSaga } from '@symphainy/execution/testing';
import { permissivePolicies, sampleCapability } from '@symphainy/governance/testing';
import { asPlatformError, isoTime, type Json } from '@symphainy/kernel';
import { z } from 'zod';
import { alice, RuntimeBed } from '../testing/runtime-bed.js';
import type { AccessTo } from './recorded-access.js';

const bob = { ...alice, user_id: 'bob' };
const guard = (id: string, text: string): CedarPolicy => ({ id, role: 'security_guard', text });
const fourEyes = guard('four-eyes', '@reason("replaying, signalling and reading of others need a grant")\nforbid(principal, action, resource) unless { context.granted || context.own_targets };');

const operation = (name: OperationName) =>
  capabilityOf({ ...sampleSaga({ kind: 'operate', name: 'apply', operation: name }), name: `runtime.${name}` }, { realm: 'runtime', input_contract: z.toJSONSchema(operations[name], { io: 'input' }) as { [key: string]: Json } });

/** One finished execution of alice's, under policies that demand grants of everybody else. */
async function finished(grants: readonly Grant[] = []): Promise<{ bed: RuntimeBed; executionId: string }> {
  const bed = new RuntimeBed();
  await bed.govern([sampleCapability('content.ingest')], 1, {}, { policies: [...permissivePolicies, fourEyes], grants: [...grants] });
  bed.realm('content', () => ({ output: 1, artifacts: [{ name: 'facts', artifact_type: 'facts', media_type: 'application/json', content: { a: 1 } }] }));
  await bed.runtime();
  const { execution_id: executionId } = await bed.submit(await bed.session(), { intent_type: 'content.ingest' });
  await bed.ended(executionId);
  return { bed, executionId };
}

const recorded = (bed: RuntimeBed): Extract<WalRecord, { type: 'policy_evaluated' }>[] =>
  [...bed.log['streams'].values()].flat().filter(({ kind }) => kind === 'audit').flatMap((frame) => decodeBody(frame.body)).filter((record) => record.type === 'policy_evaluated');

describe('recorded access', () => {
  it('reading content - is decided and recorded before it is answered, a denial as carefully as a permit', async () => {
    const { bed, executionId } = await finished();
    const artifact_id = `${executionId}/work/facts`;
    expect((await bed.gateway.request('runtime.artifact.read', {}, { caller: alice, artifact_id })).artifact_id).toBe(artifact_id);
    await expect(bed.gateway.request('runtime.artifact.read', {}, { caller: bob, artifact_id })).rejects.toMatchObject({ code: 'policy.denied' });
    expect(recorded(bed)).toMatchObject([
      { decision: { decision: 'permit' }, own_targets: true, access: { action: 'hydrate', execution_id: executionId, artifact_id, by: { user_id: 'alice' } } },
      { decision: { decision: 'deny' }, own_targets: false, session_user_id: 'alice', access: { by: { user_id: 'bob' }, capability: { name: 'content.ingest' } } },
    ]);
  });

  it('several of which the archive lost one - are decided without that one; alone it is refused as what it is', async () => {
    const { bed, executionId } = await finished();
    const { core } = await bed.runtime();
    const lost = '019b0000-0000-7000-8000-0000000000ff';
    const readStream = bed.log.readStream.bind(bed.log);
    jest.spyOn(bed.log, 'readStream').mockImplementation((...place) => (place[1] === lost ? Promise.reject(failure('archive.unreadable')) : readStream(...place)));
    const to = (caller: Caller, ...ids: string[]): AccessTo[] => ids.map((id) => ({ caller, action: 'replay', executionId: id }));
    const access = core.recordedAccess;
    expect((await access.decideReadable(...to(alice, lost, executionId))).map((record) => record.access?.execution_id)).toEqual([executionId]);
    await expect(access.decideReadable(...to(bob, lost, executionId))).rejects.toMatchObject({ code: 'policy.denied' });
    await expect(access.decide(...to(alice, lost))).rejects.toMatchObject({ code: 'archive.unreadable' });
    expect([...(await access.readable(alice, [lost, executionId]))]).toEqual([executionId]);
  });

  it('a grant - opens what it covers to its holder until it expires, to the millisecond', async () => {
    const held = grant.parse({ grant_id: '019b0000-0000-7000-8000-00000000000a', tenant_id: 'acme', user_id: 'bob', actions: ['hydrate'], scope: { intent_type: 'content.ingest' }, reason: 'audit', requested_at: '2026-01-01T00:00:00.000Z', status: 'approved', expires_at: '2100-01-01T00:00:00.000Z' });
    const { bed, executionId } = await finished([held]);
    const artifact_id = `${executionId}/work/facts`;
    await bed.gateway.request('runtime.artifact.read', {}, { caller: bob, artifact_id });
    expect(recorded(bed).at(-1)).toMatchObject({ decision: { decision: 'permit' }, grants: [held.grant_id] });
    // the same grant is none for a replay, nor for anybody else
    await expect(bed.gateway.request('runtime.execution.determinism', {}, { caller: bob, execution_id: executionId })).rejects.toMatchObject({ code: 'policy.denied' });
    await expect(bed.gateway.request('runtime.artifact.read', {}, { caller: { ...bob, user_id: 'carol' }, artifact_id })).rejects.toMatchObject({ code: 'policy.denied' });
    const expired = await finished([{ ...held, expires_at: '1971-01-01T00:00:00.000Z' }]);
    await expect(expired.bed.gateway.request('runtime.artifact.read', {}, { caller: bob, artifact_id: `${expired.executionId}/work/facts` })).rejects.toMatchObject({ code: 'policy.denied' });
  });

  it.each(['operate', 'signal', 'replay', 'hydrate'] as const)('a grant to %s - ends at its time, and nothing of another kind goes by it', async (action) => {
    const bed = new RuntimeBed();
    const held = grant.parse({ grant_id: '019b0000-0000-7000-8000-00000000000a', tenant_id: 'acme', user_id: 'bob', actions: [action], reason: 'audit', requested_at: '2026-01-01T00:00:00.000Z', status: 'approved', expires_at: isoTime(bed.clock.now() + 3_600_000) });
    const capabilities = [sampleCapability('content.ingest'), operation('pause'), operation('signal')];
    await bed.govern(capabilities, 1, {}, { policies: [...permissivePolicies, fourEyes], grants: [held] });
    bed.realm('content', () => ({ output: 1, artifacts: [{ name: 'facts', artifact_type: 'facts', media_type: 'application/json', content: { a: 1 } }] }));
    await bed.runtime();
    const { execution_id } = await bed.submit(await bed.session(), { intent_type: 'content.ingest' });
    await bed.ended(execution_id);
    const office = await bed.session(bob);
    const act = (name: string, more = {}): Promise<unknown> => bed.submit(office, { intent_type: `runtime.${name}`, payload: { execution_id, ...more } }, { caller: bob });
    const all = {
      operate: () => act('pause'), signal: () => act('signal', { signal: 'go' }),
      replay: () => bed.gateway.request('runtime.execution.determinism', {}, { caller: bob, execution_id }), hydrate: () => bed.gateway.request('runtime.artifact.read', {}, { caller: bob, artifact_id: `${execution_id}/work/facts` }),
    };
    const permitted = async (): Promise<string[]> => {
      const found = await Promise.all(Object.entries(all).map(async ([name, ask]) => bed.during(ask()).then(() => [name], (error: unknown) => (asPlatformError(error).code === 'policy.denied' ? [] : [name]))));
      return found.flat();
    };
    expect(await permitted()).toEqual([action]);
    bed.clock.advance(3_600_000);
    expect(await permitted()).toEqual([]);
  });

  it('what does not exist for the tenant - is not found, and decides nothing', async () => {
    const { bed, executionId } = await finished();
    await expect(bed.gateway.request('runtime.artifact.read', {}, { caller: { ...alice, tenant_id: 'globex' }, artifact_id: `${executionId}/work/facts` })).rejects.toMatchObject({ code: 'artifact.not_found' });
    expect(recorded(bed)).toEqual([]);
  });
});
