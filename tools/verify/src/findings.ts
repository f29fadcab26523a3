/** What was found wrong, and where. */
export const CHECKS = ['format', 'export', 'checkpoint', 'consistency', 'sealing', 'chain', 'grammar', 'policy', 'attribution', 'artifacts', 'members'] as const;
export type Check = (typeof CHECKS)[number];

export interface Problem {
  readonly check: Check;
  /** The stream, frame, artifact, policy or checkpoint that it is about. */
  readonly stream_id?: string;
  readonly seq?: number;
  readonly message: string;
}

/** Where a problem stands. */
export type Place = Omit<Problem, 'check' | 'message'>;

export class Findings {
  readonly problems: Problem[] = [];

  add(check: Check, message: string, place: Place = {}): void {
    this.problems.push({ check, ...place, message });
  }

  /** Adds the problem unless `condition` holds; returns whether it does. */
  expect(condition: boolean, check: Check, message: string, place: Place = {}): boolean {
    if (!condition) this.add(check, message, place);
    return condition;
  }
}

/** A problem as a person reads it. */
export const lineOf = ({ check, stream_id, seq, message }: Problem): string => `${check}: ${[stream_id === undefined ? [] : `stream ${stream_id}`, seq === undefined ? [] : `frame ${seq}`].flat().join(', ')}${stream_id === undefined ? '' : ': '}${message}`;
