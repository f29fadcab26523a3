import { failure } from '@symphainy/contracts';
import { viewOf, type ExecutionState } from '@symphainy/execution';
import type { HotState } from '@symphainy/ports';
import type { StoredFrame, WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';
import { readHot, stateOf, type HotView } from './hot-view.js';

/** One execution, read by its id: never behind the log. */
export class ExecutionReads {
  constructor(
    private readonly reader: WalReader,
    private readonly hot: HotState,
  ) {}

  /** A page of the execution's stream. Rejects with `execution.not_found`, also for a stream of another kind. */
  async frames(tenantId: string, executionId: string, fromSeq: number, limit: number): Promise<StoredFrame[]> {
    const frames = await this.reader.readStream(tenantId, executionId, fromSeq, limit);
    if (frames[0]?.kind === 'execution') return frames;
    if (frames.length === 0 && fromSeq > 0 && (await this.reader.readHead(tenantId, executionId))?.kind === 'execution') return frames;
    throw failure('execution.not_found');
  }

  async fold(tenantId: string, executionId: string): Promise<ExecutionState> {
    const folded = await foldStream(this.reader, tenantId, executionId);
    if (folded === undefined) throw failure('execution.not_found');
    return folded.state;
  }

  /** The newest view: out of hot state when that is of the stream's last frame, else folded from the log. */
  async view(tenantId: string, executionId: string): Promise<HotView & { readonly source: 'hot' | 'log' }> {
    const [head, found] = await Promise.all([this.reader.readHead(tenantId, executionId), readHot(this.hot, tenantId, executionId)]);
    if (head?.kind !== 'execution') throw failure('execution.not_found');
    if (found?.seq === head.seq) return { ...found.hot, source: 'hot' };
    const state = await this.fold(tenantId, executionId);
    return { view: viewOf(state), state: stateOf(state), source: 'log' };
  }
}
