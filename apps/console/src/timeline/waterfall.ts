/** Where a step's attempts stand on the waterfall. Pure: `now` stands in for ends that have not come. */
import type { StepAttempt, TimelineStep } from './timeline.model.js';

/** Milliseconds since the epoch. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The narrowest bar, in percent of the width: a step of a millisecond is still seen. */
const MIN_WIDTH = 0.6;

export function barPlace(attempt: StepAttempt, span: Span, now: number): { left: string; width: string } {
  const whole = Math.max(1, span.end - span.start);
  const from = Date.parse(attempt.startedAt);
  const to = attempt.endedAt === undefined ? now : Date.parse(attempt.endedAt);
  const width = clamp(((to - from) / whole) * 100, MIN_WIDTH, 100);
  const left = clamp(((from - span.start) / whole) * 100, 0, 100 - width);
  return { left: `${left.toFixed(2)}%`, width: `${width.toFixed(2)}%` };
}

/** From the first attempt's start to the last one's end, waiting between attempts included; undefined before the first. */
export function stepDuration(step: TimelineStep, now: number): number | undefined {
  const [first] = step.attempts;
  const last = step.attempts.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (step.attempts.length === 1 && last.handlerMs !== undefined && last.endedAt === last.startedAt) return last.handlerMs;
  const end = last.endedAt === undefined || step.status === 'waiting_retry' ? now : Date.parse(last.endedAt);
  return Math.max(0, end - Date.parse(first.startedAt));
}

/** Three to six round marks over a duration, the last one short of its end. `at` in percent. */
export function axisTicks(durationMs: number): readonly { readonly ms: number; readonly at: number }[] {
  const whole = Math.max(1, durationMs);
  const step = roundStep(whole / 4);
  const marks = Array.from({ length: Math.ceil(whole / step) }, (_, index) => index * step);
  return marks.filter((ms) => ms / whole <= 0.93).map((ms) => ({ ms, at: (ms / whole) * 100 }));
}

/** The next 1, 2 or 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
