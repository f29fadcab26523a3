/** Several AuthZEN questions in one request (AuthZEN 1.0, section 7). */
import { accessQuestion, type AccessAnswer, type AccessQuestion, type AccessQuestions, type evaluationsSemantic } from '@symphainy/contracts';
import { asPlatformError, type Json } from '@symphainy/kernel';
import type { z } from 'zod';
import { check } from '../http/input.js';

/** A question of a batch, or the answer to one that is none. */
export type Asked = { readonly question: AccessQuestion } | { readonly answer: AccessAnswer };
type Parts = Readonly<Record<string, Json>>;

/** What one question leaves out it takes from the top (AuthZEN 1.0, section 7.1.1). One that is none then is answered here (section 7.2.1). */
export const questionsOf = ({ evaluations = [], subject, action, resource, context }: AccessQuestions): Asked[] =>
  evaluations.map((one, i) => {
    try {
      return { question: check(accessQuestion, merged(given({ subject, action, resource, context }), one), `/evaluations/${i}`) };
    } catch (error) {
      const { message, field } = asPlatformError(error);
      return { answer: { decision: false, context: { error: { status: 400, message, ...(field === undefined ? {} : { field }) } } } };
    }
  });

/** A part that is named replaces that of the top, except that its type, id and name are taken from there where it has none. */
function merged(top: Parts, one: Parts): Parts {
  const parts = Object.entries(one).map(([name, part]) => [name, name === 'context' || !isObject(part) || !isObject(top[name]) ? part : { ...named(top[name]), ...part }] as const);
  return { ...top, ...Object.fromEntries(parts) };
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value);
const named = (part: { readonly [key: string]: Json }): object => Object.fromEntries(['type', 'id', 'name'].flatMap((key) => (part[key] === undefined ? [] : [[key, part[key]]])));
const given = (parts: Readonly<Record<string, Parts | undefined>>): Parts => Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Parts;

/** The answers where their questions stood, up to the first that the semantic stops at (section 7.1.2); whoever answered may have stopped there too. */
export function inOrder(asked: readonly Asked[], answers: readonly AccessAnswer[], semantic: z.infer<typeof evaluationsSemantic>): AccessAnswer[] {
  const rest = answers.values();
  const all = asked.map((one) => ('answer' in one ? one.answer : (rest.next().value ?? { decision: false })));
  const stop = semantic === 'execute_all' ? -1 : all.findIndex(({ decision }) => decision === (semantic === 'permit_on_first_permit'));
  return stop < 0 ? all : all.slice(0, stop + 1);
}
