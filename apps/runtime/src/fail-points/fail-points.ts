/**
 * fail-points: the durable edges of the runtime, by name, so that a test can end the process exactly there.
 *
 * What it stores: which edge is armed, if any. Order of calls: `arm` once, before the service starts, by the program of the tests alone
 * (testing/failing-main.ts); `reach` wherever an edge is passed.
 *
 * 1. The service as it is shipped never arms anything: its program does not import `arm`, and reads no variable that would.
 * 2. An edge that is not armed costs one comparison.
 * 3. Every name in the table is reached by a test that walks it: in processes that are killed there, or, for what takes a long history to reach, on a real
 *    database where whoever works on it ends there. A name that is not in the table does not compile.
 */

/** What brings a runtime to an edge: executions under way, taking over from a dead runtime, its own start, its orderly stop, a database that goes away, a change of governance, a parent that is cancelled, an execution whose events somebody watches, streams past their retention, or a stream of many frames. */
export type Occasion = 'load' | 'adoption' | 'start' | 'stop' | 'outage' | 'governance' | 'closing' | 'watching' | 'archive' | 'long';

interface Edge {
  readonly occasion: Occasion;
  /** How often the edge is passed before the armed one counts. Default 0. */
  readonly passes?: number;
}

/** Each edge has a side before and a side after; docs/operations/recovery.md says what holds on either. */
export const FAIL_POINTS = {
  'lease.create': { occasion: 'start' },
  'lease.renew': { occasion: 'load', passes: 2 },
  'lease.release': { occasion: 'stop' },
  'flush.commit': { occasion: 'load', passes: 20 },
  'flush.tell': { occasion: 'load', passes: 20 },
  'flush.recover': { occasion: 'outage' },
  'acceptance.append': { occasion: 'load', passes: 5 },
  'dispatch.send': { occasion: 'load', passes: 20 },
  'outcome.record': { occasion: 'load', passes: 20 },
  'child.accept': { occasion: 'load', passes: 1 },
  'child.close': { occasion: 'closing' },
  'command.append': { occasion: 'load', passes: 1 },
  'operation.apply': { occasion: 'load', passes: 1 },
  // Only what a gateway watches is sent.
  'publish.send': { occasion: 'watching' },
  'follower.apply': { occasion: 'load', passes: 2 },
  'follower.position': { occasion: 'load', passes: 2 },
  'parking.park': { occasion: 'load' },
  'parking.claim': { occasion: 'load', passes: 3 },
  'fold.keep': { occasion: 'long' },
  'seal.grow': { occasion: 'load', passes: 1 },
  'checkpoint.sign': { occasion: 'load' },
  'archive.store': { occasion: 'archive' },
  'archive.record': { occasion: 'archive' },
  'archive.leave': { occasion: 'archive' },
  'bundle.archive': { occasion: 'governance' },
  'governance.feed': { occasion: 'governance' },
  'adoption.claim': { occasion: 'adoption' },
  'adoption.republish': { occasion: 'adoption' },
  'adoption.append': { occasion: 'adoption' },
  'adoption.retire': { occasion: 'adoption' },
} as const satisfies Readonly<Record<string, Edge>>;

export type FailPoint = keyof typeof FAIL_POINTS;
export type Side = 'before' | 'after';

let armed: ((point: FailPoint, side: Side) => void) | undefined;

/** Says that the runtime is at this edge now. */
export function reach(point: FailPoint, side: Side): void {
  if (armed !== undefined) armed(point, side);
}

/** Calls `die` when the edge is reached for the first time after `passes` more. */
export function arm(point: FailPoint, side: Side, passes: number, die: () => void): void {
  let left = passes;
  armed = (reached, on) => {
    if (reached === point && on === side && left-- === 0) die();
  };
}
