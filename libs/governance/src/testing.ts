/** For tests: the plain evaluation that the fast one must equal. */
export { evaluatePlainly } from './policy-evaluation.js';
