/**
 * Runtimes over a real log: real Postgres, the in-process bus, the system's clock. `freeze` stops one runtime's clock, so that it
 * looks dead to the others while it can still try to write: harsher than a kill.
 */
import { GraphProjector } from '../lineage/graph-projector.js';
import { MemoryGraph } from './memory-graph.js';
import { randomBytes, randomUUID } from 'node:crypto';
import type { GovernanceBundle, RegisteredCapability, StepDispatch, SubjectReply, Tenant } from '@symphainy/contracts';
import { chainProblems, foldStored, hasEnded, type ExecutionState } from '@symphainy/execution';
import { readSigningKey, signBundle } from '@symphainy/governance';
import { sampleBundle } from '@symphainy/governance/testing';
import { canonicalJson, silentLogger, systemClock, uuidV7Source, type Clock } from '@symphainy/kernel';
import { NO_RESPONDERS } from '@symphainy/ports';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { encodeJson } from '@symphainy/service-host';
import { testChannels } from '@symphainy/service-host/testing';
import { openDatabase, PostgresGraph, provisionRuntime, runtimeUrls } from '@symphainy/store-postgres';
import { PayloadContracts } from '../acceptance/payload-contracts.js';
import { ArtifactIndex } from '../data-brain/artifact-index.js';
import { openEvidence } from '../evidence/evidence.js';
import { serveIntake } from '../intake/intake.js';
import { openPersonalData } from '../personal-data/open-personal-data.js';
import { noCounters, type QueryHandlers } from '../intake/intake.ports.js';
import { RuntimeCore, type FlowSettings } from '../runtime-core.js';
import { openPostgresLog, type PostgresLog } from '../wal/postgres-log.js';
import { MemoryHotState } from '@symphainy/hot-redis';
import { openStateSurface } from '../state-surface/state-surface.js';
import { MemoryObjects } from './memory-objects.js';
import { alice, outcomeOf, type RealmHandler } from './runtime-bed.js';

export const signingKey = readSigningKey(Buffer.alloc(32, 7).toString('base64url'));
/** Signs what evidence is exported; its public key is what a verifier is given. */
export const checkpointKey = readSigningKey(Buffer.alloc(32, 9).toString('base64url'));

/** A clock whose tasks stop running when it is frozen. */
class FreezableClock implements Clock {
  frozen = false;
  now = (): number => systemClock.now();
  monotonic = (): number => systemClock.monotonic();
  after = (delayMs: number, task: () => void): (() => void) => systemClock.after(delayMs, () => this.unlessFrozen(task));
  every = (periodMs: number, task: () => void): (() => void) => systemClock.every(periodMs, () => this.unlessFrozen(task));

  private unlessFrozen(task: () => void): void {
    if (!this.frozen) task();
  }
}

export interface LogRuntime {
  readonly core: RuntimeCore;
  readonly log: PostgresLog;
  /** Of a runtime with a state surface: resolves once lists show what is committed now. */
  caughtUp(): Promise<boolean>;
  /** Renews nothing, sweeps nothing, takes no requests; what it is told by realms it still tries to record. */
  freeze(): Promise<void>;
  stop(): Promise<void>;
}

export class LogBed {
  readonly net = testChannels();
  readonly gateway = this.net.channelsOf('gateway');
  readonly dispatches: StepDispatch[] = [];
  /** What realms say ran. */
  build = 'realm-1';
  readonly objects = new MemoryObjects();
  readonly hot = new MemoryHotState(systemClock);
  /** What the passwords of roles and the keys of personal data follow from. */
  readonly key = randomBytes(32);
  private readonly ids = uuidV7Source(() => systemClock.now());
  private readonly running: LogRuntime[] = [];
  private readonly logs: PostgresLog[] = [];

  private constructor(readonly postgres: PostgresServer) {}

  static async start(): Promise<LogBed> {
    const bed = new LogBed(await startThrowawayPostgres());
    await provisionRuntime(bed.postgres.url, bed.key);
    return bed;
  }

  async stop(): Promise<void> {
    for (const runtime of this.running) await runtime.stop();
    for (const log of this.logs) await log.close();
    await this.postgres.stop();
  }

  /** Every row of every table of the runtime, as text: what an owner of the database can see. */
  async everything(): Promise<Readonly<Record<string, readonly string[]>>> {
    const owner = openDatabase({ url: this.postgres.url, applicationName: 'everything' });
    try {
      const names = await owner.query<{ name: string }>(`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'runtime' and c.relkind = 'r'`);
      const tables = names.map(async ({ name }) => [name, (await owner.query<{ row: string }>(`select row_to_json(t)::text as row from runtime.${name} t`)).map(({ row }) => row)] as const);
      return Object.fromEntries(await Promise.all(tables));
    } finally {
      await owner.close();
    }
  }

  /** The log alone, as one more writer. A short lease makes deaths noticed soon; of two runtimes in this one process, a stall of it that is longer costs one of them its lease. */
  open(clock: Clock = systemClock, leaseMs = 1500): Promise<PostgresLog> {
    return openPostgresLog({ urls: runtimeUrls(this.postgres.url, this.key), writerId: randomUUID(), clock, logger: silentLogger, objects: this.objects, leaseMs, renewMs: 250 }).then((log) => (this.logs.push(log), log));
  }

  /** `surface`: with projections and evidence, so that it answers queries too. */
  async runtime(capabilities: readonly RegisteredCapability[], options: { readonly surface?: boolean; readonly flow?: Partial<FlowSettings>; readonly leaseMs?: number; readonly switches?: Partial<Tenant['switches']>; readonly bundle?: Partial<GovernanceBundle> } = {}): Promise<LogRuntime> {
    const clock = new FreezableClock();
    const log = await this.open(clock, options.leaseMs);
    const tenants = sampleBundle().tenants.map((tenant) => ({ ...tenant, switches: { ...tenant.switches, ...options.switches } }));
    const signed = signBundle(sampleBundle({ capabilities: [...capabilities], tenants, ...options.bundle }), signingKey);
    await log.bundles.save(signed.hash, 1, canonicalJson(signed));
    const channels = this.net.channelsOf('runtime');
    const counters = noCounters();
    const surface = options.surface === true ? openStateSurface({ log, hot: this.hot, objects: this.objects, logger: silentLogger, counters }) : undefined;
    const personal = openPersonalData({ url: this.postgres.url, roleKey: this.key, secret: this.key, clock, ids: this.ids, onIdleError: () => undefined });
    const evidence = surface && openEvidence({
      log, objects: this.objects, clock, logger: silentLogger, key: checkpointKey, bundleKeys: signingKey.publicKey, intervalMs: 60_000, listed: (timeoutMs) => surface.caughtUp(timeoutMs),
      current: () => core.bundles.require(), refuse: (caller, what, error) => core.refusals.refuse(caller, what, error),
      judging: { contracts: new PayloadContracts(), artifacts: new ArtifactIndex(log.reader), personal: personal.personal },
    });
    const graph = surface === undefined ? new MemoryGraph() : new PostgresGraph({ reader: log.queries, keeper: log.projections });
    const follower = surface === undefined ? undefined : log.follow(new GraphProjector(graph));
    const core: RuntimeCore = new RuntimeCore({
      service: 'runtime', build: 'test', writer: log.writer, reader: log.reader, leases: log.leases, archive: log.bundles, bus: this.net.hub.connect(), channels, clock, ids: this.ids,
      logger: silentLogger, graph: { store: graph, settle: async () => void (await follower?.caughtUp(5_000)) }, objects: this.objects, personal: personal.personal, usage: { uploadedBytes: () => Promise.resolve(0), acceptedSince: () => Promise.resolve(0) }, queries: { ...surface?.queries, ...evidence?.queries } as QueryHandlers, counters, bundleKeys: signingKey.publicKey,
      tokenKey: new Uint8Array(32), url: () => 'http://runtime.test', maxExecutions: 10_000, ...(options.flow === undefined ? {} : { flow: options.flow }), adoptionScanMs: 200,
    });
    await core.start();
    serveIntake(channels, () => core.handlers);
    const leave = (): Promise<void> => channels.drain(0, (_ms, task) => (task(), () => undefined));
    let stopped: Promise<void> | undefined;
    const runtime: LogRuntime = {
      core,
      log,
      caughtUp: () => surface?.caughtUp(5_000) ?? Promise.resolve(true),
      freeze: () => ((clock.frozen = true), leave()),
      stop: () => (stopped ??= leave().then(() => (evidence?.stop(), core.stop(), log.close())).then(() => personal.close())),
    };
    this.running.push(runtime);
    return runtime;
  }

  realm(name: string, handler: RealmHandler): void {
    const bus = this.net.hub.connect();
    bus.subscribe(`realm.${name}.*.step`, (message) => {
      if (message.headers['status'] === NO_RESPONDERS || message.reply === undefined) return;
      const dispatch = JSON.parse(new TextDecoder().decode(message.data)) as StepDispatch;
      this.dispatches.push(dispatch);
      void Promise.resolve(handler(dispatch)).then((answer) => {
        if (answer !== 'silence') bus.publish(message.reply!, encodeJson({ ...outcomeOf(dispatch, answer), handler_build: this.build }));
      });
    }, { queue: name });
  }

  async session(caller = alice): Promise<string> {
    return (await this.gateway.request('runtime.session.create', {}, { caller })).session_id;
  }

  submit(session_id: string, wait_ms = 0, payload = {}, intent_type = 'sample.run', caller = alice): Promise<SubjectReply<'runtime.intent.submit'>> {
    return this.gateway.request('runtime.intent.submit', {}, { caller, submission: { intent_type, session_id, payload }, correlation_id: 'c-1', wait_ms }, { timeoutMs: 30_000 });
  }

  /** The end of an execution by the log alone; its chain holds and no step completed twice. */
  async sound(by: LogRuntime, executionId: string): Promise<ExecutionState> {
    const deadline = systemClock.monotonic() + 15_000;
    for (;;) {
      const frames = await by.log.reader.readStream('acme', executionId);
      const state = foldStored(frames);
      if (state !== undefined && hasEnded(state)) {
        const problems = chainProblems(frames);
        if (problems.length > 0) throw new Error(problems.join('; '));
        return state;
      }
      if (systemClock.monotonic() > deadline) throw new Error(`execution ${executionId} did not end: ${state?.steps.at(-1)?.status ?? 'no stream'}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
