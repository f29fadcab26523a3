import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot, startBootstrappedStack, type TestPlatform } from './harness/platform.js';

const person = (tenant_id: string, user_id: string, ...roles: string[]): object => ({ tenant_id, user_id, kind: 'person', roles });
const bootstrap = {
  tenants: [{ tenant_id: 'acme', name: 'Acme' }, { tenant_id: 'globex', name: 'Globex' }],
  identities: [person('acme', 'alice', 'builder'), person('acme', 'bob', 'builder'), person('globex', 'gina', 'builder'), person('platform', 'admin', 'governance_admin')],
  policies: [
    { id: 'builders', role: 'security_guard', text: 'permit(principal, action, resource) when { principal.roles.contains("builder") && context.own_session && resource.realm != "governance" };' },
    { id: 'admins', role: 'security_guard', text: 'permit(principal in Tenant::"platform", action == Action::"submit", resource in Realm::"governance") when { principal.roles.contains("governance_admin") };' },
  ],
};

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

describe('the command symphainy', () => {
  let platform: TestPlatform;
  let folder: string;

  beforeAll(async () => {
    platform = await startBootstrappedStack(bootstrap);
    folder = await mkdtemp(join(tmpdir(), 'symphainy-cli-e2e-'));
  }, 120_000);

  afterAll(() => platform.stop(), 60_000);

  const symphainy = (user: 'alice' | 'admin', ...argv: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const env = { ...process.env, SYMPHAINY_URL: platform.url, SYMPHAINY_KEY: platform.as(user).apiKey ?? '' };
      execFile(process.execPath, [join(repositoryRoot, 'apps/cli/bin/symphainy.mjs'), ...argv, '--json'], { env }, (error, out, err) => resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err }));
    });
  const answer = async <T>(user: 'alice' | 'admin', ...argv: string[]): Promise<T> => {
    const ended = await symphainy(user, ...argv);
    expect(ended).toMatchObject({ status: 0, err: '' });
    return JSON.parse(ended.out) as T;
  };

  it('a file - is uploaded, and its execution is followed, validated and exported', async () => {
    const file = join(folder, 'a.txt');
    await writeFile(file, 'hello');
    const { execution_id } = await answer<{ execution_id: string }>('alice', 'files', 'upload', file);
    const followed = await symphainy('alice', 'executions', 'events', execution_id);
    expect([followed.status, followed.out.trim().split('\n').map((line) => (JSON.parse(line) as { type: string }).type).at(-1)]).toEqual([0, 'execution_completed']);
    expect(await answer('alice', 'executions', 'validate', execution_id)).toMatchObject({ valid: true });
    expect(await answer('alice', 'executions', 'evidence', execution_id, '--out', join(folder, 'evidence.json'))).toEqual({ written: join(folder, 'evidence.json') });
  }, 60_000);

  it('policies - are tested, staged, promoted and rolled back from a folder; a refusal has its code and its own exit status', async () => {
    await writeFile(join(folder, 'freeze.cedar'), '@id("freeze")\nforbid(principal in Tenant::"acme", action, resource == Capability::"runtime.upload");\n');
    await writeFile(join(folder, 'freeze.tests.yaml'), '- name: acme uploads nothing\n  request: { caller: { tenant_id: acme, user_id: alice }, intent_type: runtime.upload }\n  expect: { decision: deny, policies: [freeze] }\n');
    expect(await answer('admin', 'governance', 'policies', 'test', folder)).toMatchObject({ passed: 1, failures: 0 });
    const before = (await answer<{ version: number }[]>('admin', 'governance', 'bundles', 'list'))[0]!.version;
    await answer('admin', 'governance', 'policies', 'stage', 'freeze', folder);
    await answer('admin', 'governance', 'policies', 'promote', 'freeze');
    const refused = await symphainy('alice', 'files', 'upload', join(folder, 'a.txt'));
    expect([refused.status, (JSON.parse(refused.err) as { code: string }).code]).toEqual([3, 'policy.denied']);
    await answer('admin', 'governance', 'rollback', String(before));
    expect(await symphainy('alice', 'files', 'upload', join(folder, 'a.txt'))).toMatchObject({ status: 0 });
  }, 60_000);

  it('a key - is issued, works within its scope, is rotated within the same scope, and the old one is shut out', async () => {
    const first = await answer<{ key: string }>('admin', 'governance', 'keys', 'issue', 'acme', 'alice', 'laptop', '--scope', '{"actions":["read"]}');
    expect(first.key).toMatch(/^sk_laptop_/);
    const second = await answer<{ key: string; replaces: string }>('admin', 'governance', 'keys', 'rotate', 'acme', 'laptop', 'laptop-2');
    const does = platform.bearing(second.key);
    expect([second.replaces, (await does.get('/v1/me')).status, (await does.post<{ code: string }>('/v1/sessions', {})).body.code]).toEqual(['laptop', 200, 'auth.scope']);
    expect((await platform.bearing(first.key).get('/v1/me')).status).toBe(401);
    const listed = await answer<{ key_id: string; issued_by: object[] }[]>('admin', 'governance', 'keys', 'list', '--tenant', 'acme');
    expect(listed.find((key) => key.key_id === 'laptop-2')).toMatchObject({ user_id: 'alice', scope: { actions: ['read'] }, issued_by: [{ tenant_id: 'platform', user_id: 'admin' }] });
    expect((await symphainy('admin', 'governance', 'keys', 'revoke', 'acme', 'no-such')).status).toBe(3);
  }, 60_000);

  it('an identity and its grant - are made by the command, and nobody approves their own', async () => {
    await answer('admin', 'governance', 'identities', 'register', 'acme', 'gale', '--roles', 'builder,grant_approver');
    const issued = await answer<{ key: string }>('admin', 'governance', 'keys', 'issue', 'acme', 'gale', 'gale');
    const asked = await answer<{ grant_id: string; status: string }>('alice', 'grants', 'request', 'replay', '--reason', 'an audit', '--duration', '60');
    expect((await symphainy('alice', 'grants', 'approve', asked.grant_id)).status).toBe(3);
    expect((await platform.bearing(issued.key).post<{ status: string }>(`/v1/grants/${asked.grant_id}/approve`, {})).body.status).toBe('approved');
    expect((await answer<{ grant_id: string; status: string }[]>('alice', 'grants', 'list')).find((one) => one.grant_id === asked.grant_id)?.status).toBe('approved');
    expect((await symphainy('alice', 'grants', 'request', 'fly', '--reason', 'x')).status).toBe(2);
  }, 60_000);
});
