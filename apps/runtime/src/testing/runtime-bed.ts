/**
 * Runtimes in memory: real cores, channels and bus; the log, objects and clock are doubles that keep their ports' rules.
 * Time moves only by `until` and `clock.advance`, so nothing here waits for the wall clock.
 */
import { MemoryGraph } from './memory-graph.js';
import type { Caller, Frame, GovernanceBundle, RegisteredCapability, SignedBundle, StepDispatch, StepOutcome, SubjectReply, SubjectRequestInput, Tenant } from '@symphainy/contracts';
import { decodeBody, foldStored, hasEnded, hexOf, type ExecutionState } from '@symphainy/execution';
import { readSigningKey, signBundle } from '@symphainy/governance';
import { sampleBundle } from '@symphainy/governance/testing';
import { canonicalJson, silentLogger, type WireError } from '@symphainy/kernel';
import { countingIds, ManualClock } from '@symphainy/kernel/testing';
import { type Bus, NO_RESPONDERS } from '@symphainy/ports';
import { encodeJson, type Channels } from '@symphainy/service-host';
import { testChannels } from '@symphainy/service-host/testing';
import { serveIntake } from '../intake/intake.js';
import { noCounters, type QueryHandlers } from '../intake/intake.ports.js';
import { RuntimeCore, type FlowSettings } from '../runtime-core.js';
import { MemoryBundleArchive, MemoryLeases, MemoryLog, MemoryWalWriter } from '../wal/wal.memory.js';
import { MemorySubjectKeys } from '../personal-data/subject-keys.memory.js';
import { memoryPersonalData } from './memory-personal-data.js';
import { MemoryObjects } from './memory-objects.js';

export const alice: Caller = { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' };

const signingKey = readSigningKey(Buffer.alloc(32, 7).toString('base64url'));

type Result = NonNullable<StepOutcome['result']>;
export type RealmAnswer = Partial<Pick<Result, 'output' | 'artifacts' | 'outcome' | 'agent'>> & Pick<StepOutcome, 'chunk'> | { readonly error: WireError } | 'silence';
export type RealmHandler = (dispatch: StepDispatch) => RealmAnswer | Promise<RealmAnswer>;

export interface BedRuntime {
  readonly core: RuntimeCore;
  readonly writer: MemoryWalWriter;
  readonly bus: Bus;
  /** As `kill -9`. */
  crash(): Promise<void>;
}

export class RuntimeBed {
  readonly clock = new ManualClock();
  readonly log = new MemoryLog();
  readonly objects = new MemoryObjects();
  readonly dispatches: StepDispatch[] = [];
  readonly keys = new MemorySubjectKeys();
  private readonly net = testChannels(this.clock);
  private readonly ids = countingIds();
  private readonly archive = new MemoryBundleArchive();
  readonly gateway: Channels = this.net.channelsOf('gateway');
  readonly smartCity: Channels = this.net.channelsOf('smart-city');

  constructor(private readonly flow: Partial<FlowSettings> = {}) {}

  /** Puts a bundle with these capabilities, and the tenant acme as given, into the archive, where runtimes find it at boot. */
  async govern(capabilities: readonly RegisteredCapability[], version = 1, acme: Partial<Tenant> = {}, more: Partial<GovernanceBundle> = {}): Promise<void> {
    const tenants = sampleBundle().tenants.map((tenant) => (tenant.tenant_id === 'acme' ? { ...tenant, ...acme } : tenant));
    const signed = signBundle(sampleBundle({ version, tenants, capabilities: [...capabilities], ...more }), signingKey);
    await this.keep(signed);
  }

  keep(signed: SignedBundle): Promise<void> {
    return this.archive.save(signed.hash, signed.bundle.version, canonicalJson(signed));
  }

  /** The newest archived bundle. */
  kept(): Promise<string | undefined> {
    return this.archive.latest();
  }

  async runtime(): Promise<BedRuntime> {
    const bus = this.net.hub.connect();
    const writer = new MemoryWalWriter(this.log, this.ids.next());
    const channels = this.net.channelsOf('runtime');
    const core = new RuntimeCore({
      service: 'runtime', build: 'test', writer, reader: this.log, leases: new MemoryLeases(this.log, writer.id), archive: this.archive, bus, channels, clock: this.clock, ids: this.ids,
      logger: silentLogger, graph: { store: new MemoryGraph(), settle: () => Promise.resolve() }, objects: this.objects, personal: memoryPersonalData(this.clock, this.ids, this.keys), usage: { uploadedBytes: () => Promise.resolve(0), acceptedSince: () => Promise.resolve(0) }, queries: { 'runtime.execution.list': () => Promise.resolve({ executions: [] }) } as unknown as QueryHandlers, counters: noCounters(), bundleKeys: signingKey.publicKey,
      tokenKey: new Uint8Array(32), url: () => 'http://runtime.test', maxExecutions: 10_000, flow: this.flow, adoptionScanMs: 1000,
    });
    await core.start();
    serveIntake(channels, () => core.handlers);
    const crash = async (): Promise<void> => {
      writer.crash();
      core.engine.stop();
      await channels.drain(0, (_ms, task) => (task(), () => undefined));
      await bus.drain();
    };
    return { core, writer, bus, crash };
  }

  /** Serves a realm's steps; returns how to take it away. */
  realm(name: string, handler: RealmHandler): () => void {
    const bus = this.net.hub.connect();
    const subscription = bus.subscribe(`realm.${name}.*.step`, (message) => {
      if (message.headers['status'] === NO_RESPONDERS || message.reply === undefined) return;
      const dispatch = JSON.parse(new TextDecoder().decode(message.data)) as StepDispatch;
      this.dispatches.push(dispatch);
      void this.answer(bus, message.reply, dispatch, handler);
    }, { queue: name });
    return () => subscription.unsubscribe();
  }

  async session(caller: Caller = alice): Promise<string> {
    return (await this.during(this.gateway.request('runtime.session.create', {}, { caller }))).session_id;
  }

  submit(sessionId: string, more: Partial<SubjectRequestInput<'runtime.intent.submit'>['submission']> = {}, options: { caller?: Caller; wait_ms?: number } = {}): Promise<SubjectReply<'runtime.intent.submit'>> {
    const submission = { intent_type: 'sample.run', session_id: sessionId, payload: {}, ...more };
    return this.during(this.gateway.request('runtime.intent.submit', {}, { caller: options.caller ?? alice, submission, correlation_id: 'c-1', wait_ms: options.wait_ms ?? 0 }, { timeoutMs: 120_000 }));
  }

  /** The execution's state by the log alone. */
  async fold(executionId: string, tenantId = 'acme'): Promise<ExecutionState> {
    const state = foldStored(await this.log.readStream(tenantId, executionId));
    if (state === undefined) throw new Error(`no stream ${executionId}`);
    return state;
  }

  async records(executionId: string, tenantId = 'acme'): Promise<Frame['records']> {
    return (await this.log.readStream(tenantId, executionId)).flatMap((frame) => decodeBody(frame.body));
  }

  /** Moves time in small steps until the condition holds by the log; a minute of it at most. */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let spent = 0; spent < 60_000; spent += 50) {
      await this.turns();
      if (await condition()) return;
      this.clock.advance(50);
    }
    throw new Error('what was waited for did not come within a minute');
  }

  async ended(executionId: string): Promise<ExecutionState> {
    await this.until(async () => hasEnded(await this.fold(executionId)));
    return this.fold(executionId);
  }

  /** The state once the log says that it stands so. */
  async reaches(executionId: string, status: ExecutionState['status']): Promise<ExecutionState> {
    await this.until(async () => (await this.fold(executionId)).status === status);
    return this.fold(executionId);
  }

  /** Lets everything that is ready run. */
  async turns(count = 10): Promise<void> {
    for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** A promise's value while time goes on. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const finished = promise.finally(() => (done = true));
    finished.catch(() => undefined);
    await this.until(() => done);
    return finished;
  }

  private async answer(bus: Bus, reply: string, dispatch: StepDispatch, handler: RealmHandler): Promise<void> {
    const answer = await handler(dispatch);
    if (answer === 'silence') return;
    bus.publish(reply, encodeJson(outcomeOf(dispatch, answer)));
  }
}

export const outcomeOf = (dispatch: StepDispatch, answer: Exclude<RealmAnswer, 'silence'>): StepOutcome => ({
  attempt: dispatch.attempt,
  handler_build: 'realm-1',
  duration_ms: 1,
  ...('error' in answer ? { error: answer.error } : resultOf(answer)),
});

function resultOf({ chunk, artifacts = [], ...rest }: Exclude<RealmAnswer, 'silence' | { error: WireError }>): Pick<StepOutcome, 'result' | 'chunk'> {
  return { result: { events: [], state_changes: [], artifacts, ...rest }, ...(chunk === undefined ? {} : { chunk }) };
}

export const headHash = (state: ExecutionState): string => hexOf(state.head.hash);
