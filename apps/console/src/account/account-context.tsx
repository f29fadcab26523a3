import { connect } from '@symphainy/client';
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { endsSignIn, problemOf, type Problem } from '../platform/problem.js';
import { openAccount, type Account } from './account.js';
import { SignInPage } from './sign-in.page.js';
import { storedAccount } from './stored-account.js';

export interface AccountActions {
  readonly chooseSession: (sessionId: string) => void;
  /** Begins a new session and goes on in it. */
  readonly beginSession: () => Promise<void>;
  readonly signOut: () => void;
}

const AccountContext = createContext<(Account & AccountActions) | undefined>(undefined);

export function useAccount(): Account & AccountActions {
  const account = useContext(AccountContext);
  if (account === undefined) throw new Error('useAccount is for pages inside AccountGate');
  return account;
}

export const usePlatform = (): Account['platform'] => useAccount().platform;

type Gate = { at: 'opening' } | { at: 'out'; problem?: Problem } | { at: 'in'; account: Account };

/** Shows its children to someone signed in, and the sign-in page to everyone else. */
export function AccountGate({ children }: { children: ReactNode }) {
  const { gate, signIn, actions } = useGate();
  const account = gate.at === 'in' ? gate.account : undefined;
  const value = useMemo(() => (account === undefined ? undefined : { ...account, ...actions, beginSession: () => actions.beginSession(account.platform) }), [account, actions]);
  if (value !== undefined) return <AccountContext value={value}>{children}</AccountContext>;
  return <SignInPage opening={gate.at === 'opening'} problem={gate.at === 'out' ? gate.problem : undefined} onSignIn={signIn} />;
}

function useGate() {
  const [gate, setGate] = useState<Gate>(() => ({ at: storedAccount.credential() === undefined ? 'out' : 'opening' }));
  const signIn = useCallback(async (credential: string) => {
    setGate({ at: 'opening' });
    const onProblem = (thrown: Error): void => {
      const problem = problemOf(thrown);
      if (!endsSignIn(problem)) return;
      storedAccount.forget();
      setGate({ at: 'out', problem });
    };
    try {
      const account = await openAccount(connect({ baseUrl: '', credentials: credential, onProblem }), storedAccount.sessionId());
      storedAccount.keepCredential(credential);
      storedAccount.keepSession(account.session.session_id);
      setGate({ at: 'in', account });
    } catch (thrown) {
      setGate({ at: 'out', problem: problemOf(thrown) });
    }
  }, []);
  useEffect(() => {
    const credential = storedAccount.credential();
    if (credential !== undefined) void signIn(credential);
  }, [signIn]);
  const actions = useMemo(() => actionsOn(setGate), []);
  return { gate, signIn, actions };
}

type SetGate = (edit: (gate: Gate) => Gate) => void;

function actionsOn(setGate: SetGate): Omit<AccountActions, 'beginSession'> & { beginSession: (platform: Account['platform']) => Promise<void> } {
  const edit = (change: (account: Account) => Account): void => setGate((gate) => (gate.at === 'in' ? { at: 'in', account: change(gate.account) } : gate));
  return {
    chooseSession: (sessionId) => {
      storedAccount.keepSession(sessionId);
      edit((account) => ({ ...account, session: account.sessions.find((session) => session.session_id === sessionId) ?? account.session }));
    },
    beginSession: async (platform) => {
      const created = await platform.sessions.create();
      storedAccount.keepSession(created.session_id);
      edit((account) => ({ ...account, session: created, sessions: [created, ...account.sessions] }));
    },
    signOut: () => {
      storedAccount.forget();
      setGate(() => ({ at: 'out' }));
    },
  };
}
