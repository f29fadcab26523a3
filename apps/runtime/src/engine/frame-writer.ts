import type { RegisteredCapability, WalRecord } from '@symphainy/contracts';
import { decide, encodeTexts, GENESIS, hasEnded, settle, type Decision, type DecisionInputs, type ExecutionState, type FramePlace } from '@symphainy/execution';
import { canonicalJson, canonicalJsonOf, isoTime, sha256, type Clock } from '@symphainy/kernel';
import type { AppendRequest, AppendResult, WalWriter } from '../acceptance/log.ports.js';
import type { AcceptedIntent } from '../acceptance/acceptance.ports.js';
import type { ExecutionRules } from './execution-rules.js';
import { GATHER_MAX, GATHER_MS, GatheringFrame } from './gathering-frame.js';
import { parkOf } from './parking.js';
import { mayBeSentAhead } from './work.js';

/** A frame on its way into the log: memory is ahead of it until `result` says committed. */
export interface WrittenFrame {
  readonly state: ExecutionState;
  readonly seq: number;
  readonly due: readonly Decision[];
  /** Nothing is due for long: with this frame the execution sleeps. */
  readonly parks: boolean;
  readonly result: Promise<AppendResult>;
  /** The records went into a frame that was gathering already: whoever wrote first hears of it. */
  readonly joined: boolean;
  /** It is not handed to the log yet. */
  readonly gathering: GatheringFrame | undefined;
}

export interface WriteOptions {
  /** Whose answer waits for this frame; terminal frames are always awaited. */
  readonly awaited?: boolean;
  readonly idempotency?: AcceptedIntent['idempotency'];
  /** Canonical texts of objects inside the records that are at hand already. */
  readonly texts?: ReadonlyMap<object, string>;
  /** The stream is parked: this frame brings it back, unless it parks it anew. */
  readonly unpark?: boolean;
  /** Tries of a map's chunks that are out. */
  readonly chunksOut?: DecisionInputs['chunksOut'];
  /** Not parked with this frame, whatever is due. */
  readonly stay?: boolean;
  /** The stream's frame that gathers. */
  readonly gathering?: GatheringFrame | undefined;
}

/** Records that the state has been advanced by, with their canonical texts. */
interface Written {
  readonly state: ExecutionState;
  readonly records: readonly WalRecord[];
  readonly texts: readonly string[];
}

/** Settles records into one frame, encodes each record once, chains it, and hands it to the log: at once, or with those that follow it soon. */
export class FrameWriter {
  readonly actor: string;
  /** In the order they were opened. */
  private lingering: GatheringFrame[] = [];
  private isTimed = false;

  constructor(
    private readonly writer: WalWriter,
    private readonly clock: Clock,
    /** Whether an execution is awake in this runtime’s memory, and so hears of its child’s end by itself. */
    private readonly isAwake: (tenantId: string, executionId: string) => boolean,
    private readonly rules: ExecutionRules,
    /** What sleeps for longer, in milliseconds, is parked with the frame that says so. */
    private readonly parkAfterMs: number,
  ) {
    this.actor = `runtime:${writer.id}`;
  }

  stamp(): { at: string; actor: string } {
    return { at: isoTime(this.clock.now()), actor: this.actor };
  }

  /** Throws CanonicalJsonError, before anything changed, when a record holds what JSON cannot. A GrammarError leaves `state` unfit. */
  write(state: ExecutionState | undefined, records: readonly WalRecord[], capability: RegisteredCapability, options: WriteOptions = {}): WrittenFrame {
    const known = options.texts;
    const texts = records.map((record) => (known === undefined ? canonicalJson(record) : canonicalJsonOf(record, known)));
    const now = this.clock.now();
    const at = isoTime(now);
    const settled = settle(state, records, capability.saga, { now, at, actor: this.actor, jitter: () => jitterOf(state, now), ...this.rules.of(state, records, capability), ...outOf(options.chunksOut) });
    for (const record of settled.consequences) texts.push(canonicalJson(record));
    const isAwaited = options.awaited === true || hasEnded(settled.state);
    const mayGather = !isAwaited && settled.due.some((work) => mayBeSentAhead(capability, work));
    const written = { state: settled.state, records: settled.consequences.length === 0 ? records : [...records, ...settled.consequences], texts };
    return this.append(written, at, settled.due, { ...options, awaited: isAwaited }, mayGather);
  }

  /** What is due without anything new recorded. */
  due(state: ExecutionState, capability: RegisteredCapability, chunksOut?: DecisionInputs['chunksOut']): readonly Decision[] {
    const now = this.clock.now();
    return decide(state, capability.saga, { now, at: isoTime(now), actor: this.actor, jitter: () => jitterOf(state, now), ...this.rules.of(state, [], capability), ...outOf(chunksOut) });
  }

  /** The moment of an answer, and what a retry that follows from it needs. */
  reportInputs(state: ExecutionState): { now: number; at: string; jitter: () => number } {
    const now = this.clock.now();
    return { now, at: isoTime(now), jitter: () => jitterOf(state, now) };
  }

  /** Hands over all that gathers: nothing more comes. */
  close(): void {
    for (const frame of this.lingering.splice(0)) frame.close();
  }

  private append({ state, records, texts }: Written, at: string, due: readonly Decision[], options: WriteOptions, mayGather: boolean): WrittenFrame {
    const size = texts.reduce((sum, text) => sum + text.length, 0);
    const park = options.stay === true ? undefined : parkOf(state, due, this.clock.now(), this.parkAfterMs);
    const extras = { ...(options.idempotency === undefined ? {} : { idempotency: options.idempotency }), ...(park === undefined ? {} : { park }), ...(options.unpark === true ? { unpark: true } : {}), ...this.wakeOf(state) };
    const open = this.roomIn(options.gathering, size);
    const frame = open ?? this.openFrame(state);
    frame.add(records, texts, size);
    const gathers = mayGather && size <= GATHER_MAX && Object.keys(extras).length === 0;
    if (gathers && open === undefined) this.linger(frame);
    if (!gathers) frame.closeWith((gathered) => this.handOver(gathered, at, { ...extras, awaited: options.awaited === true }));
    return { state, seq: state.head.seq, due, parks: park !== undefined, result: frame.result, joined: open !== undefined, gathering: gathers ? frame : undefined };
  }

  /** The stream's frame that gathers, if it has room for this too; a full one goes. */
  private roomIn(frame: GatheringFrame | undefined, size: number): GatheringFrame | undefined {
    if (frame?.open !== true) return undefined;
    if (frame.hasRoomFor(size)) return frame;
    frame.close();
    return undefined;
  }

  /** Takes the next place in the stream. Its hash follows when it is closed: until then the head's is that of the frame before. */
  private openFrame(state: ExecutionState): GatheringFrame {
    const seq = state.head.seq + 1;
    state.head = { seq, hash: seq === 0 ? GENESIS : state.head.hash };
    return new GatheringFrame(state, state.head.hash, this.clock.monotonic(), (frame) => this.handOver(frame, isoTime(this.clock.now()), { awaited: true }));
  }

  private handOver({ state, previous, records, texts }: GatheringFrame, at: string, extras: Omit<AppendRequest, keyof FramePlace | 'hash' | 'body' | 'sessionId' | 'records'>): Promise<AppendResult> {
    const { intent, executionId, head: { seq } } = state;
    const place = { tenantId: intent.tenant_id, streamId: executionId, seq, kind: 'execution' as const, at };
    const { body, hash } = encodeTexts(previous, place, texts);
    state.head = { seq, hash };
    return this.writer.append({ ...place, hash, body, sessionId: intent.session_id, records, ...extras });
  }

  private linger(frame: GatheringFrame): void {
    this.lingering.push(frame);
    if (this.isTimed) return;
    this.isTimed = true;
    this.clock.after(GATHER_MS, () => this.closeDue());
  }

  private closeDue(): void {
    // what is due within the millisecond goes now: a timer for the rounding of a difference would come back for ever
    const latest = this.clock.monotonic() - GATHER_MS + 1;
    const first = this.lingering.findIndex(({ open, since }) => open && since > latest);
    const due = this.lingering.splice(0, first < 0 ? this.lingering.length : first);
    for (const frame of due) frame.close();
    this.isTimed = first >= 0;
    if (this.isTimed) this.clock.after(this.lingering[0]!.since - latest + 1, () => this.closeDue());
  }

  /** A child's end wakes its parent, wherever it sleeps. */
  private wakeOf(state: ExecutionState): Pick<AppendRequest, 'wake'> {
    const { parent } = state;
    if (parent === undefined || !hasEnded(state) || this.isAwake(state.intent.tenant_id, parent.execution_id)) return {};
    return { wake: parent.execution_id };
  }
}

const NOTHING = {};
const outOf = (chunksOut: DecisionInputs['chunksOut']): Pick<DecisionInputs, 'chunksOut'> => (chunksOut === undefined ? NOTHING : { chunksOut });

/** Spreads retries by the execution and the moment: no shared random source, and what was drawn is recorded as the due time. */
function jitterOf(state: ExecutionState | undefined, now: number): number {
  const bytes = sha256(`jitter\n${state?.executionId ?? ''}\n${now}`);
  return (bytes[0]! * 256 + bytes[1]!) / 65_536;
}
