import type { Kill } from './killer.js';

/** A stream that a dead runtime held, and how long after the death it went on. Times in milliseconds. */
export interface Resumption {
  readonly died: number;
  readonly ms: number;
  /** Meanwhile every runtime was dead at once. */
  readonly outage: boolean;
}

/** An adoption as the log tells it: whose stream, when, and when the frame before it was recorded. */
interface Adoption {
  readonly writer: string;
  readonly at: number;
  readonly before: number;
}

/**
 * Each adoption of a stream that a killed runtime held, the slowest last. What slept is not held by anybody: it goes on when it is due or
 * needed, so only streams that had moved within `heldForMs` before the death count.
 */
export function resumptions(kills: readonly Kill[], adoptions: readonly Adoption[], about: { readonly runtimes: number; readonly heldForMs: number }): Resumption[] {
  const ofRuntimes = kills.filter(({ target }) => target === 'runtime');
  const deaths = new Map(ofRuntimes.flatMap((kill) => (kill.writer === undefined ? [] : [[kill.writer, kill.at] as const])));
  const found = adoptions.flatMap(({ writer, at, before }): Resumption[] => {
    const died = deaths.get(writer);
    if (died === undefined || died - before >= about.heldForMs) return [];
    return [{ died, ms: at - died, outage: ofRuntimes.some((kill) => kill.at >= died && kill.at <= at && deadAt(ofRuntimes, kill.at) === about.runtimes) }];
  });
  return found.sort((a, b) => a.ms - b.ms);
}

/** How many runtimes are dead at this moment. */
const deadAt = (kills: readonly Kill[], moment: number): number => new Set(kills.filter(({ at, upAt }) => at <= moment && moment < (upAt ?? Number.POSITIVE_INFINITY)).map(({ process }) => process)).size;
