import { z } from 'zod';
import { operationReport, operations, schedulePayload, type OperationName } from '@symphainy/contracts';
import { defineCapability, type CapabilityDefinition } from '@symphainy/realm-sdk';

/** A bulk operation goes over thousands of executions. */
const OPERATION_LIMIT_MS = 3_600_000;
/** A schedule ends when it is cancelled; its step is renewed by nothing else. */
const SCHEDULE_LIMIT_MS = 366 * 86_400_000;

/** Steps of the Runtime's own: no realm has a handler for them. */
const OWN = { handlers: {}, nested: [] } as const;

const WHAT: { readonly [N in OperationName]: string } = {
  cancel: 'Cancels executions: running work is dropped, effects are awaited, what was completed is compensated, children are cancelled too.',
  pause: 'Pauses executions: no further step starts; what runs is recorded.',
  resume: 'Lets paused executions go on.',
  signal: 'Sends what a waiting signal step waits for.',
  approve: 'Lets an effect that waits for approval go ahead, or not.',
  retry: 'Gives failed steps, or a failed compensation, new attempts.',
  continue_from: 'Runs a step and all that follow it again.',
  compensate: 'Undoes what was completed.',
  skip_compensation: 'Goes on without a compensation that failed for good.',
  resolve_effect: 'Says whether an effect whose outcome is unknown happened.',
  terminate: 'Ends executions at once: nothing is awaited, nothing compensated.',
  adopt: 'Has executions go on whose runtime is gone: one that is there takes them over, or wakes them.',
};

const operationCapability = (name: OperationName): CapabilityDefinition =>
  defineCapability({
    intent: `runtime.${name}`,
    version: '1.1.0',
    description: WHAT[name],
    determinism: 'deterministic',
    input: operations[name] as z.ZodObject,
    output: operationReport,
    saga: [{ step: { kind: 'operate', name: 'apply', operation: name, timeout_ms: OPERATION_LIMIT_MS }, ...OWN }],
  });

const schedule = defineCapability({
  intent: 'runtime.schedule',
  version: '1.1.0',
  description: 'Submits an intent whenever a cron expression says so, as a service identity, until it is cancelled.',
  determinism: 'deterministic',
  input: schedulePayload,
  output: z.object({ firings: z.number().int() }),
  saga: [{ step: { kind: 'schedule', name: 'fire', timeout_ms: SCHEDULE_LIMIT_MS }, ...OWN }],
});

/** What is done to executions from outside, each an intent of its own. The Runtime itself carries them out. */
export const operationCapabilities: readonly CapabilityDefinition[] = [...(Object.keys(operations) as OperationName[]).map(operationCapability), schedule];
