import type { Caller } from '@symphainy/contracts';
import type { ExecutionState } from '@symphainy/execution';
import { PlatformError } from '@symphainy/kernel';
import type { ClosedChild } from '../engine/child-runner.js';
import { reach } from '../fail-points/fail-points.js';
import type { OwnedCommand } from './commands.js';

export interface ChildClosingParts {
  /** Brings a command to the stream's owner; resolves when it is durable there. */
  readonly route: (command: OwnedCommand) => Promise<unknown>;
  /** Resolves when no acceptance of the child is under way here: closing it must not overtake that. */
  readonly settled: (childId: string) => Promise<void>;
}

/** Brings to children what their parent's end means for them, by the policy that their steps declare. Asking twice changes nothing. */
export class ChildClosing {
  constructor(private readonly parts: ChildClosingParts) {}

  /** Resolves when it is durable that the child was asked; one that has ended, or was never accepted, needs nothing. */
  async close({ executionId, parentId, close, by, reason }: ClosedChild): Promise<void> {
    const to = { caller: by, execution_id: executionId };
    reach('child.close', 'before');
    try {
      // the parent's id names the operation: so the child's own children are asked again when this is
      if (close === 'terminate') await this.parts.route({ command: 'operate', ...to, operation: 'terminate', operation_id: parentId, payload: { reason } });
      else await this.parts.route({ command: 'cancel', ...to, reason });
    } catch (error) {
      if (error instanceof PlatformError && (error.code === 'execution.not_found' || error.code === 'execution.ended')) return;
      throw error;
    }
    reach('child.close', 'after');
  }

  /** All that ran when their parent was terminated. Rejects when one of them cannot be reached, after all were asked: then the termination is to be asked for again. */
  async closeAll({ intent, executionId, leftChildren = [], terminatedFor = '' }: ExecutionState, by: Caller): Promise<void> {
    const asked = await Promise.allSettled(
      leftChildren.map(async ({ execution_id, close }) => {
        await this.parts.settled(execution_id);
        if (close !== 'abandon') await this.close({ tenantId: intent.tenant_id, executionId: execution_id, parentId: executionId, close, by, reason: `its parent was terminated: ${terminatedFor}`.slice(0, 500) });
      }),
    );
    for (const answer of asked) if (answer.status === 'rejected') throw answer.reason;
  }
}
