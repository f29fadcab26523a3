import { hasEnded, stepNamed } from '@symphainy/execution';
import type { CommittedFrame, StepDispatch } from '@symphainy/contracts';
import type { LogChecks, WatchedStream } from './log-checks.js';
import type { PublishWatch } from './simulated-network.js';
import type { Violations } from './violations.js';

const decoder = new TextDecoder();
const parse = <T>(data: Uint8Array): T => JSON.parse(decoder.decode(data)) as T;

/** Holds every message that leaves a runtime against the log as it stands at that moment. */
export class MessageChecks {
  dispatches = 0;

  /** `mayRunAhead`: whether steps of this intent type may be sent before their start is durable. */
  constructor(
    private readonly log: LogChecks,
    private readonly violations: Violations,
    private readonly mayRunAhead: (intentType: string) => boolean,
  ) {}

  readonly watch: Pick<PublishWatch, 'publishing'> = {
    publishing: (_machine, { subject, data, reply }) => {
      if (subject.startsWith('realm.')) this.dispatched(parse<StepDispatch>(data), reply?.split('.')[2] ?? '');
      else if (subject.startsWith('events.')) this.published(parse<CommittedFrame>(data));
    },
  };

  private published({ stream_id, seq, hash }: CommittedFrame): void {
    this.violations.require(this.log.stands(stream_id, seq, hash), 'published-committed', () => `frame ${seq} of ${stream_id} was published and does not stand in the log`);
  }

  private dispatched({ attempt, effect_key }: StepDispatch, instance: string): void {
    this.dispatches++;
    const stream = this.log.find(attempt.execution_id);
    const name = `${attempt.execution_id} ${attempt.step}#${attempt.attempt}`;
    const accepted = stream?.state?.saga !== undefined;
    this.violations.require(accepted, 'dispatch-accepted', () => `${name} was sent before its acceptance is durable`);
    if (!accepted) return;
    if (effect_key !== undefined && attempt.phase === undefined) this.intended(stream, effect_key, name);
    if (attempt.phase === 'compensate') this.undoing(stream, attempt, name);
    if (attempt.phase === undefined && attempt.chunk === undefined) this.due(stream, attempt, instance, name);
  }

  private intended({ records }: WatchedStream, key: string, name: string): void {
    const stands = records.some((record) => record.type === 'effect_intended' && record.key === key);
    this.violations.require(stands, 'effect-intended', () => `the effect of ${name} was sent before its intention is durable`);
  }

  private undoing({ state }: WatchedStream, { step }: StepDispatch['attempt'], name: string): void {
    const started = state !== undefined && stepNamed(state, step)?.compensation !== undefined;
    this.violations.require(started, 'dispatch-started', () => `the undoing of ${name} was sent before its start is durable`);
  }

  /** A frozen owner may not know yet that it is none: what it sends is harmless, and not held against it. */
  private due(stream: WatchedStream, attempt: StepDispatch['attempt'], instance: string, name: string): void {
    const { state, head } = stream;
    if (state === undefined || head.writer !== instance) return;
    const step = stepNamed(state, attempt.step);
    this.violations.require(!hasEnded(state), 'dispatch-due', () => `${name} was sent after the execution ended`);
    const over = step !== undefined && (step.attempt > attempt.attempt || (step.attempt === attempt.attempt && step.status !== 'running'));
    this.violations.require(!over, 'dispatch-due', () => `${name} was sent, and is ${step?.status ?? ''} in attempt ${step?.attempt ?? 0}`);
    const ahead = this.mayRunAhead(state.intent.intent_type) && step?.kind !== 'agent' && step?.kind !== 'effect';
    const started = step?.status === 'running' && step.attempt === attempt.attempt;
    this.violations.require(ahead || started, 'dispatch-started', () => `${name} was sent before its start is durable`);
  }
}
