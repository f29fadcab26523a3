import type { RowTarget } from './rows.js';

/** `set` every column but the key to what came. */
const setAll = (columns: readonly string[]): string => columns.map((column) => `${column} = excluded.${column}`).join(', ');

type Text = string;
type Time = string;

export type ExecutionRow = {
  readonly tenant_id: Text; readonly execution_id: Text; readonly session_id: Text; readonly user_id: Text; readonly intent_type: Text; readonly correlation_id: Text;
  readonly status: Text; readonly created_at: Time; readonly ended_at: Time | null; readonly steps_completed: number; readonly artifact_count: number;
  readonly record_count: number; readonly error_code: Text | null; readonly head_seq: number; readonly head_hash: Uint8Array; readonly last_at: Time;
};

/** What never changes after an execution's first frame is not set again: its indexes stay untouched. */
export const executionRows: RowTarget<ExecutionRow> = {
  table: 'executions',
  columns: {
    tenant_id: 'text', execution_id: 'uuid', session_id: 'uuid', user_id: 'text', intent_type: 'text', correlation_id: 'text', status: 'text', created_at: 'timestamptz', ended_at: 'timestamptz',
    steps_completed: 'int', artifact_count: 'int', record_count: 'int', error_code: 'text', head_seq: 'int', head_hash: 'bytea', last_at: 'timestamptz',
  },
  conflict: `on conflict (tenant_id, execution_id) do update set ${setAll(['status', 'ended_at', 'steps_completed', 'artifact_count', 'record_count', 'error_code', 'head_seq', 'head_hash', 'last_at'])}
    where executions.head_seq < excluded.head_seq`,
};

export type SessionRow = { readonly tenant_id: Text; readonly session_id: Text; readonly user_id: Text; readonly created_at: Time; readonly closed_at: Time | null; readonly context: Text; readonly head_seq: number };

/** Whose a session is while only its closing has been read: nobody's name. */
export const UNSEEN = '';

const ifSeen = (columns: readonly string[]): string => columns.map((column) => `${column} = case when excluded.user_id = '${UNSEEN}' then sessions.${column} else excluded.${column} end`).join(', ');

export const sessionRows: RowTarget<SessionRow> = {
  table: 'sessions',
  columns: { tenant_id: 'text', session_id: 'uuid', user_id: 'text', created_at: 'timestamptz', closed_at: 'timestamptz', context: 'text', head_seq: 'int' },
  conflict: `on conflict (tenant_id, session_id) do update set ${ifSeen(['user_id', 'created_at', 'context'])},
    closed_at = coalesce(excluded.closed_at, sessions.closed_at), head_seq = greatest(excluded.head_seq, sessions.head_seq)`,
};

export type ArtifactRow = { readonly tenant_id: Text; readonly execution_id: Text; readonly session_id: Text; readonly artifact_type: Text; readonly artifact: Text };

export const artifactRows: RowTarget<ArtifactRow> = {
  table: 'artifacts',
  columns: { tenant_id: 'text', execution_id: 'uuid', session_id: 'uuid', artifact_type: 'text', artifact: 'text' },
  conflict: '',
};

export type StateRow = { readonly tenant_id: Text; readonly key: Text; readonly value: Text | null; readonly execution_id: Text; readonly seq: number; readonly updated_at: Time };

/** The newest change of a key stands, whatever the order in which writers' frames are read: a rebuild comes out the same. */
export const stateRows: RowTarget<StateRow> = {
  table: 'state_entries',
  columns: { tenant_id: 'text', key: 'text', value: 'text', execution_id: 'uuid', seq: 'int', updated_at: 'timestamptz' },
  conflict: `on conflict (tenant_id, key) do update set ${setAll(['value', 'execution_id', 'seq', 'updated_at'])}
    where (state_entries.updated_at, state_entries.execution_id, state_entries.seq) < (excluded.updated_at, excluded.execution_id, excluded.seq)`,
};

export type FrameIndexRow = { readonly tenant_id: Text; readonly stream_id: Text; readonly seq: number; readonly at: Time; readonly intent_type: Text | null; readonly record_types: number };

export const frameIndexRows: RowTarget<FrameIndexRow> = {
  table: 'frame_index',
  columns: { tenant_id: 'text', stream_id: 'uuid', seq: 'int', at: 'timestamptz', intent_type: 'text', record_types: 'bigint' },
  conflict: '',
};

export type CheckpointRow = { readonly tenant_id: Text; readonly stream_id: Text; readonly seq: number; readonly hash: Uint8Array; readonly fold: number; readonly state: Uint8Array };

/** The newest fold of a long stream is kept, and no other. */
export const checkpointRows: RowTarget<CheckpointRow> = {
  table: 'stream_checkpoints',
  columns: { tenant_id: 'text', stream_id: 'uuid', seq: 'int', hash: 'bytea', fold: 'int', state: 'bytea' },
  conflict: `on conflict (tenant_id, stream_id) do update set ${setAll(['seq', 'hash', 'fold', 'state'])} where stream_checkpoints.seq < excluded.seq or stream_checkpoints.fold <> excluded.fold`,
};

export type MetricRow = { readonly tenant_id: Text; readonly metric: Text; readonly value: Text };

export const metricRows: RowTarget<MetricRow> = {
  table: 'tenant_metrics',
  columns: { tenant_id: 'text', metric: 'text', value: 'text' },
  conflict: 'on conflict (tenant_id, metric) do update set value = excluded.value',
};

