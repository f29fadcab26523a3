import type { RegisteredCapability, WalRecord } from '@symphainy/contracts';
import { decide, encodeTexts, GENESIS, hasEnded, settle, type Decision, type DecisionInputs, type ExecutionState } from '@symphainy/execution';
import { canonicalJson, canonicalJsonOf, isoTime, sha256, type Clock } from '@symphainy/kernel';
import type { AppendRequest, AppendResult, WalWriter } from '../acceptance/log.ports.js';
import type { AcceptedIntent } from '../acceptance/acceptance.ports.js';
import type { ExecutionRules } from './execution-rules.js';
import { parkOf } from './parking.js';

/** A frame on its way into the log: memory is ahead of it until `result` says committed. */
export interface WrittenFrame {
  readonly state: ExecutionState;
  readonly seq: number;
  readonly due: readonly Decision[];
  /** Nothing is due for long: with this frame the execution sleeps. */
  readonly parks: boolean;
  readonly result: Promise<AppendResult>;
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
}

/** Settles records into one frame, encodes each record once, chains it, and hands it to the log. */
export class FrameWriter {
  readonly actor: string;

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
    return this.append(settled.state, at, texts, settled.due, options);
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

  private append(state: ExecutionState, at: string, texts: readonly string[], due: readonly Decision[], options: WriteOptions): WrittenFrame {
    const { head, intent, executionId } = state;
    const seq = head.seq + 1;
    const place = { tenantId: intent.tenant_id, streamId: executionId, seq, kind: 'execution' as const, at };
    const park = options.stay === true ? undefined : parkOf(state, due, this.clock.now(), this.parkAfterMs);
    const { body, hash } = encodeTexts(seq === 0 ? GENESIS : head.hash, place, texts);
    state.head = { seq, hash };
    const request: AppendRequest = {
      ...place,
      hash,
      body,
      sessionId: intent.session_id,
      awaited: options.awaited === true || hasEnded(state),
      ...(options.idempotency === undefined ? {} : { idempotency: options.idempotency }),
      ...(park === undefined ? {} : { park }),
      ...(options.unpark === true ? { unpark: true } : {}),
      ...this.wakeOf(state),
    };
    return { state, seq, due, parks: park !== undefined, result: this.writer.append(request) };
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
