import type { SimulatedMachine } from './simulated-machine.js';

/** Where a runtime's outside begins: every place at which a crash leaves something done and something not. */
export const EDGES = [
  'append', 'flush.send', 'flush.commit', 'flush.told', 'lease.create', 'lease.renew', 'lease.release', 'lease.self-adopt', 'read', 'adoption.claim', 'adoption.retire', 'parking.ask',
  'publish.dispatch', 'publish.event', 'publish.answer', 'publish.command', 'publish.other',
] as const;
export type Edge = (typeof EDGES)[number];

/** Around them a record becomes durable or does not. */
export const WRITE_EDGES = ['append', 'flush.send', 'flush.commit', 'flush.told'] as const satisfies readonly Edge[];

interface ArmedEdge {
  readonly edge: Edge;
  readonly side: 'before' | 'after';
  /** How often it is passed before it counts. */
  left: number;
}

/** Crashes a runtime exactly where the schedule says: the edge's other side never happens. */
export class CrashEdges {
  private armed: ArmedEdge[] = [];

  constructor(private readonly crash: (machine: SimulatedMachine, why: string) => void) {}

  arm(edge: Edge, side: ArmedEdge['side'], passes: number): void {
    this.armed.push({ edge, side, left: passes });
  }

  disarm(): void {
    this.armed = [];
  }

  /** Whether the machine is still up. */
  pass(machine: SimulatedMachine, edge: Edge, side: ArmedEdge['side']): boolean {
    for (const armed of this.armed) {
      if (armed.edge !== edge || armed.side !== side || !machine.isUp || armed.left-- > 0) continue;
      this.armed = this.armed.filter((other) => other !== armed);
      this.crash(machine, `${side} ${edge}`);
    }
    return machine.isUp;
  }
}
