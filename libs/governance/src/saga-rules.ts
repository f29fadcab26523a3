import type { RegisteredCapability, SagaRule, SagaStep } from '@symphainy/contracts';

/** A bound that a saga breaks, and where. */
export interface SagaProblem {
  readonly rule_id: string;
  /** JSON Pointer from the capability: `/saga/steps/2/branches/0/steps/1`. */
  readonly field: string;
  readonly message: string;
}

/** A step with its place: how deep it stands (1: outermost), and its JSON Pointer. */
interface Placed {
  readonly step: SagaStep;
  readonly depth: number;
  readonly field: string;
}

/** Realms of the platform itself: operations, uploads and governance are its own sagas. */
export const PLATFORM_REALMS: ReadonlySet<string> = new Set(['governance', 'runtime']);

/** Kinds of steps that the Runtime carries out itself, in the name of whoever submitted the intent. */
const PLATFORM_KINDS: ReadonlySet<SagaStep['kind']> = new Set(['operate', 'schedule']);

/** Steps of a realm's saga that are the platform's own: each would be an operation that no policy on operations has seen. */
export function platformSteps({ realm, saga }: Pick<RegisteredCapability, 'realm' | 'saga'>): SagaProblem[] {
  if (PLATFORM_REALMS.has(realm)) return [];
  return placed(saga.steps, 1, '/saga/steps').flatMap(({ step, field }) => (PLATFORM_KINDS.has(step.kind) ? [{ rule_id: 'platform.own-steps', field, message: `${step.name}: steps of the kind "${step.kind}" are the platform’s own` }] : []));
}

/** Everything in the capability's saga that the rule forbids, in the order of the steps. Empty: it may run under this rule. */
export function sagaProblems(rule: SagaRule, { saga }: Pick<RegisteredCapability, 'saga'>): SagaProblem[] {
  const steps = placed(saga.steps, 1, '/saga/steps');
  const say = (field: string, message: string): SagaProblem => ({ rule_id: rule.rule_id, field, message });
  const ofSaga = [
    ...(exceeds(steps.length, rule.max_steps) ? [say('/saga/steps', `it has ${steps.length} steps, where ${rule.max_steps} are allowed`)] : []),
    ...(rule.max_duration_ms !== undefined && (saga.deadline_ms ?? Infinity) > rule.max_duration_ms ? [say('/saga/deadline_ms', `it must declare a deadline of at most ${rule.max_duration_ms} ms`)] : []),
  ];
  return [...ofSaga, ...steps.flatMap((place) => ofStep(rule, place).map((message) => say(place.field, `${place.step.name}: ${message}`)))];
}

function ofStep(rule: SagaRule, { step, depth }: Placed): string[] {
  const bounds: [boolean, string][] = [
    [rule.step_kinds !== undefined && !(rule.step_kinds as readonly string[]).includes(step.kind), `steps of the kind "${step.kind}" are not allowed`],
    [exceeds(depth, rule.max_depth), `it stands ${depth} deep, where ${rule.max_depth} is allowed`],
    [exceeds(step.retry.max_attempts, rule.max_attempts), `it may try ${step.retry.max_attempts} times, where ${rule.max_attempts} are allowed`],
    [exceeds(step.timeout_ms, rule.max_step_timeout_ms), `its time is ${step.timeout_ms} ms, where ${rule.max_step_timeout_ms} are allowed`],
    [step.kind === 'parallel' && exceeds(step.branches.length, rule.max_branches), `it has more branches than the ${rule.max_branches} that are allowed`],
    [step.kind === 'map' && exceeds(step.concurrency, rule.max_map_concurrency), `it sends more chunks at once than the ${rule.max_map_concurrency} that are allowed`],
  ];
  return [...bounds.filter(([broken]) => broken).map(([, message]) => message), ...(step.kind === 'effect' ? ofEffect(rule, step) : [])];
}

function ofEffect(rule: SagaRule, step: Extract<SagaStep, { kind: 'effect' }>): string[] {
  const required = rule.effects_require ?? [];
  return [
    ...(rule.bindings !== undefined && !rule.bindings.includes(step.binding) ? [`the outside system "${step.binding}" is not among those allowed`] : []),
    ...(required.includes('approval') && step.approval !== 'required' ? ['an effect must declare approval: required'] : []),
    ...(required.includes('compensation') && step.compensate !== true ? ['an effect must declare that it can be compensated'] : []),
    ...(required.includes('preview') && step.preview !== true ? ['an effect must declare a preview'] : []),
  ];
}

const exceeds = (value: number, most: number | undefined): boolean => most !== undefined && value > most;

function placed(steps: readonly SagaStep[], depth: number, field: string): Placed[] {
  return steps.flatMap((step, i) => [{ step, depth, field: `${field}/${i}` }, ...nested(step, depth + 1, `${field}/${i}`)]);
}

function nested(step: SagaStep, depth: number, field: string): Placed[] {
  if (step.kind === 'parallel') return step.branches.flatMap((branch, i) => placed(branch.steps, depth, `${field}/branches/${i}/steps`));
  if (step.kind !== 'choice') return [];
  const cases = Object.entries(step.cases).flatMap(([label, inner]) => placed(inner, depth, `${field}/cases/${label.replaceAll('~', '~0').replaceAll('/', '~1')}`));
  return [...cases, ...placed(step.otherwise ?? [], depth, `${field}/otherwise`)];
}
