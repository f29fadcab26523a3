import { isoTime, type Clock, type Logger } from '@symphainy/kernel';
import type { ParkedBy, ParkedStreams } from '../acceptance/log.ports.js';
import type { Engine } from '../engine/engine.js';

export interface SleepersParts {
  readonly parked: ParkedStreams;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Between two looks. What falls due before the next one is woken now, and waits the rest in memory: so a timer is not late. */
  readonly scanMs: number;
}

/** Woken together: their `adopted` frames share flushes. */
const AT_ONCE = 64;
/** A claimer that died holds nobody up for longer. */
const CLAIM_MS = 4000;

/** Wakes parked executions that fall due, whoever parked them, as far as memory has room; and parks what has waited in memory for long. */
export class Sleepers {
  private looking: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly parts: SleepersParts) {}

  start(): () => void {
    const look = (): void => {
      if (!this.stopped) this.looking ??= this.look().finally(() => (this.looking = undefined));
    };
    look();
    const cancel = this.parts.clock.every(this.parts.scanMs, look);
    return () => {
      this.stopped = true;
      cancel();
    };
  }

  private async look(): Promise<void> {
    try {
      await this.parts.engine.tend();
      while (!this.stopped && (await this.wakeSome()));
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'looking for sleeping executions failed; the next look tries again');
    }
  }

  /** True when there may be more. */
  private async wakeSome(): Promise<boolean> {
    const { parked, engine, clock, scanMs } = this.parts;
    const limit = Math.min(AT_ONCE, engine.room);
    if (limit <= 0) return false;
    const now = clock.now();
    const claimed = await parked.claim(isoTime(now + scanMs), isoTime(now + scanMs + CLAIM_MS), limit);
    await Promise.all(claimed.map((row) => this.wake(row)));
    return claimed.length === limit;
  }

  private async wake(row: ParkedBy): Promise<void> {
    try {
      await this.parts.engine.wake(row, false);
    } catch (error) {
      this.parts.logger.error({ err: error, tenant_id: row.tenantId, execution_id: row.streamId }, 'a sleeping execution could not be woken yet');
    }
  }
}
