import { isDeepStrictEqual } from 'node:util';
import type { ParentClose, SagaDefinition } from '@symphainy/contracts';
import { PlatformError, silentLogger, type IdSource, type Logger } from '@symphainy/kernel';
import { countingIds } from '@symphainy/kernel/testing';
import type { Channels } from '@symphainy/service-host';
import { arm } from '../../fail-points/fail-points.js';
import type { RuntimeCore } from '../../runtime-core.js';
import type { MemoryBundleArchive } from '../../wal/wal.memory.js';
import { MemoryObjects } from '../memory-objects.js';
import { Chance } from './chance.js';
import { CrashEdges, WRITE_EDGES, type Edge } from './crash-edges.js';
import type { FaultPlan, Mishap } from './fault-plan.js';
import { LifeChecks } from './life-checks.js';
import { LogChecks } from './log-checks.js';
import { MessageChecks } from './message-checks.js';
import type { Mutant } from './mutants.js';
import { OutsideWorld } from './outside-world.js';
import { bundleKeys, stepsOf, undoable, type GovernedSagas } from './random-sagas.js';
import { SimulatedMachine } from './simulated-machine.js';
import { FAIR_WEATHER, SimulatedNetwork } from './simulated-network.js';
import { AnswerBook, RealmReplies } from './realm-replies.js';
import { SimulatedOperators } from './simulated-operators.js';
import { GOOD_MANNERS, SimulatedRealm } from './simulated-realm.js';
import { channelsOf, SimulatedRuntime, type RuntimeSurroundings } from './simulated-runtime.js';
import { GOOD_STORE, SimulatedStore } from './simulated-store.js';
import { SimulatedUsers } from './simulated-users.js';
import { Timeline } from './timeline.js';
import { Violations } from './violations.js';

const LEASE_MS = 3000;
/** No message and no answer is under way for longer. */
const LONGEST_WAY_MS = 16_000;

/** What a crash at a write boundary is called. */
const AT_A_WRITE: ReadonlySet<string> = new Set(WRITE_EDGES.flatMap((edge) => [`before ${edge}`, `after ${edge}`]));

/** One line of a trace. */
export type Tell = (at: number, where: string, what: string) => void;

export interface PlatformOptions {
  readonly chance: Chance;
  readonly sagas: GovernedSagas;
  readonly archive: MemoryBundleArchive;
  readonly runtimes: number;
  readonly faults: FaultPlan;
  readonly mutant?: Mutant;
  readonly tell?: Tell;
}

/** A whole platform in memory: runtimes, realm, users, network and store on one timeline, and those who watch it. */
export class SimulatedPlatform {
  readonly timeline: Timeline;
  readonly violations: Violations;
  readonly network: SimulatedNetwork;
  readonly store: SimulatedStore;
  readonly edges: CrashEdges;
  readonly log: LogChecks;
  readonly life: LifeChecks;
  readonly messages: MessageChecks;
  readonly users: SimulatedUsers;
  readonly operators: SimulatedOperators;
  readonly realm: SimulatedRealm;
  readonly ids: IdSource = countingIds();
  /** By place: a runtime that was restarted is another object. */
  readonly runtimes: SimulatedRuntime[] = [];
  crashes = 0;
  /** Of the crashes, those on one side of a write. */
  writeKills = 0;
  /** The last edge inside the runtime at which one died: `<side> <edge>`. */
  diedAt: string | undefined;
  /** When everything stops going wrong. */
  calmAt = Number.POSITIVE_INFINITY;
  private readonly skews: number[] = [];
  private readonly surroundings: RuntimeSurroundings;
  readonly outside = new OutsideWorld();
  private readonly answers = new AnswerBook();

  constructor(private readonly options: PlatformOptions) {
    const { chance, sagas, tell } = options;
    this.timeline = new Timeline(tell === undefined ? undefined : (label, machine) => tell(this.timeline.now, machine?.name ?? 'store', label), () => this.afterTurn());
    this.violations = new Violations(this.timeline);
    this.network = new SimulatedNetwork(chance.split());
    this.store = new SimulatedStore(this.timeline, chance.split(), LEASE_MS);
    this.edges = new CrashEdges((machine, why) => this.crashMachine(machine, why));
    serveSmartCity(channelsOf(this.network.connect(new SimulatedMachine(this.timeline, 'smart-city')), 'smart-city', silentLogger));
    this.realm = new SimulatedRealm(new SimulatedMachine(this.timeline, 'realm'), this.network, chance.split(), new RealmReplies(chance.split(), this.answers), this.outside);
    const signals = new Map<string, Set<string>>();
    this.log = new LogChecks({ violations: this.violations, answers: this.answers, signals, outside: this.outside, now: () => this.timeline.now, calmAt: () => this.calmAt, lives: () => this.life });
    this.life = this.lifeChecks(sagas);
    this.messages = new MessageChecks(this.log, this.violations, (type) => sagas.capabilities.find(({ name }) => name === type)?.determinism !== 'grounded');
    const gateway = new SimulatedMachine(this.timeline, 'gateway');
    this.users = new SimulatedUsers({ machine: gateway, channels: channelsOf(this.network.connect(gateway), 'gateway', silentLogger), chance: chance.split(), log: this.log, violations: this.violations, sagaOf: (intentType) => this.sagaOf(intentType), signals });
    this.operators = new SimulatedOperators({ users: this.users, log: this.log, chance: chance.split(), outside: this.outside, violations: this.violations, life: this.life, isStill: () => this.timeline.now > this.calmAt + LONGEST_WAY_MS });
    this.surroundings = this.surroundingsOf();
    this.store.watches.push((frame, request, believed, epoch) => {
      this.violations.require(believed === epoch, 'epoch', () => `${frame.writer} wrote frame ${frame.seq} of ${frame.streamId} in epoch ${believed}, and its lease is of epoch ${epoch}`);
      this.log.committed(frame, request);
    });
    this.network.watches.push({ publishing: (machine, letter) => this.publishing(machine, letter), published: (machine, { subject }) => void this.edges.pass(machine, edgeOf(subject), 'after') });
    options.mutant?.plant?.(this);
  }

  /** Starts all runtimes at once, and the realm. */
  start(): void {
    this.realm.come();
    for (let place = 0; place < this.options.runtimes; place++) {
      this.skews.push(0);
      this.boot(place);
    }
  }

  /** Arms what the schedule drew; each mishap comes at its time. */
  prepare(): void {
    const { faults } = this.options;
    this.network.weather = faults.network;
    this.store.weather = faults.store;
    this.realm.manners = faults.realm;
    for (const { edge, side, passes } of faults.edges) this.edges.arm(edge, side, passes);
    const inside = faults.failPoint;
    if (inside !== undefined) arm(inside.point, inside.side, inside.passes, () => this.crashCurrent(`${inside.side} ${inside.point}`));
    for (const mishap of faults.mishaps) this.timeline.after(mishap.at, undefined, mishap.what, () => this.happen(mishap));
  }

  /** From now on nothing goes wrong. What is frozen, cut off or away comes back. */
  calm(): void {
    this.calmAt = this.timeline.now;
    this.network.weather = FAIR_WEATHER;
    this.store.weather = GOOD_STORE;
    this.store.awayUntil = 0;
    this.realm.manners = GOOD_MANNERS;
    this.edges.disarm();
    disarmInside();
    this.realm.come();
    for (const { machine } of this.runtimes) {
      machine.thaw();
      this.network.heal(machine.name);
    }
  }

  /** Steps of an intent type that can be undone. */
  undoable(intentType: string): readonly string[] {
    return undoable(this.sagaOf(intentType)?.steps ?? []);
  }

  private sagaOf(intentType: string): SagaDefinition | undefined {
    return this.options.sagas.capabilities.find(({ name }) => name === intentType)?.saga;
  }

  private lifeChecks({ sla }: GovernedSagas): LifeChecks {
    const closeOf = (intentType: string, name: string): ParentClose => {
      const step = stepsOf(this.sagaOf(intentType)?.steps ?? []).find((one) => one.name === name);
      return (step?.kind === 'child' ? step.parent_close : undefined) ?? 'cancel';
    };
    return new LifeChecks({ violations: this.violations, find: (streamId) => this.log.find(streamId), sla, deadlineMsOf: (intentType) => this.sagaOf(intentType)?.deadline_ms, closeOf });
  }

  lives(): NonNullable<SimulatedRuntime['life']>[] {
    return this.runtimes.flatMap(({ life, machine }) => (life !== undefined && machine.isUp ? [life] : []));
  }

  private happen(mishap: Mishap): void {
    const back = (label: string, task: () => void): void => void ('forMs' in mishap && this.timeline.after(mishap.forMs, undefined, label, task));
    switch (mishap.what) {
      case 'store-away':
        this.store.awayUntil = this.timeline.now + mishap.forMs;
        return;
      case 'realm-away':
        this.realm.go();
        return back('the realm is back', () => this.realm.come());
      case 'crash-all':
        for (const runtime of this.runtimes) this.crash(runtime, 'all crash');
        return;
      default:
        this.happenTo(this.runtimes[mishap.runtime]!, mishap, back);
    }
  }

  private happenTo(runtime: SimulatedRuntime, mishap: Extract<Mishap, { runtime: number }>, back: (label: string, task: () => void) => void): void {
    const { machine } = runtime;
    switch (mishap.what) {
      case 'crash':
        return this.crash(runtime, 'as drawn');
      case 'restart':
        this.timeline.current = machine;
        void runtime.shutDown().then(() => this.bootLater(this.runtimes.indexOf(runtime)));
        return;
      case 'freeze':
        machine.freeze();
        return back('thaws', () => machine.thaw());
      case 'cut':
        this.network.cut(machine.name);
        return back('the network heals', () => this.network.heal(machine.name));
      case 'clock-jump':
        this.skews[mishap.runtime] = mishap.byMs;
    }
  }

  private crash(runtime: SimulatedRuntime, why: string): void {
    if (!runtime.machine.isUp) return;
    this.crashes++;
    if (AT_A_WRITE.has(why)) this.writeKills++;
    this.options.tell?.(this.timeline.now, runtime.machine.name, `CRASHES: ${why}`);
    runtime.crash();
    this.bootLater(this.runtimes.indexOf(runtime));
  }

  private bootLater(place: number): void {
    this.timeline.after(this.options.chance.skewed(100, 8_000), undefined, 'a runtime starts', () => this.boot(place));
  }

  private boot(place: number): void {
    const old = this.runtimes[place];
    if (old?.machine.isUp === true) return;
    const machine = new SimulatedMachine(this.timeline, `runtime-${place}`, () => this.skews[place] ?? 0);
    const runtime = new SimulatedRuntime(machine, this.surroundings);
    this.runtimes[place] = runtime;
    machine.after(0, 'boots', () => void runtime.boot());
  }

  private crashMachine(machine: SimulatedMachine, why: string): void {
    const runtime = this.runtimes.find((one) => one.machine === machine);
    if (runtime !== undefined) this.crash(runtime, why);
  }

  private crashCurrent(why: string): void {
    if (!(this.timeline.current instanceof SimulatedMachine)) return;
    this.diedAt = why;
    this.crashMachine(this.timeline.current, why);
  }

  private publishing(machine: SimulatedMachine, letter: Parameters<SimulatedNetwork['publish']>[1]): void {
    this.edges.pass(machine, edgeOf(letter.subject), 'before');
    if (machine.isUp) this.messages.watch.publishing(machine, letter);
  }

  /** What an execution's owner has in memory equals what the log says, whenever both stand at the same frame. */
  private afterTurn(): void {
    for (const stream of this.log.takeTouched()) {
      if (stream.kind === 'execution') for (const { core } of this.lives()) this.compare(core, stream);
    }
  }

  private compare(core: RuntimeCore, { tenantId, streamId, state }: ReturnType<LogChecks['executions']>[number]): void {
    const live = core.engine.find(tenantId, streamId);
    if (live === undefined || live.discarded || state === undefined || live.state.head.seq !== state.head.seq || live.durableSeq !== state.head.seq) return;
    this.violations.require(isDeepStrictEqual(live.state, state), 'memory-equals-log', () => `${streamId} at frame ${state.head.seq}: memory and log tell different things`);
  }

  private surroundingsOf(): RuntimeSurroundings {
    const { archive, mutant, sagas, faults } = this.options;
    const { store, network, edges, ids } = this;
    const prepare = (core: RuntimeCore): void => {
      compileOnce(core, sagas);
      mutant?.change?.(core, this);
    };
    return { store, network, edges, archive, ids, flow: faults.flow, objects: new MemoryObjects(), bundleKeys, logger: (machine) => this.loggerOf(machine), prepare };
  }

  /** What the platform's own code did not expect is a finding; what it expected is a line of the trace. */
  private loggerOf(machine: SimulatedMachine): Logger {
    const tell = (fields: { err?: unknown }, message: string): void => {
      const { err } = fields;
      const surprise = err instanceof Error && !(err instanceof PlatformError) ? err : undefined;
      this.options.tell?.(this.timeline.now, machine.name, `says: ${message} ${surprise?.stack ?? errorText(err)}`);
      if (machine.isUp && surprise !== undefined) this.violations.add('no-surprise', `${message}: ${surprise.message}`);
    };
    const logger: Logger = { debug: () => undefined, info: tell, warn: tell, error: tell, child: () => logger };
    return logger;
  }
}

const errorText = (error: unknown): string => (error instanceof Error ? error.message : '');

const disarmInside = (): void => arm('lease.create', 'before', Number.POSITIVE_INFINITY, () => undefined);

/** A bundle is the same however often it is read, verified and compiled; at every boot of every schedule that would be most of the time. The archive is asked all the same. */
function compileOnce({ bundles }: RuntimeCore, { compiled, signed }: GovernedSagas): void {
  const loadLatest = async (): Promise<void> => {
    if ((await bundles['archive'].latest()) !== undefined) await bundles.offer(signed);
  };
  Object.defineProperty(bundles, 'loadLatest', { value: loadLatest });
  Object.defineProperty(bundles, 'open', { value: () => (bundles['compiled'].set(compiled.hash, compiled), { compiled, signed }) });
}

/** It has nothing to push: the archived bundle governs. */
const serveSmartCity = (channels: Channels): void => void channels.serve('smart-city.register.{service}.{realm}', {}, () => Promise.resolve({}));

const EDGES_OF: readonly (readonly [prefix: string, edge: Edge])[] = [['realm.', 'publish.dispatch'], ['events.', 'publish.event'], ['_INBOX.', 'publish.answer'], ['runtime.instance.', 'publish.command']];
const edgeOf = (subject: string): Edge => EDGES_OF.find(([prefix]) => subject.startsWith(prefix))?.[1] ?? 'publish.other';
