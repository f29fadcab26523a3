import { z } from 'zod';
import { artifactId, sagaDefinition, type RegisteredCapability, type RetryPolicy, type SagaStep, type StepResult, stepResult } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import type { StepTask } from './step-task.js';

/** What a handler returns; lists may be left out. */
export type StepResultInput = z.input<typeof stepResult>;
export type StepHandler<P> = (task: StepTask<P>) => Promise<StepResultInput> | StepResultInput;

export interface StepOptions {
  /** Default 60 s. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Earlier steps whose outputs this one receives; default: the step before it. */
  readonly needs?: readonly string[];
}

/** A step with what runs it. */
export interface StepDefinition<P> {
  readonly step: z.input<typeof sagaDefinition>['steps'][number];
  readonly handler?: StepHandler<P>;
}

const common = (name: string, options: StepOptions) => ({
  name,
  ...(options.timeoutMs === undefined ? {} : { timeout_ms: options.timeoutMs }),
  ...(options.retry === undefined ? {} : { retry: options.retry }),
  ...(options.needs === undefined ? {} : { needs: [...options.needs] }),
});

/** A step run by a handler of this realm. */
export const task = <P>(name: string, handler: StepHandler<P>, options: StepOptions = {}): StepDefinition<P> => ({ step: { kind: 'task', ...common(name, options) }, handler });

/** A step that waits for a signal from outside, whose data (a step result) becomes its result. */
export const signal = <P>(name: string, signalName: string, options: StepOptions = {}): StepDefinition<P> => ({ step: { kind: 'signal', signal: signalName, ...common(name, options) } });

/** A step that submits another intent of the same session and waits for it. Its payload is the output of `payloadFrom`, else the intent's own. */
export const child = <P>(name: string, options: StepOptions & { readonly intentType: string; readonly payloadFrom?: string }): StepDefinition<P> => ({
  step: { kind: 'child', intent_type: options.intentType, ...(options.payloadFrom === undefined ? {} : { payload_from: options.payloadFrom }), ...common(name, options) },
});

export interface CapabilityOptions<I extends z.ZodObject, O extends z.ZodType> {
  readonly intent: string;
  /** Semantic version; raise it whenever contract, saga or behaviour changes. */
  readonly version: string;
  readonly description: string;
  readonly determinism: 'deterministic' | 'grounded' | 'expert';
  readonly input: I;
  /** Of the last step's output. */
  readonly output: O;
  /** Intent types its child steps may use; default: those its child steps name. */
  readonly children?: readonly string[];
  /** Runtime tools its handlers may call. */
  readonly tools?: readonly string[];
  readonly saga: readonly StepDefinition<z.infer<I>>[];
}

export interface CapabilityDefinition {
  readonly intent: string;
  readonly input: z.ZodObject;
  readonly handlers: ReadonlyMap<string, StepHandler<never>>;
  /** The capability as data, for the realm that offers it. */
  describe(realm: string): RegisteredCapability;
}

/** A payload field that names an artifact: its steps may read it. */
export const dataReference = (): z.ZodString => artifactId.meta({ format: 'data-reference' });

const jsonSchemaOf = (schema: z.ZodType, io: 'input' | 'output'): RegisteredCapability['input_contract'] => {
  const { $schema: _dialect, ...body } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return JSON.parse(JSON.stringify(body)) as RegisteredCapability['input_contract'];
};

/** Declares a capability: contracts, saga and handlers in one place. Throws when steps repeat a name or need what does not come before. */
export function defineCapability<I extends z.ZodObject, O extends z.ZodType>(options: CapabilityOptions<I, O>): CapabilityDefinition {
  const saga = sagaDefinition.parse({ name: options.intent, steps: options.saga.map((s) => s.step) });
  checkSteps(options.intent, saga.steps);
  const childTypes = saga.steps.flatMap((s) => (s.kind === 'child' ? [s.intent_type] : []));
  return {
    intent: options.intent,
    input: options.input,
    handlers: new Map(options.saga.flatMap((s) => (s.handler === undefined ? [] : [[s.step.name, s.handler as StepHandler<never>] as const]))),
    describe: (realm) => ({
      name: options.intent,
      realm,
      handler: options.intent,
      version: options.version,
      description: options.description,
      input_contract: jsonSchemaOf(options.input, 'input'),
      output_contract: jsonSchemaOf(options.output, 'output'),
      determinism: options.determinism,
      children: [...(options.children ?? new Set(childTypes))],
      tools: [...(options.tools ?? [])],
      saga,
      saga_hash: hashOf(saga),
    }),
  };
}

function checkSteps(intent: string, steps: readonly SagaStep[]): void {
  const before = new Set<string>();
  for (const step of steps) {
    if (before.has(step.name)) throw new Error(`${intent}: two steps are named "${step.name}"`);
    const wanted = [...(step.needs ?? []), ...(step.kind === 'child' && step.payload_from !== undefined ? [step.payload_from] : [])];
    for (const name of wanted) if (!before.has(name)) throw new Error(`${intent}: step "${step.name}" needs "${name}", which does not come before it`);
    before.add(step.name);
  }
}

/** A handler's result in full form, or a ZodError. */
export const completeResult = (result: StepResultInput): StepResult => stepResult.parse(result);
