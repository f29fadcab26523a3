/** A broken invariant: a bug of ours, never of a caller. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Asserts what must hold; `what` names the invariant. */
export function verify(condition: unknown, what: string): asserts condition {
  if (!condition) throw new InvariantError(`invariant broken: ${what}`);
}

/** Marks a switch as exhaustive: it does not compile when a case is missing. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable case: ${String(value)}`);
}
