import type { Client } from '@symphainy/client';
import { emptyTimeline, type Timeline, type TimelineStep } from '../timeline/timeline.model.js';
import { bulkOperations, bulkQuery } from './bulk.model.js';
import { operationsFor, operationsOn, perform, type OperationAnswer, type OperationRequest } from './operation.model.js';

const step = (name: string, status: TimelineStep['status'], more: Partial<TimelineStep> = {}): TimelineStep => ({ name, kind: 'task', status, attempts: [], artifacts: 0, ...more });
const undo = { order: 1, startedAt: '2026-01-01T00:00:00.000Z', attempts: 1 };
const timeline = (status: Timeline['status'], steps: TimelineStep[] = [], realm?: string): Timeline => ({ ...emptyTimeline, status, steps, intent: { realm } as Timeline['intent'] });
const names = (requests: readonly OperationRequest[]): string[] => requests.map(({ operation }) => operation);

describe('operations - which fit how an execution stands', () => {
  it.each([
    ['running', ['pause', 'cancel', 'terminate']],
    ['paused', ['resume', 'cancel', 'terminate']],
    ['compensating', ['terminate']],
    ['rejected', []],
  ] as const)('%s offers %j', (status, expected) => {
    expect(names(operationsFor(timeline(status, [step('a', 'completed')])))).toEqual(expected);
  });

  it('what failed can be retried, unless some of it was undone', () => {
    expect(names(operationsFor(timeline('failed', [step('a', 'completed'), step('b', 'failed')])))).toEqual(['retry', 'continue_from', 'compensate']);
    expect(names(operationsFor(timeline('failed', [step('a', 'compensated', { undo }), step('b', 'failed')])))).toEqual(['continue_from']);
  });

  it('what completed is not retried', () => {
    expect(names(operationsFor(timeline('completed', [step('a', 'completed')])))).toEqual(['continue_from', 'compensate']);
  });

  it('the platform’s own executions are not brought back', () => {
    expect(operationsFor(timeline('failed', [step('a', 'failed')], 'governance'))).toEqual([]);
  });
});

describe('operations - which fit how a step stands', () => {
  const on = (at: TimelineStep, status: Timeline['status'] = 'stuck') => operationsOn(at, timeline(status, [at]));

  it('an effect of which nobody knows is resolved, one that waits is approved or refused', () => {
    expect(on(step('pay', 'unknown'))).toEqual([{ operation: 'resolve_effect', step: 'pay' }]);
    expect(on(step('pay', 'running', { effect: { stage: 'awaits_approval' } }), 'running').map(({ approved }) => approved)).toEqual([true, false]);
  });

  it('what could not be undone is retried or skipped, once it is not tried again by itself', () => {
    expect(names(on(step('a', 'compensation_failed', { undo })))).toEqual(['retry', 'skip_compensation']);
    expect(on(step('a', 'compensation_failed', { undo: { ...undo, retryDueAt: '2026-01-01T00:00:01.000Z' } }))).toEqual([]);
  });

  it('a wait is signalled by the name that the plan gives it', () => {
    expect(on(step('objections', 'running', { kind: 'signal', signal: 'objection' }), 'running')).toEqual([{ operation: 'signal', step: 'objections', signal: 'objection' }]);
  });

  it('nothing is offered on a step of what has ended', () => {
    expect(on(step('pay', 'unknown'), 'terminated')).toEqual([]);
  });
});

describe('operations - how they are asked for', () => {
  /** What reached the client: the method and its arguments. */
  async function asked(request: OperationRequest, answer: OperationAnswer): Promise<unknown[]> {
    const calls: unknown[][] = [];
    const executions = new Proxy({}, { get: (_, method) => (...args: unknown[]) => Promise.resolve(void calls.push([method, ...args])) });
    await perform({ executions } as unknown as Client, 'id', request, answer);
    return calls[0] ?? [];
  }

  it.each<[OperationRequest, OperationAnswer, unknown[]]>([
    [{ operation: 'cancel' }, { reason: 'why' }, ['cancel', 'id', 'why']],
    [{ operation: 'retry', steps: ['a', 'b'] }, { step: 'b' }, ['retry', 'id', { step: 'b' }]],
    [{ operation: 'approve', step: 'pay', approved: false }, { reason: 'no' }, ['approve', 'id', 'pay', { reason: 'no', approved: false }]],
    [{ operation: 'signal', step: 's', signal: 'go' }, { signal: 'go', data: 0 }, ['signal', 'id', 'go', 0, {}, undefined]],
    [{ operation: 'resolve_effect', step: 'pay' }, { happened: true, data: { no: 1 }, reason: 'seen' }, ['resolveEffect', 'id', 'pay', { reason: 'seen', happened: true, receipt: { no: 1 } }]],
  ])('%j', async (request, answer, expected) => {
    expect(await asked(request, answer)).toEqual(expected);
  });
});

describe('operations in bulk - the filter as a query', () => {
  it('reaches no further than what is filtered', () => {
    expect(bulkQuery({ page: 'executions', status: 'running', intentType: 'a.b', scope: 'session' }, 's', 'mine')).toEqual({ of: 'mine', status: 'running', intent_type: 'a.b', session_id: 's', limit: 1000 });
    expect(bulkQuery({ page: 'executions' }, 's', 'tenant')).toEqual({ of: 'tenant', limit: 1000 });
  });

  it('nothing is offered where nothing fits', () => {
    expect(bulkOperations('completed')).toEqual([]);
    expect(bulkOperations('paused')).toContain('resume');
  });
});
