import type { Json } from '@symphainy/contracts';
import type { Problem } from '../platform/problem.js';

/** JSON as somebody typed it; nothing typed is `undefined`. */
export function readJson(text: string, field: string): { readonly value: Json | undefined } | { readonly problem: Problem } {
  if (text.trim() === '') return { value: undefined };
  try {
    return { value: JSON.parse(text) as Json };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return { problem: { code: 'console.not_json', message: thrown.message, field, fix: 'Write JSON: texts stand in double quotes.' } };
  }
}
