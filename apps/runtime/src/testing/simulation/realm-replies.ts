import type { AttemptRef, StepDispatch, StepOutcome } from '@symphainy/contracts';
import { canonicalJson, hashOf, type Json, type WireError } from '@symphainy/kernel';
import type { Chance } from './chance.js';
import { LABELS } from './saga-grower.js';

/** How often a realm's answers are errors. */
export interface Temper {
  readonly fails: number;
  readonly failsForGood: number;
}

/** What a step of that name does. */
export const wordOf = (step: string): string => /^[a-z]+/.exec(step)?.[0] ?? '';

/** What a realm has ever answered, by attempt: the only things that may stand in the log as its results. */
export class AnswerBook {
  private readonly answers = new Map<string, Map<string, Inputs>>();

  add(attempt: AttemptRef, output: Json, inputs: Inputs): void {
    const key = attemptKey(attempt);
    this.answers.set(key, (this.answers.get(key) ?? new Map<string, Inputs>()).set(canonicalJson(output), inputs));
  }

  has(attempt: Pick<AttemptRef, 'execution_id' | 'step' | 'attempt'>, output: Json): boolean {
    return this.madeFrom(attempt, output) !== undefined;
  }

  /** What the realm had been given when it answered this. */
  madeFrom(attempt: Pick<AttemptRef, 'execution_id' | 'step' | 'attempt'>, output: Json): Inputs | undefined {
    return this.answers.get(attemptKey(attempt))?.get(canonicalJson(output));
  }
}

type Inputs = StepDispatch['inputs'];

const attemptKey = ({ execution_id, step, attempt }: Pick<AttemptRef, 'execution_id' | 'step' | 'attempt'>): string => `${execution_id}/${step}/${attempt}`;

const MOST_ITEMS = 7;
const agent = { model: 'simulated', prompt_hash: hashOf('prompt'), facts: [], citations: [], verdict: 'sound' };
const nothing = { artifacts: [], events: [], state_changes: [] };

/** Makes up answers: no two are alike, so the log tells which one was taken. */
export class RealmReplies {
  private answered = 0;

  constructor(
    private readonly chance: Chance,
    private readonly book: AnswerBook,
  ) {}

  reply(dispatch: StepDispatch, { fails, failsForGood }: Temper): StepOutcome {
    const { attempt } = dispatch;
    const frame = { attempt, handler_build: 'simulated', duration_ms: 1 };
    if (this.chance.hit(fails)) return { ...frame, error: errorOf(this.chance.hit(failsForGood) ? 'terminal' : 'retryable') };
    if (dispatch.chunk !== undefined && attempt.phase === undefined) return { ...frame, ...this.chunk(dispatch.chunk, fails) };
    const output = this.outputOf(attempt.step);
    if (attempt.phase === undefined) this.book.add(attempt, output, dispatch.inputs);
    const word = wordOf(attempt.step);
    return { ...frame, result: { output, ...nothing, ...(word === 'pick' ? { outcome: this.label() } : {}), ...(word === 'think' ? { agent } : {}) } };
  }

  private outputOf(step: string): Json {
    const answer = ++this.answered;
    return wordOf(step) === 'list' ? Array.from({ length: this.chance.below(MOST_ITEMS + 1) }, (_, i) => ({ answer, i })) : { by: step, answer };
  }

  private label(): string {
    return this.chance.hit(0.9) ? LABELS[this.chance.below(2)]! : LABELS[2];
  }

  private chunk({ from, to, indices }: NonNullable<StepDispatch['chunk']>, fails: number): Pick<StepOutcome, 'chunk' | 'result'> {
    const asked = indices ?? Array.from({ length: to - from }, (_, i) => from + i);
    const failed = asked.filter(() => this.chance.hit(fails)).map((index) => ({ index, code: 'sample.item', retryable: this.chance.hit(0.7) }));
    return { chunk: { succeeded: asked.length - failed.length, failed, output_hash: hashOf(++this.answered) }, result: nothing };
  }
}

const errorOf = (mode: WireError['retry']['mode']): WireError => ({ code: 'sample.fails', kind: 'domain', message: 'as drawn', retry: { mode } });
