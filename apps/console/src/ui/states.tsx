/** What a page shows when it has nothing to show yet, nothing at all, or something went wrong. */
import type { ReactNode } from 'react';
import type { Problem } from '../platform/problem.js';
import { sentence } from './format.js';
import { Icon, type IconName } from './icon.js';

export function Skeleton({ rows = 4, label }: { rows?: number; label: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className={`skeleton-row skeleton-row-${row % 3}`} />
      ))}
    </div>
  );
}

export function EmptyState({ icon, title, children, action }: { icon: IconName; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <span className="empty-icon"><Icon name={icon} size={20} /></span>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action && <div className="empty-action">{action}</div>}
    </div>
  );
}

/** An error in full: message, what to do, code and field. */
export function ProblemPanel({ problem, title, action }: { problem: Problem; title?: string; action?: ReactNode }) {
  return (
    <section className="problem" role="alert">
      <span className="problem-icon"><Icon name="alert" /></span>
      <div className="problem-body">
        {title && <h3>{title}</h3>}
        <p className="problem-message">{sentence(problem.message)}</p>
        {problem.fix && <p className="problem-fix">{sentence(problem.fix)}</p>}
        <dl className="problem-facts">
          <div><dt>Code</dt><dd><code>{problem.code}</code></dd></div>
          {problem.field && <div><dt>Field</dt><dd><code>{problem.field}</code></dd></div>}
        </dl>
        {problem.fields && problem.fields.length > 1 && <ul className="problem-fields">{problem.fields.map(({ field, message }) => <li key={`${field} ${message}`}><code>{field}</code> {message}</li>)}</ul>}
        {action && <div className="problem-action">{action}</div>}
      </div>
    </section>
  );
}
