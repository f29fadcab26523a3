import { z } from 'zod';
import type { Json, StateChange } from '@symphainy/contracts';
import { defineCapability, task, type CapabilityDefinition, type StepTask } from '@symphainy/realm-sdk';
import type { ExecutionContext } from '@symphainy/contracts';

/** What a governance execution answers: the state keys it recorded. */
const output = z.object({ recorded: z.array(z.string()) });

/** What a change may be held against: the registries of the bundle in force, asked through the Runtime, which records the question and the answer. */
export interface Registries {
  entries<E>(list: string, name: string): Promise<readonly E[]>;
}

/**
 * A governance intent: one deterministic step that checks what is asked and records the changes. It looks at nothing but its payload,
 * its context, the registries where it `consults` them, and what other Runtime `tools` tell it; what the changes do to the catalogue is decided where the record is applied.
 */
export const governedTask = <I extends z.ZodObject>(options: {
  readonly intent: string;
  readonly description: string;
  readonly input: I;
  /** It asks the registries. Default false. */
  readonly consults?: boolean;
  /** Throws `governance.*` or `registration.*` for what must not be. */
  readonly changes: (payload: z.infer<I>, context: ExecutionContext, registries: Registries, tool: StepTask<z.infer<I>>['tool']) => StateChange[] | Promise<StateChange[]>;
  /** Other Runtime tools it asks. Default: none. A change that asked one is not comparable when it is replayed. */
  readonly tools?: readonly string[];
}): CapabilityDefinition =>
  defineCapability({
    intent: options.intent,
    version: '1.0.0',
    description: options.description,
    determinism: 'deterministic',
    input: options.input,
    output,
    tools: [...(options.consults === true ? ['registry.entries'] : []), ...(options.tools ?? [])],
    saga: [
      task<z.infer<I>>('record', async (step) => {
        const changes = await options.changes(step.payload, step.context, registriesOf(step), (name, request) => step.tool(name, request));
        return { output: { recorded: changes.map((change) => change.key) }, state_changes: changes };
      }, { timeoutMs: 10_000 }),
    ],
  });

const registriesOf = (step: Pick<StepTask<unknown>, 'tool'>): Registries => ({
  entries: async <E>(list: string, name: string) => ((await step.tool('registry.entries', { list, name })) as { entries: Json[] }).entries as unknown as E[],
});
