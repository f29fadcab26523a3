import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from './harness/api.js';
import { repositoryRoot, startPlatform, type Mode, type TestPlatform } from './harness/platform.js';

interface Evidence {
  streams: { stream_id: string; kind: string; frames: { seq: number; body: string; hash: string }[] }[];
  checkpoint: { checkpoint: { tree_size: number } };
  artifacts: { artifact_id: string }[];
  [member: string]: unknown;
}

interface Verdict {
  valid: boolean;
  problems: { check: string; stream_id?: string; seq?: number; message: string }[];
}

describe.each<Mode>(['standalone', 'processes'])('evidence, %s', (mode) => {
  let platform: TestPlatform;
  let alice: Api;

  beforeAll(async () => {
    platform = await startPlatform(mode);
    alice = platform.as('alice');
  }, 120_000);
  afterAll(() => platform.stop(), 60_000);

  const ingest = async (session: string): Promise<string> => {
    const { body } = await alice.upload(session, 'spreadsheet.xlsx', await readFile(join(repositoryRoot, 'samples', 'spreadsheet.xlsx')));
    return (await alice.execute(session, 'content.ingest', { source: body.reference })).execution_id;
  };
  const exported = async (path: string, by = alice): Promise<Evidence> => {
    const { status, body } = await by.get<Evidence>(path);
    expect([path, status]).toEqual([path, 200]);
    return body;
  };
  /** The separate program, on files alone: what an auditor does. */
  const verify = async (evidence: unknown, ...more: string[]): Promise<Verdict & { code: number | null }> => {
    const file = join(platform.dataDir, 'evidence.json');
    await writeFile(file, JSON.stringify(evidence));
    const program = join(repositoryRoot, 'tools', 'verify', 'bin', 'symphainy-verify.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, file, '--key', join(platform.dataDir, 'evidence-keys.txt'), '--json', ...more], { encoding: 'utf8', cwd: platform.dataDir, env: {} });
    expect(stderr).toBe('');
    return { code: status, ...(JSON.parse(stdout) as Verdict) };
  };

  it('an execution - is proven offline, its objects included, and a copy with one record changed, dropped or cut off is not', async () => {
    const session = await alice.createSession();
    const id = await ingest(session);
    const evidence = await exported(`/v1/executions/${id}/evidence?include=objects`);
    expect(await verify(evidence)).toMatchObject({ code: 0, valid: true, problems: [] });
    expect(evidence.artifacts.length).toBeGreaterThan(0);

    const own = (copy: Evidence) => copy.streams.find((stream) => stream.stream_id === id)!.frames;
    const tampered = (edit: (copy: Evidence) => void): Evidence => {
      const copy = structuredClone(evidence);
      edit(copy);
      return copy;
    };
    const last = own(evidence).length - 1;
    const changed = await verify(tampered((copy) => (own(copy)[1]!.body = Buffer.from(Buffer.from(own(copy)[1]!.body, 'base64').toString().replace('"attempt":1', '"attempt":2')).toString('base64'))));
    expect([changed.code, changed.problems]).toEqual([1, expect.arrayContaining([expect.objectContaining({ check: 'chain', stream_id: id, seq: 1 })])]);
    const cut = await verify(tampered((copy) => void own(copy).pop()));
    expect([cut.code, cut.problems]).toEqual([1, expect.arrayContaining([expect.objectContaining({ check: 'sealing', stream_id: id, seq: last })])]);
    const swapped = await verify(tampered((copy) => void own(copy).splice(0, 2, own(copy)[1]!, own(copy)[0]!)));
    expect([swapped.code, swapped.problems]).toEqual([1, expect.arrayContaining([expect.objectContaining({ check: 'chain', stream_id: id, seq: 0 }), expect.objectContaining({ check: 'chain', stream_id: id, seq: 1 })])]);
  });

  it('a session - is proven whole, and against a checkpoint that was kept from before', async () => {
    const session = await alice.createSession();
    await ingest(session);
    const { body: kept } = await alice.get<{ checkpoint: { checkpoint: { tree_size: number } } }>('/v1/checkpoint');
    const anchor = join(platform.dataDir, 'anchor.json');
    await writeFile(anchor, JSON.stringify(kept));
    const second = await ingest(session);
    const evidence = await exported(`/v1/sessions/${session}/evidence?since=${kept.checkpoint.checkpoint.tree_size}`);
    expect(await verify(evidence, '--anchor', anchor)).toMatchObject({ code: 0, valid: true });
    // Each ingestion comes with its upload, an execution of its own.
    expect(evidence.streams.filter((stream) => stream.kind === 'execution')).toHaveLength(4);
    const without = { ...evidence, streams: evidence.streams.filter((stream) => stream.stream_id !== second) };
    expect((await verify(without)).problems).toEqual(expect.arrayContaining([{ check: 'members', stream_id: second, message: 'the execution is missing' }]));
  });

  it('another tenant - is shown nothing of it', async () => {
    const session = await alice.createSession();
    const id = await ingest(session);
    for (const path of [`/v1/executions/${id}/evidence`, `/v1/sessions/${session}/evidence`]) expect((await platform.as('gina').get(path)).status).toBe(404);
    const evidence = await exported(`/v1/executions/${id}/evidence`);
    expect(JSON.stringify(evidence)).not.toContain('globex');
  });

  it('the policy time machine - gives the same under the same policy, and lists exactly what a new rule would flip', async () => {
    const session = await alice.createSession();
    const id = await ingest(session);
    const redecide = async (candidate: object): Promise<{ considered: number; equal: number; shifted: number; flips: { execution_id: string; intent_type: string; recorded: string; candidate: string }[] }> => {
      const { status, body } = await alice.post<Awaited<ReturnType<typeof redecide>>>('/v1/policy/redecide', { candidate, limit: 10_000 });
      expect(status).toBe(200);
      return body;
    };
    const same = await redecide({});
    expect([same.equal, same.flips]).toEqual([same.considered, []]);
    const rule = { id: 'no-ingestion', role: 'data_steward', text: 'forbid(principal, action, resource == Capability::"content.ingest");' };
    const flipped = await redecide({ put: [rule] });
    const { body: list } = await alice.get<{ executions: { execution_id: string }[] }>('/v1/executions?intent_type=content.ingest&limit=1000');
    expect(new Set(flipped.flips.map((flip) => flip.execution_id))).toEqual(new Set(list.executions.map((one) => one.execution_id)));
    expect(flipped.flips).toEqual(expect.arrayContaining([expect.objectContaining({ execution_id: id, recorded: 'permit', candidate: 'deny' })]));
    expect(flipped.equal + flipped.flips.length).toBe(same.considered);
  });
});
