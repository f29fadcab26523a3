/**
 * attack: a hostile client and a hostile realm against real processes. `runAttack` runs the attacks; `prove` shows that each succeeds once its guard is gone,
 * `proveTogether` the same on one platform. `Choice` decides which attempts are made.
 */
export { Choice } from './choice.js';
export { runAttack, ATTACKS, type AttackReport } from './run-attack.js';
export { prove, proveTogether, UNGUARDED, type ProofReport } from './prove.js';
