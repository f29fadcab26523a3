import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { auditLog, Book, chaosRealm, Ledger, PlainLoad, WAITING_PARENT, type Findings } from '@symphainy/chaos';
import { uuidV7Source } from '@symphainy/kernel';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { Api } from './api.js';
import { repositoryRoot } from './platform.js';

export type Occasion = 'load' | 'adoption' | 'start' | 'stop' | 'outage' | 'governance' | 'closing' | 'watching';

/** One side of one edge. */
export interface FailCase {
  readonly point: string;
  readonly side: 'before' | 'after';
  readonly occasion: Occasion;
  /** How often the edge is passed before the armed one counts. */
  readonly passes: number;
}

const IN_FLIGHT = 16;
const A_ROUND = 24;
const ROUNDS_MAX = 4;
const ROUND_MS = 3000;
/** So that a dead runtime is noticed, a sleeper parked and a checkpoint signed while a case lasts. */
const SOON = { LEASE_MS: '1500', LEASE_RENEW_MS: '300', ADOPTION_SCAN_MS: '200', PARK_AFTER_MS: '100', CHECKPOINT_INTERVAL_MS: '300' };
const FAILING_RUNTIME = join(repositoryRoot, 'apps', 'runtime', 'dist', 'testing', 'failing-main.js');

/**
 * A platform of its own whose one runtime dies at one edge after the other. The next one to go on is the next that is armed: it takes over what the one before it
 * left, and is as good a witness as any. A case of the occasion `adoption` wants one before it that dies with work under way.
 */
export class FailPointWalk {
  private readonly book = new Book();
  private readonly ids = uuidV7Source(() => Date.now());
  /** Work of all cases so far: it goes on while the next runtime dies, and is waited for at the end. */
  private readonly begun: Promise<void>[] = [];
  private readonly parents: string[] = [];
  private readonly deaths: Map<FailCase, PromiseWithResolvers<string>>;
  private said = '';
  private runs = 0;
  private living = true;
  private dataDir = '';
  private stack!: LocalStack;
  private load!: PlainLoad;
  private ledger!: Ledger;

  constructor(private readonly cases: readonly FailCase[]) {
    this.deaths = new Map(cases.map((one) => [one, Promise.withResolvers<string>()]));
  }

  async start(): Promise<void> {
    this.dataDir = await mkdtemp(join(tmpdir(), 'symphainy-e2e-fail-points-'));
    this.ledger = new Ledger(join(this.dataDir, 'ledger.txt'));
    this.stack = await startLocalStack({
      root: repositoryRoot,
      dataDir: this.dataDir,
      only: ['smart-city', 'runtime', 'experience-gateway'],
      realms: [chaosRealm(repositoryRoot)],
      env: { runtime: SOON, 'realm-bench': { LEDGER_FILE: this.ledger.file } },
      onLine: (_, line) => {
        if (line.includes('"fail_point"')) this.said = line;
      },
    });
    const { ids, book, ledger, stack } = this;
    this.load = new PlainLoad({ gatewayUrl: stack.gatewayUrl, apiKey: stack.keyOf('alice'), book, ids, ledger, inFlight: IN_FLIGHT });
  }

  async stop(): Promise<void> {
    this.load.close();
    await this.stack.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** Walks its cases, one after the other. */
  async walk(): Promise<void> {
    for (const one of this.cases) this.deaths.get(one)!.resolve(await this.dieAt(one).catch(String));
  }

  /** What the runtime of that case said when it died; undefined: the case is not of this walk. */
  death(one: FailCase): Promise<string> | undefined {
    return this.deaths.get(one)?.promise;
  }

  /** What the log says of all that was begun, once it has ended; `streams`: fewer would mean that nothing was. */
  async ended(): Promise<{ readonly found: Pick<Findings, 'lost' | 'stuck' | 'doubled' | 'outOfOrder'> & { readonly faults: readonly string[] }; readonly streams: number; readonly wanted: number }> {
    await this.revive();
    await Promise.all([...this.begun, this.parentsEnd()]);
    const { lost, stuck, doubled, outOfOrder, streams } = await auditLog(this.stack.postgresUrl, this.book, this.ledger);
    return { found: { faults: this.book.faults, lost, stuck, doubled, outOfOrder }, streams, wanted: this.begun.length * A_ROUND };
  }

  /** What a runtime says that is started by the program as it is shipped, with these variables, and does a round of work. */
  async saidWith(env: Readonly<Record<string, string>>): Promise<string> {
    this.said = '';
    await this.stack.kill('runtime');
    await this.stack.start('runtime', { env });
    await this.work();
    return this.said;
  }

  private work(): Promise<void> {
    return this.load.run(A_ROUND, ++this.runs);
  }

  private async dieAt(one: FailCase): Promise<string> {
    if (this.living) await this.stack.kill('runtime');
    this.living = true;
    this.said = '';
    const { died } = await this.armed(one);
    let dead = false;
    void died.then(() => (dead = true));
    for (let round = 0; round < ROUNDS_MAX && !dead; round++) {
      this.begun.push(this.work());
      await this.bring(one.occasion);
      await Promise.race([died, Promise.all([this.begun.at(-1), pause(ROUND_MS)])]);
    }
    if (dead) this.living = false;
    return this.said;
  }

  /** Starts the runtime that dies at the edge; `died` resolves when it has, which it may before it is up. */
  private async armed({ point, side, passes }: FailCase): Promise<{ died: Promise<unknown> }> {
    const up = await this.stack.start('runtime', { program: FAILING_RUNTIME, env: { FAIL_POINT: point, FAIL_SIDE: side, FAIL_PASSES: String(passes) } }).then(
      () => true,
      () => false,
    );
    return { died: up ? this.stack.ended('runtime') : Promise.resolve() };
  }

  /** A runtime that dies nowhere, unless one lives. */
  private async revive(): Promise<void> {
    if (!this.living) await this.stack.start('runtime');
    this.living = true;
  }

  /** What brings a runtime to the edge, besides the work that is under way all the time. */
  private async bring(occasion: Occasion): Promise<void> {
    switch (occasion) {
      case 'stop':
        await pause(300);
        process.kill(this.stack.pidOf('runtime'), 'SIGTERM');
        return;
      case 'outage':
        await this.stack.kill('postgres');
        return this.stack.start('postgres');
      case 'governance':
        return this.changeGovernance();
      case 'closing':
        return this.endParent();
      case 'watching':
        return this.endParent((alice, id) => void alice.watch(id, 0).catch(() => undefined));
      default:
    }
  }

  /** Cancels a parent whose child waits; whoever cancels one may be cut off by the death. One left by a round before may have been the death already: then nobody answers here. */
  private async endParent(watch: (alice: Api, id: string) => void = () => undefined): Promise<void> {
    const alice = new Api(this.stack.gatewayUrl, this.stack.keyOf('alice'));
    const session_id = await alice.createSession().catch(() => undefined);
    if (session_id === undefined) return;
    const intent_id = this.ids.next();
    this.parents.push(intent_id);
    await alice.post('/v1/intents', { intent_id, intent_type: WAITING_PARENT, session_id, payload: { data: 'x', failures: 0 } }).catch(() => undefined);
    watch(alice, intent_id);
    await pause(100);
    // not waited for: the gateway would wait for the next runtime
    void alice.post(`/v1/executions/${intent_id}/cancel`).catch(() => undefined);
  }

  /** Asked until it is so, as their caller would. */
  private async parentsEnd(): Promise<void> {
    const alice = new Api(this.stack.gatewayUrl, this.stack.keyOf('alice'));
    for (const id of this.parents) {
      for (let status = 'running'; status === 'running' || status === 'compensating'; await pause(50)) {
        const asked = await alice.post<{ code?: string }>(`/v1/executions/${id}/cancel`);
        status = asked.body.code === 'execution.not_found' ? 'none' : ((await alice.get<{ status?: string }>(`/v1/executions/${id}/status`)).body.status ?? 'running');
      }
    }
  }

  /** The runtime that takes it may die of it, and one that is only coming up may not answer: another round asks again. */
  private async changeGovernance(): Promise<void> {
    const admin = new Api(this.stack.gatewayUrl, this.stack.keyOf('admin'));
    const session_id = await admin.createSession().catch(() => undefined);
    const payload = { key_id: `k${++this.runs}`, key_hash: createHash('sha256').update(randomBytes(32)).digest('hex'), tenant_id: 'acme', user_id: 'bob' };
    await admin.post('/v1/intents', { intent_type: 'governance.issue_key', session_id, payload }).catch(() => undefined);
  }
}
