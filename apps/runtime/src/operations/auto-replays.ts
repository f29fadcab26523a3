import type { Caller, Tenant, WalRecord } from '@symphainy/contracts';
import { asPlatformError, type Clock, type Logger } from '@symphainy/kernel';
import type { HistoryLog } from '../acceptance/history-log.js';
import type { Engine } from '../engine/engine.js';
import type { QueryHandlers } from '../intake/intake.ports.js';

export interface AutoReplayParts {
  readonly engine: Pick<Engine, 'awake' | 'annotate'>;
  readonly history: HistoryLog;
  readonly queries: Pick<QueryHandlers, 'runtime.execution.replay' | 'runtime.execution.validate'>;
  readonly switchOf: (tenantId: string) => Tenant['switches']['auto_replay'];
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Recovered {
  readonly tenantId: string;
  readonly executionId: string;
  readonly mode: 'observe' | 'enforce';
}

/** After the death of a runtime with many executions, so many of them are checked; the others are a sample that was not drawn. */
const WAITING_MAX = 1_000;
/** Between two checks, so that what was recovered goes first. */
const PAUSE_MS = 50;
const PROBLEMS_MAX = 20;

/**
 * After a recovery: what changed hands is folded and validated in the background, one after the other, where the tenant's switch `auto_replay` says so. Nothing waits for it, and nothing that
 * it finds changes what runs; each check is recorded.
 */
export class AutoReplays {
  private readonly waiting: Recovered[] = [];
  private working = false;
  private stopped = false;
  private passedOver = 0;

  constructor(private readonly parts: AutoReplayParts) {}

  /** An execution goes on here whose owner was lost. */
  recovered(tenantId: string, executionId: string): void {
    const mode = this.parts.switchOf(tenantId);
    if (mode === 'off' || this.stopped) return;
    if (this.waiting.length >= WAITING_MAX) return void this.passedOver++;
    this.waiting.push({ tenantId, executionId, mode });
    if (!this.working) void this.work();
  }

  stop(): void {
    this.stopped = true;
    this.waiting.length = 0;
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      await new Promise<void>((resolve) => void this.parts.clock.after(PAUSE_MS, resolve));
      if (this.stopped) return;
      await this.check(next).catch((error: unknown) => this.parts.logger.warn({ code: asPlatformError(error).code, err: error }, 'a recovered execution could not be replayed'));
    }
    this.working = false;
    if (this.passedOver > 0) this.parts.logger.warn({ passed_over: this.passedOver }, 'more executions were recovered than are replayed');
    this.passedOver = 0;
  }

  private async check({ tenantId, executionId, mode }: Recovered): Promise<void> {
    const { history, engine, logger } = this.parts;
    const problems = await this.problemsOf({ tenant_id: tenantId, user_id: 'runtime', roles: [], auth: 'service' }, executionId);
    const record: WalRecord = { type: 'replay_checked', ...history.stamp(), execution_id: executionId, mode, problems };
    await history.record(tenantId, 'replay', [record]);
    if (problems.length === 0) return;
    logger.error({ code: 'wal.chain_broken', execution_id: executionId, problems }, 'a recovered execution does not replay to what it was');
    const live = mode === 'enforce' ? await engine.awake(tenantId, executionId) : undefined;
    if (live !== undefined) await engine.annotate(live, [record]);
  }

  private async problemsOf(caller: Caller, executionId: string): Promise<string[]> {
    const { checks } = await this.parts.queries['runtime.execution.validate']({ caller, execution_id: executionId });
    const found = checks.flatMap((check) => check.problems.map((problem) => `${check.check}: ${problem}`));
    // a stream that is not whole need not fold
    const drift = found.length > 0 ? undefined : await this.parts.queries['runtime.execution.replay']({ caller, execution_id: executionId, mode: 'state_only', from_seq: 0, limit: 1 });
    if (drift?.equal_to_live === false) found.push('state: the fold of the log is not what was kept beside it while the execution ran');
    return found.slice(0, PROBLEMS_MAX).map((problem) => problem.slice(0, 500));
  }
}
