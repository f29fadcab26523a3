import type { WalRecord } from '@symphainy/contracts';
import { decodeBody, evolveFrame, frameHash, GENESIS, stepNamed, type ExecutionState, type RecordOf } from '@symphainy/execution';
import { canonicalJson } from '@symphainy/kernel';
import type { AppendRequest, StoredFrame } from '../../acceptance/log.ports.js';
import { FORBIDDEN } from './random-sagas.js';
import type { LifeChecks } from './life-checks.js';
import type { OutsideWorld } from './outside-world.js';
import type { AnswerBook } from './realm-replies.js';
import type { Violations } from './violations.js';

/** What was out when the calm began is sent again within this long. */
const REALM_RECOVERS_MS = 5_000;

/** A stream as its frames tell it, folded beside the runtimes. */
export interface WatchedStream {
  readonly tenantId: string;
  readonly streamId: string;
  readonly kind: StoredFrame['kind'];
  head: StoredFrame;
  /** Undefined for streams that are no executions, and after the grammar broke. */
  state: ExecutionState | undefined;
  readonly records: WalRecord[];
  /** Where the undoing has come to: the place of the step undone last among all completions. */
  undoneTo: number;
  /** Steps that have completed and were not forgotten since. */
  readonly completed: Set<string>;
}

export interface LogCheckParts {
  readonly violations: Violations;
  readonly answers: AnswerBook;
  /** Data of every signal that a user ever sent, by execution. */
  readonly signals: ReadonlyMap<string, ReadonlySet<string>>;
  readonly outside: OutsideWorld;
  readonly now: () => number;
  /** From when on nothing goes wrong any more. */
  readonly calmAt: () => number;
  readonly lives: () => Pick<LifeChecks, 'committed'>;
}

/** Reads every frame at the moment it is committed, and folds it for itself: what the runtimes think is compared with this. */
export class LogChecks {
  readonly streams = new Map<string, WatchedStream>();
  /** Streams that got a frame since they were last taken. */
  private readonly touched = new Set<WatchedStream>();
  private readonly keys = new Map<string, string>();
  /** When an attempt's start was committed, in simulated milliseconds. */
  private readonly startedAt = new Map<string, number>();
  private readonly hashes = new Map<string, string>();

  constructor(private readonly parts: LogCheckParts) {}

  find(streamId: string): WatchedStream | undefined {
    return this.streams.get(streamId);
  }

  executions(): WatchedStream[] {
    return [...this.streams.values()].filter(({ kind }) => kind === 'execution');
  }

  takeTouched(): WatchedStream[] {
    const touched = [...this.touched];
    this.touched.clear();
    return touched;
  }

  /** Whether a frame with this hash stands in the log at this place. */
  stands(streamId: string, seq: number, hash: string): boolean {
    return this.hashes.get(`${streamId}/${seq}`) === hash;
  }

  committed(frame: StoredFrame, request: AppendRequest): void {
    const records = decodeBody(frame.body);
    const known = this.streams.get(frame.streamId);
    this.chain(frame, known?.head);
    const stream = known ?? { tenantId: frame.tenantId, streamId: frame.streamId, kind: frame.kind, head: frame, state: undefined, records: [], undoneTo: Number.POSITIVE_INFINITY, completed: new Set<string>() };
    if (frame.kind === 'execution') this.execution(stream, frame, records, known === undefined);
    if (request.idempotency !== undefined) this.key(frame, request.idempotency.key);
    stream.head = frame;
    stream.records.push(...records);
    this.streams.set(frame.streamId, stream);
    this.hashes.set(`${frame.streamId}/${frame.seq}`, Buffer.from(frame.hash).toString('hex'));
    this.touched.add(stream);
  }

  private chain(frame: StoredFrame, before: StoredFrame | undefined): void {
    const { violations } = this.parts;
    violations.require(frame.seq === (before?.seq ?? -1) + 1, 'chain', () => `frame ${frame.seq} of ${frame.streamId} follows frame ${before?.seq ?? -1}`);
    const expected = frameHash(before?.hash ?? GENESIS, frame, frame.body);
    violations.require(Buffer.compare(expected, frame.hash) === 0, 'chain', () => `frame ${frame.seq} of ${frame.streamId} is not chained to the one before it`);
  }

  private execution(stream: WatchedStream, frame: StoredFrame, records: readonly WalRecord[], isNew: boolean): void {
    if (!isNew) this.owner(stream, frame, records);
    for (const record of records) this.record(stream, record);
    if (!isNew && stream.state === undefined) return;
    try {
      stream.state = evolveFrame(stream.state, { seq: frame.seq, hash: frame.hash, records });
      if (isNew) this.accepted(stream.state);
      this.taken(stream.state);
      for (const record of records) {
        this.undoing(stream, stream.state, record);
        this.parts.lives().committed(stream, stream.state, record);
        this.follows(stream.state, record);
      }
    } catch (error) {
      stream.state = undefined;
      this.parts.violations.add('grammar', `${frame.streamId}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Completed steps are undone last first. */
  private undoing(stream: WatchedStream, state: ExecutionState, record: WalRecord): void {
    if (record.type === 'reopened' || record.type === 'compensation_requested') stream.undoneTo = Number.POSITIVE_INFINITY;
    if (record.type !== 'compensation_started' || record.attempt > 1) return;
    // a map that was given up half done stands after everything that completed
    const order = stepNamed(state, record.step)?.order ?? Number.POSITIVE_INFINITY;
    this.parts.violations.require(order <= stream.undoneTo, 'compensation-order', () => `${stream.streamId}: ${record.step}, completed as number ${order}, is undone after number ${stream.undoneTo}`);
    stream.undoneTo = order;
  }

  /** What a realm made of other steps' outputs was made of those that are recorded. */
  private follows(state: ExecutionState, record: WalRecord): void {
    if (record.type !== 'step_completed' || !record.actor.startsWith('realm:')) return;
    const { step, attempt, output } = record;
    const given = this.parts.answers.madeFrom({ execution_id: state.executionId, step, attempt }, output ?? null) ?? {};
    for (const [name, input] of Object.entries(given)) {
      const stands = stepNamed(state, name)?.output;
      this.parts.violations.require(stands !== undefined && canonicalJson(stands) === canonicalJson(input), 'made-of-what-stands', () => `${state.executionId}: ${step}#${attempt} was made of ${canonicalJson(input)}, and ${name} is recorded with ${canonicalJson(stands ?? null)}`);
    }
  }

  private accepted({ executionId, saga, decision, intent }: ExecutionState): void {
    const { violations } = this.parts;
    if (saga === undefined) return;
    violations.require(decision?.decision === 'permit', 'decided-first', () => `${executionId} started without a permit in its first frame`);
    violations.require(intent.intent_type !== FORBIDDEN, 'forbidden', () => `${executionId} started although policy forbids ${intent.intent_type}`);
  }

  /** Nothing waits for what it has been told already. */
  private taken({ executionId, steps, signals }: ExecutionState): void {
    if (signals === undefined) return;
    const waiting = steps.find(({ kind, status, name }) => kind === 'signal' && status === 'running' && signals.kept.some(({ signal }) => signal === `go.${name}`));
    this.parts.violations.require(waiting === undefined, 'kept-is-taken', () => `${executionId}: ${waiting?.name ?? ''} waits, and its signal is kept`);
  }

  /** A stream changes hands by an `adopted` record alone. */
  private owner({ head }: WatchedStream, frame: StoredFrame, records: readonly WalRecord[]): void {
    const { violations } = this.parts;
    if (head.writer === frame.writer) return;
    const first = records[0];
    violations.require(first?.type === 'adopted', 'owner', () => `${frame.writer} wrote ${first?.type ?? 'nothing'} to ${frame.streamId}, which ${head.writer} owns`);
    if (first?.type === 'adopted') violations.require(first.from_writer === head.writer, 'owner', () => `${frame.streamId} was adopted from ${first.from_writer}, and ${head.writer} owned it`);
  }

  private record(stream: WatchedStream, record: WalRecord): void {
    const { streamId, completed } = stream;
    const { violations, answers, signals, outside } = this.parts;
    if (record.type === 'signal_received') violations.require(signals.get(streamId)?.has(canonicalJson(record.data)) === true, 'user-said-so', () => `${streamId}: nobody sent the signal ${record.signal} with ${canonicalJson(record.data)}`);
    if (record.type === 'effect_completed' && record.actor.startsWith('realm:')) violations.require(outside.times(record.key) > 0, 'effect-happened', () => `${streamId}: ${record.step} is recorded as done, and nothing happened outside`);
    if (record.type === 'step_started') this.startedAt.set(`${streamId}/${record.step}/${record.attempt}`, this.parts.now());
    if (record.type === 'step_failed') this.failed(stream, record);
    if (record.type === 'reopened') mayCompleteAgain(stream, record);
    if (record.type !== 'step_completed') return;
    const { step, attempt, output, actor } = record;
    violations.require(!completed.has(step), 'once', () => `${streamId}: ${step} completed twice`);
    completed.add(step);
    if (actor.startsWith('realm:')) violations.require(answers.has({ execution_id: streamId, step, attempt }, output ?? null), 'realm-said-so', () => `${streamId}: no realm answered ${step}#${attempt} with ${canonicalJson(output ?? null)}`);
  }

  /** A realm that answers well, over a network that delivers, leaves nothing waiting until its time is over. */
  private failed({ streamId, state }: WatchedStream, { step, attempt, error }: Extract<WalRecord, { type: 'step_failed' }>): void {
    const kind = state === undefined ? undefined : stepNamed(state, step)?.kind;
    if (kind !== 'task' && kind !== 'agent') return;
    const startedAt = this.startedAt.get(`${streamId}/${step}/${attempt}`) ?? 0;
    this.parts.violations.require(error.code !== 'step.timeout' || startedAt < this.parts.calmAt() + REALM_RECOVERS_MS, 'calm-works', () => `${streamId}: ${step}#${attempt} ran out of time although nothing went wrong any more`);
  }

  private key(frame: StoredFrame, key: string): void {
    const holder = this.keys.get(key) ?? frame.streamId;
    this.keys.set(key, holder);
    this.parts.violations.require(holder === frame.streamId, 'one-winner', () => `the key ${key} is held by ${holder} and by ${frame.streamId}`);
  }
}

/** What is forgotten, and what holds the step that is run again. */
function mayCompleteAgain({ completed, state }: WatchedStream, { forget = [], from_step }: RecordOf<'reopened'>): void {
  for (const step of forget) completed.delete(step);
  for (let step: string | undefined = from_step; step !== undefined; step = state === undefined ? undefined : stepNamed(state, step)?.within) completed.delete(step);
}
