/** What went wrong, in the words the platform gives it: a stable code, what to correct, and how. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  readonly field?: string;
  readonly fix?: string;
}

/** Any thrown value as a problem. Errors of the client carry code, field and fix; a broken connection carries none of them. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Error) {
    const { code, status, field, fix } = thrown as Error & { code?: unknown; status?: unknown; field?: unknown; fix?: unknown };
    if (typeof code === 'string' && code.includes('.')) {
      return { code, message: thrown.message, ...text('field', field), ...text('fix', fix), ...(typeof status === 'number' && { status }) };
    }
    if (thrown.name === 'TypeError') return { code: 'console.unreachable', message: 'The platform does not answer.', fix: 'Check that it is running; this page tries again by itself.' };
    return { code: 'console.unexpected', message: thrown.message };
  }
  return { code: 'console.unexpected', message: String(thrown) };
}

/** The credentials do not open anything any more: only signing in again helps. */
export const endsSignIn = (problem: Problem): boolean => problem.code.startsWith('auth.') && problem.code !== 'auth.unavailable';

export const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError';

const text = (name: 'field' | 'fix', value: unknown): Record<string, string> => (typeof value === 'string' && value !== '' ? { [name]: value } : {});
