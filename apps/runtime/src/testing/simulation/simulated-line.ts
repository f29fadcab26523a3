import { failure } from '@symphainy/contracts';
import type { BundleArchive, DeadWriter, HeldStreams, KeptBundle, ParkedStreams, StoredFrame, WalLeases, WalReader } from '../../acceptance/log.ports.js';
import { MemoryLeases } from '../../wal/wal.memory.js';
import type { CrashEdges, Edge } from './crash-edges.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedStore } from './simulated-store.js';

const away = (): Error => failure('wal.unavailable', { message: 'the simulated database is away' });

/** A machine's way to the database. Whatever is asked takes its time there and back, and may fail on either. */
export class StoreLine {
  constructor(
    readonly store: SimulatedStore,
    readonly machine: SimulatedMachine,
    readonly edges: CrashEdges,
  ) {}

  /** Asks something that changes nothing when it fails. */
  ask<T>(label: Edge, work: () => T | Promise<T>): Promise<T> {
    const { store, machine, edges } = this;
    const fails = store.draw(store.weather.readFails);
    return new Promise((resolve, reject) => {
      if (!edges.pass(machine, label, 'before')) return;
      machine.timeline.after(store.latency() + store.lagOf(label), undefined, `${label} at the store`, () => {
        const failed = fails || store.isAway;
        const answer = failed ? undefined : this.attempt(work);
        machine.after(store.latency(), `${label} answered`, () => {
          if (!edges.pass(machine, label, 'after')) return;
          if (answer === undefined) reject(away());
          else if ('error' in answer) reject(answer.error as Error);
          else resolve(answer.value);
        });
      });
    });
  }

  private attempt<T>(work: () => T | Promise<T>): { value: T | Promise<T> } | { error: unknown } {
    try {
      return { value: work() };
    } catch (error) {
      return { error };
    }
  }
}

export class SimulatedReader implements WalReader {
  constructor(private readonly line: StoreLine) {}

  readStream(tenantId: string, streamId: string, fromSeq?: number, limit?: number): Promise<StoredFrame[]> {
    return this.line.ask('read', () => this.line.store.log.readStream(tenantId, streamId, fromSeq, limit));
  }

  readHead(tenantId: string, streamId: string): Promise<StoredFrame | undefined> {
    return this.line.ask('read', () => this.line.store.log.readHead(tenantId, streamId));
  }

  readCheckpoint(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

export class SimulatedArchive implements BundleArchive {
  constructor(
    private readonly line: StoreLine,
    private readonly archive: BundleArchive,
  ) {}

  save(hash: string, version: number, text: string): Promise<void> {
    return this.line.ask('read', () => this.archive.save(hash, version, text));
  }

  load(hash: string): Promise<string | undefined> {
    return this.line.ask('read', () => this.archive.load(hash));
  }

  latest(): Promise<string | undefined> {
    return this.line.ask('read', () => this.archive.latest());
  }

  list(below: number, limit: number): Promise<KeptBundle[]> {
    return this.line.ask('read', () => this.archive.list(below, limit));
  }
}

/** Other writers' leases, as the adopter of one runtime sees them: a claim lasts until it is retired, given up, or not renewed. */
export class SimulatedLeases implements WalLeases {
  readonly parked: ParkedStreams;
  readonly heldStreams: HeldStreams;
  private claims: DeadWriter[] = [];

  constructor(
    private readonly line: StoreLine,
    private readonly self: string,
  ) {
    this.parked = parkedOver(line);
    const { heldStreams } = new MemoryLeases(line.store.log, self);
    this.heldStreams = {
      name: (writer, streams) => line.ask('parking.ask', () => heldStreams.name(writer, streams)),
      unname: (writer, streams) => line.ask('parking.ask', () => heldStreams.unname(writer, streams)),
    };
  }

  takeOver(): Promise<DeadWriter | undefined> {
    const { store } = this.line;
    const abandoned = this.claims;
    this.claims = [];
    return this.line
      .ask('adoption.claim', () => {
        for (const dead of abandoned) store.giveUpClaim(dead);
        return { dead: store.takeOver(this.self) };
      })
      .then(({ dead }) => {
        if (dead !== undefined) this.claims.push(dead);
        return dead;
      });
  }

  async retire(dead: DeadWriter): Promise<void> {
    await this.line.ask('adoption.retire', () => this.line.store.retire(dead));
    this.claims = this.claims.filter((claim) => claim !== dead);
  }

  isAlive(writer: string): Promise<boolean> {
    return this.line.ask('read', () => this.line.store.isAlive(writer));
  }

  countAlive(): Promise<number> {
    return this.line.ask('read', () => this.line.store.countAlive());
  }

  async renewClaims(): Promise<void> {
    for (const claim of this.claims) {
      const held = await this.line.ask('lease.renew', () => this.line.store.renewClaim(claim));
      if (!held) this.claims = this.claims.filter((other) => other !== claim);
    }
  }
}

/** The parked streams over the same line. */
function parkedOver(line: StoreLine): ParkedStreams {
  const { parked } = line.store.log;
  return {
    park: (writer, streams) => line.ask('parking.ask', () => parked.park(writer, streams)),
    claim: (due, again, limit) => line.ask('parking.ask', () => parked.claim(due, again, limit)),
    find: (tenantId, streamId) => line.ask('parking.ask', () => parked.find(tenantId, streamId)),
    postpone: (claimed, dueAt) => line.ask('parking.ask', () => parked.postpone(claimed, dueAt)),
    forget: (stale) => line.ask('parking.ask', () => parked.forget(stale)),
  };
}
