/**
 * long-held: executions that run for long, and so have their last frame far back in the log, are named in the log one by one. They need not
 * keep the low position back then, and whoever takes this writer over reads the newest frames and these names, however long the log is.
 */
import type { Clock } from '@symphainy/kernel';
import type { HeldStreams, WalWriter } from '../acceptance/log.ports.js';
import type { HeldExecutions } from './held-executions.js';
import type { LiveExecution } from './live-execution.js';

export interface LongHeldParts {
  readonly streams: HeldStreams;
  readonly writer: WalWriter;
  readonly clock: Clock;
  readonly held: HeldExecutions;
  /** How many frames an execution must lie behind to be named. */
  readonly behind: number;
}

/** What had a frame more recently is not named: most executions end sooner. */
const QUIET_MS = 10_000;
/** How many are named in one statement. */
const AT_ONCE = 1000;

export class LongHeld {
  /** The writer's position at earlier moments, the oldest first. */
  private readonly marks: { readonly at: number; readonly n: number }[] = [];

  constructor(private readonly parts: LongHeldParts) {}

  /** Takes back the names of those that have left, and names those that are held for long. */
  async tend(): Promise<void> {
    const { held, streams, writer } = this.parts;
    if (held.isClosed) return;
    const gone = held.takeUnheldNames();
    if (gone.length > 0) await streams.unname(writer.id, gone);
    const before = this.quietSince();
    const long = before === undefined ? [] : held.unnamedBefore(before);
    for (let i = 0; i < long.length; i += AT_ONCE) await this.name(long.slice(i, i + AT_ONCE));
  }

  private async name(long: readonly LiveExecution[]): Promise<void> {
    const { streams, writer, held } = this.parts;
    const places = long.map(({ state }) => ({ tenantId: state.intent.tenant_id, streamId: state.executionId }));
    if (await streams.name(writer, places)) for (const live of long) held.named(live);
  }

  /** The position that everything quiet for long lies before; undefined while there is none far enough back. */
  private quietSince(): number | undefined {
    const { clock, held, behind } = this.parts;
    const now = clock.monotonic();
    this.marks.push({ at: now, n: held.newest });
    while (this.marks[1] !== undefined && now - this.marks[1].at >= QUIET_MS) this.marks.shift();
    const oldest = this.marks[0]!;
    return now - oldest.at < QUIET_MS ? undefined : Math.min(oldest.n, held.newest - behind);
  }
}
