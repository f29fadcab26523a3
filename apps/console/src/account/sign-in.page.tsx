import { useId, useState, type FormEvent } from 'react';
import type { Problem } from '../platform/problem.js';
import { BrandMark } from '../ui/icon.js';
import { ProblemPanel } from '../ui/states.js';

export function SignInPage({ opening, problem, onSignIn }: { opening: boolean; problem: Problem | undefined; onSignIn: (credential: string) => Promise<void> }) {
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <BrandMark size={36} />
        <h1>Sign in to Symphainy</h1>
        <p className="sign-in-lead">Use an API key of your tenant, or a token of its identity provider.</p>
        <SignInForm opening={opening} onSignIn={onSignIn} />
        {problem && <ProblemPanel problem={problem} />}
        <p className="sign-in-note">Kept in this tab only, and forgotten when it closes.</p>
      </div>
    </main>
  );
}

function SignInForm({ opening, onSignIn }: { opening: boolean; onSignIn: (credential: string) => Promise<void> }) {
  const [credential, setCredential] = useState('');
  const field = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (credential.trim() !== '') void onSignIn(credential.trim());
  };
  return (
    <form onSubmit={submit} className="sign-in-form">
      <label htmlFor={field}>API key or token</label>
      <input id={field} type="password" value={credential} onChange={(event) => setCredential(event.target.value)} placeholder="sk_…" autoComplete="off" autoCapitalize="none" spellCheck={false} autoFocus required disabled={opening} />
      <button type="submit" className="button button-primary button-wide" disabled={opening}>{opening ? 'Signing in…' : 'Sign in'}</button>
    </form>
  );
}
