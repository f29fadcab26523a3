import { z } from 'zod';
import { failure, type BundleList, type Json, type StateChange } from '@symphainy/contracts';
import { defineCapability, task, type CapabilityDefinition, type StepTask } from '@symphainy/realm-sdk';
import type { ExecutionContext } from '@symphainy/contracts';
import { requireOwner } from './city-manager/platform-tenant.js';

/** What a governance execution answers: the state keys it recorded. */
const output = z.object({ recorded: z.array(z.string()) });

/** What a change may be held against: the registries of the bundle in force, asked through the Runtime, which records the question and the answer. */
export interface Registries {
  entries<E>(list: string, name: string): Promise<readonly E[]>;
}

/** An entry of the bundle in force. */
interface Named {
  readonly list: BundleList;
  readonly key: string;
  /** Of the payload, where it is named. */
  readonly field: string;
}

/**
 * A governance intent: one deterministic step that checks what is asked and records the changes. It looks at nothing but its payload,
 * its context, the registries where it `consults` them, and what other Runtime `tools` tell it; what the changes do to the catalogue is decided where the record is applied.
 */
export const governedTask = <I extends z.ZodObject>(options: {
  readonly intent: string;
  readonly description: string;
  readonly input: I;
  /** Its `tenant_id` says whose affairs change: the asking tenant's own (the default), or for the platform those of any tenant that there is. Others are refused. */
  readonly ofTenant?: true;
  /** What it takes away: refused where there is none, so that nobody takes a slip of the pen for done. */
  readonly removes?: (payload: z.infer<I>, context: ExecutionContext) => Named;
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
    tools: [...(options.consults === true ? ['registry.entries'] : []), ...(options.ofTenant === true || options.removes !== undefined ? ['governance.entry'] : []), ...(options.tools ?? [])],
    saga: [
      task<z.infer<I>>('record', async (step) => {
        await requireThere(step, options);
        const changes = await options.changes(step.payload, step.context, registriesOf(step), (name, request) => step.tool(name, request));
        return { output: { recorded: changes.map((change) => change.key) }, state_changes: changes };
      }, { timeoutMs: 10_000 }),
    ],
  });

async function requireThere<P>(step: StepTask<P>, { ofTenant, removes }: { readonly ofTenant?: true; readonly removes?: (payload: P, context: ExecutionContext) => Named }): Promise<void> {
  const { payload, context } = step;
  const { tenant_id = context.tenant_id } = payload as { readonly tenant_id?: string };
  if (ofTenant === true) {
    requireOwner(context.tenant_id, tenant_id, '/tenant_id');
    if (tenant_id !== context.tenant_id) await requireEntry(step, { list: 'tenants', key: tenant_id, field: '/tenant_id' });
  }
  if (removes !== undefined) await requireEntry(step, removes(payload, context));
}

async function requireEntry(step: Pick<StepTask<unknown>, 'tool'>, { list, key, field }: Named): Promise<void> {
  if ((await step.tool('governance.entry', { list, key })) === null) throw failure('governance.invalid', { message: `there is no ${key} in ${list}`, field, fix: `name one that GET /v1/governance/${list} lists` });
}

const registriesOf = (step: Pick<StepTask<unknown>, 'tool'>): Registries => ({
  entries: async <E>(list: string, name: string) => ((await step.tool('registry.entries', { list, name })) as { entries: Json[] }).entries as unknown as E[],
});
