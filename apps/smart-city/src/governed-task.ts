import { z } from 'zod';
import type { StateChange } from '@symphainy/contracts';
import { defineCapability, task, type CapabilityDefinition } from '@symphainy/realm-sdk';
import type { ExecutionContext } from '@symphainy/contracts';

/** What a governance execution answers: the state keys it recorded. */
const output = z.object({ recorded: z.array(z.string()) });

/**
 * A governance intent: one deterministic step that checks what is asked and records the changes. It looks at nothing but its payload
 * and context; what the changes do to the catalogue is decided where the record is applied.
 */
export const governedTask = <I extends z.ZodObject>(options: {
  readonly intent: string;
  readonly description: string;
  readonly input: I;
  /** Throws `governance.*` or `registration.*` for what must not be. */
  readonly changes: (payload: z.infer<I>, context: ExecutionContext) => StateChange[];
}): CapabilityDefinition =>
  defineCapability({
    intent: options.intent,
    version: '1.0.0',
    description: options.description,
    determinism: 'deterministic',
    input: options.input,
    output,
    saga: [
      task<z.infer<I>>('record', ({ payload, context }) => {
        const changes = options.changes(payload, context);
        return { output: { recorded: changes.map((change) => change.key) }, state_changes: changes };
      }, { timeoutMs: 10_000 }),
    ],
  });
