import type { Caller } from '@symphainy/contracts';
import { readPublicKeys } from '@symphainy/governance';
import type { Clock, IdSource, Json, Logger } from '@symphainy/kernel';
import type { Bus, ObjectStore, StateGraph } from '@symphainy/ports';
import type { Channels } from '@symphainy/service-host';
import { Admission, type AdmissionLimits } from './acceptance/admission.js';
import { DailyQuotas } from './acceptance/daily-quotas.js';
import { Acceptance } from './acceptance/acceptance.js';
import { BundleHolder } from './acceptance/bundle-holder.js';
import { PayloadContracts } from './acceptance/payload-contracts.js';
import { RecordedAccess } from './acceptance/recorded-access.js';
import { RefusalLog } from './acceptance/refusal-log.js';
import { Sessions } from './acceptance/sessions.js';
import { StreamAppender } from './acceptance/stream-appender.js';
import { ArtifactIndex } from './data-brain/artifact-index.js';
import type { AttemptAccess } from './data-brain/attempt-access.js';
import type { ReplayAccess } from './data-brain/replay-access.js';
import type { TenantUsage } from './data-brain/uploads.js';
import { ExecutionTokens } from './dispatch/execution-tokens.js';
import { StepDispatcher } from './dispatch/step-dispatcher.js';
import { ChildRunner } from './engine/child-runner.js';
import { Engine } from './engine/engine.js';
import type { LiveExecution } from './engine/live-execution.js';
import type { CommandHandlers, QueryHandlers, RuntimeCounters } from './intake/intake.ports.js';
import { Adoption } from './operations/adoption.js';
import { AutoReplays } from './operations/auto-replays.js';
import { Commands } from './operations/commands.js';
import { Sleepers } from './operations/sleepers.js';
import { CallerSessions } from './operations/caller-sessions.js';
import { Erasures } from './operations/erasures.js';
import { registeredReferenceOf } from './operations/registered-references.js';
import { OperationRequests } from './operations/operation-requests.js';
import { guardedReads } from './operations/guarded-reads.js';
import { PressureReport } from './operations/pressure-report.js';
import { StepOperations } from './operations/step-operations.js';
import { Submissions } from './operations/submissions.js';
import { GovernedArtifacts } from './outcomes/governed-artifacts.js';
import { OutcomeIntake } from './outcomes/outcome-intake.js';
import { StepResults } from './outcomes/step-results.js';
import type { PersonalData } from './personal-data/personal-data.js';
import type { SearchIndex, SearchRebuild } from './search/search.js';
import { CommittedPublisher } from './publish/committed-publisher.js';
import { WatchedExecutions } from './publish/watched-executions.js';
import type { BundleArchive, WalLeases, WalReader, WalWriter } from './acceptance/log.ports.js';
import { isReplayToken } from './dispatch/replay-tokens.js';
import { openDataBrain, type DataBrain } from './runtime-data-brain.js';
import { openGovernance, type RuntimeGovernance } from './runtime-governance.js';
import { openHistory, type RuntimeHistory } from './runtime-history.js';

export interface RuntimeCoreParts {
  readonly service: string;
  readonly build: string;
  readonly writer: WalWriter;
  readonly reader: WalReader;
  readonly leases: WalLeases;
  readonly archive: BundleArchive;
  readonly bus: Bus;
  readonly channels: Channels;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly objects: ObjectStore;
  /** Outlives one core, like the keys it holds. */
  readonly personal: PersonalData;
  /** Where this runtime is, as boundaries of data name it. */
  readonly region?: string | undefined;
  readonly usage: TenantUsage;
  readonly queries: QueryHandlers;
  /** The state graph, and the wait until it shows what was committed before. */
  readonly graph: { readonly store: StateGraph; readonly settle: () => Promise<void> };
  /** What may be found; absent, as in the simulation: nothing is searched, and no index made again. */
  readonly search?: { readonly index: SearchIndex; readonly rebuild: SearchRebuild };
  /** What this instance counts; outlives one core, so that figures do not fall when a lease is lost. */
  readonly counters: RuntimeCounters;
  /** Compiled input and output contracts, when they outlive one core. Default: the core's own. */
  readonly contracts?: PayloadContracts;
  /** Public keys of Smart City's bundle signing keys, as `readPublicKeys` takes them. */
  readonly bundleKeys: string;
  /** Shared by all runtimes of the platform, known to nobody else. */
  readonly tokenKey: Uint8Array;
  readonly url: () => string;
  readonly maxExecutions: number;
  /** Flow control; absent parts are as the env's defaults say. */
  readonly flow?: Partial<FlowSettings>;
  readonly adoptionScanMs: number;
}

export interface FlowSettings {
  readonly tenantMaxRunning: number;
  readonly tenantMaxQueued: number;
  readonly admissionWaitMs: number;
  readonly realmWindow: number;
  readonly parkAfterMs: number;
  /** What lies so many frames behind is named in the log. */
  readonly longHeldFrames: number;
  /** How long Smart City may be silent before nothing new is accepted. */
  readonly bundleStaleMs: number;
}

const DEFAULT_FLOW: FlowSettings = { tenantMaxRunning: 10_000, tenantMaxQueued: 2_000, admissionWaitMs: 2_500, realmWindow: 512, parkAfterMs: 10_000, longHeldFrames: 20_000, bundleStaleMs: Number.POSITIVE_INFINITY };

/**
 * One runtime, put together: the folders in the order the data flows. No framework in here, so the simulator and tests run the same
 * object as the service does; only the log, the bus and the clock differ.
 */
export class RuntimeCore {
  readonly counters: RuntimeCounters;
  readonly bundles: BundleHolder;
  readonly engine: Engine;
  readonly acceptance: Acceptance;
  readonly admission: Admission;
  readonly refusals: RefusalLog;
  readonly adoption: Adoption;
  private readonly autoReplays: AutoReplays;
  private readonly watched: WatchedExecutions;
  private readonly sleepers: Sleepers;
  private readonly sessions: Sessions;
  private readonly artifacts: ArtifactIndex;
  private readonly dispatcher: StepDispatcher;
  private readonly outcomes: OutcomeIntake;
  readonly commands: Commands;
  private readonly submissions: Submissions;
  private readonly operations: OperationRequests;
  private readonly callerSessions: CallerSessions;
  private readonly governance: RuntimeGovernance;
  readonly brain: DataBrain;
  readonly history: RuntimeHistory;
  readonly recordedAccess: RecordedAccess;
  private guarded: (CommandHandlers & QueryHandlers) | undefined;
  private readonly stops: (() => void)[] = [];

  constructor(private readonly parts: RuntimeCoreParts) {
    const { writer, reader, clock, ids, logger, bus, channels, objects, personal } = parts;
    const flow = { ...DEFAULT_FLOW, ...parts.flow };
    const instance = writer.id;
    this.counters = parts.counters;
    const contracts = parts.contracts ?? new PayloadContracts();
    const appender = new StreamAppender(writer, clock);
    const tokens = new ExecutionTokens(parts.tokenKey, instance);
    this.watched = new WatchedExecutions(clock);
    const publisher = new CommittedPublisher(bus, this.watched);
    publisher.follow(writer);
    this.bundles = new BundleHolder(parts.archive, readPublicKeys(parts.bundleKeys), logger, { clock, staleAfterMs: flow.bundleStaleMs });
    this.refusals = new RefusalLog(appender, logger);
    this.sessions = new Sessions({ appender, reader, bundles: this.bundles, refusals: this.refusals, ids, clock, lastIntent: (caller, sessionId) => this.lastIntent(caller, sessionId) });
    this.artifacts = new ArtifactIndex(reader);
    this.engine = new Engine({ writer, reader, parked: parts.leases.parked, heldStreams: parts.leases.heldStreams, bundles: this.bundles, contracts, clock, logger, counters: this.counters.executions, maxExecutions: parts.maxExecutions, parkAfterMs: flow.parkAfterMs, longHeldFrames: flow.longHeldFrames });
    this.acceptance = new Acceptance({ bundles: this.bundles, sessions: this.sessions, refusals: this.refusals, contracts, artifacts: this.artifacts, starter: this.engine, appender, reader, ids, personal, region: parts.region, counters: this.counters.executions });
    this.admission = this.door();
    this.dispatcher = new StepDispatcher({ bus, clock, tokens, engine: this.engine, personal, instance, ids, window: flow.realmWindow, counters: this.counters.dispatch });
    const results = new StepResults(contracts, objects, personal, new GovernedArtifacts({ bundles: this.bundles, contracts, engine: this.engine }));
    this.outcomes = new OutcomeIntake({ bus, instance, dispatcher: this.dispatcher, engine: this.engine, results, logger, counters: this.counters.dispatch });
    this.commands = new Commands({ engine: this.engine, reader, parked: parts.leases.parked, results, contracts, channels, instance, clock, owners: { isAlive: (owner) => parts.leases.isAlive(owner), adopt: () => this.adoption.look() }, settled: (childId) => children.settled(childId) });
    const children = new ChildRunner({ engine: this.engine, acceptance: this.acceptance, reader, clock, logger, close: (target) => this.commands.closeChild(target), contracts, personal });
    this.callerSessions = new CallerSessions(this.sessions);
    this.governance = openGovernance(parts, this);
    const erasures = new Erasures({ personal, objects, queries: parts.queries, clock, bundles: this.bundles, reader });
    const brain = (this.brain = openDataBrain(parts, { tokens, contracts, engine: this.engine, acceptance: this.acceptance, admission: this.admission, artifacts: this.artifacts, bundles: this.bundles, refusals: this.refusals, recorded: () => this.recordedAccess }));
    const own = { erase: (live: LiveExecution, step: string) => erasures.erase(live, step), rewrap_keys: (live: LiveExecution) => erasures.rewrap(live), register_reference: registeredReferenceOf, rebuild_graph: (live: LiveExecution) => brain.lineage.rebuild.step(live), rebuild_search: (live: LiveExecution) => parts.search!.rebuild.step(live) };
    const steps = new StepOperations({ own, personal, engine: this.engine, acceptance: this.acceptance, reader, sessions: this.callerSessions, queries: parts.queries, command: (command) => this.commands.operate(command), clock, logger });
    this.engine.connect(this.dispatcher, children, steps);
    this.submissions = new Submissions({ acceptance: this.acceptance, admission: this.admission, quotas: this.quotas(), engine: this.engine, reader, personal, ids, clock });
    this.operations = new OperationRequests({ sessions: this.callerSessions, submissions: this.submissions });
    this.history = openHistory(parts, { appender, bundles: this.bundles, artifacts: this.artifacts, tickets: brain.tickets });
    this.recordedAccess = new RecordedAccess({ bundles: this.bundles, reader, history: this.history.log, refusals: this.refusals });
    this.autoReplays = new AutoReplays({ engine: this.engine, history: this.history.log, queries: parts.queries, switchOf: (tenantId) => this.bundles.current?.tenant(tenantId)?.switches.auto_replay ?? 'off', clock, logger });
    this.adoption = new Adoption({ leases: parts.leases, engine: this.engine, reader, publisher, clock, logger, scanMs: parts.adoptionScanMs, recovered: (tenantId, executionId) => this.autoReplays.recovered(tenantId, executionId) });
    this.sleepers = new Sleepers({ parked: parts.leases.parked, engine: this.engine, clock, logger, scanMs: parts.adoptionScanMs });
  }

  /** Ready to take work (through `handlers`) when it resolves. The last archived bundle governs until Smart City answers. */
  async start(): Promise<void> {
    await this.bundles.loadLatest();
    this.stops.push(this.outcomes.start(), this.dispatcher.start());
    this.listen();
    this.stops.push(this.governance.feed.start(), this.adoption.start(), this.sleepers.start(), this.admission.start(), this.pressure().start());
  }

  /** Stops supervising. Closing the writer then gives the lease back: what is unfinished is adopted by another runtime, or by the next start. */
  stop(): void {
    for (const stop of this.stops.splice(0).reverse()) stop();
    this.autoReplays.stop();
    this.engine.stop();
  }

  /** When a session's newest intent was accepted, by any runtime. */
  private async lastIntent(caller: Caller, session_id: string): Promise<number | undefined> {
    const { executions } = await this.parts.queries['runtime.execution.list']({ caller, session_id, limit: 1 });
    return executions[0] === undefined ? undefined : Date.parse(executions[0].created_at);
  }

  private door(): Admission {
    const { clock, logger, leases, maxExecutions, flow } = this.parts;
    const { tenantMaxRunning, tenantMaxQueued, admissionWaitMs } = { ...DEFAULT_FLOW, ...flow };
    const limitsOf = (tenantId: string): AdmissionLimits => {
      const tenant = this.bundles.current?.tenant(tenantId);
      const limits = tenant?.limits;
      return { capabilities: tenant?.traffic?.capabilities, maxRunning: limits?.max_running_executions ?? tenantMaxRunning, maxQueued: limits?.max_queued_submissions ?? tenantMaxQueued, perSecond: limits?.max_submissions_per_s };
    };
    return new Admission({ clock, logger, running: this.engine.running, limitsOf, countRuntimes: () => leases.countAlive(), capacity: maxExecutions, waitMs: admissionWaitMs, counters: this.counters.executions });
  }

  private quotas(): DailyQuotas {
    const { clock, usage } = this.parts;
    return new DailyQuotas({
      clock, runtimes: () => this.admission.shares, quotaOf: (tenantId) => this.bundles.current?.tenant(tenantId)?.traffic?.daily,
      acceptedSince: (tenantId, from) => usage.acceptedSince(tenantId, from), refuse: (caller, what, error) => this.refusals.refuse(caller, what, error),
    });
  }

  private pressure(): PressureReport {
    const { channels, clock, service, writer } = this.parts;
    return new PressureReport({ admission: this.admission, channels, clock, service, instance: writer.id });
  }

  private listen(): void {
    const { channels, writer } = this.parts;
    const instance = writer.id;
    const beats = channels.serve('runtime.heartbeat.{instance}', { instance }, (heartbeat) => Promise.resolve({ over: this.dispatcher.heartbeat(heartbeat) }));
    const edge = channels.subscribe('runtime.refusal.record', {}, (refusal) => this.refusals.recordEdge(refusal));
    const watches = channels.subscribe('runtime.watch', {}, (watch) => this.watched.heard(watch));
    const commands = channels.serve('runtime.instance.{instance}.command', { instance }, async (command): Promise<Json> => {
      switch (command.command) {
        case 'cancel':
        case 'signal':
        case 'operate':
          return (await this.commands.own(command)) as unknown as Json;
        case 'hydrate':
          return (await this.accessOf(command.token).ownHydrate(command)) as unknown as Json;
        case 'tool':
          return (await this.accessOf(command.token).ownInvoke(command)) as unknown as Json;
      }
    });
    // the channels outlive this core: what goes on listening would keep it in memory for each lease that was ever lost
    for (const subscription of [beats, edge, watches, commands]) this.stops.push(() => subscription.unsubscribe());
  }

  /** Whom a token opens: an attempt under way, or the sandbox of a replay. */
  private accessOf(token: string): AttemptAccess | ReplayAccess {
    return isReplayToken(token) ? this.history.access : this.brain.access;
  }

  /** What intake calls: what reaches into recorded executions asks policy first. Put together once. */
  get handlers(): CommandHandlers & QueryHandlers {
    return (this.guarded ??= guardedReads(this.recordedAccess, this.brain.views, this.unguarded()));
  }

  private unguarded(): CommandHandlers & QueryHandlers {
    const { queries } = this.parts;
    const { replays } = this.history;
    const { reads, uploads, lineage } = this.brain;
    return {
      ...queries,
      ...reads.handlers,
      ...lineage.handlers,
      ...this.governance.handlers,
      'runtime.session.create': (request) => this.sessions.create(request),
      'runtime.session.close': (request) => this.sessions.close(request),
      'runtime.session.open': async ({ caller, purpose }) => ({ session_id: await this.callerSessions.open(caller, { purpose }) }),
      'runtime.intent.submit': (request) => this.submissions.submit(request),
      'runtime.upload.grant': (request) => uploads.grant(request),
      'runtime.operation.submit': (request) => this.operations.submit(request),
      'runtime.execution.cancel': (request) => this.commands.cancel(request),
      'runtime.execution.signal': (request) => this.commands.signal(request),
      'runtime.artifact.read': async (request) => reads.artifact(request.caller.tenant_id, await this.artifacts.read(request)),
      'runtime.execution.replay': async (request) => reads.replay(request.caller.tenant_id, await (request.mode === 'full' ? replays.replay(request) : queries['runtime.execution.replay'](request))),
      'runtime.session.replay': async (request) => reads.sessionReplay(request.caller.tenant_id, await (request.mode === 'full' ? replays.replaySession(request) : queries['runtime.session.replay'](request))),
      'runtime.execution.determinism': (request) => replays.checkDeterminism(request),
      'runtime.hydrate': (request) => this.accessOf(request.token).hydrate(request),
      'runtime.object.grant': (request) => this.accessOf(request.token).grantObject(request),
      'runtime.tool.invoke': (request) => this.accessOf(request.token).invoke(request),
    };
  }
}
