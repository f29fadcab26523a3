import { useId, useState } from 'react';
import { useAccount } from '../account/account-context.js';
import { problemOf, type Problem } from '../platform/problem.js';
import { formatMoment } from '../ui/format.js';
import { Icon } from '../ui/icon.js';

/** The session new intents go to. One exists from sign-in on; another is one click away. */
export function SessionSwitcher() {
  const { session, sessions, chooseSession, beginSession } = useAccount();
  const [problem, setProblem] = useState<Problem>();
  const field = useId();
  const begin = (): void => {
    setProblem(undefined);
    void beginSession().catch((thrown: unknown) => setProblem(problemOf(thrown)));
  };
  return (
    <div className="session">
      <label htmlFor={field}>Session</label>
      <div className="session-controls">
        <span className="select">
          <select id={field} value={session.session_id} onChange={(event) => chooseSession(event.target.value)}>
            {sessions.map((known) => <option key={known.session_id} value={known.session_id}>{formatMoment(known.created_at).slice(5, 16)} · {known.session_id.slice(-4)}</option>)}
          </select>
          <Icon name="down" size={12} />
        </span>
        <button type="button" className="icon-button icon-button-framed" onClick={begin} aria-label="Begin a new session" title="Begin a new session"><Icon name="plus" size={14} /></button>
      </div>
      {problem && <p className="session-problem" role="alert">{problem.message} <code>{problem.code}</code></p>}
    </div>
  );
}
