import { shownSteps, stepTree, type StepNode } from './step-tree.js';
import type { TimelineStep } from './timeline.model.js';

const step = (name: string, more: Partial<TimelineStep> = {}): TimelineStep => ({ name, kind: 'task', status: 'pending', attempts: [], artifacts: 0, ...more });
const drawn = (nodes: readonly StepNode[]): unknown[] => nodes.map((node) => (node.branches.length === 0 ? node.step.name : [node.step.name, Object.fromEntries(node.branches.map(({ name, nodes: held }) => [name, drawn(held)]))]));

describe('step tree - what stands in what', () => {
  it('branches of a parallel stand side by side, and hold others', () => {
    const steps = [step('both', { kind: 'parallel' }), step('a', { within: 'both', branch: 'left' }), step('size', { kind: 'choice', within: 'both', branch: 'right' }), step('big', { within: 'size', branch: 'large' }), step('last')];
    expect(drawn(stepTree(steps))).toEqual([['both', { left: ['a'], right: [['size', { large: ['big'] }]] }], 'last']);
  });

  it('a choice that has not decided shows every case, afterwards the one taken', () => {
    const cases = (large: TimelineStep['status']) => [step('size', { kind: 'choice', status: 'running' }), step('big', { within: 'size', branch: 'large', status: large }), step('little', { within: 'size', branch: 'small' })];
    expect(drawn(stepTree(cases('pending')))).toEqual([['size', { large: ['big'], small: ['little'] }]]);
    expect(drawn(stepTree(cases('running')))).toEqual([['size', { large: ['big'] }]]);
  });

  it('a choice that was decided for a case without steps shows none', () => {
    expect(drawn(stepTree([step('size', { kind: 'choice', status: 'completed' }), step('big', { within: 'size', branch: 'large' })]))).toEqual(['size']);
  });

  it('a step whose holder is gone is not lost', () => {
    expect(shownSteps(stepTree([step('a', { within: 'nowhere', branch: 'x' })])).map(({ name }) => name)).toEqual(['a']);
  });
});
