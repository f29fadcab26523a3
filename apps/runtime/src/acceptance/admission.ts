import { failure, type SubjectRequest, type TrafficRules } from '@symphainy/contracts';
import { asPlatformError, type Clock, type Logger, type PlatformError } from '@symphainy/kernel';
import { TenantLine, type Waiting } from './tenant-line.js';

/** What one tenant may ask of this runtime. */
export interface AdmissionLimits {
  readonly maxRunning: number;
  readonly maxQueued: number;
  readonly perSecond: number | undefined;
  /** Bounds of single capabilities, where the tenant has any. */
  readonly capabilities?: readonly CapabilityLimits[] | undefined;
}

type CapabilityLimits = NonNullable<TrafficRules['capabilities']>[number];

/** The executions in memory. */
export interface RunningExecutions {
  readonly size: number;
  sizeOf(tenantId: string): number;
  sizeOfCapability(tenantId: string, capability: string): number;
  /** Called whenever one has left. */
  onLeave(listener: () => void): void;
}

export interface AdmissionParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly running: RunningExecutions;
  /** A tenant's limits over all runtimes; this one takes its share. */
  readonly limitsOf: (tenantId: string) => AdmissionLimits;
  /** Runtimes that hold their lease now. */
  readonly countRuntimes: () => Promise<number>;
  /** Executions in memory at most. */
  readonly capacity: number;
  /** How long a submission waits for its turn at most: less than its caller waits for an answer. */
  readonly waitMs: number;
  readonly counters: AdmissionCounters;
}

export interface AdmissionCounters {
  /** Submissions that wait now. */
  queued: number;
  /** Answered `tenant.overloaded`, `runtime.overloaded` or `request.rate_limited`. */
  turned_away: number;
}

/** Acceptances under way at once, of all tenants: so many keep the log's flushes full, and a flood of one tenant's leaves the others their turns. */
const ENTERING_MAX = 256;
const EXPIRY_MS = 100;
const COUNT_MS = 5000;
/** A gateway that turns away in a runtime's stead asks again at least so often. */
const LONGEST_PRESSURE_MS = 1000;

/** A tenant that is turned away, why, and for how long that is so surely. */
export type Pressed = SubjectRequest<'gateway.pressure.push'>['tenants'][number];

/**
 * The door before acceptance: what may not run yet waits here, bounded, per tenant, and the tenants take turns. What is turned away here
 * was never accepted; what passed is never turned away again.
 *
 * 1. A submission passes at once while its tenant has room and nobody of it waits.
 * 2. Tenants that wait take turns, one submission each.
 * 3. Child intents, operations, adopted and woken executions do not pass here, so nothing that running work needs can wait behind new work. They count all the same.
 */
export class Admission {
  private readonly lines = new Map<string, TenantLine>();
  /** Tenants with waiting submissions, whose turn it is first. */
  private turns: TenantLine[] = [];
  /** Tokens of single capabilities; only those that have bounds are here. */
  private readonly capabilityLines = new Map<string, TenantLine>();
  private readonly pressed = new Map<string, Omit<Pressed, 'tenant_id'>>();
  private entering = 0;
  private runtimes = 1;
  private expiring = false;

  constructor(private readonly parts: AdmissionParts) {
    parts.running.onLeave(() => this.pump());
  }

  /** Counts the runtimes that share the limits, from time to time. */
  start(): () => void {
    const { countRuntimes, logger, clock } = this.parts;
    const count = (): void => {
      countRuntimes().then(
        (runtimes) => (this.runtimes = Math.max(1, runtimes)),
        (error: unknown) => logger.info({ code: asPlatformError(error).code }, 'the runtimes could not be counted; limits stay divided as they were'),
      );
    };
    count();
    return clock.every(COUNT_MS, count);
  }

  /** Runtimes that share the limits, as they were counted last. */
  get shares(): number {
    return this.runtimes;
  }

  /** Runs `accept` when it is the tenant's turn. Throws `request.rate_limited`, `capability.overloaded`, `tenant.overloaded`, `runtime.overloaded`: nothing was begun. */
  async through<T>(tenantId: string, capability: string, accept: () => Promise<T>): Promise<T> {
    const line = this.lineOf(tenantId);
    const limits = this.parts.limitsOf(tenantId);
    const tooFast = line.takeToken(limits.perSecond === undefined ? undefined : limits.perSecond / this.runtimes, this.parts.clock.monotonic());
    if (tooFast !== undefined) throw this.refuse('request.rate_limited', tooFast);
    if (limits.capabilities !== undefined) this.checkCapability(tenantId, capability, limits.capabilities);
    if (line.waiting.length > 0 || !this.mayEnter(line)) await this.turn(line, limits);
    else this.enter(line);
    try {
      return await accept();
    } finally {
      this.entering--;
      line.entering--;
      this.pump();
    }
  }

  /** Bounds of one capability turn away at once: they do not hold up the tenant's other work. */
  private checkCapability(tenantId: string, capability: string, all: readonly CapabilityLimits[]): void {
    const bounds = all.find((one) => one.capability === capability);
    if (bounds === undefined) return;
    const { max_running, max_submissions_per_s } = bounds;
    const line = this.capabilityLine(tenantId, capability);
    if (max_running !== undefined && this.parts.running.sizeOfCapability(tenantId, capability) >= Math.ceil(max_running / this.runtimes)) throw this.refuse('capability.overloaded', line.estimatedWaitMs());
    const tooFast = line.takeToken(max_submissions_per_s === undefined ? undefined : max_submissions_per_s / this.runtimes, this.parts.clock.monotonic());
    if (tooFast !== undefined) throw this.refuse('request.rate_limited', tooFast);
  }

  private turn(line: TenantLine, { maxQueued }: AdmissionLimits): Promise<void> {
    const { clock, counters } = this.parts;
    if (line.waiting.length >= Math.ceil(maxQueued / this.runtimes)) throw this.turnAway(line);
    counters.queued++;
    return new Promise((go, refuse) => {
      if (line.waiting.length === 0) this.turns.push(line);
      line.waiting.push({ since: clock.monotonic(), go, refuse });
      this.expireLater();
    });
  }

  private mayEnter(line: TenantLine): boolean {
    return this.hasRoom() && this.parts.running.sizeOf(line.tenantId) + line.entering < this.shareOf(line);
  }

  /** Of the limit as it is now: it may be changed while submissions wait. */
  private shareOf({ tenantId }: TenantLine): number {
    return Math.ceil(this.parts.limitsOf(tenantId).maxRunning / this.runtimes);
  }

  private hasRoom(): boolean {
    return this.entering < ENTERING_MAX && this.parts.running.size + this.entering < this.parts.capacity;
  }

  private enter(line: TenantLine): void {
    this.entering++;
    line.entering++;
  }

  /** Lets in who waits, tenant by tenant, as far as there is room. */
  private pump(): void {
    for (let passed = 0; passed < this.turns.length && this.hasRoom(); ) {
      const line = this.turns.shift()!;
      const first = this.mayEnter(line) ? line.next(this.parts.clock.monotonic()) : undefined;
      if (first === undefined) passed++;
      else {
        passed = 0;
        this.let(line, first);
      }
      if (line.waiting.length > 0) this.turns.push(line);
    }
  }

  private let(line: TenantLine, { go }: Waiting): void {
    this.parts.counters.queued--;
    this.enter(line);
    go();
  }

  private expireLater(): void {
    if (this.expiring) return;
    this.expiring = true;
    this.parts.clock.after(EXPIRY_MS, () => {
      this.expiring = false;
      // a limit may have been raised, or divided among fewer: nobody leaves by that
      this.pump();
      this.expire();
      if (this.turns.length > 0) this.expireLater();
    });
  }

  private expire(): void {
    const latest = this.parts.clock.monotonic() - this.parts.waitMs;
    for (const line of this.turns) {
      for (const { refuse } of line.takeOlder(latest)) {
        this.parts.counters.queued--;
        refuse(this.turnAway(line));
      }
    }
    this.turns = this.turns.filter((line) => line.waiting.length > 0);
  }

  /** Whether the tenant's own submissions hold it up, or those of all. */
  private reasonOf(line: TenantLine): 'tenant.overloaded' | 'runtime.overloaded' {
    const { running, capacity } = this.parts;
    const isFull = running.size + this.entering >= capacity;
    return isFull && running.sizeOf(line.tenantId) < this.shareOf(line) ? 'runtime.overloaded' : 'tenant.overloaded';
  }

  private turnAway(line: TenantLine): PlatformError {
    const [code, waitMs] = [this.reasonOf(line), line.estimatedWaitMs()];
    this.pressed.set(line.tenantId, { code, for_ms: Math.ceil(Math.min(waitMs, LONGEST_PRESSURE_MS)) });
    return this.refuse(code, waitMs);
  }

  /** Tenants that were turned away since this was asked last: who comes next would be turned away too. */
  takePressed(): Pressed[] {
    const pressed = [...this.pressed].map(([tenant_id, pressure]) => ({ tenant_id, ...pressure }));
    this.pressed.clear();
    return pressed;
  }

  private refuse(code: 'request.rate_limited' | 'capability.overloaded' | 'tenant.overloaded' | 'runtime.overloaded', retryAfterMs: number): PlatformError {
    this.parts.counters.turned_away++;
    return failure(code, { retryAfterMs: Math.ceil(retryAfterMs) });
  }

  private lineOf(tenantId: string): TenantLine {
    return held(this.lines, tenantId, () => new TenantLine(tenantId));
  }

  private capabilityLine(tenantId: string, capability: string): TenantLine {
    return held(this.capabilityLines, `${tenantId} ${capability}`, () => new TenantLine(tenantId));
  }
}

function held<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}
