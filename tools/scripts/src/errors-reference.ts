import { errorCodes, type ErrorCodeEntry } from '@symphainy/contracts';
import { cell, generatedHeader, table } from './markdown.js';

const groupOf = (code: string): string => code.slice(0, code.indexOf('.'));

const row = ([code, entry]: [string, ErrorCodeEntry]): string[] => [`\`${code}\``, String(entry.status), entry.kind, entry.retry, cell(entry.title), cell(entry.fix)];

/** docs/reference/errors.md: every code, by the part before its dot. */
export function renderErrorsReference(codes: Readonly<Record<string, ErrorCodeEntry>> = errorCodes): string {
  const entries = Object.entries(codes);
  const groups = [...new Set(entries.map(([code]) => groupOf(code)))];
  const sections = groups.map((group) => {
    const rows = entries.filter(([code]) => groupOf(code) === group).map(row);
    return `## ${group}\n\n${table(['code', 'HTTP', 'kind', 'retry', 'what happened', 'what to do'], rows)}`;
  });
  return [
    generatedHeader('Error codes', '`libs/contracts/src/error-codes.ts`'),
    'Codes are stable, wording may change. The gateway answers errors as `application/problem+json` (RFC 9457) with the code in `code`; a `retryable`',
    'error may be tried again unchanged, a `terminal` one may not.\n',
    sections.join('\n'),
  ].join('\n');
}
