import type { SagaStepInput } from '@symphainy/contracts';
import type { Chance } from './chance.js';

/** What the simulated realm does with a step follows from the first word of its name, so that it needs no saga. */
export const STEP_WORDS = { work: 'returns a number', list: 'returns a list', pick: 'returns a label', think: 'reasons', act: 'has an effect', tell: 'has an effect that may be repeated', each: 'takes items' } as const;
export type StepWord = keyof typeof STEP_WORDS;

/** The labels that `pick` steps return; no choice knows the last one. */
export const LABELS = ['left', 'right', 'nowhere'] as const;

/** Draws sagas of every kind of step. */
export class SagaGrower {
  readonly children: string[] = [];
  private names = 0;

  constructor(
    private readonly chance: Chance,
    private readonly below: readonly string[],
  ) {}

  saga(): SagaStepInput[] {
    return Array.from({ length: 1 + this.chance.below(4) }, () => this.steps(2)).flat();
  }

  /** One step with what it needs before it. `depth`: how deep containers may still nest. */
  private steps(depth: number): SagaStepInput[] {
    const kind = this.chance.next();
    if (depth > 0 && kind < 0.1) return [this.parallel(depth - 1)];
    if (depth > 0 && kind < 0.2) return this.choice(depth - 1);
    if (kind < 0.28) return this.wait();
    if (kind < 0.36) return this.child();
    if (kind < 0.44) return [this.sleep(this.chance.pick([0, 100, 1_500, 6_000]))];
    if (kind < 0.52) return [{ ...this.leaf('think'), kind: 'agent', ...this.undo() }];
    if (kind < 0.64) return [this.effect()];
    return kind < 0.72 ? this.map() : [this.work()];
  }

  /** One sleep after another, as of an approval that takes effect later: what is parked goes on only to be parked again. */
  private wait(): SagaStepInput[] {
    const wait: SagaStepInput = { ...this.leaf('wait'), kind: 'signal', timeout_ms: 60_000, signal: `go.wait${this.names}` };
    return this.chance.hit(0.5) ? [wait, this.sleep(4_000)] : [wait];
  }

  private sleep(duration_ms: number): SagaStepInput {
    return { ...this.leaf('sleep'), kind: 'timer', duration_ms };
  }

  private work(): SagaStepInput {
    return { ...this.leaf('work'), kind: 'task', ...this.undo() };
  }

  private effect(): SagaStepInput {
    const idempotent = this.chance.hit(0.5);
    return { ...this.leaf(idempotent ? 'tell' : 'act'), kind: 'effect', binding: 'outside', idempotent, preview: this.chance.hit(0.3), approval: this.chance.hit(0.2) ? 'required' : 'by_policy', ...this.undo() };
  }

  private map(): SagaStepInput[] {
    const list = this.leaf('list');
    return [{ ...list, kind: 'task' }, { ...this.leaf('each'), kind: 'map', items_from: list.name, chunk_size: 1 + this.chance.below(4), concurrency: 1 + this.chance.below(3), item_retry: { max_attempts: 3, initial_delay_ms: 50 }, max_dead_letters: this.chance.pick([0, 100]), ...this.undo() }];
  }

  private child(): SagaStepInput[] {
    if (this.below.length === 0) return [this.work()];
    const intent_type = this.chance.pick(this.below);
    if (!this.children.includes(intent_type)) this.children.push(intent_type);
    const parent_close = this.chance.pick(['cancel', 'terminate', 'abandon'] as const);
    return [{ ...this.leaf('child'), kind: 'child', timeout_ms: this.chance.pick([2_500, 120_000, 120_000]), intent_type, ...(this.chance.hit(0.3) ? {} : { parent_close }) }];
  }

  private parallel(depth: number): SagaStepInput {
    const name = this.name('side');
    const branches = Array.from({ length: 1 + this.chance.below(3) }, (_, i) => ({ name: `b${i}`, steps: this.few(depth) }));
    return { kind: 'parallel', name, branches };
  }

  private choice(depth: number): SagaStepInput[] {
    const pick = this.leaf('pick');
    const name = this.name('way');
    return [{ ...pick, kind: 'task' }, { kind: 'choice', name, on: pick.name, cases: { left: this.few(depth), right: this.few(depth) }, ...(this.chance.hit(0.7) ? { otherwise: this.few(depth) } : {}) }];
  }

  private few(depth: number): SagaStepInput[] {
    return Array.from({ length: 1 + this.chance.below(2) }, () => this.steps(depth)).flat();
  }

  private leaf(word: StepWord | 'wait' | 'sleep' | 'child'): { name: string; retry: { max_attempts: number; initial_delay_ms: number; max_delay_ms: number }; timeout_ms: number } {
    const { chance } = this;
    const retry = { max_attempts: 1 + chance.below(4), initial_delay_ms: chance.pick([0, 50, 200, 2_000]), max_delay_ms: 8_000 };
    return { name: this.name(word), retry, timeout_ms: chance.pick([400, 2_000, 6_000, 20_000]) };
  }

  private undo(): { compensate?: true } {
    return this.chance.hit(0.5) ? { compensate: true } : {};
  }

  private name(word: string): string {
    return `${word}${++this.names}`;
  }
}
