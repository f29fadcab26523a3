import { sagaDefinition, type SagaRule, type SagaStepInput } from '@symphainy/contracts';
import { sagaProblems } from './saga-rules.js';

const problems = (rule: Omit<SagaRule, 'rule_id'>, steps: SagaStepInput[], deadline_ms?: number): string[] =>
  sagaProblems({ rule_id: 'r', ...rule }, { saga: sagaDefinition.parse({ name: 'content.x', steps, ...(deadline_ms === undefined ? {} : { deadline_ms }) }) }).map((p) => `${p.field} ${p.message}`);

const task = (name: string): SagaStepInput => ({ kind: 'task', name });
const effect = (over: Partial<Extract<SagaStepInput, { kind: 'effect' }>> = {}): SagaStepInput => ({ kind: 'effect', name: 'pay', binding: 'bank', ...over });

describe('sagaProblems', () => {
  it('sagaProblems - a rule that bounds nothing forbids nothing', () => {
    expect(problems({}, [effect(), task('a')])).toEqual([]);
  });

  it.each<[string, Omit<SagaRule, 'rule_id'>, SagaStepInput[], string]>([
    ['a kind that is not allowed, inside a branch', { step_kinds: ['parallel', 'task'] }, [{ kind: 'parallel', name: 'p', branches: [{ name: 'b', steps: [task('a'), effect()] }] }], '/saga/steps/0/branches/0/steps/1 pay: steps of the kind "effect"'],
    ['too many steps, nested ones counted', { max_steps: 2 }, [{ kind: 'choice', name: 'c', cases: { yes: [task('a')], no: [task('b')] } }], '/saga/steps it has 3 steps'],
    ['too deep', { max_depth: 1 }, [{ kind: 'choice', name: 'c', cases: {}, otherwise: [task('a')] }], '/saga/steps/0/otherwise/0 a: it stands 2 deep'],
    ['too many attempts', { max_attempts: 2 }, [{ ...task('a'), retry: { max_attempts: 3 } } as SagaStepInput], '/saga/steps/0 a: it may try 3 times'],
    ['too long a step', { max_step_timeout_ms: 1000 }, [task('a')], '/saga/steps/0 a: its time is 60000 ms'],
    ['no deadline', { max_duration_ms: 1000 }, [task('a')], '/saga/deadline_ms it must declare'],
    ['too many branches', { max_branches: 1 }, [{ kind: 'parallel', name: 'p', branches: [{ name: 'a', steps: [task('a')] }, { name: 'b', steps: [task('b')] }] }], '/saga/steps/0 p: it has more branches'],
    ['too wide a map', { max_map_concurrency: 2 }, [task('a'), { kind: 'map', name: 'm', items_from: 'a', concurrency: 3 }], '/saga/steps/1 m: it sends more chunks'],
    ['a foreign system', { bindings: ['ledger'] }, [effect()], 'the outside system "bank"'],
    ['an effect without approval', { effects_require: ['approval'] }, [effect({ approval: 'by_policy' })], 'approval: required'],
    ['an effect that cannot be undone', { effects_require: ['compensation'] }, [effect({ compensate: false })], 'compensated'],
    ['an effect without preview', { effects_require: ['preview'] }, [effect()], 'preview'],
  ])('sagaProblems - %s is told, with its place', (_, rule, steps, wanted) => {
    const found = problems(rule, steps);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(wanted);
  });

  it('sagaProblems - what keeps every bound is allowed', () => {
    const rule: Omit<SagaRule, 'rule_id'> = { step_kinds: ['task', 'effect'], max_steps: 2, max_depth: 1, max_attempts: 3, max_step_timeout_ms: 60_000, max_duration_ms: 5000, bindings: ['bank'], effects_require: ['approval', 'compensation', 'preview'] };
    expect(problems(rule, [task('a'), effect({ approval: 'required', compensate: true, preview: true })], 5000)).toEqual([]);
  });
});
