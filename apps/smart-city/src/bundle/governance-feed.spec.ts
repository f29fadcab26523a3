import type { Frame, StateChange, WalRecord } from '@symphainy/contracts';
import { silentLogger } from '@symphainy/kernel';
import { governanceRules } from '../platform-capabilities.js';
import { Catalogue } from './catalogue.js';
import { CityDraft } from './catalogue-store.js';
import type { Unfinished } from './unfinished-changes.js';
import { GovernanceFeed } from './governance-feed.js';

const EXECUTION = '019b0000-0000-7000-8000-000000000001';
const at = { at: '2026-01-01T00:00:00.000Z', actor: 'platform/smart-city' };
const feed = new GovernanceFeed(governanceRules, silentLogger);

const tenantChange = (id: string): StateChange => ({ key: `governance/tenant/${id}`, value: { tenant_id: id, name: id, status: 'active' } });
const completed = (...state_changes: StateChange[]): WalRecord => ({ type: 'step_completed', ...at, step: 'record', attempt: 1, handler_build: 'b', duration_ms: 1, artifacts: [], events: [], state_changes });
const done: WalRecord = { type: 'execution_completed', ...at };
const failed: WalRecord = { type: 'execution_failed', ...at, error: { code: 'platform.internal', kind: 'platform', message: 'x', retry: { mode: 'terminal' } } };

const OTHER = '019b0000-0000-7000-8000-000000000002';
const received = (payload: { [key: string]: string }): WalRecord => ({
  type: 'intent_received', ...at, caller: { tenant_id: 'platform', user_id: 'root', roles: [], auth: 'api_key' }, correlation_id: 'c',
  intent: { intent_id: EXECUTION, intent_type: 'governance.create_tenant', realm: 'governance', session_id: EXECUTION, tenant_id: 'platform', payload, metadata: {}, created_at: at.at },
});
const rejected: WalRecord = { type: 'intent_rejected', ...at, error: { code: 'policy.denied', kind: 'platform', message: 'x', retry: { mode: 'terminal' } } };

const frame = (n: number, records: WalRecord[], over: Partial<Frame> = {}): Frame => ({ tenant_id: 'platform', stream_id: EXECUTION, seq: n - 1, kind: 'execution', at: at.at, hash: '0'.repeat(64), records, writer: 'w1', n, ...over });

const draftOn = (applied = {}, unfinished = new Map<string, Unfinished>()): CityDraft => new CityDraft({ catalogue: Catalogue.of([]), applied, bundle: undefined, keysVersion: 0 }, new Map(), unfinished);

const tenantsAfter = (draft: CityDraft): string[] => draft.catalogue.all('tenant').map((t) => t.tenant_id);

describe('GovernanceFeed', () => {
  it('GovernanceFeed - changes count when their execution has completed', () => {
    const draft = draftOn();
    feed.apply(draft, [frame(1, [completed(tenantChange('acme')), done])], { w1: 1 });
    expect([tenantsAfter(draft), draft.applied]).toEqual([['acme'], { w1: 1 }]);
  });

  it('GovernanceFeed - a completed step of an execution that then fails changes nothing', () => {
    const draft = draftOn();
    feed.apply(draft, [frame(1, [completed(tenantChange('acme'))]), frame(2, [failed])], {});
    expect([tenantsAfter(draft), draft.unfinishedChanges.get(`platform/${EXECUTION}`)]).toEqual([[], undefined]);
  });

  it('GovernanceFeed - changes of an execution that goes on are kept until it ends, over several deliveries', () => {
    const first = draftOn();
    feed.apply(first, [frame(1, [completed(tenantChange('acme'))])], {});
    expect(tenantsAfter(first)).toEqual([]);
    const second = draftOn(first.applied, new Map([[`platform/${EXECUTION}`, first.unfinishedChanges.get(`platform/${EXECUTION}`)!]]));
    feed.apply(second, [frame(2, [done])], {});
    expect([tenantsAfter(second), second.unfinishedChanges.has(`platform/${EXECUTION}`), second.unfinishedChanges.get(`platform/${EXECUTION}`)]).toEqual([['acme'], true, undefined]);
  });

  it.each<[string, WalRecord]>([['completes', done], ['fails', failed]])('GovernanceFeed - another tenant’s execution of the same id %s - what waits for its own end is neither made nor forgotten, nor in the other’s hands', (_how, end) => {
    const draft = draftOn();
    const theirs = { tenant_id: 'globex', writer: 'w2' };
    feed.apply(draft, [frame(1, [received({})]), frame(2, [completed(tenantChange('acme'))]), frame(1, [end], { ...theirs, seq: 0 })], {});
    expect([tenantsAfter(draft), draft.unfinishedChanges.get(`globex/${EXECUTION}`)]).toEqual([[], undefined]);
    feed.apply(draft, [frame(3, [done])], {});
    expect(draft.origins).toMatchObject([{ tenant_id: 'platform', user_id: 'root', changed: ['tenants/acme'] }]);
  });

  it('GovernanceFeed - what a bundle version comes of is told with who asked for it and why, whenever its execution ends; a refused or failed one made nothing', () => {
    const first = draftOn();
    feed.apply(first, [frame(1, [received({ reason: 'a new customer' })]), frame(2, [received({})], { stream_id: OTHER, seq: 0 }), frame(3, [rejected], { stream_id: OTHER })], {});
    expect([first.origins, first.unfinishedChanges.get(`platform/${OTHER}`)]).toEqual([[], undefined]);
    const second = draftOn(first.applied, new Map([[`platform/${EXECUTION}`, first.unfinishedChanges.get(`platform/${EXECUTION}`)!]]));
    feed.apply(second, [frame(4, [completed(tenantChange('acme'), { key: 'governance/api_key/k', value: { key_id: 'k', key_hash: 'a'.repeat(64), tenant_id: 'acme', user_id: 'alice' } }), done])], {});
    expect(second.origins).toEqual([{ tenant_id: 'platform', user_id: 'root', intent_type: 'governance.create_tenant', execution_id: EXECUTION, at: at.at, reason: 'a new customer', changed: ['tenants/acme'] }]);
  });

  it('GovernanceFeed - a frame delivered twice is applied once', () => {
    const draft = draftOn({ w1: 1 });
    feed.apply(draft, [frame(1, [completed(tenantChange('acme')), done]), frame(2, [completed(tenantChange('globex')), done], { stream_id: '019b0000-0000-7000-8000-000000000002' })], {});
    expect([tenantsAfter(draft), draft.entryChanges.length]).toEqual([['globex'], 1]);
  });

  it('GovernanceFeed - writers have positions of their own, and none goes back', () => {
    const draft = draftOn({ w1: 7, w2: 3 });
    feed.apply(draft, [frame(1, [done], { writer: 'w3' })], { w1: 5, w2: 9 });
    expect(draft.applied).toEqual({ w1: 7, w2: 9, w3: 1 });
  });

  it('GovernanceFeed - a change that no rule knows is passed over, and later ones are applied', () => {
    const draft = draftOn();
    feed.apply(draft, [frame(1, [completed({ key: 'content/x', value: 1 }, { key: 'governance/tenant/BAD ID', value: {} }, tenantChange('acme')), done])], {});
    expect(tenantsAfter(draft)).toEqual(['acme']);
  });
});

describe('governance rules', () => {
  const apply = (catalogue: Catalogue, ...changes: StateChange[]): Catalogue => {
    const draft = new CityDraft({ catalogue, applied: {}, bundle: undefined, keysVersion: 0 }, new Map(), new Map());
    feed.apply(draft, [frame(1, [completed(...changes), done])], {});
    return draft.catalogue;
  };
  const key = { key_id: 'k', key_hash: 'a'.repeat(64), tenant_id: 'acme', user_id: 'alice', revoked: false };

  it('tenant - creating one again does not reopen it', () => {
    const suspended = apply(Catalogue.of([]), tenantChange('acme'), { key: 'governance/tenant_status/acme', value: 'suspended' });
    expect(apply(suspended, tenantChange('acme')).get('tenant', 'acme')?.status).toBe('suspended');
  });

  it('tenant_status - closing is for good', () => {
    const closed = apply(Catalogue.of([]), tenantChange('acme'), { key: 'governance/tenant_status/acme', value: 'closed' });
    expect(apply(closed, { key: 'governance/tenant_status/acme', value: 'active' }).get('tenant', 'acme')?.status).toBe('closed');
  });

  it('tenant_settings - a switch that is named changes, the others and the limits stay', () => {
    const before = apply(Catalogue.of([]), tenantChange('acme'), { key: 'governance/tenant_settings/acme', value: { switches: { sla: 'enforce' }, limits: { max_running_executions: 7 } } });
    const after = apply(before, { key: 'governance/tenant_settings/acme', value: { switches: { retention: 'observe' }, limits: { max_queued_submissions: 3 }, retention_days: 30 } }).get('tenant', 'acme');
    expect(after).toMatchObject({ switches: { idempotency: 'enforce', sla: 'enforce', retention: 'observe', auto_replay: 'off' }, limits: { max_running_executions: 7, max_queued_submissions: 3 }, retention_days: 30 });
  });

  it('promoted - puts and removes entries of their lists; a list that the catalogue does not have is passed over', () => {
    const policy = { id: 'a/b', role: 'data_steward', text: 'permit(principal, action, resource);' };
    const after = apply(Catalogue.of([]), tenantChange('acme'), { key: 'governance/promoted/policies/a/b', value: policy }, { key: 'governance/promoted/nonsense/x', value: {} });
    expect(after.get('policy', 'a/b')).toEqual(policy);
    expect(apply(after, { key: 'governance/promoted/policies/a/b', value: null }).all('policy')).toEqual([]);
  });

  it('promoted - an entry of any list that is changed so is found again by the key it is removed by, also one of everybody’s', () => {
    const rule = { rule_id: 'short', max_steps: 3 };
    const contract = { tenant_id: 'acme', artifact_type: 'table', version: '1.0.0', owner: 'data', semantics: '', schema: {}, mode: 'observe' };
    const after = apply(Catalogue.of([]), { key: 'governance/promoted/saga_rules/*/short', value: rule }, { key: 'governance/promoted/data_contracts/acme/table', value: contract });
    expect([after.all('saga_rule'), after.all('data_contract')]).toEqual([[rule], [contract]]);
    const gone = apply(after, { key: 'governance/promoted/saga_rules/*/short', value: null }, { key: 'governance/promoted/data_contracts/acme/table', value: null });
    expect([gone.all('saga_rule'), gone.all('data_contract')]).toEqual([[], []]);
  });

  it('api_key - issuing it again does not bring a revoked key back', () => {
    const revoked = apply(Catalogue.of([]), { key: 'governance/api_key/k', value: key }, { key: 'governance/api_key_revocation/k', value: { tenant_id: 'acme' } });
    expect(apply(revoked, { key: 'governance/api_key/k', value: key }).get('api_key', 'k')?.revoked).toBe(true);
  });

  it('api_key_revocation - a tenant cannot revoke a key of another', () => {
    const foreign = apply(Catalogue.of([]), { key: 'governance/api_key/k', value: key }, { key: 'governance/api_key_revocation/k', value: { tenant_id: 'globex' } });
    expect(foreign.get('api_key', 'k')?.revoked).toBe(false);
  });

  it('policy - null removes it; a standing policy is never touched', () => {
    const policy = { id: 'p', role: 'data_steward', text: 'permit(principal, action, resource);' };
    const both = apply(Catalogue.of([]), { key: 'governance/policy/p', value: policy }, { key: 'governance/policy/platform.x', value: { ...policy, id: 'platform.x' } });
    expect(both.all('policy').map((p) => p.id)).toEqual(['p']);
    expect(apply(both, { key: 'governance/policy/p', value: null }).all('policy')).toEqual([]);
  });
});
