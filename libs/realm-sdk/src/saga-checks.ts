/** What must hold of a saga before it is registered: what a step refers to has surely been there before it, on every path. */
import type { SagaStep } from '@symphainy/contracts';

/** What is wrong with a saga. */
export interface SagaFault {
  /** JSON Pointer from the saga: `/steps/2/branches/0/steps/1/needs`. */
  readonly field: string;
  readonly message: string;
  readonly fix: string;
}

const MAX_DEPTH = 8;
/** `approve.<step>` approves the effect of that step, whatever waits for it. */
const APPROVALS = 'approve.';

/** Throws an error that names the intent, the step and what is wrong with it. */
export function checkSaga(intent: string, steps: readonly SagaStep[]): void {
  const [fault] = sagaFaults(steps);
  if (fault !== undefined) throw new Error(`${intent}: ${fault.message}`);
}

/** Everything that is wrong with the steps, in their order; none: the saga can run. */
export const sagaFaults = (steps: readonly SagaStep[]): SagaFault[] => new SagaChecks().of(steps);

/** A sequence of steps and what stands before it. */
interface Place {
  readonly at: string;
  /** What has surely completed when it begins; grows while it is looked through. */
  readonly before: Set<string>;
  readonly previous: SagaStep | undefined;
  readonly depth: number;
}

/** One look through a saga. */
class SagaChecks {
  private readonly faults: SagaFault[] = [];
  private readonly names = new Set<string>();

  of(steps: readonly SagaStep[]): SagaFault[] {
    this.sequence(steps, { at: '/steps', before: new Set(), previous: undefined, depth: 1 });
    return this.faults;
  }

  private add(field: string, message: string, fix: string): void {
    this.faults.push({ field, message, fix });
  }

  private sequence(steps: readonly SagaStep[], { at, before, previous, depth }: Place): void {
    if (depth > MAX_DEPTH) return this.add(at, `steps are nested more than ${MAX_DEPTH} deep`, 'put the inner steps into an intent of their own, and have it as a child');
    let last = previous;
    steps.forEach((step, i) => {
      const place = `${at}/${i}`;
      if (this.names.has(step.name)) this.add(`${place}/name`, `two steps are named "${step.name}"`, 'give each step a name of its own, nested ones included');
      this.names.add(step.name);
      for (const [member, wanted] of referredTo(step)) if (!before.has(wanted)) this.add(`${place}/${member}`, `step "${step.name}" needs "${wanted}", which does not surely come before it`, 'refer to steps that stand before, on every path');
      this.step(step, place, last);
      this.nested(step, { at: place, before, previous: last, depth: depth + 1 });
      before.add(step.name);
      last = step;
    });
  }

  private step(step: SagaStep, at: string, previous: SagaStep | undefined): void {
    if (step.kind === 'signal' && step.signal.startsWith(APPROVALS)) this.add(`${at}/signal`, `signal "${step.signal}" of "${step.name}" is how an effect is approved: nobody could give it`, 'name it otherwise');
    if (step.kind === 'choice' && step.on === undefined && previous === undefined) this.add(`${at}/on`, `choice "${step.name}" has no step before it: say \`on\` which step it chooses`, 'name the step whose outcome it looks at');
    if (step.kind === 'timer' && (step.duration_ms === undefined) === (step.until_from === undefined)) this.add(`${at}/duration_ms`, `timer "${step.name}" takes either a duration or the step that tells its moment`, 'keep one of duration_ms and until_from');
    const needless = step.compensate === true && (step.kind === 'parallel' || step.kind === 'choice');
    if (needless) this.add(`${at}/compensate`, `step "${step.name}" only holds others: what is undone are those`, 'leave it out here');
  }

  private nested(step: SagaStep, { at, before, previous, depth }: Place): void {
    if (step.kind === 'parallel') {
      const surely = step.branches.map((branch, i) => {
        const inBranch = new Set(before);
        this.sequence(branch.steps, { at: `${at}/branches/${i}/steps`, before: inBranch, previous, depth });
        return inBranch;
      });
      for (const name of surely.flatMap((inBranch) => [...inBranch])) before.add(name);
      step.branches.forEach(({ name }, i) => {
        if (step.branches.findIndex((other) => other.name === name) !== i) this.add(`${at}/branches/${i}/name`, `two branches of "${step.name}" are named "${name}"`, 'give each branch a name of its own');
      });
    } else if (step.kind === 'choice') {
      const cases = Object.entries(step.cases).map(([label, taken]): [string, readonly SagaStep[]] => [`cases/${label.replaceAll('~', '~0').replaceAll('/', '~1')}`, taken]);
      for (const [member, taken] of [...cases, ['otherwise', step.otherwise ?? []] as const]) this.sequence(taken, { at: `${at}/${member}`, before: new Set(before), previous, depth });
    }
  }
}

/** Names of steps that a step refers to, by the member that holds each. */
function referredTo(step: SagaStep): [member: string, name: string][] {
  const named: [string, string | undefined][] = [
    ...(step.needs ?? []).map((name): [string, string] => ['needs', name]),
    ['payload_from', step.kind === 'child' ? step.payload_from : undefined],
    ['items_from', step.kind === 'map' ? step.items_from : undefined],
    ['until_from', step.kind === 'timer' ? step.until_from : undefined],
    ['on', step.kind === 'choice' ? step.on : undefined],
  ];
  return named.filter((pair): pair is [string, string] => pair[1] !== undefined);
}

/** Every step of a saga, nested ones included, in the order they are written. */
export function* everyStep(steps: readonly SagaStep[]): Generator<SagaStep> {
  for (const step of steps) {
    yield step;
    if (step.kind === 'parallel') for (const branch of step.branches) yield* everyStep(branch.steps);
    else if (step.kind === 'choice') for (const taken of [...Object.values(step.cases), step.otherwise ?? []]) yield* everyStep(taken);
  }
}
