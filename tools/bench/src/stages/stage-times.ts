/** stages: where the time of one execution goes that has the platform to itself. The sockets of each service note when its messages pass; from one note to the next is a stage. */

/** What passes a socket of a service under measure: `in` or `out`, and a text that only this message has. */
export const PASSAGES = {
  asked: ['out', 'PUB runtime.intent.submit'],
  submitted: ['in', 'MSG runtime.intent.submit'],
  flushing: ['out', '\0flush\0'],
  dispatched: ['out', 'PUB realm.bench.'],
  begun: ['in', 'MSG realm.bench.'],
  answered: ['out', 'PUB runtime.outcome.'],
  heard: ['in', 'MSG runtime.outcome.'],
  told: ['out', 'PUB _INBOX_experience-gateway.'],
  ended: ['in', 'MSG _INBOX_experience-gateway.'],
  replied: ['out', 'HTTP/1.1 200'],
} as const satisfies Readonly<Record<string, readonly ['in' | 'out', string]>>;

/** `requested` is told by the HTTP server; `flushed` is the answer on the socket of the last `flushing`. */
export type Passage = keyof typeof PASSAGES | 'requested' | 'flushed';

/** A passage, and when it was: µs of the clock that all processes of the machine share. */
export type Noted = readonly [passage: Passage, at: number];

/** What is over when its passage is noted, in the order of one execution; the last stage ends with the client. */
const STAGES: readonly (readonly [stage: string, until: Passage])[] = [
  ['client, until the gateway has it', 'requested'],
  ['gateway: caller, body, request', 'asked'],
  ['bus, to the runtime', 'submitted'],
  ['runtime: contract, policy, records', 'flushing'],
  ['flush of the acceptance', 'flushed'],
  ['runtime, until the dispatch is sent', 'dispatched'],
  ['bus, to the realm', 'begun'],
  ['realm: three steps', 'answered'],
  ['bus, to the runtime again', 'heard'],
  ['runtime: results, records', 'flushing'],
  ['flush of the rest', 'flushed'],
  ['runtime, until the answer is sent', 'told'],
  ['bus, to the gateway', 'ended'],
  ['gateway: the answer', 'replied'],
];
const LAST = 'back to the client';

export interface Execution {
  readonly beganAt: number;
  readonly endedAt: number;
}

export interface StageTime {
  readonly stage: string;
  readonly p50_us: number;
  readonly p90_us: number;
}

/** Times of each stage over all executions, which must not overlap; those of which a passage is missing are left out. `noted`: of all services, in any order. */
export function stageTimes(executions: readonly Execution[], noted: readonly Noted[]): { readonly stages: StageTime[]; readonly counted: number } {
  const inOrder = noted.toSorted(([, a], [, b]) => a - b);
  const taken = executions.map((execution) => timesOf(execution, inOrder)).filter((times) => times !== undefined);
  const names = [...STAGES.map(([stage]) => stage), LAST, 'all of it'];
  return { counted: taken.length, stages: names.map((stage, index) => ({ stage, ...percentiles(taken.map((times) => times[index]!)) })) };
}

/** One time a stage, and their sum. */
function timesOf({ beganAt, endedAt }: Execution, inOrder: readonly Noted[]): number[] | undefined {
  const mine = inOrder.filter(([, at]) => at >= beganAt && at <= endedAt);
  const times: number[] = [];
  let [next, since] = [0, beganAt];
  for (const [, until] of STAGES) {
    next = mine.findIndex(([passage], index) => index >= next && passage === until) + 1;
    if (next === 0) return undefined;
    const at = mine[next - 1]![1];
    times.push(at - since);
    since = at;
  }
  return [...times, endedAt - since, endedAt - beganAt];
}

function percentiles(times: number[]): { p50_us: number; p90_us: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const rank = (share: number): number => Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return { p50_us: rank(0.5), p90_us: rank(0.9) };
}
