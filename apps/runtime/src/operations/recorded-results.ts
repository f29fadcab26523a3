import type { Json, SagaDefinition, SagaStep, WalRecord } from '@symphainy/contracts';
import { chunkRange, decodeBody, evolveAll, inputsOf, sagaStepNamed, sourceOf, stepNamed, type ChunkWork, type ExecutionState, type RecordOf } from '@symphainy/execution';
import type { WalReader } from '../acceptance/log.ports.js';
import { isLastStep } from '../outcomes/step-results.js';
import { streamPages } from '../acceptance/stream-fold.js';
import { RecordedAccesses } from './recorded-accesses.js';

/** A result that stands in a stream, with what its attempt was given. */
export interface RecordedResult {
  readonly record: Attempted;
  /** Undefined: the saga that the execution began with has no such step. */
  readonly definition: SagaStep | undefined;
  /** The fold before the result: its context. Shared and not to be changed. */
  readonly state: ExecutionState;
  readonly inputs: { readonly [step: string]: Json };
  /** Of a map's chunk. */
  readonly chunk: ChunkWork | undefined;
  readonly epoch: number;
  readonly references: ReadonlySet<string>;
  readonly tools: readonly RecordOf<'tool_invoked'>[];
  /** What an agent reasoned with. */
  readonly agent: RecordOf<'agent_output'> | undefined;
  /** Subject keys that it is sealed under. */
  readonly sealedUnder: readonly string[] | undefined;
  /** Its output is the saga's. */
  readonly last: boolean;
}

/**
 * Results of an execution's stream in the order of the log, each with the inputs that its attempt was given: folded along, so that a step which an operator ran again is
 * seen with what it was given then. Only page after page is in memory.
 */
export async function* recordedResults(reader: WalReader, tenantId: string, executionId: string, sagaOf: (state: ExecutionState) => Promise<SagaDefinition>): AsyncGenerator<RecordedResult> {
  let state: ExecutionState | undefined;
  let saga: SagaDefinition | undefined;
  const accesses = new RecordedAccesses();
  for await (const page of streamPages(reader, tenantId, executionId)) {
    for (const frame of page) {
      const results: RecordedResult[] = [];
      for (const record of decodeBody(frame.body)) {
        // Taken before the record changes the state: a result's inputs are what was there before it.
        if (state !== undefined) results.push(...resultsOf(record, state, saga, accesses));
        state = evolveAll(state, [record]);
        if (saga === undefined && state?.saga !== undefined) saga = await sagaOf(state);
      }
      if (state !== undefined) state.head = { seq: frame.seq, hash: frame.hash };
      yield* results;
    }
  }
}

type Attempted = RecordOf<'step_completed' | 'step_failed' | 'chunk_completed'>;

const RESULTS: ReadonlySet<string> = new Set<Attempted['type']>(['step_completed', 'step_failed', 'chunk_completed']);

const isResult = (record: WalRecord): record is Attempted => RESULTS.has(record.type);

function resultsOf(record: WalRecord, state: ExecutionState, saga: SagaDefinition | undefined, accesses: RecordedAccesses): RecordedResult[] {
  if (saga === undefined) return [];
  accesses.note(record, saga);
  if (!isResult(record)) return [];
  const definition = sagaStepNamed(saga, record.step);
  const chunk = record.type === 'chunk_completed' ? chunkTried(state, definition, record) : undefined;
  return [{
    record, definition, state, chunk, epoch: state.adoptions + 1, ...accesses.take(record),
    inputs: definition === undefined ? {} : inputsOf(state, saga, definition),
    sealedUnder: record.type === 'step_completed' ? record.sealed_under : record.type === 'chunk_completed' ? state.sealedUnder : undefined,
    last: record.type !== 'chunk_completed' && isLastStep(saga.steps, record.step),
  }];
}

/** What the try was sent with. */
function chunkTried(state: ExecutionState, definition: SagaStep | undefined, { step, chunk, chunk_attempt }: RecordOf<'chunk_completed'>): ChunkWork | undefined {
  const map = stepNamed(state, step)?.map;
  const source = definition?.kind === 'map' ? sourceOf(state, definition) : undefined;
  if (map === undefined || source === undefined) return undefined;
  const retry = map.open.get(chunk)?.retry;
  return { chunk, chunkAttempt: chunk_attempt, ...chunkRange(map, chunk), ...(retry === undefined ? {} : { indices: [...retry] }), source };
}
