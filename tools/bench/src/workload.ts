import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

export const BENCH_INTENT = 'bench.three_steps';
/** One step that answers after `HELD_MS`: long enough for any number of executions to be in flight at once. */
export const HELD_INTENT = 'bench.held';
export const HELD_MS = 600_000;
/** Executions kept going at once in the throughput runs. */
export const IN_FLIGHT = 64;

const KIB = 1024;

/** A payload of about 1 KiB that does not compress: random base64. */
export const makePayload = (): { data: string } => ({ data: randomBytes(Math.floor((KIB * 3) / 4)).toString('base64') });

export interface Throughput {
  readonly executions: number;
  readonly seconds: number;
  readonly perSecond: number;
}

export interface Latency {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** One execution, submitted and waited for; rejects when it did not complete. */
export type Execute = () => Promise<void>;

/** Runs `count` executions with `inFlight` at once; time runs from the first start to the last result. */
export async function measureThroughput(execute: Execute, count: number, inFlight: number): Promise<Throughput> {
  let started = 0;
  const begin = performance.now();
  const lane = async (): Promise<void> => {
    while (started < count) {
      started++;
      await execute();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const seconds = (performance.now() - begin) / 1000;
  return { executions: count, seconds, perSecond: count / seconds };
}

/**
 * Starts at a steady rate, whatever the answers take, and times each from when it was due: an answer that is late because the one before
 * it was late counts as late.
 */
export async function measureStarts(start: Execute, perSecond: number, seconds: number): Promise<Latency> {
  const times: number[] = [];
  const begin = performance.now();
  const pending: Promise<void>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    const due = begin + (i * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 1) await setTimeout(early);
    pending.push(start().then(() => void times.push(performance.now() - due)));
  }
  await Promise.all(pending);
  return percentiles(times);
}

/** Runs `count` executions one after another and takes percentiles (nearest rank). */
export async function measureLatency(execute: Execute, count: number): Promise<Latency> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const begin = performance.now();
    await execute();
    times.push(performance.now() - begin);
  }
  return percentiles(times);
}

function percentiles(times: number[]): Latency {
  times.sort((a, b) => a - b);
  const rank = (share: number): number => times[Math.ceil(share * times.length) - 1]!;
  return { p50Ms: rank(0.5), p95Ms: rank(0.95), p99Ms: rank(0.99) };
}
