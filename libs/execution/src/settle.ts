import type { SagaDefinition, WalRecord } from '@symphainy/contracts';
import { verify } from '@symphainy/kernel';
import { decide } from './decide.js';
import type { Decision, DecisionInputs } from './decision.js';
import { evolveAll } from './evolve.js';
import type { ExecutionState } from './execution-state.js';

/** One frame's worth of progress: what was given and all that follows from it, and the work that is due once it stands. */
export interface Settled {
  /** Already advanced; its head still names the frame before. */
  readonly state: ExecutionState;
  /** Records that follow from the given ones, in order. */
  readonly consequences: readonly WalRecord[];
  readonly due: readonly Decision[];
}

/** Advances `state` (in place) by `records` and by everything that `decide` wants recorded after them. */
export function settle(state: ExecutionState | undefined, records: readonly WalRecord[], saga: SagaDefinition, inputs: DecisionInputs): Settled {
  const next = evolveAll(state, records);
  verify(next !== undefined, 'there is a state to settle');
  const consequences: WalRecord[] = [];
  for (;;) {
    const due = decide(next, saga, inputs);
    const first = due[0];
    if (first?.do !== 'append') return { state: next, consequences, due };
    evolveAll(next, first.records);
    consequences.push(...first.records);
  }
}
