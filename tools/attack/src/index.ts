/** attack: a hostile client and a hostile realm against real processes. `runAttack` runs the attacks, `prove` shows that each succeeds once its guard is gone. */
export { runAttack, ATTACKS, type AttackReport } from './run-attack.js';
export { prove, type ProofReport } from './prove.js';
