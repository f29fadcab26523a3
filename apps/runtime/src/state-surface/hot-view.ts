import type { ExecutionView } from '@symphainy/contracts';
import { hasEnded, viewOf, type ExecutionState } from '@symphainy/execution';
import type { Json } from '@symphainy/kernel';
import type { HotState } from '@symphainy/ports';

/** What hot state holds of an execution: its view, and the state its steps have set. */
export interface HotView {
  readonly view: ExecutionView;
  readonly state: { readonly [key: string]: Json };
}

const RUNNING_TTL_S = 86_400;
const ENDED_TTL_S = 900;

export const hotKey = (executionId: string): string => `execution/${executionId}`;

/** The state that an execution's recorded changes amount to. */
export const stateOf = (execution: ExecutionState): { [key: string]: Json } => {
  const state: { [key: string]: Json } = {};
  for (const { key, value } of execution.stateChanges) {
    if (value === null) delete state[key];
    else state[key] = value;
  }
  return state;
};

export const hotEntry = (state: ExecutionState): Parameters<HotState['setMany']>[0][number] => ({
  tenantId: state.intent.tenant_id,
  key: hotKey(state.executionId),
  seq: state.head.seq,
  value: Buffer.from(JSON.stringify({ view: viewOf(state), state: stateOf(state) } satisfies HotView)),
  ttlSeconds: hasEnded(state) ? ENDED_TTL_S : RUNNING_TTL_S,
});

export const readHot = async (hot: HotState, tenantId: string, executionId: string): Promise<{ seq: number; hot: HotView } | undefined> => {
  const found = await hot.get(tenantId, hotKey(executionId));
  return found === undefined ? undefined : { seq: found.seq, hot: JSON.parse(Buffer.from(found.value).toString()) as HotView };
};
