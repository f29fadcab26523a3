/** What went wrong, in the words the platform gives it: a stable code, what to correct, and how. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly fix?: string;
  /** The execution it concerns: a refused intent is recorded too. */
  readonly executionId?: string;
  /** Each field that is wrong, where there are several. */
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}

/** As much of the client's ProblemError as is shown; read by shape, so that two copies of its class do not matter. */
interface Told {
  readonly code?: unknown;
  readonly field?: unknown;
  readonly fix?: unknown;
  readonly executionId?: unknown;
  readonly problem?: { readonly errors?: Problem['fields'] };
}

/** Any thrown value as a problem. Errors of the platform carry code, field and fix; a broken connection carries none of them. */
export function problemOf(thrown: unknown): Problem {
  if (!(thrown instanceof Error)) return { code: 'console.unexpected', message: String(thrown) };
  const { code, field, fix, executionId, problem } = thrown as Error & Told;
  if (typeof code === 'string' && code.includes('.')) {
    const fields = problem?.errors ?? [];
    return { code, message: thrown.message, ...text('field', field), ...text('fix', fix), ...text('executionId', executionId), ...(fields.length > 0 && { fields }) };
  }
  if (thrown.name === 'TypeError') return { code: 'console.unreachable', message: 'The platform does not answer.', fix: 'Check that it is running; this page tries again by itself.' };
  return { code: 'console.unexpected', message: thrown.message };
}

/** The credentials do not open anything any more: only signing in again helps. */
export const endsSignIn = (problem: Problem): boolean => problem.code.startsWith('auth.') && problem.code !== 'auth.unavailable';

export const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError';

const text = (name: 'field' | 'fix' | 'executionId', value: unknown): Record<string, string> => (typeof value === 'string' && value !== '' ? { [name]: value } : {});
