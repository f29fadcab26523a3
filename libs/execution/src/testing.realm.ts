/** A realm, an outside world and an operator for tests: they answer whatever is due, by a script of choices. */
import type { Caller, WalRecord } from '@symphainy/contracts';
import { failure } from '@symphainy/contracts';
import { toWireError, type Json } from '@symphainy/kernel';
import { compensationFailedRecord } from './decide.compensation.js';
import { effectLost } from './decide.effect.js';
import { chunkCompletedRecord, chunkFailedRecord } from './decide.map.js';
import type { Decision } from './decision.js';
import { stepNamed } from './execution-state.js';
import type { TestStream } from './testing.js';

export const operator: Caller = { tenant_id: 'acme', user_id: 'olga', roles: ['operator'], auth: 'jwt' };

const RETRYABLE = toWireError(failure('realm.unavailable'));
const TERMINAL = toWireError(failure('content.corrupt'));

type Of<K extends Decision['do']> = Extract<Decision, { do: K }>;

/** Answers one piece of outstanding work; choice 0 is always success. Returns the records, which the caller appends. */
export class TestRealm {
  constructor(
    private readonly stream: TestStream,
    /** What a task returns. */
    private readonly outputOf: (step: string) => { readonly output: Json; readonly outcome?: string } = (step) => ({ output: { of: step } }),
  ) {}

  answer(work: Decision, choice: number): WalRecord[] {
    switch (work.do) {
      case 'run':
        return work.step.kind === 'effect' ? this.effect(work, choice) : this.run(work, choice);
      case 'run_chunk':
        return this.chunk(work, choice);
      case 'await_child':
        return this.result(work.step.name, choice);
      case 'close_child':
        return [{ type: 'step_failed', ...this.stream.stamp, step: work.step.name, attempt: work.attempt, error: toWireError(failure(work.late === true ? 'step.timeout' : 'execution.cancelled')) }];
      case 'await_signal':
        return [{ type: 'signal_received', ...this.stream.stamp, signal: work.step.signal, step: work.step.name, data: null, by: operator }, this.completion(work.step.name)];
      case 'await_approval':
        return this.approval(work, choice);
      case 'compensate':
        return this.undo(work, choice);
      case 'hold':
        return this.operate(work, choice);
      case 'fire':
        return [{ type: 'operation_applied', ...this.stream.stamp, step: work.step, target: work.executionId, outcome: 'done' }];
      case 'operate':
        return [this.completion(work.step.name)];
      case 'append':
      case 'wait':
        return [];
    }
  }

  private completion(step: string): WalRecord {
    const { output, ...more } = this.outputOf(step);
    return this.stream.completion(output, step, more);
  }

  private run({ step, attempt }: Of<'run'>, choice: number): WalRecord[] {
    const reasoned: WalRecord = { type: 'agent_output', ...this.stream.stamp, step: step.name, attempt, model: 'm', prompt_hash: '0'.repeat(64), facts: [], citations: [], verdict: 'ok' };
    const result = this.result(step.name, choice);
    return step.kind === 'agent' && result[0]?.type === 'step_completed' ? [reasoned, ...result] : result;
  }

  private result(step: string, choice: number): WalRecord[] {
    const attempt = stepNamed(this.stream.state!, step)!.attempt;
    if (choice % 4 < 2) return [this.completion(step)];
    return [{ type: 'step_failed', ...this.stream.stamp, step, attempt, error: choice % 4 === 2 ? RETRYABLE : TERMINAL }];
  }

  private effect(work: Of<'run'>, choice: number): WalRecord[] {
    const place = { ...this.stream.stamp, step: work.step.name, attempt: work.attempt };
    if (work.phase === 'preview') return choice % 4 < 3 ? [{ type: 'effect_previewed', ...place, preview: { n: 1 }, preview_hash: '1'.repeat(64) }] : this.result(work.step.name, 2);
    if (choice % 5 === 4 && work.step.kind === 'effect') return [effectLost(this.stream.state!, work.step, stepNamed(this.stream.state!, work.step.name)!, this.stream.stamp)];
    const result = this.result(work.step.name, choice);
    return result[0]?.type === 'step_completed' ? [{ type: 'effect_completed', ...place, key: work.effectKey ?? '', receipt: { ok: true } }, ...result] : result;
  }

  private approval({ step, attempt, previewHash }: Of<'await_approval'>, choice: number): WalRecord[] {
    const place = { ...this.stream.stamp, step: step.name, attempt };
    if (choice % 4 === 3) return [{ type: 'step_failed', ...place, error: toWireError(failure('effect.not_approved')) }];
    return [{ type: 'effect_approved', ...place, by: operator, reason: 'looks right', ...(previewHash === undefined ? {} : { preview_hash: previewHash }) }];
  }

  private chunk(work: Of<'run_chunk'>, choice: number): WalRecord[] {
    const { stream } = this;
    if (choice % 7 === 6) return [chunkFailedRecord(stream.state!, work, { error: RETRYABLE, actor: 'realm' }, stream.inputs)];
    const indices = work.indices ?? Array.from({ length: work.to - work.from }, (_, i) => work.from + i);
    const failed = choice % 3 === 0 ? [] : indices.filter((index) => (index + choice) % 3 === 0).map((index) => ({ index, code: 'sample.odd', retryable: choice % 2 === 0 }));
    const outcome = { actor: 'realm', succeeded: indices.length - failed.length, failed, output_hash: '2'.repeat(64), handler_build: 'b1', duration_ms: 1 };
    return [chunkCompletedRecord(stream.state!, work, outcome, stream.inputs)];
  }

  private undo(work: Of<'compensate'>, choice: number): WalRecord[] {
    const place = { ...this.stream.stamp, step: work.step.name, attempt: work.attempt };
    if (choice % 4 >= 2) return [compensationFailedRecord(this.stream.state!, work, { error: choice % 4 === 2 ? RETRYABLE : TERMINAL, actor: 'realm' }, this.stream.inputs)];
    if (work.chunk !== undefined) return [{ type: 'chunk_compensated', ...place, chunk: work.chunk.chunk }];
    return [{ type: 'compensation_completed', ...place, handler_build: 'b1', duration_ms: 1 }];
  }

  private operate({ why, step = '' }: Of<'hold'>, choice: number): WalRecord[] {
    const by = { ...this.stream.stamp, by: operator, reason: 'by hand' };
    if (why === 'paused') return [{ type: 'resumed', ...by }];
    if (why === 'compensation_failed') return choice % 2 === 0 ? [{ type: 'compensation_skipped', ...by, step }] : [{ type: 'reopened', ...by, mode: 'retry', from_step: step }];
    const { attempt, effect } = stepNamed(this.stream.state!, step)!;
    const happened = choice % 2 === 0;
    return [{ type: 'effect_resolved', ...by, step, attempt, key: effect?.key ?? '', happened, ...(happened ? { receipt: { told: true } } : {}) }];
  }
}
