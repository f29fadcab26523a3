import { followOnOf } from './follow-on.js';
import { stepNamed, type ExecutionState } from './execution-state.js';
import { plannedStep } from './saga-plan.js';
import { sampleSaga } from './testing.js';

type Spec = Parameters<typeof sampleSaga>[number];

/** What may follow `step` in a saga of these steps, of which `begun` have begun. */
function following(specs: Spec[], step: string, { begun = [step], given = [], ...more }: { begun?: string[]; given?: string[] } & Partial<ExecutionState> = {}) {
  const saga = sampleSaga(...specs);
  const state = { steps: begun.map((name) => ({ name, attempt: 1, status: 'running' })), ...more } as unknown as ExecutionState;
  expect(begun.every((name) => stepNamed(state, name) !== undefined)).toBe(true);
  return followOnOf(state, saga, plannedStep(saga, step).step, given).map(({ step: name, needs }) => `${name}(${needs.join(',')})`);
}

describe('what may follow without a dispatch', () => {
  it('tasks in a row - each needs the one before it, with its own time', () => {
    expect(following(['one', 'two', 'three'], 'one')).toEqual(['two(one)', 'three(two)']);
    const saga = sampleSaga('one', { name: 'two', timeout_ms: 1234 });
    expect(followOnOf({ steps: [] } as unknown as ExecutionState, saga, saga.steps[0]!, [])).toEqual([{ step: 'two', needs: ['one'], timeout_ms: 1234 }]);
  });

  it('another kind of step - ends the row, and whatever is behind it waits', () => {
    expect(following(['one', 'two', { name: 'tell', kind: 'effect', binding: 'x' }, 'four'], 'one')).toEqual(['two(one)']);
    expect(following(['one', { name: 'think', kind: 'agent' }, 'three'], 'one')).toEqual([]);
    expect(following([{ name: 'tell', kind: 'effect', binding: 'x' }, 'two'], 'tell')).toEqual([]);
  });

  it('a step inside a branch - is followed by nothing', () => {
    const side = { name: 'side', kind: 'parallel', branches: [{ name: 'x', steps: [{ name: 'a', kind: 'task' }, { name: 'b', kind: 'task' }] }, { name: 'y', steps: [{ name: 'c', kind: 'task' }] }] } as Spec;
    expect(following([side, 'last'], 'a')).toEqual([]);
  });

  it('outputs that are not at hand - are waited for', () => {
    const specs: Spec[] = ['zero', 'one', { name: 'two', needs: ['zero', 'one'] }, 'three'];
    expect(following(specs, 'one', { begun: ['zero', 'one'] })).toEqual([]);
    expect(following(specs, 'one', { begun: ['zero', 'one'], given: ['zero'] })).toEqual(['two(zero,one)', 'three(two)']);
  });

  it('a step that was begun before - does not begin again, also when that was forgotten', () => {
    expect(following(['one', 'two', 'three'], 'one', { begun: ['one', 'two'] })).toEqual([]);
    expect(following(['one', 'two', 'three'], 'one', { forgotten: new Map([['three', { attempt: 1, generation: 1 }]]) })).toEqual(['two(one)']);
  });

  it('a paused execution - is not gone on with', () => {
    expect(following(['one', 'two'], 'one', { paused: true })).toEqual([]);
  });
});
