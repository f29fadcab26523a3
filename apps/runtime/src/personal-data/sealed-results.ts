import type { ProducedArtifact, SagaDefinition, SagaStep, StepResult } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { comparableObject } from './sealed-objects.js';
import type { ResultSealer } from './personal-data.js';
import { isSealed } from './sealed-values.js';

type Document = { [key: string]: Json };

/** A step's result as it is recorded. What the engine itself reads of it (a timer's moment, a map's offsets) stays plain, and so do names, types, classes and the outcome label. */
export function sealedResult(saga: SagaDefinition, step: string, result: StepResult, sealer: ResultSealer): StepResult {
  const { output } = result;
  return {
    ...result,
    ...(output === undefined ? {} : { output: withEnginesOwn(saga, step, output, sealer.output(output)) }),
    artifacts: result.artifacts.map((artifact) => sealedArtifact(artifact, sealer)),
    events: result.events.map(({ type, data }) => ({ type, data: sealer.whole(data) as Document })),
    state_changes: result.state_changes.map(({ key, value }) => ({ key, value: sealer.whole(value) })),
  };
}

const sealedArtifact = ({ content, summary, ...described }: ProducedArtifact, sealer: ResultSealer): ProducedArtifact => ({
  ...described,
  ...(content === undefined ? {} : { content: sealer.whole(content) }),
  ...(summary === undefined ? {} : { summary: sealer.whole(summary) as Document }),
});

/** What an agent reasoned with, as it is recorded: the model and the prompt's hash stay plain. */
export const sealedAgent = (agent: NonNullable<StepResult['agent']>, { one, whole }: ResultSealer): NonNullable<StepResult['agent']> => ({ ...agent, facts: agent.facts.map(one), citations: agent.citations.map(one), verdict: whole(agent.verdict) });

/** Objects are compared by the keyed digest of their plain bytes: their ciphertext is another each time. */
export const comparableArtifacts = (result: StepResult): StepResult => ({ ...result, artifacts: result.artifacts.map((artifact) => (artifact.object === undefined ? artifact : { ...artifact, object: comparableObject(artifact.object) })) });

function withEnginesOwn(saga: SagaDefinition, step: string, plain: Json, sealed: Json): Json {
  const reads = readersOf(saga.steps, step);
  const isObject = typeof plain === 'object' && plain !== null && !Array.isArray(plain);
  if (reads.items && isObject && typeof plain['reference'] === 'string') return plain;
  if (!reads.moment) return sealed;
  if (isObject) return { ...(sealed as Document), ...(typeof plain['due_at'] === 'string' ? { due_at: plain['due_at'] } : {}) };
  return isSealed(sealed) ? plain : sealed;
}

function readersOf(steps: readonly SagaStep[], name: string): { items: boolean; moment: boolean } {
  const found = { items: false, moment: false };
  for (const step of steps) {
    if (step.kind === 'map' && step.items_from === name) found.items = true;
    if (step.kind === 'timer' && step.until_from === name) found.moment = true;
    const within = step.kind === 'parallel' ? step.branches.flatMap((branch) => branch.steps) : step.kind === 'choice' ? [...Object.values(step.cases).flat(), ...(step.otherwise ?? [])] : [];
    const inner = within.length === 0 ? found : readersOf(within, name);
    found.items ||= inner.items;
    found.moment ||= inner.moment;
  }
  return found;
}
