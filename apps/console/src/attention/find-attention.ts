/** Executions that only a person can bring on: those stuck, and those with an effect that waits for approval. */
import type { Client } from '@symphainy/client';
import type { ExecutionView } from '@symphainy/contracts';

/** How many of each kind are read in full. */
export const ATTENTION_LIMIT = 100;
const FRAMES_PAGE = 1000;
const MAX_PAGES = 5;

export interface AttentionList {
  readonly executions: readonly ExecutionView[];
  /** There may be more than are shown. */
  readonly truncated: boolean;
}

/** Newest first. */
export async function findAttention(platform: Client): Promise<AttentionList> {
  const [stuck, asked] = await Promise.all([platform.executions.list({ status: 'stuck', limit: ATTENTION_LIMIT }), approvalsAsked(platform)]);
  const recent = asked.ids.slice(-ATTENTION_LIMIT);
  const ids = new Set([...stuck.executions.map(({ execution_id }) => execution_id), ...recent]);
  const views = await Promise.all([...ids].map((id) => platform.executions.read(id)));
  const executions = views.filter((view) => view.attention !== undefined).toSorted((a, b) => b.created_at.localeCompare(a.created_at));
  return { executions, truncated: stuck.next_cursor !== undefined || asked.more || recent.length < asked.ids.length };
}

/** Executions that ever asked for an approval, in the order of the log: there is no list of those that wait. */
async function approvalsAsked({ wal }: Client): Promise<{ ids: readonly string[]; more: boolean }> {
  const ids = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { frames, next_cursor } = await wal.query({ record_type: 'approval_requested', limit: FRAMES_PAGE, ...(cursor !== undefined && { cursor }) });
    for (const frame of frames) ids.add(frame.stream_id);
    cursor = next_cursor;
    if (cursor === undefined) break;
  }
  return { ids: [...ids], more: cursor !== undefined };
}
