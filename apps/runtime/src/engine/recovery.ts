/**
 * recovery: brings executions back into memory from the log alone: those that a dead writer left, and those whose memory was discarded.
 * What is brought back goes on through the supervisor; nothing is repaired.
 */
import { failure, type RegisteredCapability, type WalRecord } from '@symphainy/contracts';
import { hasEnded, type ExecutionState } from '@symphainy/execution';
import { verify, type Clock, type Logger } from '@symphainy/kernel';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { WalReader, WalWriter } from '../acceptance/log.ports.js';
import { foldStream, type FoldedStream } from '../acceptance/stream-fold.js';
import type { EndedWaiters } from './ended-waiters.js';
import type { Supervision } from './engine.ports.js';
import type { FrameWriter } from './frame-writer.js';
import type { HeldExecutions } from './held-executions.js';
import { keyOf, LiveExecution } from './live-execution.js';

export interface RecoveryParts {
  readonly writer: WalWriter;
  readonly reader: WalReader;
  readonly bundles: BundleHolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly frames: FrameWriter;
  readonly held: HeldExecutions;
  readonly waiters: EndedWaiters;
  readonly supervision: Pick<Supervision, 'take' | 'release' | 'resume'>;
}

/** Before a stream is folded again whose log or bundle could not be reached. */
export const RELOAD_DELAY_MS = 200;

/** What brings an execution back that has ended. Throws when it cannot be; `unchanged`: it stands so already. */
export type ReopeningRecords = (state: ExecutionState, capability: RegisteredCapability) => readonly WalRecord[] | 'unchanged';

export class Recovery {
  constructor(private readonly parts: RecoveryParts) {}

  /** Takes over a stream that a dead writer owned. True when it has ended, continues here, or another writer has taken it already. */
  async adopt(tenantId: string, executionId: string, dead: { readonly writer: string; readonly epoch: number }): Promise<boolean> {
    const { reader, frames: out, held, supervision } = this.parts;
    for (;;) {
      const folded = await foldStream(reader, tenantId, executionId);
      if (folded === undefined || hasEnded(folded.state)) return true;
      if (folded.head.writer !== dead.writer) return true;
      const revived = await this.revive(folded);
      if (held.isClosed) return false;
      const live = held.hold(revived);
      const adopted: WalRecord = { type: 'adopted', ...out.stamp(), from_writer: dead.writer, from_epoch: dead.epoch };
      const result = await supervision.take(live, out.write(live.state, [adopted], live.capability, { awaited: true }));
      if (result.status === 'fenced') return false;
      if (result.status === 'committed') return true;
    }
  }

  /** Brings back what has ended: this writer becomes its owner with the frame that does so. Undefined: nothing was to be done, or another was faster. */
  async reopen(tenantId: string, executionId: string, records: ReopeningRecords): Promise<LiveExecution | undefined> {
    const { reader, frames: out, held, supervision } = this.parts;
    const folded = await foldStream(reader, tenantId, executionId);
    if (folded === undefined || !hasEnded(folded.state)) return undefined;
    if (folded.head.archived === true) throw failure('execution.archived', { details: { execution_id: executionId } });
    const revived = await this.revive(folded);
    const wanted = records(revived.state, revived.capability);
    if (wanted === 'unchanged' || held.isClosed || held.find(revived.key) !== undefined) return undefined;
    const live = held.hold(revived);
    const adopted: WalRecord = { type: 'adopted', ...out.stamp(), from_writer: folded.head.writer, from_epoch: 0, reason: 'reopened' };
    const result = await supervision.take(live, out.write(live.state, [adopted, ...wanted], live.capability, { awaited: true, stay: true }));
    return result.status === 'committed' ? live : undefined;
  }

  /** Discards the memory and folds the stream again; goes on if this writer still owns it. */
  reload(live: LiveExecution, delayMs: number, then: (revived: LiveExecution) => void = (revived) => this.parts.supervision.resume(revived)): void {
    const { clock, logger, held } = this.parts;
    const { tenant_id, intent_id } = live.state.intent;
    this.parts.supervision.release(live);
    if (live.durableN !== undefined) held.refoldBegins(live.key, live.durableN);
    const again = (): void => {
      this.refold(tenant_id, intent_id, then).then(
        () => held.refoldEnds(live.key),
        (error: unknown) => {
          logger.warn({ err: error, execution_id: intent_id }, 'an execution cannot be folded again yet');
          if (!held.isClosed) clock.after(RELOAD_DELAY_MS, again);
        },
      );
    };
    if (delayMs === 0) again();
    else clock.after(delayMs, again);
  }

  private async refold(tenantId: string, executionId: string, then: (revived: LiveExecution) => void): Promise<void> {
    const { reader, writer, held, waiters } = this.parts;
    const folded = await foldStream(reader, tenantId, executionId);
    if (folded === undefined || held.isClosed) return;
    if (hasEnded(folded.state)) return waiters.ended(keyOf(tenantId, executionId), folded.state);
    if (folded.head.writer === writer.id) then(held.hold(await this.revive(folded)));
  }

  /** Memory made from a fold; not held yet. */
  async revive({ state, head }: FoldedStream): Promise<LiveExecution> {
    verify(state.capability !== undefined, 'an unfinished execution has its capability');
    const capability: RegisteredCapability = await this.parts.bundles.capabilityOf(state.capability.bundle_hash, state.capability.capability);
    return new LiveExecution(state, capability, { seq: state.head.seq, n: head.writer === this.parts.writer.id ? head.n : undefined });
  }
}
