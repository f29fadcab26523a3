/** Which executions of a session a report rests on. */
import { failure } from '@symphainy/contracts';
import type { Inventory, ListedArtifact, ListedExecution } from '../model/inventory.schema.js';

/** More executions than this do not fit into one report; the newest are kept. */
export const MAX_EXECUTIONS = 100;

/** Reports and chains of other intents hold nothing of their own to report; they count only when they are named. */
const isOwnWork = (execution: ListedExecution): boolean => !/^(?:solution|cross_realm)\./.test(execution.intent_type);

export interface SessionContent {
  readonly executions: readonly ListedExecution[];
  readonly artifacts: readonly ListedArtifact[];
  /** The report's own execution, which is not its subject. */
  readonly self: string;
  readonly wanted?: readonly string[];
}

/**
 * Completed and failed executions in order of creation, with the artifacts of the completed ones. Rejects with `wait.elapsed`
 * (retryable) when a wanted execution has not ended, or the lists do not hold all that its summary counts: lists may lag behind the log.
 */
export function takeInventory({ executions, artifacts, self, wanted }: SessionContent): Inventory {
  const others = executions.filter((e) => e.execution_id !== self);
  wanted?.forEach((id, i) => assertEnded(others, id, i));
  const chosen = others.filter((e) => (wanted === undefined ? isOwnWork(e) : wanted.includes(e.execution_id)));
  const ordered = [...chosen].sort((a, b) => (a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : a.execution_id < b.execution_id ? -1 : 1));
  const completed = ordered.filter((e) => e.status === 'completed');
  const kept = completed.slice(-MAX_EXECUTIONS);
  const failed = ordered.filter((e) => e.status === 'failed').slice(-MAX_EXECUTIONS);
  if (completed.length === 0) throw failure('solution.nothing_to_report', { details: { executions: others.length } });
  return { completed: kept.map(withoutTime), failed: failed.map(withoutTime), artifacts: kept.flatMap((e) => artifactsOf(e, artifacts)), omitted: completed.length - kept.length };
}

const withoutTime = ({ created_at: _time, ...rest }: ListedExecution): Omit<ListedExecution, 'created_at'> => rest;

function assertEnded(executions: readonly ListedExecution[], id: string, position: number): void {
  const found = executions.find((e) => e.execution_id === id);
  if (found !== undefined && ['completed', 'failed', 'cancelled', 'rejected'].includes(found.status)) return;
  const what = found === undefined ? 'is not among the session’s executions' : `is ${found.status}`;
  throw failure('wait.elapsed', { message: `execution ${id} ${what}`, field: `/execution_ids/${position}`, fix: 'name executions of this session that have ended' });
}

function artifactsOf(execution: ListedExecution, artifacts: readonly ListedArtifact[]): ListedArtifact[] {
  const own = artifacts.filter((a) => a.execution_id === execution.execution_id);
  if (own.length < execution.artifact_count) throw failure('wait.elapsed', { message: `execution ${execution.execution_id} has ${execution.artifact_count} artifacts, of which ${own.length} are listed yet` });
  return own.sort((a, b) => (a.artifact_id < b.artifact_id ? -1 : 1));
}
