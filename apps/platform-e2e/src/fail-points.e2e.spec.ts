import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { auditLog, Book, chaosRealm, Ledger, PlainLoad, WAITING_PARENT } from '@symphainy/chaos';
import { uuidV7Source } from '@symphainy/kernel';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { Api } from './harness/api.js';
import { repositoryRoot } from './harness/platform.js';

type Occasion = 'load' | 'adoption' | 'start' | 'stop' | 'outage' | 'governance' | 'closing';
/** What takes a long history to reach is walked beside its code (archivist.int.spec.ts, long-streams.int.spec.ts). */
const OF_LONG_HISTORIES = ['archive', 'long'];
const runtimeDist = join(repositoryRoot, 'apps', 'runtime', 'dist');
const { FAIL_POINTS } = jest.requireActual<{ FAIL_POINTS: Readonly<Record<string, { occasion: Occasion; passes?: number }>> }>(join(runtimeDist, 'fail-points', 'fail-points.js'));

const CASES = Object.entries(FAIL_POINTS).filter(([, { occasion }]) => !OF_LONG_HISTORIES.includes(occasion)).flatMap(([point, { occasion, passes = 0 }]) => (['before', 'after'] as const).map((side) => ({ point, side, occasion, passes })));
type Case = (typeof CASES)[number];

const IN_FLIGHT = 16;
const A_ROUND = 24;
const ROUNDS_MAX = 4;
/** So that a dead runtime is noticed, a sleeper parked and a checkpoint signed while a case lasts. */
const SOON = { LEASE_MS: '1500', LEASE_RENEW_MS: '300', ADOPTION_SCAN_MS: '200', PARK_AFTER_MS: '100', CHECKPOINT_INTERVAL_MS: '300' };

describe('fail points', () => {
  const book = new Book();
  const said: string[] = [];
  let dataDir: string;
  let stack: LocalStack;
  let load: PlainLoad;
  let ledger: Ledger;
  /** Work of all cases so far: it goes on while the next runtime dies, and is waited for at the end. */
  const begun: Promise<void>[] = [];
  let runs = 0;
  let living = true;
  const ids = uuidV7Source(() => Date.now());
  const parents: string[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'symphainy-e2e-fail-points-'));
    ledger = new Ledger(join(dataDir, 'ledger.txt'));
    stack = await startLocalStack({
      root: repositoryRoot,
      dataDir,
      only: ['smart-city', 'runtime', 'experience-gateway'],
      realms: [chaosRealm(repositoryRoot)],
      env: { runtime: SOON, 'realm-bench': { LEDGER_FILE: ledger.file } },
      onLine: (_, line) => line.includes('"fail_point"') && said.push(line),
    });
    load = new PlainLoad({ gatewayUrl: stack.gatewayUrl, apiKey: stack.keyOf('alice'), book, ids, ledger, inFlight: IN_FLIGHT });
  }, 120_000);

  afterAll(async () => {
    load.close();
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  const work = (executions = A_ROUND): Promise<void> => load.run(executions, ++runs);

  /** Starts the runtime that dies at the edge; resolves when it has died, which it may do before it is up. */
  async function armed({ point, side, passes }: Case): Promise<{ died: Promise<unknown> }> {
    const instead = { program: join(runtimeDist, 'testing', 'failing-main.js'), env: { FAIL_POINT: point, FAIL_SIDE: side, FAIL_PASSES: String(passes) } };
    const up = await stack.start('runtime', instead).then(
      () => true,
      () => false,
    );
    return { died: up ? stack.ended('runtime') : Promise.resolve() };
  }

  /** A runtime that dies nowhere, unless one lives. */
  async function revive(): Promise<void> {
    if (!living) await stack.start('runtime');
    living = true;
  }

  /** What brings a runtime to the edge, besides the work that is under way all the time. */
  const BRING: Readonly<Record<Occasion, () => Promise<void>>> = {
    load: () => Promise.resolve(),
    start: () => Promise.resolve(),
    adoption: () => Promise.resolve(),
    stop: async () => {
      await pause(300);
      process.kill(stack.pidOf('runtime'), 'SIGTERM');
    },
    outage: async () => {
      await stack.kill('postgres');
      await stack.start('postgres');
    },
    governance: () => changeGovernance(),
    closing: () => endParents(),
  };

  /** Cancels parents whose children wait; whoever cancels one may be cut off by the death. */
  async function endParents(): Promise<void> {
    const alice = new Api(stack.gatewayUrl, stack.keyOf('alice'));
    const session_id = await alice.createSession();
    const intent_id = ids.next();
    parents.push(intent_id);
    await alice.post('/v1/intents', { intent_id, intent_type: WAITING_PARENT, session_id, payload: { data: 'x', failures: 0 } });
    await pause(100);
    // not waited for: the gateway would wait for the next runtime
    void alice.post(`/v1/executions/${intent_id}/cancel`).catch(() => undefined);
  }

  /** Asked until it is so, as their caller would. */
  async function parentsEnd(): Promise<void> {
    const alice = new Api(stack.gatewayUrl, stack.keyOf('alice'));
    for (const id of parents) {
      for (let status = 'running'; status === 'running' || status === 'compensating'; await pause(50)) {
        const asked = await alice.post<{ code?: string }>(`/v1/executions/${id}/cancel`);
        status = asked.body.code === 'execution.not_found' ? 'none' : ((await alice.get<{ status?: string }>(`/v1/executions/${id}/status`)).body.status ?? 'running');
      }
    }
  }

  /** The runtime that takes it may die of it, and one that is only coming up may not answer: another round asks again. */
  async function changeGovernance(): Promise<void> {
    const admin = new Api(stack.gatewayUrl, stack.keyOf('admin'));
    const session = await admin.createSession().catch(() => undefined);
    const payload = { key_id: `k${++runs}`, key_hash: createHash('sha256').update(randomBytes(32)).digest('hex'), tenant_id: 'acme', user_id: 'bob' };
    await admin.post('/v1/intents', { intent_type: 'governance.issue_key', session_id: session, payload }).catch(() => undefined);
  }

  it.each(CASES)('$point, $side - the runtime dies there, and the next one goes on', async (one) => {
    // Something is under way when the runtime before the armed one dies: that is what an adopter finds.
    if (one.occasion === 'adoption') {
      await revive();
      begun.push(work());
      await pause(200);
    }
    if (living) await stack.kill('runtime');
    living = true;
    // The next one to go on is the next that is armed: it takes over what the one before it left, and is as good a witness as any.
    const { died } = await armed(one);
    let dead = false;
    void died.then(() => (dead = true));
    for (let round = 0; round < ROUNDS_MAX && !dead; round++) {
      begun.push(work());
      await BRING[one.occasion]();
      await Promise.race([died, Promise.all([begun.at(-1), pause(3000)])]);
    }
    expect([one.point, one.side, said.splice(0)]).toEqual([one.point, one.side, [expect.stringContaining(`"fail_point":"${one.point}","side":"${one.side}"`)]]);
    living = false;
  }, 90_000);

  it('all that was begun - ends once, on a valid chain, as its client was told', async () => {
    await revive();
    await Promise.all([...begun, parentsEnd()]);
    const { lost, stuck, doubled, outOfOrder, streams } = await auditLog(stack.postgresUrl, book, ledger);
    expect({ faults: book.faults, lost, stuck, doubled, outOfOrder }).toEqual({ faults: [], lost: [], stuck: [], doubled: [], outOfOrder: [] });
    expect(streams).toBeGreaterThan(begun.length * A_ROUND);
  }, 120_000);

  it('a runtime as it is shipped - takes no notice of the variables that arm one', async () => {
    await stack.kill('runtime');
    await stack.start('runtime', { env: { FAIL_POINT: 'flush.commit', FAIL_SIDE: 'before', FAIL_PASSES: '0' } });
    await work();
    expect(said).toEqual([]);
  }, 60_000);
});
