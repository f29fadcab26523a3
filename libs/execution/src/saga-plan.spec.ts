import { sagaDefinition } from '@symphainy/contracts';
import { planViewOf } from './saga-plan.js';

describe('the plan as its readers see it', () => {
  it('nested steps - tell where they stand, and a signal step what it waits for', () => {
    const wait = (name: string, signal: string) => ({ kind: 'signal' as const, name, signal });
    const saga = sagaDefinition.parse({
      name: 'a.b',
      steps: [
        { kind: 'task', name: 'first' },
        { kind: 'parallel', name: 'both', branches: [{ name: 'left', steps: [wait('ask', 'answer')] }, { name: 'right', steps: [{ kind: 'timer', name: 'rest', duration_ms: 1 }] }] },
        { kind: 'choice', name: 'size', on: 'first', cases: { large: [{ kind: 'task', name: 'split' }] }, otherwise: [wait('late', 'answer')] },
      ],
    });
    expect(planViewOf(saga)).toEqual([
      { name: 'first', kind: 'task' },
      { name: 'both', kind: 'parallel' },
      { name: 'ask', kind: 'signal', within: 'both', branch: 'left', signal: 'answer' },
      { name: 'rest', kind: 'timer', within: 'both', branch: 'right' },
      { name: 'size', kind: 'choice' },
      { name: 'split', kind: 'task', within: 'size', branch: 'large' },
      { name: 'late', kind: 'signal', within: 'size', branch: 'otherwise', signal: 'answer' },
    ]);
  });
});
