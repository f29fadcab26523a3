/** Operations in bulk: which make sense for a filter, and what that filter is as a query. Pure. */
import type { BulkOperation } from '@symphainy/client';
import type { ExecutionStatus } from '@symphainy/contracts';
import type { ExecutionsRoute } from '../routing/route.js';

export type BulkName = 'pause' | 'resume' | 'cancel' | 'retry';
export type BulkScope = 'mine' | 'tenant';

const byStatus: Partial<Record<ExecutionStatus, readonly BulkName[]>> = {
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  stuck: ['retry', 'cancel'],
  failed: ['retry'],
  cancelled: ['retry'],
  terminated: ['retry'],
};

/** Without a status all may be asked for: those it does not fit are counted as refused. */
export const bulkOperations = (status: ExecutionStatus | undefined): readonly BulkName[] => (status === undefined ? ['pause', 'cancel', 'retry'] : (byStatus[status] ?? []));

/** At most this many are operated on at once: the platform's own default. */
export const BULK_LIMIT = 1000;

export function bulkQuery({ status, intentType, scope }: ExecutionsRoute, sessionId: string, of: BulkScope): BulkOperation['query'] {
  return { of, ...(status && { status }), ...(intentType && { intent_type: intentType }), ...(scope === 'session' && { session_id: sessionId }), limit: BULK_LIMIT };
}

/** The filter in words. */
export function bulkWords({ status, intentType, scope }: ExecutionsRoute, statusName: (status: ExecutionStatus) => string): string {
  const parts = [status && `status “${statusName(status)}”`, intentType && `intent type ${intentType}`, scope === 'session' && 'this session'].filter((part) => typeof part === 'string');
  return parts.length === 0 ? 'every execution, whatever its status' : `every execution with ${parts.join(', ')}`;
}
