import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleBundle } from '@symphainy/governance/testing';
import { commands } from './commands.js';
import { run } from './run.js';

async function symphainy(argv: readonly string[], env: Record<string, string> = {}): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await run(argv, { env, out: (text) => void out.push(text), err: (text) => void err.push(text), signal: new AbortController().signal });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'symphainy-cli-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const testOf = (decision: string): string => `- name: secrets stay\n  request: { caller: { tenant_id: acme, user_id: alice }, intent_type: content.ingest, classifications: [secret] }\n  expect: { decision: ${decision}, policies: [no-secrets] }\n`;
const policy = '@id("no-secrets") @role("data_steward")\nforbid(principal, action, resource) when { context.classifications.contains("secret") };\n';

describe('symphainy', () => {
  it('help - is there at every level, and names each command', async () => {
    const top = await symphainy(['--help']);
    expect([top.status, commands.filter(({ path }) => !top.out.includes(path))]).toEqual([0, []]);
    for (const { path } of commands) expect(await symphainy([...path.split(' '), '--help'])).toMatchObject({ status: 0, out: expect.stringContaining(`symphainy ${path}`) as string });
    expect((await symphainy(['governance', 'policies', '--help'])).out).toContain('governance policies promote');
  });

  it.each([
    ['an unknown command', ['fly'], 'there is no command "fly"'],
    ['a word too few', ['executions', 'show'], '<execution>'],
    ['an unknown option', ['me', '--colour', 'red'], '--colour'],
    ['no key', ['me'], 'SYMPHAINY_KEY'],
    ['a payload that is no JSON', ['intents', 'submit', 'a.b', '--payload', '{', '--session', 's', '--key-file', __filename], '--payload'],
  ])('%s - is wrong usage, and says what would be right', async (_what, argv, words) => {
    const { status, out, err } = await symphainy(argv);
    expect([status, out, err]).toEqual([2, '', expect.stringContaining(words)]);
  });

  it('a gateway that is not there - is told by its own status, as JSON where that is wanted', async () => {
    const { status, err } = await symphainy(['me', '--json', '--url', 'http://127.0.0.1:1'], { SYMPHAINY_KEY: 'sk_x' });
    expect([status, (JSON.parse(err) as { code: string }).code]).toEqual([4, 'cli.unreachable']);
  });

  it('policy tests - run offline against an exported bundle, and a test that fails is the exit status', async () => {
    const bundle = join(folderOf({ 'bundle.json': JSON.stringify(sampleBundle()) }), 'bundle.json');
    const test = (decision: string): Promise<{ status: number; out: string; err: string }> => symphainy(['governance', 'policies', 'test', folderOf({ 'a.cedar': policy, 'a.tests.yaml': testOf(decision) }), '--bundle', bundle, '--json']);
    const [good, bad] = [await test('deny'), await test('permit')];
    expect([good.status, JSON.parse(good.out)]).toEqual([0, { passed: 1, failures: 0, failed: [] }]);
    expect([bad.status, JSON.parse(bad.out)]).toMatchObject([1, { failures: 1, failed: [{ name: 'secrets stay', found: 'deny by no-secrets' }] }]);
    const changes = folderOf({ 'changes.yaml': '- list: saga_rules\n  put: { rule_id: short, max_steps: 3 }\n- list: tenants\n  put: { tenant_id: acme, name: Acme, status: active, switches: { sla: enforce } }\n' });
    expect(JSON.parse((await symphainy(['governance', 'candidates', 'diff', join(changes, 'changes.yaml'), '--bundle', bundle, '--json'])).out)).toEqual({ saga_rules: { added: ['*/short'], removed: [], changed: [] }, tenants: { added: [], removed: [], changed: [{ key: 'acme', fields: ['/switches/sla'] }] } });
    const diff = await symphainy(['governance', 'policies', 'diff', folderOf({ 'a.cedar': policy }), '--bundle', bundle, '--json', '--prune']);
    expect(JSON.parse(diff.out)).toEqual({ policies: { added: ['no-secrets'], removed: ['sample.callers', 'sample.data', 'sample.tenants'], changed: [] } });
  });
});
