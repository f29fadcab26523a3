import type { Timeline } from './timeline.js';

/** What must hold, by name. docs/operations/simulation.md says each in a sentence. */
export const INVARIANTS = [
  'chain', 'grammar', 'owner', 'epoch', 'decided-first', 'forbidden', 'once', 'realm-said-so', 'made-of-what-stands', 'user-said-so', 'answer-in-log', 'refusal-in-log', 'kept-is-taken', 'published-committed', 'dispatch-accepted', 'dispatch-due', 'dispatch-started',
  'one-winner', 'memory-equals-log', 'compensation-order', 'effect-intended', 'effect-once', 'effect-happened', 'undone', 'calm-works', 'ends', 'answers', 'nothing-left', 'adopted', 'deadline', 'fired-once', 'children-closed', 'no-surprise',
] as const;
export type Invariant = (typeof INVARIANTS)[number];

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
  /** Simulated milliseconds since the schedule began. */
  readonly at: number;
}

/** What was found wrong in one schedule. The first few of each kind are kept: what follows from a fault is noise. */
export class Violations {
  readonly found: Violation[] = [];

  constructor(private readonly timeline: Pick<Timeline, 'now'>) {}

  add(invariant: Invariant, detail: string): void {
    if (this.found.length < MOST) this.found.push({ invariant, detail, at: Math.round(this.timeline.now) });
  }

  require(condition: boolean, invariant: Invariant, detail: () => string): void {
    if (!condition) this.add(invariant, detail());
  }
}

const MOST = 20;
