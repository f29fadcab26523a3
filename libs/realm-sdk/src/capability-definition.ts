import { z } from 'zod';
import { artifactId, sagaDefinition, type RegisteredCapability } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import { checkSaga, everyStep } from './saga-checks.js';
import type { StepDefinition, StepHandlers } from './step-definition.js';

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
  /** From acceptance to the end; the tenant's policy says what happens beyond it. Default: none. */
  readonly deadlineMs?: number;
  readonly saga: readonly StepDefinition<z.infer<I>>[];
}

export interface CapabilityDefinition {
  readonly intent: string;
  readonly input: z.ZodObject;
  /** By step, nested ones included. */
  readonly handlers: ReadonlyMap<string, StepHandlers<never>>;
  /** The capability as data, for the realm that offers it. */
  describe(realm: string): RegisteredCapability;
}

/** A payload field that names an artifact: its steps may read it. */
export const dataReference = (): z.ZodString => artifactId.meta({ format: 'data-reference' });

const jsonSchemaOf = (schema: z.ZodType, io: 'input' | 'output'): RegisteredCapability['input_contract'] => {
  const { $schema: _dialect, ...body } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return JSON.parse(JSON.stringify(body)) as RegisteredCapability['input_contract'];
};

/** Declares a capability: contracts, saga and handlers in one place. Throws when steps repeat a name or need what does not surely come before. */
export function defineCapability<I extends z.ZodObject, O extends z.ZodType>(options: CapabilityOptions<I, O>): CapabilityDefinition {
  const saga = sagaDefinition.parse({ name: options.intent, steps: options.saga.map((s) => s.step), ...(options.deadlineMs === undefined ? {} : { deadline_ms: options.deadlineMs }) });
  checkSaga(options.intent, saga.steps);
  const childTypes = [...everyStep(saga.steps)].flatMap((s) => (s.kind === 'child' ? [s.intent_type] : []));
  return {
    intent: options.intent,
    input: options.input,
    handlers: new Map(everyDefinition(options.saga).map(({ step, handlers }) => [step.name, handlers as StepHandlers<never>])),
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

const everyDefinition = <P>(definitions: readonly StepDefinition<P>[]): StepDefinition<P>[] => definitions.flatMap((definition) => [definition, ...everyDefinition(definition.nested)]);
