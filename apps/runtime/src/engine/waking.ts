/**
 * waking: brings a parked execution back into memory. The `adopted` frame makes this runtime its owner and takes its row away, in one
 * commit: of two runtimes that wake the same execution, one loses by the seq conflict.
 */
import type { WalRecord } from '@symphainy/contracts';
import { hasEnded, sleepOf } from '@symphainy/execution';
import { isoTime, type Clock } from '@symphainy/kernel';
import type { ParkedBy, ParkedStreams, WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';
import type { Supervision } from './engine.ports.js';
import type { FrameWriter } from './frame-writer.js';
import type { HeldExecutions } from './held-executions.js';
import { keyOf, type LiveExecution } from './live-execution.js';
import type { ParkingCounters } from './parking.js';
import type { Recovery } from './recovery.js';

export interface WakingParts {
  readonly parked: ParkedStreams;
  readonly reader: WalReader;
  readonly clock: Clock;
  readonly frames: FrameWriter;
  readonly held: HeldExecutions;
  readonly recovery: Recovery;
  readonly counters: ParkingCounters;
  readonly parkAfterMs: number;
  readonly supervision: Pick<Supervision, 'take'>;
}

export class Waking {
  private readonly underWay = new Map<string, Promise<LiveExecution | undefined>>();

  constructor(private readonly parts: WakingParts) {}

  /** The execution, awake. Undefined: nothing of it is due and it was not `forced`, or the row is stale, or another runtime was faster. */
  async wake(row: ParkedBy, forced: boolean): Promise<LiveExecution | undefined> {
    const key = keyOf(row.tenantId, row.streamId);
    await this.underWay.get(key)?.catch(() => undefined);
    const here = this.parts.held.find(key) ?? this.underWay.get(key);
    if (here !== undefined) return here;
    const waking = this.bringBack(row, forced).finally(() => this.underWay.delete(key));
    this.underWay.set(key, waking);
    return waking;
  }

  private async bringBack(row: ParkedBy, forced: boolean): Promise<LiveExecution | undefined> {
    const { parked, reader, held, recovery } = this.parts;
    const folded = await foldStream(reader, row.tenantId, row.streamId);
    if (folded === undefined || hasEnded(folded.state) || folded.head.seq !== row.seq) {
      await parked.forget(row);
      return undefined;
    }
    const live = await recovery.revive(folded);
    if (!forced && (await this.sleepsOn(live, row))) return undefined;
    return held.isClosed ? undefined : this.adopt(held.hold(live), row, forced);
  }

  /** A forced one stays: whoever forced it has something for it to do. */
  private async adopt(live: LiveExecution, row: ParkedBy, stay: boolean): Promise<LiveExecution | undefined> {
    const { frames, supervision, counters, held } = this.parts;
    const adopted: WalRecord = { type: 'adopted', ...frames.stamp(), from_writer: row.writer, from_epoch: row.epoch, reason: 'parked' };
    const result = await supervision.take(live, frames.write(live.state, [adopted], live.capability, { awaited: true, unpark: true, stay }));
    if (result.status !== 'committed') return undefined;
    counters.woken++;
    return held.find(live.key);
  }

  /** Claimed, but nothing of it is due (a second look for a child's end, a clock that runs ahead): it is put off, and pays no record for it. */
  private async sleepsOn(live: LiveExecution, row: ParkedBy): Promise<boolean> {
    const { frames, clock, parked, parkAfterMs } = this.parts;
    const sleep = sleepOf(frames.due(live.state, live.capability));
    if (sleep === undefined || (sleep.until !== undefined && sleep.until - clock.now() < parkAfterMs)) return false;
    for (const child of sleep.awaits) if (await this.isOver(row.tenantId, child)) return false;
    await parked.postpone(row, sleep.until === undefined ? undefined : isoTime(sleep.until));
    return true;
  }

  private async isOver(tenantId: string, childId: string): Promise<boolean> {
    const child = await foldStream(this.parts.reader, tenantId, childId);
    return child === undefined || hasEnded(child.state);
  }
}
