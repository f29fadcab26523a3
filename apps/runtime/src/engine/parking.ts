/**
 * parking: executions that sleep for long leave memory. One whose sleep is known to be long leaves with the frame that says so; one that
 * waits for an event leaves after it has waited for a while, so that what is answered soon costs nothing.
 */
import { hasEnded, sleepOf, type Decision, type ExecutionState } from '@symphainy/execution';
import { isoTime, type Clock, type Logger } from '@symphainy/kernel';
import type { ParkedStream, ParkedStreams, ParkRequest, WalWriter } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';
import type { HeldExecutions } from './held-executions.js';
import type { LiveExecution } from './live-execution.js';

export interface ParkingCounters {
  /** Executions that left memory to sleep. */
  parked: number;
  /** Executions that were brought back from sleep. */
  woken: number;
}

export interface ParkingParts {
  readonly parked: ParkedStreams;
  readonly writer: WalWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly held: HeldExecutions;
  readonly counters: ParkingCounters;
  /** What sleeps longer than this is parked, in milliseconds; what waits for an event, after it has waited so long. */
  readonly parkAfterMs: number;
  /** Lets an execution out of memory. */
  readonly leave: (live: LiveExecution) => void;
}

/** What sleeps longer than this is parked, in milliseconds; what waits for an event, after it has waited so long. */
export const PARK_AFTER_MS = 10_000;
/** What is parked from memory is looked at once more: a child may have ended meanwhile, or a frame been written whose runtime died before it could take the row back. */
export const RECHECK_MS = 15_000;
/** How many are parked in one statement. */
const AT_ONCE = 1000;

/** How a frame parks its execution: when nothing but the clock wakes it, and not soon. */
export function parkOf(state: ExecutionState, due: readonly Decision[], now: number, parkAfterMs: number): ParkRequest | undefined {
  if (due[0]?.do !== 'wait' || hasEnded(state)) return undefined;
  const sleep = sleepOf(due);
  if (sleep?.until === undefined || sleep.events || sleep.until - now < parkAfterMs) return undefined;
  return { dueAt: isoTime(sleep.until), reason: state.steps.some((step) => step.status === 'waiting_retry') ? 'retry' : 'timer' };
}

export class Parking {
  constructor(private readonly parts: ParkingParts) {}

  /** Whether it hears of events itself, and goes on doing so for a while. */
  isAwake(live: LiveExecution | undefined): boolean {
    return live !== undefined && !live.discarded && !live.parked && this.restedMs(live) < this.parts.parkAfterMs / 2;
  }

  /** It is parked, durably: this memory of it goes. */
  left(live: LiveExecution): void {
    this.parts.counters.parked++;
    this.parts.leave(live);
  }

  /** Parks those that have waited for an event long enough. What arrives for one meanwhile keeps it here: its row is then stale, and dropped when it falls due. */
  async parkIdle(): Promise<void> {
    const idle = this.parts.held.all().filter((live) => this.mayLeave(live));
    for (let i = 0; i < idle.length; i += AT_ONCE) await this.park(idle.slice(i, i + AT_ONCE));
  }

  private async park(idle: readonly LiveExecution[]): Promise<void> {
    const { parked, writer } = this.parts;
    const rows = idle.map((live) => this.rowOf(live));
    const stored = new Set((await parked.park(writer, rows)).map(streamKey));
    for (const [i, live] of idle.entries()) {
      const row = rows[i]!;
      if (!stored.has(streamKey(row))) continue;
      if (this.mayLeave(live) && row.seq === live.state.head.seq) this.left(live);
      else await parked.forget(row);
    }
  }

  private rowOf(live: LiveExecution): ParkedStream {
    const { intent, executionId, head } = live.state;
    const until = live.rest?.sleep.until;
    const recheck = this.parts.clock.now() + RECHECK_MS;
    const due = live.rest?.sleep.awaits.length === 0 ? (until ?? recheck) : Math.min(until ?? recheck, recheck);
    return { tenantId: intent.tenant_id, streamId: executionId, seq: head.seq, sessionId: intent.session_id, dueAt: isoTime(due), reason: 'event' };
  }

  private mayLeave(live: LiveExecution): boolean {
    if (live.discarded || live.durableSeq !== live.state.head.seq || live.rest === undefined || hasEnded(live.state)) return false;
    const { until } = live.rest.sleep;
    const { parkAfterMs, clock } = this.parts;
    return this.restedMs(live) >= parkAfterMs && (until === undefined || until - clock.now() >= parkAfterMs);
  }

  private restedMs(live: LiveExecution): number {
    return live.rest === undefined ? 0 : this.parts.clock.monotonic() - live.rest.since;
  }
}
