/** One saga in memory, step after step: what a test bed does in place of the Runtime. */
import { failure, itemsSource, type ChoiceStep, type DomainEvent, type ExecutionContext, type ItemsSource, type ParallelStep, type SagaStep, type StateChange, type StepDispatch, type StepOutcome } from '@symphainy/contracts';
import { fromWireError, sha256Hex, silentLogger, systemClock, type Json, type PlatformError } from '@symphainy/kernel';
import { BedObjects } from './bed-objects.js';
import type { RealmDefinition } from './realm-definition.js';
import { completeResult } from './step-definition.js';
import { runStep } from './step-runner.js';
import type { TestBedOptions } from './test-bed.js';

export const BED_EXECUTION = '019b0000-0000-7000-8000-00000000beed';

type MapStep = Extract<SagaStep, { kind: 'map' }>;
type Asked = Partial<Pick<StepDispatch, 'chunk' | 'effect_key' | 'completed'>> & { readonly chunkIndex?: number; readonly phase?: 'preview' | 'compensate' };
/** A completed step that can be undone, and by what. */
type Undo = { readonly step: string; readonly run: () => Promise<unknown> };

export class BedRun {
  readonly objects: BedObjects;
  readonly outputs: Record<string, Json> = {};
  readonly previews: Record<string, Json> = {};
  readonly events: DomainEvent[] = [];
  readonly changes: StateChange[] = [];
  readonly compensated: string[] = [];
  last: string | undefined;
  private readonly outcomes: Record<string, string> = {};
  private readonly undo: Undo[] = [];

  constructor(
    private readonly realm: RealmDefinition,
    private readonly options: TestBedOptions,
    private readonly intentType: string,
    private readonly payload: { [key: string]: Json },
  ) {
    this.objects = new BedObjects(options, BED_EXECUTION);
  }

  /** The error that the saga ended with, after its compensations; undefined when it completed. */
  async run(): Promise<PlatformError | undefined> {
    const definition = this.realm.capabilities.get(this.intentType);
    if (definition === undefined) throw new Error(`the realm has no capability ${this.intentType}`);
    try {
      this.last = await this.sequence(definition.describe(this.realm.realm).saga.steps, undefined);
      return undefined;
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      await this.compensate();
      return error as PlatformError;
    }
  }

  private async compensate(): Promise<void> {
    for (const { step, run } of this.undo.reverse()) {
      await run();
      this.compensated.push(step);
    }
  }

  /** Runs the steps in order; the name of the last one, or `previous` when there is none. */
  private async sequence(steps: readonly SagaStep[], previous: string | undefined): Promise<string | undefined> {
    let before = previous;
    for (const step of steps) {
      await this.step(step, before);
      before = step.name;
    }
    return before;
  }

  private async step(step: SagaStep, previous: string | undefined): Promise<void> {
    const needs = step.needs ?? (previous === undefined ? [] : [previous]);
    switch (step.kind) {
      case 'task':
      case 'agent':
        return this.leaf(step, needs, {});
      case 'effect':
        return this.effect(step, needs);
      case 'map':
        return this.map(step, needs);
      case 'child':
        return this.child(step, needs);
      case 'signal':
        return this.signal(step);
      case 'timer':
        return this.keep(step.name, completeResult({ output: {} }));
      case 'parallel':
        return this.parallel(step, previous);
      case 'choice':
        return this.choice(step, previous);
      case 'operate':
      case 'schedule':
        throw new Error(`${step.kind} steps are the Runtime’s own`);
    }
  }

  private async leaf(step: SagaStep, needs: readonly string[], asked: Asked): Promise<void> {
    const { result } = await this.ask(step.name, needs, asked);
    this.keep(step.name, result!);
    if (step.compensate === true) this.undo.push({ step: step.name, run: () => this.ask(step.name, needs, { ...asked, phase: 'compensate', completed: this.completedOf(step.name) }) });
  }

  private async effect(step: SagaStep & { kind: 'effect' }, needs: readonly string[]): Promise<void> {
    const effect_key = sha256Hex(`bed\n${step.name}`);
    if (step.preview === true) this.previews[step.name] = (await this.ask(step.name, needs, { effect_key, phase: 'preview' })).result?.output ?? null;
    return this.leaf(step, needs, { effect_key });
  }

  private async map(step: MapStep, needs: readonly string[]): Promise<void> {
    const source = itemsSource.safeParse(this.outputs[step.items_from]);
    if (!source.success) throw failure('map.source_invalid', { message: `the output of ${step.items_from} is no source of items` });
    const counts = { items: 0, succeeded: 0, dead: 0, chunks: 0 };
    const results: string[] = [];
    for (const chunk of chunksOf(source.data, step.chunk_size)) {
      const chunkIndex = counts.chunks++;
      const { result, chunk: ran } = await this.ask(step.name, needs, { chunk, chunkIndex });
      this.objects.keep(step.name, result!.artifacts);
      counts.items += chunk.to - chunk.from;
      counts.succeeded += ran!.succeeded;
      counts.dead += ran!.failed.length;
      results.push(...result!.artifacts.filter((a) => a.artifact_type === 'runtime.map_results').map((a) => `${BED_EXECUTION}/${step.name}/${a.name}`));
      if (step.compensate === true) this.undo.push({ step: step.name, run: () => this.ask(step.name, needs, { chunk, chunkIndex, phase: 'compensate', completed: this.completedOf(step.name) }) });
    }
    if (counts.dead > (step.max_dead_letters ?? 0)) throw failure('map.dead_letters', { message: `${counts.dead} of ${counts.items} items failed`, details: counts });
    this.keep(step.name, completeResult({ output: { ...counts, results } }));
  }

  private child(step: SagaStep & { kind: 'child' }, needs: readonly string[]): Promise<void> {
    const answer = this.options.children?.[step.intent_type];
    if (answer === undefined) throw new Error(`the test gives no child result for ${step.intent_type}`);
    this.outputs[step.name] = answer(step.payload_from === undefined ? this.payload : this.outputs[step.payload_from]!);
    if (step.compensate === true) this.undo.push({ step: step.name, run: () => this.ask(step.name, needs, { phase: 'compensate', completed: this.completedOf(step.name) }) });
    return Promise.resolve();
  }

  private signal(step: SagaStep & { kind: 'signal' }): void {
    const given = this.options.signals?.[step.signal];
    if (given !== undefined) this.keep(step.name, completeResult(given));
    else if (step.on_timeout === 'continue') this.keep(step.name, completeResult({ outcome: 'timed_out' }));
    else throw failure('step.timeout', { message: `the test gives no signal ${step.signal}` });
  }

  /** Branches in the order they are written: a bed has no two things at once. */
  private async parallel(step: ParallelStep, previous: string | undefined): Promise<void> {
    const output: Record<string, Json> = {};
    for (const branch of step.branches) {
      const last = await this.sequence(branch.steps, previous);
      output[branch.name] = (last === undefined ? undefined : this.outputs[last]) ?? null;
    }
    this.keep(step.name, completeResult({ output }));
  }

  private async choice(step: ChoiceStep, previous: string | undefined): Promise<void> {
    const label = this.outcomes[step.on ?? previous ?? ''];
    const taken = (label === undefined ? undefined : step.cases[label]) ?? step.otherwise;
    if (taken === undefined) throw failure('choice.no_case', { message: `no case of ${step.name} fits ${label ?? 'a step without an outcome label'}` });
    const last = taken.length === 0 ? undefined : await this.sequence(taken, previous);
    const output = last === undefined ? undefined : this.outputs[last];
    this.keep(step.name, completeResult({ ...(output === undefined ? {} : { output }), ...(label === undefined ? {} : { outcome: label }) }));
  }

  private completedOf(step: string): { output?: Json } {
    const output = this.outputs[step];
    return output === undefined ? {} : { output };
  }

  private keep(step: string, result: NonNullable<StepOutcome['result']>): void {
    if (result.output !== undefined) this.outputs[step] = result.output;
    if (result.outcome !== undefined) this.outcomes[step] = result.outcome;
    this.events.push(...result.events);
    this.changes.push(...result.state_changes);
    this.objects.keep(step, result.artifacts);
  }

  private async ask(step: string, needs: readonly string[], { chunkIndex, phase, ...asked }: Asked): Promise<StepOutcome> {
    const place = { ...(chunkIndex === undefined ? {} : { chunk: chunkIndex }), ...(phase === undefined ? {} : { phase }) };
    const dispatch: StepDispatch = {
      attempt: { tenant_id: 'acme', execution_id: BED_EXECUTION, step, attempt: 1, epoch: 1, ...place },
      capability: this.intentType,
      token: 'test',
      context: contextOf(this.intentType, this.payload),
      inputs: Object.fromEntries(needs.filter((n) => n in this.outputs).map((n) => [n, this.outputs[n]!])),
      deadline: '2100-01-01T00:00:00.000Z',
      ...asked,
    };
    const outcome = await runStep({ realm: this.realm, build: 'test', clock: systemClock, logger: silentLogger }, dispatch, this.objects.access(), new AbortController().signal);
    if (outcome.error !== undefined) throw fromWireError(outcome.error);
    return outcome;
  }
}

function* chunksOf(source: ItemsSource, size: number): Generator<NonNullable<StepDispatch['chunk']>> {
  const listed = Array.isArray(source);
  const count = listed ? source.length : source.count;
  const chunkSize = listed ? size : source.chunk_size;
  for (let from = 0, i = 0; from < count; from += chunkSize, i++) {
    const to = Math.min(from + chunkSize, count);
    yield listed ? { from, to, items: source.slice(from, to) } : { from, to, reference: source.reference, byte_start: source.offsets[i]!, byte_end: source.offsets[i + 1]! };
  }
}

const contextOf = (intentType: string, payload: { [key: string]: Json }): ExecutionContext => ({
  execution_id: BED_EXECUTION,
  intent: { intent_id: BED_EXECUTION, intent_type: intentType, realm: intentType.split('.')[0]!, session_id: BED_EXECUTION, tenant_id: 'acme', payload, metadata: {}, created_at: '2026-01-01T00:00:00.000Z' },
  session: { session_id: BED_EXECUTION, tenant_id: 'acme', user_id: 'alice' },
  tenant_id: 'acme',
  user_id: 'alice',
  policy_context: { decision: 'permit', bundle_hash: '0'.repeat(64), bundle_version: 1, verdicts: (['security_guard', 'city_manager', 'data_steward'] as const).map((role) => ({ role, decision: 'permit' as const, policies: ['test'] })) },
  correlation_id: 'test',
  created_at: '2026-01-01T00:00:00.000Z',
});
