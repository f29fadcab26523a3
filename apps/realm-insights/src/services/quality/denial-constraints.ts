import { failure } from '@symphainy/contracts';
import type { Dependency } from './dependencies.js';

const PREDICATE = /^(EQ|IQ)\(t1\.(.+),t2\.(.+)\)$/;

/**
 * Denial constraints as HoloClean writes them, one each: `t1&t2&EQ(t1.A,t2.A)&IQ(t1.B,t2.B)`. Those that say "rows that agree in these columns agree in that one" are dependencies; others are refused
 * with the field that holds them.
 */
export function readDenialConstraint(text: string, columnOf: (name: string, field: string) => number, field: string): Dependency {
  const refuse = (what: string) => failure('intent.payload_invalid', { message: `${JSON.stringify(text)}: ${what}`, field, fix: 'write t1&t2&EQ(t1.A,t2.A)&IQ(t1.B,t2.B): equal in A, unequal in B is denied' });
  const [first, second, ...predicates] = text.split('&').map((part) => part.trim());
  if (first !== 't1' || second !== 't2' || predicates.length < 2) throw refuse('a constraint begins with t1&t2 and has two predicates or more');
  const read = predicates.map((predicate) => {
    const [, operator, left, right] = PREDICATE.exec(predicate) ?? [];
    if (operator === undefined || left === undefined || left !== right) throw refuse(`${JSON.stringify(predicate)} does not compare one column of two rows by EQ or IQ`);
    return { operator, column: columnOf(left, field) };
  });
  const denied = read.filter(({ operator }) => operator === 'IQ');
  if (denied.length !== 1) throw refuse('exactly one predicate is IQ');
  return { on: read.filter(({ operator }) => operator === 'EQ').map(({ column }) => column), column: denied[0]!.column, strength: 1, given: true };
}
