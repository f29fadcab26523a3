/** What must hold of a saga before it is registered: what a step refers to has surely been there before it, on every path. */
import type { SagaStep } from '@symphainy/contracts';

const MAX_DEPTH = 8;

/** Throws an error that names the intent, the step and what is wrong with it. */
export function checkSaga(intent: string, steps: readonly SagaStep[]): void {
  const names = new Set<string>();
  const problem = (message: string): never => {
    throw new Error(`${intent}: ${message}`);
  };

  /** Adds to `before` what has surely completed when the sequence has; `previous` is the step before it. */
  function sequence(list: readonly SagaStep[], before: Set<string>, previous: SagaStep | undefined, depth: number): void {
    if (depth > MAX_DEPTH) problem(`steps are nested more than ${MAX_DEPTH} deep`);
    let last = previous;
    for (const step of list) {
      if (names.has(step.name)) problem(`two steps are named "${step.name}"`);
      names.add(step.name);
      for (const wanted of referredTo(step)) if (!before.has(wanted)) problem(`step "${step.name}" needs "${wanted}", which does not surely come before it`);
      check(step, last);
      nested(step, before, last, depth);
      before.add(step.name);
      last = step;
    }
  }

  function check(step: SagaStep, previous: SagaStep | undefined): void {
    if (step.kind === 'choice' && step.on === undefined && previous === undefined) problem(`choice "${step.name}" has no step before it: say \`on\` which step it chooses`);
    if (step.kind === 'timer' && (step.duration_ms === undefined) === (step.until_from === undefined)) problem(`timer "${step.name}" takes either a duration or the step that tells its moment`);
    const needless = step.compensate === true && (step.kind === 'parallel' || step.kind === 'choice');
    if (needless) problem(`step "${step.name}" only holds others: what is undone are those`);
  }

  function nested(step: SagaStep, before: Set<string>, previous: SagaStep | undefined, depth: number): void {
    if (step.kind === 'parallel') {
      const surely = step.branches.map(({ steps: branch }) => {
        const inBranch = new Set(before);
        sequence(branch, inBranch, previous, depth + 1);
        return inBranch;
      });
      for (const name of surely.flatMap((inBranch) => [...inBranch])) before.add(name);
      const twice = step.branches.find(({ name }, i) => step.branches.findIndex((other) => other.name === name) !== i);
      if (twice !== undefined) problem(`two branches of "${step.name}" are named "${twice.name}"`);
    } else if (step.kind === 'choice') {
      for (const taken of [...Object.values(step.cases), step.otherwise ?? []]) sequence(taken, new Set(before), previous, depth + 1);
    }
  }

  sequence(steps, new Set(), undefined, 1);
}

function referredTo(step: SagaStep): string[] {
  const named = [
    ...(step.needs ?? []),
    step.kind === 'child' ? step.payload_from : undefined,
    step.kind === 'map' ? step.items_from : undefined,
    step.kind === 'timer' ? step.until_from : undefined,
    step.kind === 'choice' ? step.on : undefined,
  ];
  return named.filter((name) => name !== undefined);
}

/** Every step of a saga, nested ones included, in the order they are written. */
export function* everyStep(steps: readonly SagaStep[]): Generator<SagaStep> {
  for (const step of steps) {
    yield step;
    if (step.kind === 'parallel') for (const branch of step.branches) yield* everyStep(branch.steps);
    else if (step.kind === 'choice') for (const taken of [...Object.values(step.cases), step.otherwise ?? []]) yield* everyStep(taken);
  }
}
