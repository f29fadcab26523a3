import type { Artifact, Caller, DomainEvent, ExecutionStatus, Intent, Json, PolicyDecision, StateChange, StepView, WalRecord } from '@symphainy/contracts';
import type { WireError } from '@symphainy/kernel';
import type { MapState } from './map-state.js';

export type RecordOf<T extends WalRecord['type']> = Extract<WalRecord, { type: T }>;

/** `unknown`: an effect may or may not have happened; `abandoned`: it was open when it was given up. The last four come after the saga failed or was cancelled. */
export type StepStatus = StepView['status'];

/** How far an effect of a step's present generation has come. */
export interface EffectState {
  /** Of the attempt that is out: set when it is intended, gone when the next attempt starts. */
  key?: string;
  intendedAt?: string;
  previewHash?: string;
  approvalRequested?: boolean;
  approvedBy?: string;
  /** It happened, as the outside system or an operator says. */
  happened?: { readonly receipt: Json; readonly by: 'realm' | 'operator' };
}

/** The undoing of a completed step. */
export interface CompensationState {
  attempt: number;
  /** Attempts before the present budget: an operator's retry gives a new one. */
  base: number;
  startedAt: string;
  error?: WireError;
  /** Absent after a failure: nothing more is tried until an operator says. */
  retryDueAt?: string;
  /** Of a map: the chunk that is undone next, going down; -1 when all are. */
  nextChunk?: number;
}

/** Of a schedule: counts and the last firing, however many there were. */
export interface ScheduleState {
  firings: number;
  missed: number;
  /** Firings whose intent was refused; absent: none. */
  refused?: number;
  /** What refused the last firing; absent: it was accepted, or is not known to be submitted yet. */
  error?: WireError;
  /** Occurrences up to here are accounted for (RFC 3339). */
  accountedTo: string;
  /** Recorded and not yet known to be submitted. */
  pending?: { readonly firing: number; readonly executionId: string; readonly dueAt: string };
}

/** One step of the saga, from its first attempt on. */
export interface StepState {
  readonly name: string;
  readonly kind: string;
  /** Of a nested step: its parallel or choice, and the branch or the case's label. */
  readonly within?: string;
  readonly branch?: string;
  status: StepStatus;
  attempt: number;
  /** Attempts before the present budget: reopening gives a new one. Absent: none. */
  attemptBase?: number;
  /** Counts how often it was forgotten and run again, from 1 (absent): part of an effect's key. */
  generation?: number;
  readonly startedAt: string;
  /** When its present attempt started: what its timeout counts from. */
  attemptAt: string;
  /** Its place among all completions and failures of the execution; compensation goes back along it. */
  order?: number;
  completedAt?: string;
  durationMs?: number;
  handlerBuild?: string;
  progress?: { [key: string]: Json };
  /** Nobody of its realm has taken what is out since that moment (RFC 3339). */
  waitingFor?: { readonly realm: string; readonly since: string; readonly handler?: string | undefined };
  error?: WireError;
  output?: Json;
  outputHash?: string;
  outcome?: string;
  /** While waiting for a retry: when it is due, as recorded. */
  retryDueAt?: string;
  /** Of a timer: when it is due, as recorded. */
  dueAt?: string;
  /** Of a child step's running attempt. */
  childId?: string;
  /** Of an agent's running attempt: its `agent_output` is recorded. */
  reasoned?: boolean;
  effect?: EffectState;
  map?: MapState;
  schedule?: ScheduleState;
  /** Of an operation: what became of its targets, and the last one, in their order. */
  applied?: { done: number; unchanged: number; refused: number; last: string };
  compensation?: CompensationState;
}

/** The fold of an execution's stream: everything that is known of it. Nothing that is not in the log. */
export interface ExecutionState {
  readonly executionId: string;
  readonly intent: Intent;
  readonly caller: Caller;
  readonly correlationId: string;
  readonly parent: RecordOf<'intent_received'>['parent'];
  readonly createdAt: string;
  decision?: PolicyDecision;
  capability?: Pick<RecordOf<'capability_resolved'>, 'capability' | 'version' | 'realm' | 'bundle_hash' | 'children'>;
  saga?: { name: string; hash: string };
  /** Ids of the subject keys that what it was given, read and made is sealed under; absent: nothing personal came in yet. */
  sealedUnder?: readonly string[];
  /** Classes of the data that it was given and has read; absent: none. */
  classes?: readonly string[];
  /** What of its tenant's bounded classes it may see: frozen with the decision. Absent: there are no boundaries. */
  boundary?: { readonly masked: readonly string[]; readonly withheld: readonly string[] };
  /** In the order of their first start. */
  steps: StepState[];
  /** Of steps that `continue_from` forgot and that have not started again: the numbers that go on. */
  forgotten?: Map<string, { readonly attempt: number; readonly generation: number }>;
  /** Of completed steps; what a map's chunks made is in their records. */
  artifacts: Artifact[];
  readonly events: DomainEvent[];
  readonly stateChanges: StateChange[];
  /** Signals that came before a step waited for them: how many there were, and those that no step has taken, the oldest first. Absent: none came early. */
  signals?: { count: number; kept: readonly RecordOf<'signal_received'>[] };
  /** Completions and failures of steps so far. */
  transitions: number;
  sagaEnd?: 'completed' | 'failed';
  cancelReason?: string;
  terminatedFor?: string;
  /** Children that ran when it was terminated: what they are asked is asked again by whoever terminates it again. */
  leftChildren?: NonNullable<RecordOf<'execution_terminated'>['children']>;
  paused?: boolean;
  /** The first compensation has started. */
  compensating?: boolean;
  deadlineMissed?: { enforced: boolean };
  status: ExecutionStatus;
  error?: WireError;
  endedAt?: string;
  adoptions: number;
  /** Records in the stream. */
  records: number;
  /** The last frame's place and hash: what the next frame is chained to. */
  head: { seq: number; hash: Uint8Array };
}

const GOING = new Set<ExecutionStatus>(['running', 'paused', 'compensating', 'stuck']);

/** An execution that ended stays so, unless an operator reopens it. */
export const hasEnded = (state: Pick<ExecutionState, 'status'>): boolean => !GOING.has(state.status);

/** Steps that hold others: no realm runs them. */
export const isContainer = (step: { readonly kind: string }): boolean => step.kind === 'parallel' || step.kind === 'choice';

/** Below this many steps a walk is quicker than a table. */
const WALKED = 16;
const tables = new WeakMap<readonly StepState[], Map<string, StepState>>();

/** The step of that name, once it has started. */
export function stepNamed({ steps }: Pick<ExecutionState, 'steps'>, name: string): StepState | undefined {
  if (steps.length > WALKED) return tableOf(steps).get(name);
  for (const step of steps) if (step.name === name) return step;
  return undefined;
}

function tableOf(steps: readonly StepState[]): Map<string, StepState> {
  const known = tables.get(steps);
  if (known !== undefined && known.size === steps.length) return known;
  const table = new Map(steps.map((step) => [step.name, step]));
  tables.set(steps, table);
  return table;
}

/** Steps with an attempt under way, in the order of their first start; those that only hold others left out. */
export const runningSteps = ({ steps }: Pick<ExecutionState, 'steps'>): StepState[] => steps.filter((step) => step.status === 'running' && !isContainer(step));

/** The step that was started last, whatever became of it. */
export const currentStep = (state: ExecutionState): StepState | undefined => state.steps[state.steps.length - 1];

/** The last step of the outermost sequence that has started: its output is the execution's once that has completed. */
export function lastOutermost({ steps }: Pick<ExecutionState, 'steps'>): StepState | undefined {
  for (let i = steps.length - 1; i >= 0; i--) if (steps[i]?.within === undefined) return steps[i];
  return undefined;
}
