/** The kinds of steps, each as a function that reads like the sentence it stands for. */
import type { Json, ParentClose, RetryPolicy, SagaStepInput } from '@symphainy/contracts';
import { commonFields, type AgentHandler, type ChunkHandler, type CompensationHandler, type ItemHandler, type PreviewHandler, type StepDefinition, type StepHandler, type StepHandlers, type StepOptions } from './step-definition.js';

export interface CompensableOptions<P> extends StepOptions {
  /** Undoes the completed step when the saga fails or is cancelled later. Default: there is nothing to undo. */
  readonly compensate?: CompensationHandler<P>;
}

const leaf = <P>(step: SagaStepInput, handlers: StepHandlers<P> = {}): StepDefinition<P> => ({ step, handlers, nested: [] });

const fieldsOf = <P>(name: string, options: CompensableOptions<P>) => commonFields(name, options, options.compensate !== undefined);

const undoing = <P>({ compensate }: CompensableOptions<P>): StepHandlers<P> => (compensate === undefined ? {} : { compensate });

/** A step run by a handler of this realm. */
export const task = <P>(name: string, handler: StepHandler<P>, options: CompensableOptions<P> = {}): StepDefinition<P> =>
  leaf({ kind: 'task', ...fieldsOf(name, options) }, { run: handler, ...undoing(options) });

/** A step that reasons: its handler also returns what it reasoned with, which is recorded. It never runs ahead of the log, and no replay runs it again. */
export const agent = <P>(name: string, handler: AgentHandler<P>, options: CompensableOptions<P> = {}): StepDefinition<P> =>
  leaf({ kind: 'agent', ...fieldsOf(name, options) }, { run: handler, ...undoing(options) });

export interface EffectOptions<P> extends CompensableOptions<P> {
  /** The outside system, as the Solution names it. */
  readonly binding: string;
  /**
   * Causes the effect, once for `task.effectKey`, which it hands to the outside system. A PlatformError says that it surely did not happen; anything else that
   * is thrown (a connection that broke) leaves that open, and the Runtime asks an operator, or again when `idempotent`.
   */
  readonly run: StepHandler<P>;
  /** Asked first; its answer is recorded, and is what an approver sees. */
  readonly preview?: PreviewHandler<P>;
  /** The outside system takes the same key twice as once. Default false. */
  readonly idempotent?: boolean;
  /** `required`: somebody else than the submitter must approve first. Default: where the tenant's policy demands it. */
  readonly approval?: 'by_policy' | 'required';
}

/** A step that changes something outside the platform. */
export const effect = <P>(name: string, options: EffectOptions<P>): StepDefinition<P> =>
  leaf(
    {
      kind: 'effect',
      binding: options.binding,
      ...(options.idempotent === undefined ? {} : { idempotent: options.idempotent }),
      ...(options.preview === undefined ? {} : { preview: true }),
      ...(options.approval === undefined ? {} : { approval: options.approval }),
      ...fieldsOf(name, options),
    },
    { run: options.run, ...(options.preview === undefined ? {} : { preview: options.preview }), ...undoing(options) },
  );

export interface MapOptions<P, I> extends StepOptions {
  /** The step whose output is the items: a list, or what `task.items()` gave. */
  readonly itemsFrom: string;
  /** Runs for each item; the value it returns stands in the results of the item's chunk. */
  readonly each: ItemHandler<P, I>;
  /** Undoes one item. It is also asked for items that failed, so it must bear that there is nothing to undo. */
  readonly compensate?: ItemHandler<P, NoInfer<I>>;
  /** Items of one chunk, which is one record; `task.items()` may have chosen another size. Default 1000. */
  readonly chunkSize?: number;
  /** Chunks out at once, over all instances of the realm. Default 4. */
  readonly concurrency?: number;
  /** Items of one chunk side by side in one instance. Default 8. */
  readonly itemsAtOnce?: number;
  readonly itemRetry?: Partial<RetryPolicy>;
  /** Items that may fail for good without failing the step. Default 0. */
  readonly maxDeadLetters?: number;
}

const ITEMS_AT_ONCE = 8;

/** A step that runs for each of many items, in chunks. Its output counts them and names where their results are. */
export const map = <P, I = Json>(name: string, options: MapOptions<P, I>): StepDefinition<P> =>
  leaf(
    {
      kind: 'map',
      items_from: options.itemsFrom,
      ...(options.chunkSize === undefined ? {} : { chunk_size: options.chunkSize }),
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
      ...(options.itemRetry === undefined ? {} : { item_retry: options.itemRetry }),
      ...(options.maxDeadLetters === undefined ? {} : { max_dead_letters: options.maxDeadLetters }),
      ...commonFields(name, options, options.compensate !== undefined),
    },
    { items: { each: options.each, ...(options.compensate === undefined ? {} : { undo: options.compensate }), atOnce: options.itemsAtOnce ?? ITEMS_AT_ONCE } },
  );

export type MapChunksOptions<P, I> = Pick<MapOptions<P, I>, 'itemsFrom' | 'chunkSize' | 'concurrency' | keyof StepOptions> & {
  /** Runs a chunk's items together, all or none. Its artifacts are the chunk's results and failures. */
  readonly run: ChunkHandler<P, I>;
};

/** A map whose chunks are worked on as a whole: for items that are parts of something large, each giving an object of its own. */
export const mapChunks = <P, I = Json>(name: string, options: MapChunksOptions<P, I>): StepDefinition<P> =>
  leaf(
    {
      kind: 'map',
      items_from: options.itemsFrom,
      ...(options.chunkSize === undefined ? {} : { chunk_size: options.chunkSize }),
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
      ...commonFields(name, options, false),
    },
    { chunk: options.run },
  );

type Branches<P> = Readonly<Record<string, readonly StepDefinition<P>[]>>;

/** Branches side by side, each a sequence of steps. Its output holds the last output of each branch by the branch's name. */
export const parallel = <P>(name: string, branches: Branches<P>, options: StepOptions = {}): StepDefinition<P> => ({
  step: { kind: 'parallel', branches: Object.entries(branches).map(([branch, steps]) => ({ name: branch, steps: steps.map((s) => s.step) })), ...commonFields(name, options, false) },
  handlers: {},
  nested: Object.values(branches).flat(),
});

export interface ChoiceOptions<P> extends StepOptions {
  /** The step whose outcome label decides; default: the step before. */
  readonly on?: string;
  /** The steps to go on with, by label. An empty list goes on after the choice. */
  readonly cases: Branches<P>;
  /** For any other label; absent: another label fails the step. */
  readonly otherwise?: readonly StepDefinition<P>[];
}

/** Goes on with the steps that belong to an outcome label. Its output is that of the last step taken. */
export const choice = <P>(name: string, options: ChoiceOptions<P>): StepDefinition<P> => ({
  step: {
    kind: 'choice',
    ...(options.on === undefined ? {} : { on: options.on }),
    cases: Object.fromEntries(Object.entries(options.cases).map(([label, steps]) => [label, steps.map((s) => s.step)])),
    ...(options.otherwise === undefined ? {} : { otherwise: options.otherwise.map((s) => s.step) }),
    ...commonFields(name, options, false),
  },
  handlers: {},
  nested: [...Object.values(options.cases).flat(), ...(options.otherwise ?? [])],
});

export type TimerOptions = StepOptions & ({ readonly durationMs: number; readonly untilFrom?: never } | { readonly untilFrom: string; readonly durationMs?: never });

/** Waits: for a time, or until the moment that an earlier step's output tells (a timestamp, or an object with `due_at`). Restarts do not shorten or lengthen it. */
export const timer = <P>(name: string, options: TimerOptions): StepDefinition<P> =>
  leaf({ kind: 'timer', ...(options.durationMs === undefined ? { until_from: options.untilFrom } : { duration_ms: options.durationMs }), ...commonFields(name, options, false) });

/** A step that waits for a signal from outside, whose data (a step result) becomes its result. When nobody signals in time it fails, or goes on with the label `timed_out`. */
export const signal = <P>(name: string, signalName: string, options: StepOptions & { readonly onTimeout?: 'fail' | 'continue' } = {}): StepDefinition<P> =>
  leaf({ kind: 'signal', signal: signalName, ...(options.onTimeout === undefined ? {} : { on_timeout: options.onTimeout }), ...commonFields(name, options, false) });

export interface ChildOptions<P> extends CompensableOptions<P> {
  readonly intentType: string;
  /** The step whose output is its payload. Default: the intent's own payload. */
  readonly payloadFrom?: string;
  /** What becomes of it when this saga is cancelled or terminated, or the step times out, before it has ended. Default `cancel`; `abandon` lets it go on. */
  readonly parentClose?: ParentClose;
}

/** A step that submits another intent of the same session and waits for it. */
export const child = <P>(name: string, options: ChildOptions<P>): StepDefinition<P> => {
  const { intentType, payloadFrom, parentClose } = options;
  const asked = { ...(payloadFrom === undefined ? {} : { payload_from: payloadFrom }), ...(parentClose === undefined ? {} : { parent_close: parentClose }) };
  return leaf({ kind: 'child', intent_type: intentType, ...asked, ...fieldsOf(name, options) }, undoing(options));
};
