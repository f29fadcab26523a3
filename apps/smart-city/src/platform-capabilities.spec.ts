import { registeredCapability, type ExecutionContext, type StateChange } from '@symphainy/contracts';
import { hashOf, type Json } from '@symphainy/kernel';
import { sampleCapability } from '@symphainy/governance/testing';
import type { StepTask } from '@symphainy/realm-sdk';
import type { NurseDesk } from './nurse/nurse-desk.js';
import type { PostDesk } from './post-office/post-desk.js';
import { governanceRealm, platformCapabilities } from './platform-capabilities.js';

/** Runs a governance intent's one step as `tenant`. */
const record = async (tenant: string, intent: string, payload: { [key: string]: Json }): Promise<readonly StateChange[]> => {
  const definition = governanceRealm({ post: {} as PostDesk, nurse: {} as NurseDesk }).capabilities.get(intent);
  const handler = definition?.handlers.get('record')?.run;
  if (definition === undefined || handler === undefined) throw new Error(`${intent} has no step`);
  const entries: Record<string, Json> = { acme: { tenant_id: 'acme', name: 'Acme', status: 'active' }, gone: { tenant_id: 'gone', name: 'Gone', status: 'closed' }, p: { id: 'p' } };
  const tool = (_: string, { key }: { [key: string]: Json }): Promise<Json> => Promise.resolve(entries[String(key)] ?? null);
  const task = { payload: definition.input.parse(payload), context: { tenant_id: tenant } as ExecutionContext, tool } as unknown as StepTask<never>;
  return (await handler(task)).state_changes?.map((change) => change as StateChange) ?? [];
};

const key = { key_id: 'k', key_hash: 'a'.repeat(64), tenant_id: 'acme', user_id: 'alice' };
const policy = { id: 'p', role: 'data_steward', text: 'permit(principal, action, resource);' };
const anyCapability = sampleCapability('content.ingest') as unknown as Json;

describe('platform capabilities', () => {
  it.each(platformCapabilities().map((c) => [c.name, c] as const))('%s - its registration fits the contract and its saga hash', (_, capability) => {
    expect(registeredCapability.parse(capability)).toEqual(capability);
    expect(capability.saga_hash).toBe(hashOf(capability.saga));
  });

  it('runtime.upload - waits an hour for the signal "uploaded" under the step "receive", once', () => {
    const upload = platformCapabilities().find((c) => c.name === 'runtime.upload');
    expect(upload?.saga.steps).toMatchObject([{ kind: 'signal', name: 'receive', signal: 'uploaded', timeout_ms: 3_600_000, retry: { max_attempts: 1 } }]);
    expect(upload?.realm).toBe('runtime');
  });

  it.each([
    ['governance.create_tenant', { tenant_id: 'initech', name: 'Initech' }],
    ['governance.suspend_tenant', { tenant_id: 'acme' }],
    ['governance.resume_tenant', { tenant_id: 'acme' }],
    ['governance.close_tenant', { tenant_id: 'acme' }],
    ['governance.update_tenant', { tenant_id: 'acme', switches: { sla: 'observe' } }],
    ['governance.put_policy', policy],
    ['governance.remove_policy', { id: 'p' }],
    ['governance.register_capabilities', { capabilities: [anyCapability] }],
  ])('%s - is for the platform’s tenant alone', async (intent, payload) => {
    await expect(record('acme', intent, payload)).rejects.toMatchObject({ code: 'governance.invalid' });
    expect(await record('platform', intent, payload)).toHaveLength(1);
  });

  it.each(['suspend_tenant', 'resume_tenant', 'close_tenant', 'update_tenant'])('governance.%s - of a tenant that is not there, is closed, or is the platform’s own is refused, and says so', async (action) => {
    for (const [tenant_id, words] of [['nobody', 'there is no tenant'], ['gone', 'closed, for good'], ['platform', 'comes with its code']] as const) {
      await expect(record('platform', `governance.${action}`, { tenant_id })).rejects.toMatchObject({ code: 'governance.invalid', field: '/tenant_id', message: expect.stringContaining(words) as string });
    }
  });

  it.each([
    ['governance.register_identity', { tenant_id: 'acme', user_id: 'zoe', kind: 'person', roles: [] }],
    ['governance.issue_key', key],
    ['governance.revoke_key', { tenant_id: 'acme', key_id: 'k' }],
  ])('%s - a tenant changes its own affairs, not another’s', async (intent, payload) => {
    expect(await record('acme', intent, payload)).toHaveLength(1);
    await expect(record('globex', intent, payload)).rejects.toMatchObject({ code: 'governance.invalid', field: '/tenant_id' });
  });

  it('governance.issue_key - the key itself is refused: only its hash may come', async () => {
    await expect(record('acme', 'governance.issue_key', { ...key, key: 'sk_k_secret' })).rejects.toThrow('key');
  });

  it('governance.put_policy - refuses what is not Cedar, and ids of standing policies', async () => {
    await expect(record('platform', 'governance.put_policy', { ...policy, text: 'allow all' })).rejects.toMatchObject({ code: 'governance.invalid', field: '/text' });
    await expect(record('platform', 'governance.put_policy', { ...policy, id: 'platform.active-tenants' })).rejects.toMatchObject({ code: 'governance.invalid', field: '/id' });
  });

  it('governance.register_capabilities - one that contradicts itself is refused, naming which', async () => {
    const wrong = { ...sampleCapability('content.other'), saga_hash: '0'.repeat(64) } as unknown as Json;
    await expect(record('platform', 'governance.register_capabilities', { capabilities: [anyCapability, wrong] })).rejects.toMatchObject({ code: 'registration.invalid', field: '/capabilities/1/saga_hash' });
  });
});
