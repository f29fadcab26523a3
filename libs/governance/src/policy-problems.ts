import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import type { CedarPolicy, PolicyProblem } from '@symphainy/contracts';
import { policyErrors } from './cedar-schema.js';

/** Everything that is wrong with a policy's text, each at its place; none: it would be accepted. */
export const policyProblems = (policy: CedarPolicy): PolicyProblem[] => policyErrors(policy).map((error) => problemAt(policy, error));

function problemAt({ id, text }: CedarPolicy, { message, help, sourceLocations }: DetailedError): PolicyProblem {
  const [place] = sourceLocations ?? [];
  const [from, to] = [placeOf(text, place?.start ?? 0), placeOf(text, place?.end ?? 0)];
  return { policy: id, message: plain(message, id), ...(help ? { help } : {}), line: from.line, column: from.column, end_line: to.line, end_column: to.column };
}

/** Cedar counts bytes of UTF-8 from 0; people count lines and columns from 1. */
function placeOf(text: string, byte: number): { line: number; column: number } {
  const before = Buffer.from(text).subarray(0, byte).toString();
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - lineStart + 1 };
}

/** Which policy, and that it came as a string, whoever edits it knows. */
const plain = (message: string, id: string): string => message.replace(`for policy \`${id}\`, `, '').replace('failed to parse policy from string: ', '');
