/** A step with what runs it: the data that is registered, and the handlers that stay in the realm. */
import { stepResult, type Json, type ProducedArtifact, type RetryPolicy, type SagaStepInput, type StepResult } from '@symphainy/contracts';
import type { z } from 'zod';
import type { StepTask } from './step-task.js';

/** What a handler returns; lists may be left out. */
export type StepResultInput = z.input<typeof stepResult>;
/** What an agent's handler returns: its result, and what it reasoned with. */
export type AgentResultInput = StepResultInput & Required<Pick<StepResultInput, 'agent'>>;

type Eventually<T> = Promise<T> | T;

export type StepHandler<P> = (task: StepTask<P>) => Eventually<StepResultInput>;
export type AgentHandler<P> = (task: StepTask<P>) => Eventually<AgentResultInput>;
/** Tells what an effect would do, without doing it. */
export type PreviewHandler<P> = (task: StepTask<P>) => Eventually<Json>;
/** Undoes what a completed step did; `task.completed` holds what it returned. May run more than once. */
export type CompensationHandler<P> = (task: StepTask<P>) => Eventually<StepResultInput | void>;
/** Runs, or undoes, one item of a map. What it throws is that item's failure alone. `index` counts from 0 over the whole map. */
export type ItemHandler<P, I = Json> = (item: I, task: StepTask<P>, index: number) => Eventually<Json | void>;

/** What a chunk made as a whole: an artifact each, or nothing. Small values for lists belong in `summary`. */
export interface ChunkMade {
  readonly results?: ChunkArtifact;
  readonly failures?: ChunkArtifact;
}
export type ChunkArtifact = Omit<ProducedArtifact, 'name' | 'artifact_type'>;

/** Runs the items of a chunk together, all or none: what it throws is the chunk's failure, and it is tried again by the step's `retry`. `from`: the first item's index, from 0. */
export type ChunkHandler<P, I = Json> = (items: readonly I[], task: StepTask<P>, from: number) => Eventually<ChunkMade>;

/** What a realm holds for one step, by what may be asked of it. */
export interface StepHandlers<P> {
  readonly run?: StepHandler<P>;
  readonly preview?: PreviewHandler<P>;
  readonly compensate?: CompensationHandler<P>;
  readonly items?: ItemHandlers<P>;
  readonly chunk?: ChunkHandler<P, never>;
}

export interface ItemHandlers<P> {
  readonly each: ItemHandler<P, never>;
  readonly undo?: ItemHandler<P, never>;
  /** Items of one chunk that run side by side. */
  readonly atOnce: number;
}

export interface StepOptions {
  /** Default 60 s. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Earlier steps whose outputs this one receives; default: the step before it. */
  readonly needs?: readonly string[];
}

export interface StepDefinition<P> {
  readonly step: SagaStepInput;
  readonly handlers: StepHandlers<P>;
  /** The steps inside a parallel or a choice. */
  readonly nested: readonly StepDefinition<P>[];
}

/** The fields that every kind of step has, as they are registered. */
export const commonFields = (name: string, options: StepOptions, compensated: boolean) => ({
  name,
  ...(options.timeoutMs === undefined ? {} : { timeout_ms: options.timeoutMs }),
  ...(options.retry === undefined ? {} : { retry: options.retry }),
  ...(options.needs === undefined ? {} : { needs: [...options.needs] }),
  ...(compensated ? { compensate: true } : {}),
});

/** A handler's result in full form, or a ZodError. */
export const completeResult = (result: StepResultInput): StepResult => stepResult.parse(result);
