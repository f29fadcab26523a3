import { failure, type PolicyDecision } from '@symphainy/contracts';
import type { PlatformError } from '@symphainy/kernel';

/** What a caller is told of a denial: who denied, by which policies, and why. */
export function denial(decision: PolicyDecision): PlatformError {
  const denied = decision.verdicts.filter((v) => v.decision === 'deny');
  return failure('policy.denied', {
    message: denied.map((v) => `${v.role}: ${v.reason ?? 'no policy permits it'}`).join('; '),
    details: { verdicts: decision.verdicts.map((v) => ({ role: v.role, decision: v.decision, policies: v.policies, ...(v.reason === undefined ? {} : { reason: v.reason }) })) },
  });
}

/** The same error, with the execution whose stream holds the refusal. */
export const withExecution = (error: PlatformError, executionId: string): PlatformError =>
  failure(error.code as Parameters<typeof failure>[0], {
    message: error.message,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    details: { ...error.details, execution_id: executionId },
  });
