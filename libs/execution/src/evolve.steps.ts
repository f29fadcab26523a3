/** Steps: their start, their result, their retries, and what stands open when their surroundings end. */
import { isContainer, stepNamed, type ExecutionState, type RecordOf, type StepState } from './execution-state.js';
import { allow, known, restate, running, type Rules } from './grammar.js';
import { chunksOf, type MapState } from './map-state.js';

type StepRecords = 'step_started' | 'step_progress' | 'step_completed' | 'step_failed' | 'step_retry_scheduled' | 'signal_received' | 'timer_set' | 'timer_fired' | 'agent_output' | 'child_accepted' | 'tool_invoked' | 'reference_hydrated';

export const stepRules: Rules<StepRecords> = {
  step_started(state, record) {
    allow(state.saga !== undefined, 'step_started before the saga');
    allow(state.sagaEnd === undefined && state.cancelReason === undefined, `${record.step} started after the saga was given up`);
    allow(state.paused !== true, `${record.step} started while the execution is paused`);
    const step = stepNamed(state, record.step);
    if (step === undefined) begin(state, record);
    else restart(step, record);
  },
  step_progress(state, record) {
    const { step, isUndone } = outOrUndone(state, record);
    if (!isUndone) step.progress = record.progress;
    if (record.waiting_for === undefined) delete step.waitingFor;
    else step.waitingFor = record.waiting_for;
  },
  step_completed: complete,
  step_failed(state, record) {
    const step = running(state, record);
    delete step.waitingFor;
    step.status = 'failed';
    step.error = record.error;
    step.order = ++state.transitions;
    delete step.childId;
    if (record.handler_build !== undefined) step.handlerBuild = record.handler_build;
    if (isContainer(step)) abandonWithin(state, step);
  },
  step_retry_scheduled(state, record) {
    const step = known(state, record);
    allow(step.status === 'failed' && record.next_attempt === step.attempt + 1, `a retry of ${record.step} that did not just fail`);
    allow(state.sagaEnd === undefined, `a retry of ${record.step} after the saga ended`);
    step.status = 'waiting_retry';
    step.retryDueAt = record.due_at;
  },

  signal_received(state, record) {
    const { signal, step: name, kept } = record;
    if (name === undefined) return keep(state, record);
    const step = known(state, { type: record.type, step: name });
    allow(step.kind === 'signal' && step.status === 'running', `signal ${signal} for a step that does not wait`);
    if (kept !== undefined) take(state, signal, kept);
  },
  timer_set(state, record) {
    const step = known(state, record);
    allow(step.kind === 'timer' && step.status === 'running' && step.dueAt === undefined, `timer_set of ${record.step}, which wants no timer`);
    step.dueAt = record.due_at;
  },
  timer_fired(state, record) {
    const step = known(state, record);
    allow(step.kind === 'timer' && step.status === 'running' && step.dueAt === record.due_at, `timer_fired of ${record.step}, which has no such timer`);
  },
  agent_output(state, record) {
    const step = running(state, record);
    allow(step.kind === 'agent', `agent_output of ${record.step}, which is no agent’s`);
    step.reasoned = true;
  },
  child_accepted(state, record) {
    const step = running(state, record);
    allow(step.kind === 'child' && step.childId === undefined, `child_accepted for ${record.step}, which wants no child`);
    allow(state.capability?.children.includes(record.intent_type), `${record.intent_type} is not among the recorded children`);
    step.childId = record.child_execution_id;
  },
  tool_invoked: access,
  reference_hydrated(state, record) {
    access(state, record);
    sealedBy(state, record);
    if (record.classification !== undefined) classedBy(state, [record.classification]);
  },
};

/** It came before a step waited for it. */
function keep(state: ExecutionState, record: RecordOf<'signal_received'>): void {
  const { count, kept } = state.signals ?? { count: 0, kept: [] };
  allow(state.saga !== undefined, `signal ${record.signal} kept before the saga`);
  allow(record.kept === count + 1, `signal ${record.signal} kept as number ${record.kept ?? 'none'} after ${count}`);
  sealedBy(state, record);
  state.signals = { count: count + 1, kept: [...kept, record] };
}

/** Of those with one name, the oldest is taken. */
function take(state: ExecutionState, signal: string, number: number): void {
  const { count, kept } = state.signals ?? { count: 0, kept: [] };
  const oldest = kept.find((one) => one.signal === signal);
  allow(oldest?.kept === number, `signal ${signal} number ${number} taken, which is not the oldest that is kept`);
  state.signals = { count, kept: kept.filter((one) => one !== oldest) };
}

/** What is derived from data is of its classes. */
function classedBy(state: ExecutionState, classes: readonly string[]): void {
  state.classes = [...new Set([...(state.classes ?? []), ...classes])];
}

/** What is sealed under a subject's key makes all that follows from it that subject's too. */
export function sealedBy(state: ExecutionState, { sealed_under }: RecordOf<'step_completed' | 'reference_hydrated' | 'effect_resolved' | 'signal_received'>): void {
  if (sealed_under !== undefined) state.sealedUnder = [...new Set([...(state.sealedUnder ?? []), ...sealed_under])];
}

/** What a step reads or asks while it runs, or while it is undone. */
function access(state: ExecutionState, record: RecordOf<'tool_invoked' | 'reference_hydrated'>): void {
  outOrUndone(state, record);
}

function outOrUndone(state: ExecutionState, record: RecordOf<'tool_invoked' | 'reference_hydrated' | 'step_progress'>): { readonly step: StepState; readonly isUndone: boolean } {
  const step = known(state, record);
  const isUndone = step.status === 'compensating' && step.compensation?.attempt === record.attempt;
  // The tries of a map's chunks count on their own.
  const isOut = step.status === 'running' && (step.attempt === record.attempt || step.map !== undefined);
  allow(isOut || isUndone, `${record.type} of ${record.step} attempt ${record.attempt}, which is not running`);
  return { step, isUndone };
}

function begin(state: ExecutionState, record: RecordOf<'step_started'>): void {
  const before = state.forgotten?.get(record.step);
  allow(record.attempt === (before?.attempt ?? 0) + 1, `${record.step} started with attempt ${record.attempt}`);
  mayBegin(state, record);
  const step: StepState = { name: record.step, kind: record.kind, status: 'running', attempt: record.attempt, startedAt: record.at, attemptAt: record.at };
  state.steps.push(record.within === undefined && before === undefined && record.map === undefined ? step : { ...step, ...placeOf(record), ...beforeOf(before), ...mapOf(record) });
  state.forgotten?.delete(record.step);
}

/** A step begins when what stands before it in its own sequence has completed, and what it stands in runs. */
function mayBegin(state: ExecutionState, record: RecordOf<'step_started'>): void {
  const { step, within, branch } = record;
  if (within !== undefined) allow(stepNamed(state, within)?.status === 'running', `${step} started within ${within}, which does not run`);
  for (const other of state.steps) {
    if (other.within === within && other.branch === branch) allow(other.status === 'completed', `${step} started before ${other.name} completed`);
  }
}

const placeOf = ({ within, branch }: RecordOf<'step_started'>): Partial<StepState> => (within === undefined ? {} : { within, ...(branch === undefined ? {} : { branch }) });

const beforeOf = (before: { readonly attempt: number; readonly generation: number } | undefined): Partial<StepState> =>
  before === undefined ? {} : { attemptBase: before.attempt, generation: before.generation + 1 };

function mapOf({ map }: RecordOf<'step_started'>): { map?: MapState } {
  if (map === undefined) return {};
  const { items, chunk_size } = map;
  return { map: { items, chunkSize: chunk_size, chunks: chunksOf(items, chunk_size), next: 0, open: new Map(), dead: new Map(), deadTries: new Map(), succeeded: 0, deadCount: 0, retrying: 0, results: [], resultCount: 0 } };
}

function restart(step: StepState, record: RecordOf<'step_started'>): void {
  allow(step.status !== 'completed', `${record.step} started again after it completed`);
  allow(step.status === 'waiting_retry' && record.attempt === step.attempt + 1, `attempt ${record.attempt} of ${record.step} was not scheduled`);
  step.status = 'running';
  step.attempt = record.attempt;
  step.attemptAt = record.at;
  delete step.error;
  delete step.retryDueAt;
  delete step.progress;
  delete step.order;
  delete step.dueAt;
  delete step.reasoned;
  if (step.effect !== undefined) {
    delete step.effect.key;
    delete step.effect.intendedAt;
  }
  if (step.map === undefined) Object.assign(step, mapOf(record));
}

function complete(state: ExecutionState, record: RecordOf<'step_completed'>): void {
  sealedBy(state, record);
  if (record.classes !== undefined) classedBy(state, record.classes);
  const step = running(state, record);
  allow(step.kind !== 'effect' || step.effect?.happened !== undefined, `${record.step} completed, and its effect is not known to have happened`);
  allow(step.kind !== 'agent' || step.reasoned === true, `${record.step} completed without its agent_output`);
  delete step.waitingFor;
  step.status = 'completed';
  step.order = ++state.transitions;
  step.completedAt = record.at;
  step.durationMs = record.duration_ms;
  step.handlerBuild = record.handler_build;
  if (record.output !== undefined) step.output = record.output;
  if (record.output_hash !== undefined) step.outputHash = record.output_hash;
  if (record.outcome !== undefined) step.outcome = record.outcome;
  for (const artifact of record.artifacts) state.artifacts.push(artifact);
  for (const event of record.events) state.events.push(event);
  for (const change of record.state_changes) state.stateChanges.push(change);
}

/** Whatever is open will not be gone on with. An effect that was sent may have happened all the same. */
export function abandonOpen(state: ExecutionState): void {
  for (const step of state.steps) abandon(step);
  restate(state);
}

function abandonWithin(state: ExecutionState, container: StepState): void {
  for (const step of state.steps) if (standsIn(state, step, container.name)) abandon(step);
}

export function standsIn(state: ExecutionState, step: StepState, container: string): boolean {
  for (let outer = step.within; outer !== undefined; outer = stepNamed(state, outer)?.within) if (outer === container) return true;
  return false;
}

function abandon(step: StepState): void {
  if (step.status !== 'running' && step.status !== 'waiting_retry') return;
  const mayHaveHappened = step.effect?.intendedAt !== undefined && step.status === 'running';
  step.status = mayHaveHappened ? 'unknown' : 'abandoned';
  delete step.retryDueAt;
  delete step.childId;
  delete step.waitingFor;
}
