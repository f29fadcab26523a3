/** Changes of governance as they were recorded in the caller's tenant. */
import type { Client } from '@symphainy/client';
import { aboutOf, type RecordedChange } from './recorded-change.js';

/** How many executions of each kind are looked at, newest first. */
const EACH = 30;

/** Those that completed, not older than `since` (RFC 3339; empty: whenever). */
export async function readChanges(platform: Client, actions: readonly string[], since = ''): Promise<readonly RecordedChange[]> {
  const lists = await Promise.all(actions.map((action) => platform.executions.list({ intent_type: `governance.${action}`, status: 'completed', limit: EACH })));
  const recent = lists.flatMap(({ executions }) => executions).filter(({ created_at }) => created_at >= since);
  const changes = await Promise.all(recent.map(({ execution_id }) => readChange(platform, execution_id)));
  return changes.filter((change) => change !== undefined).toSorted((a, b) => (a.at < b.at ? 1 : -1));
}

/** Who asked for what, and why: the first frame of its execution says it. */
async function readChange(platform: Client, executionId: string): Promise<RecordedChange | undefined> {
  const { frames } = await platform.executions.records(executionId, { limit: 1 });
  const received = frames[0]?.records.find((record) => record.type === 'intent_received');
  if (received === undefined) return undefined;
  const { intent, caller, at } = received;
  return { executionId, action: intent.intent_type.slice('governance.'.length), by: caller.user_id, at, ...aboutOf(intent.payload) };
}
