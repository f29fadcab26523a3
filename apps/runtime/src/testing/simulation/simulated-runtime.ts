import { MemoryGraph } from '../memory-graph.js';
import { failure } from '@symphainy/contracts';
import type { IdSource, Logger } from '@symphainy/kernel';
import { Channels } from '@symphainy/service-host';
import type { BundleArchive } from '../../acceptance/log.ports.js';
import { PayloadContracts } from '../../acceptance/payload-contracts.js';
import { serveIntake } from '../../intake/intake.js';
import { noCounters, type QueryHandlers } from '../../intake/intake.ports.js';
import { RuntimeCore, type FlowSettings } from '../../runtime-core.js';
import { MemoryObjects } from '../memory-objects.js';
import { memoryPersonalData } from '../memory-personal-data.js';
import { CrashEdges } from './crash-edges.js';
import { SimulatedArchive, SimulatedLeases, SimulatedReader, StoreLine } from './simulated-line.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedBus, SimulatedNetwork } from './simulated-network.js';
import type { SimulatedStore } from './simulated-store.js';
import { SimulatedWriter } from './simulated-writer.js';

/** From one lease to its end. */
export interface SimulatedLife {
  readonly core: RuntimeCore;
  readonly writer: SimulatedWriter;
  readonly machine: SimulatedMachine;
  /** Timers that it began with. */
  readonly idleTimers: number;
}

export interface RuntimeSurroundings {
  readonly store: SimulatedStore;
  readonly network: SimulatedNetwork;
  readonly edges: CrashEdges;
  readonly archive: BundleArchive;
  readonly objects: MemoryObjects;
  readonly ids: IdSource;
  readonly bundleKeys: string;
  readonly flow: Partial<FlowSettings>;
  readonly logger: (machine: SimulatedMachine) => Logger;
  /** A chance to change a part before it starts: what mutants do. */
  readonly prepare: (core: RuntimeCore) => void;
}

const RENEW_MS = 1000;
const REBIRTH_MS = 1000;
const SCAN_MS = 1000;
/** A contract is the same in every schedule: compiled once a process. */
const contracts = new PayloadContracts();
const NO_TRACING = { inject: () => undefined, span: <T>(_name: string, _headers: Readonly<Record<string, string>>, work: () => Promise<T>) => work(), traceId: () => undefined };

/** The channels of a service on a simulated machine. */
export const channelsOf = (bus: SimulatedBus, queue: string, logger: Logger): Channels => new Channels({ bus, queue, logger, tracing: NO_TRACING });

/**
 * A runtime process: one life after another on one machine, as runtime.service.ts has it, over the simulated log, bus and clock. The core inside is the real one.
 */
export class SimulatedRuntime {
  life: SimulatedLife | undefined;
  readonly bus: SimulatedBus;
  private readonly channels: Channels;
  private readonly line: StoreLine;
  private readonly logger: Logger;
  private readonly counters = noCounters();
  private stopping = false;
  /** What it listened to when it had begun. */
  subscriptions = 0;
  /** How to stop the renewals of each life that goes on. */
  private readonly endings = new Map<SimulatedLife, () => void>();

  constructor(
    readonly machine: SimulatedMachine,
    private readonly around: RuntimeSurroundings,
  ) {
    this.bus = around.network.connect(machine);
    this.logger = around.logger(machine);
    this.channels = channelsOf(this.bus, 'runtime', this.logger);
    this.line = new StoreLine(around.store, machine, around.edges);
  }

  async boot(): Promise<void> {
    await this.begin();
    serveIntake(this.channels, () => this.current().core.handlers);
    this.subscriptions = this.around.network.countOf(this.machine);
  }

  /** As `kill -9`. */
  crash(): void {
    this.machine.crash();
    this.bus.close();
    this.life = undefined;
  }

  /** As SIGTERM: finishes what it is doing and gives the lease back. */
  async shutDown(): Promise<void> {
    this.stopping = true;
    await this.channels.drain(5_000, (ms, task) => this.machine.clock.after(ms, task));
    const life = this.life;
    if (life !== undefined) await this.end(life).catch(() => undefined);
    this.crash();
  }

  private current(): SimulatedLife {
    if (this.life === undefined) throw failure('runtime.unavailable', { message: 'this runtime is taking a new lease', retryAfterMs: REBIRTH_MS });
    return this.life;
  }

  /** Tries until a lease is taken and its core works. */
  private async begin(): Promise<void> {
    while (!this.stopping) {
      try {
        this.life = await this.open();
        return;
      } catch (error) {
        this.logger.warn({ err: error }, 'a lease cannot be taken yet');
      }
      await new Promise<void>((resolve) => void this.machine.clock.after(REBIRTH_MS, resolve));
    }
  }

  private async open(): Promise<SimulatedLife> {
    const { ids, store } = this.around;
    const writer = new SimulatedWriter(this.line, ids.next());
    const leases = new SimulatedLeases(this.line, writer.id);
    await this.line.ask('lease.create', () => store.createLease(writer.id));
    const before = this.machine.timers;
    const stopRenewing = this.renewing(() => Promise.all([writer.renew(), leases.renewClaims()]));
    const core = this.coreOver(writer, leases);
    this.around.prepare(core);
    try {
      await core.start();
    } catch (error) {
      core.stop();
      stopRenewing();
      await writer.close();
      throw error;
    }
    const life: SimulatedLife = { core, writer, machine: this.machine, idleTimers: this.machine.timers - before };
    this.endings.set(life, stopRenewing);
    void writer.lost.then(() => this.renew(life));
    return life;
  }

  private async renew(ended: SimulatedLife): Promise<void> {
    if (this.stopping || !this.machine.isUp) return;
    this.life = undefined;
    await this.end(ended).catch(() => undefined);
    await this.begin();
  }

  private async end(life: SimulatedLife): Promise<void> {
    life.core.stop();
    this.endings.get(life)?.();
    this.endings.delete(life);
    await life.writer.close();
  }

  private renewing(renew: () => Promise<unknown>): () => void {
    let current: Promise<unknown> | undefined;
    return this.machine.clock.every(RENEW_MS, () => {
      current ??= renew()
        .catch((error: unknown) => this.logger.warn({ err: error }, 'the lease could not be renewed'))
        .finally(() => (current = undefined));
    });
  }

  private coreOver(writer: SimulatedWriter, leases: SimulatedLeases): RuntimeCore {
    const { archive, ids, objects, bundleKeys, flow } = this.around;
    return new RuntimeCore({
      service: 'runtime', build: 'simulated', writer, reader: new SimulatedReader(this.line), leases, archive: new SimulatedArchive(this.line, archive), bus: this.bus, channels: this.channels,
      clock: this.machine.clock, ids, logger: this.logger, graph: { store: new MemoryGraph(), settle: () => Promise.resolve() }, objects, personal: memoryPersonalData(this.machine.clock, ids), contracts, usage: { uploadedBytes: () => Promise.resolve(0), acceptedSince: () => Promise.resolve(0) }, queries: {} as QueryHandlers, counters: this.counters, bundleKeys,
      tokenKey: new Uint8Array(32), url: () => 'http://runtime.simulated', maxExecutions: 10_000, flow, adoptionScanMs: SCAN_MS,
    });
  }
}
