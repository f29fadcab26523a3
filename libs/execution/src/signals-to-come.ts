/** Signals that come before a step waits for them: which steps may take them, and how one is taken. */
import type { ChoiceStep, SagaDefinition, SagaStep, WalRecord } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import { hasEnded, stepNamed, type ExecutionState, type RecordOf, type StepState } from './execution-state.js';
import { OTHERWISE, plannedStep, sequencesOf } from './saga-plan.js';

/** Signals of that name that are kept, the oldest first. */
export const keptSignals = ({ signals }: Pick<ExecutionState, 'signals'>, signal: string): readonly RecordOf<'signal_received'>[] => signals?.kept.filter((kept) => kept.signal === signal) ?? [];

/** Signal steps that may still begin to wait for this signal, in the order of the saga: of a choice that has not begun those of every case. Of what is given up none. */
export function stepsToCome(state: ExecutionState, saga: SagaDefinition, signal: string): string[] {
  if (hasEnded(state) || state.sagaEnd !== undefined || state.cancelReason !== undefined || state.deadlineMissed?.enforced === true) return [];
  return among(saga.steps);

  function among(steps: readonly SagaStep[]): string[] {
    return steps.flatMap((definition) => {
      const step = stepNamed(state, definition.name);
      if (definition.kind === 'signal') return definition.signal === signal && (step === undefined || step.status === 'waiting_retry') ? [definition.name] : [];
      if (step === undefined) return sequencesOf(definition).flatMap(([, nested]) => among(nested));
      if (step.status !== 'running') return [];
      return definition.kind === 'choice' ? among(caseTaken(state, saga, definition).steps ?? []) : sequencesOf(definition).flatMap(([, nested]) => among(nested));
    });
  }
}

/** The case that a choice goes on with, by the label that the step before it returned. */
export function caseTaken(state: ExecutionState, saga: SagaDefinition, { name, on, cases, otherwise }: ChoiceStep): { readonly on: string | undefined; readonly label: string | undefined; readonly branch: string; readonly steps: readonly SagaStep[] | undefined } {
  const asked = on ?? plannedStep(saga, name).before;
  const label = asked === undefined ? undefined : stepNamed(state, asked)?.outcome;
  const hasCase = label !== undefined && Object.hasOwn(cases, label);
  return { on: asked, label, branch: hasCase ? label : OTHERWISE, steps: hasCase ? cases[label] : otherwise };
}

/** A step that begins to wait takes what was kept for it: its result, by whoever signalled. */
export function takenBy(state: ExecutionState, { name, attempt }: StepState, kept: RecordOf<'signal_received'>, at: string): WalRecord[] {
  const { actor, signal, data, by, result, sealed_under } = kept;
  const { output, outcome, artifacts, events, state_changes } = result ?? { output: data, outcome: undefined, artifacts: [], events: [], state_changes: [] };
  const own = artifacts.map((artifact) => ({ ...artifact, step: name, artifact_id: `${state.executionId}/${name}/${artifact.name}` }));
  const sealed = sealed_under === undefined ? {} : { sealed_under };
  return [
    { type: 'signal_received', at, actor, signal, step: name, ...(kept.kept === undefined ? {} : { kept: kept.kept }), data, by, ...sealed },
    { type: 'step_completed', at, actor, step: name, attempt, handler_build: 'runtime', duration_ms: 0, ...(output === undefined ? {} : { output, output_hash: hashOf(output) }), ...(outcome === undefined ? {} : { outcome }), artifacts: own, events, state_changes, ...sealed },
  ];
}
