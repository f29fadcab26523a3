import type { Json, SagaDefinition, SagaStep, WalRecord } from '@symphainy/contracts';
import { decodeBody, evolveAll, inputsOf, type ExecutionState, type RecordOf } from '@symphainy/execution';
import type { WalReader } from '../acceptance/log.ports.js';
import { isLastStep } from '../outcomes/step-results.js';
import { streamPages } from '../acceptance/stream-fold.js';

/** A result that stands in a stream, with what its attempt was given. */
export interface RecordedResult {
  readonly record: RecordOf<'step_completed'> | RecordOf<'step_failed'>;
  /** Undefined: the saga that the execution began with has no such step. */
  readonly definition: SagaStep | undefined;
  /** The fold before the result: its context. Shared and not to be changed. */
  readonly state: ExecutionState;
  readonly inputs: { readonly [step: string]: Json };
  readonly epoch: number;
  readonly references: ReadonlySet<string>;
  /** Subject keys that it is sealed under. */
  readonly sealedUnder: readonly string[] | undefined;
  /** Its output is the saga's. */
  readonly last: boolean;
}

/** A step of a saga by its name, at whatever depth. */
export function stepNamed(steps: readonly SagaStep[], name: string): SagaStep | undefined {
  for (const step of steps) {
    if (step.name === name) return step;
    const inner = stepsWithin(step).map((steps) => stepNamed(steps, name)).find((found) => found !== undefined);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function stepsWithin(step: SagaStep): readonly (readonly SagaStep[])[] {
  if (step.kind === 'parallel') return step.branches.map((branch) => branch.steps);
  return step.kind === 'choice' ? [...Object.values(step.cases), step.otherwise ?? []] : [];
}

/** What attempts hydrated before their result, by step and attempt. */
class Hydrations {
  private readonly open = new Map<string, Set<string>>();

  note({ step, attempt, reference }: RecordOf<'reference_hydrated'>): void {
    const key = `${step}/${attempt}`;
    const known = this.open.get(key) ?? new Set();
    this.open.set(key, known.add(reference));
  }

  take({ step, attempt }: { readonly step: string; readonly attempt: number }): ReadonlySet<string> {
    const key = `${step}/${attempt}`;
    const taken = this.open.get(key) ?? new Set<string>();
    this.open.delete(key);
    return taken;
  }
}

/**
 * Results of an execution's stream in the order of the log, each with the inputs that its attempt was given: folded along, so that a step which an operator ran again is
 * seen with what it was given then. Only page after page is in memory.
 */
export async function* recordedResults(reader: WalReader, tenantId: string, executionId: string, sagaOf: (state: ExecutionState) => Promise<SagaDefinition>): AsyncGenerator<RecordedResult> {
  let state: ExecutionState | undefined;
  let saga: SagaDefinition | undefined;
  const hydrations = new Hydrations();
  for await (const page of streamPages(reader, tenantId, executionId)) {
    for (const frame of page) {
      const results: RecordedResult[] = [];
      for (const record of decodeBody(frame.body)) {
        // Taken before the record changes the state: a result's inputs are what was there before it.
        if (state !== undefined) results.push(...resultsOf(record, state, saga, hydrations));
        state = evolveAll(state, [record]);
        if (saga === undefined && state?.saga !== undefined) saga = await sagaOf(state);
      }
      if (state !== undefined) state.head = { seq: frame.seq, hash: frame.hash };
      yield* results;
    }
  }
}

function resultsOf(record: WalRecord, state: ExecutionState, saga: SagaDefinition | undefined, hydrations: Hydrations): RecordedResult[] {
  if (record.type === 'reference_hydrated') hydrations.note(record);
  if ((record.type !== 'step_completed' && record.type !== 'step_failed') || saga === undefined) return [];
  const definition = stepNamed(saga.steps, record.step);
  const inputs = definition === undefined ? {} : inputsOf(state, saga, definition);
  return [{ record, definition, state, inputs, epoch: state.adoptions + 1, references: hydrations.take(record), sealedUnder: record.type === 'step_completed' ? record.sealed_under : undefined, last: isLastStep(saga.steps, record.step) }];
}
