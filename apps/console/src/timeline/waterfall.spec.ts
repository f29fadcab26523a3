import { axisTicks, barPlace, stepDuration } from './waterfall.js';
import type { StepAttempt, TimelineStep } from './timeline.model.js';

const at = (ms: number): string => new Date(ms).toISOString();
const attempt = (from: number, to?: number): StepAttempt => ({ attempt: 1, startedAt: at(from), outcome: to === undefined ? 'running' : 'completed', ...(to !== undefined && { endedAt: at(to) }) });
const step = (attempts: StepAttempt[], status: TimelineStep['status'] = 'completed'): TimelineStep => ({ name: 'parse', kind: 'task', status, attempts, artifacts: 0 });

describe('waterfall - places of bars', () => {
  it('a bar stands where its attempt was in the whole', () => {
    expect(barPlace(attempt(1250, 1500), { start: 1000, end: 2000 }, 2000)).toEqual({ left: '25.00%', width: '25.00%' });
  });

  it('a running attempt reaches to now', () => {
    expect(barPlace(attempt(1500), { start: 1000, end: 2000 }, 2000)).toEqual({ left: '50.00%', width: '50.00%' });
  });

  it('an instant at the very end stays visible and inside', () => {
    const { left, width } = barPlace(attempt(2000, 2000), { start: 1000, end: 2000 }, 2000);
    expect(Number.parseFloat(width)).toBeGreaterThan(0);
    expect(Number.parseFloat(left) + Number.parseFloat(width)).toBeLessThanOrEqual(100);
  });

  it('clocks that disagree put no bar outside', () => {
    expect(barPlace(attempt(500, 3000), { start: 1000, end: 2000 }, 2000)).toEqual({ left: '0.00%', width: '100.00%' });
  });
});

describe('waterfall - durations', () => {
  it('a step not begun has none', () => {
    expect(stepDuration(step([], 'pending'), 5000)).toBeUndefined();
  });

  it('waiting between attempts counts', () => {
    expect(stepDuration(step([attempt(1000, 1200), { ...attempt(1900, 2000), attempt: 2 }]), 5000)).toBe(1000);
  });

  it('a step that waits for its retry goes on counting', () => {
    expect(stepDuration(step([attempt(1000, 1200)], 'waiting_retry'), 1500)).toBe(500);
  });

  it('a step within one millisecond shows what its handler measured', () => {
    expect(stepDuration(step([{ ...attempt(1000, 1000), handlerMs: 0.4 }]), 5000)).toBe(0.4);
  });
});

describe('waterfall - axis', () => {
  it.each([0, 1, 7, 93, 1000, 4321, 3_600_000])('marks of %d ms are few, round and inside', (duration) => {
    const ticks = axisTicks(duration);
    expect(ticks.length).toBeGreaterThanOrEqual(1);
    expect(ticks.length).toBeLessThanOrEqual(6);
    expect(ticks[0]).toEqual({ ms: 0, at: 0 });
    expect(ticks.every((tick) => tick.at <= 93)).toBe(true);
  });
});
