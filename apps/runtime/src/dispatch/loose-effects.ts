import type { Clock } from '@symphainy/kernel';
import type { LiveExecution } from '../engine/live-execution.js';
import { isSameWork, type RealmWork } from '../engine/work.js';
import type { Dispatched } from './outstanding.js';

/** Longer than any operator should leave an effect unresolved in the hope for its answer. */
const KEPT_MS = 3_600_000;
const MOST = 10_000;

/**
 * Effects whose memory is gone, or that were told as unknown: their answer may still come, and is worth more than an operator's guess. Kept for an hour, the newest
 * ten thousand.
 */
export class LooseEffects {
  private readonly entries = new Map<string, { readonly entry: Dispatched; readonly since: number }>();

  constructor(private readonly clock: Clock) {}

  add(entry: Dispatched): void {
    const now = this.clock.monotonic();
    this.entries.set(entry.key, { entry, since: now });
    for (const [key, { since }] of this.entries) {
      if (now - since < KEPT_MS && this.entries.size <= MOST) break;
      this.entries.delete(key);
    }
  }

  remove(entry: Dispatched): void {
    this.entries.delete(entry.key);
  }

  /** The one that a later memory of the same owner asks for. */
  claim(live: LiveExecution, work: RealmWork): Dispatched | undefined {
    for (const { entry } of this.entries.values()) {
      if (entry.live.key !== live.key || entry.epoch !== live.epoch || !isSameWork(entry.work, work)) continue;
      this.remove(entry);
      return entry;
    }
    return undefined;
  }

  /** The one that an answer came for. Its memory may be gone. */
  named(key: string): Dispatched | undefined {
    return this.entries.get(key)?.entry;
  }
}
